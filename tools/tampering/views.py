"""The ledger's views made writable for one connection, for those who tamper: in the product they only show.

Triggers of the connection write through to the narrow tables, so that a deed is told in the words of what is seen.
"""

from __future__ import annotations

import sqlite3

from digitize.workspace.ledger_db.narrow import (
    BASES,
    CODES,
    KEY,
    MOMENT,
    NAME,
    NARROW,
    SAID,
    UNIT,
    key_bytes,
    moment_number,
)
from digitize.workspace.ledger_db.watched_tables import SEPARATOR

_EVENT = "(SELECT seq FROM events WHERE unit = {0}.unit AND step = {0}.step AND key = {0}.key AND outcome = 'done')"


def open_views(db: sqlite3.Connection) -> None:
    """Let this connection change what the views show."""
    db.create_function("key_bytes", 1, lambda text: key_bytes(str(text)))
    db.create_function("moment_of", 1, lambda text: moment_number(str(text)))
    db.create_function("from_hex", 1, bytes.fromhex)
    for view in NARROW:
        if view != "state":
            _narrow(db, view)
    _state(db)
    _results(db)
    _row_log(db)


def _narrow(db: sqlite3.Connection, view: str) -> None:
    base = NARROW[view].base
    # The hash of a result is told by the log of rows.
    own = {name: kept for name, kept in NARROW[view].columns.items() if name != "made"}
    key = next(column for name, (column, _) in own.items() if name in ("seq", "record"))
    of = {name: _value(f"NEW.{name}", kind) for name, (_, kind) in own.items()}
    columns = [column for column, _ in own.values()]
    values = [of[name] for name in own]
    if view == "events":
        columns += ["said", "again"]
        values += [
            "0",
            "CASE NEW.outcome WHEN 'done' THEN 0 ELSE COALESCE(NEW.seq, (SELECT MAX(seq) + 1 FROM history)) END",
        ]
    texts = "".join(
        f"INSERT OR IGNORE INTO {'units' if kind == UNIT else 'names'} (name) VALUES ({_text(f'NEW.{name}', kind)}); "
        for name, (_, kind) in own.items()
        if kind in (UNIT, NAME, SAID, MOMENT)
    )
    old = "(SELECT id FROM units WHERE name = OLD.record)" if view == "records" else "OLD.seq"
    sets = ", ".join(f"{c} = {v}" for c, v in zip(columns, values, strict=True))
    for what, done in (
        ("UPDATE", f"{texts}UPDATE {base} SET {sets} WHERE {key} = {old}"),
        ("INSERT", f"{texts}INSERT INTO {base} ({', '.join(columns)}) VALUES ({', '.join(values)})"),
        ("DELETE", f"DELETE FROM {base} WHERE {key} = {old}"),
    ):
        _trigger(db, view, what, done)


def _text(value: str, kind: str) -> str:
    return f"CASE WHEN moment_of({value}) < 0 THEN {value} ELSE '' END" if kind == MOMENT else f"CAST({value} AS TEXT)"


def _value(value: str, kind: str) -> str:
    if kind == UNIT:
        return f"(SELECT id FROM units WHERE name = {value})"
    named = f"(SELECT id FROM names WHERE name = {value})"
    if kind == MOMENT:
        return f"CASE WHEN moment_of({value}) < 0 THEN -{named} ELSE moment_of({value}) END"
    return {
        NAME: named, SAID: f"CASE {value} WHEN '' THEN 0 ELSE {named} END", KEY: f"key_bytes({value})",
        "hash": f"from_hex({value})",
    }.get(kind, value)  # fmt: skip


def _state(db: sqlite3.Connection) -> None:
    that = "(SELECT id FROM {} WHERE name = OLD.{})"
    where = f"unit = {that.format('units', 'unit')} AND step = {that.format('names', 'step')}"
    _trigger(db, "state", "UPDATE", f"UPDATE standing SET seq = NEW.seq, outcome = NEW.outcome WHERE {where}")
    _trigger(db, "state", "DELETE", f"DELETE FROM standing WHERE {where}")
    new = "(SELECT id FROM names WHERE name = NEW.step), (SELECT id FROM units WHERE name = NEW.unit)"
    _trigger(db, "state", "INSERT", f"INSERT INTO standing VALUES ({new}, NEW.seq, NEW.outcome)")


def _results(db: sqlite3.Connection) -> None:
    old, new = _EVENT.format("OLD"), _EVENT.format("NEW")
    _trigger(db, "results", "UPDATE", f"UPDATE outputs SET data = NEW.data WHERE seq = {old}")
    _trigger(db, "results", "DELETE", f"DELETE FROM outputs WHERE seq = {old}")
    _trigger(db, "results", "INSERT", f"INSERT INTO outputs VALUES ({new}, NEW.data)")


def _row_log(db: sqlite3.Connection) -> None:
    def ref(table: str, key: str) -> int | None:
        if table == "results":
            sql = "SELECT seq FROM events WHERE unit = ? AND step = ? AND key = ? AND outcome = 'done'"
            row = db.execute(sql, key.split(SEPARATOR)).fetchone()
        else:
            row = db.execute("SELECT id FROM units WHERE name = ?", (key,)).fetchone()
        return int(key) if key.isdecimal() else row[0] if row else None

    db.create_function("ref_of", 2, ref)
    db.create_function("code_of", 1, CODES.get)
    where = "tbl = code_of(OLD.tbl) AND ref = ref_of(OLD.tbl, OLD.key) AND seq = OLD.seq"
    made = "UPDATE history SET made = {} WHERE OLD.tbl = 'results' AND seq = OLD.seq AND LENGTH(made) > 0"
    for what, done, new in (
        ("UPDATE", "UPDATE row_hashes SET hash = NEW.hash", "NEW.hash"),
        ("DELETE", "DELETE FROM row_hashes", "''"),
    ):
        _trigger(db, "row_log", what, f"{done} WHERE {where}; {made.format(new)}")


def _trigger(db: sqlite3.Connection, view: str, what: str, done: str) -> None:
    assert view in BASES
    db.execute(f"CREATE TEMP TRIGGER {view}_{what.lower()}_by_hand INSTEAD OF {what} ON main.{view} BEGIN {done}; END")
