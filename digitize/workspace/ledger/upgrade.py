"""A ledger of an older format becomes one of today's; of a file, a copy of the old one stays.

From format 2 on its rows are watched; from 3 on records of tables may be packed, from 4 on those of systems; from 5 on
it marks what changed; from 6 on its largest tables are narrow; from 7 on the hash of a result stands with its event
(those of before stay where they are). Each row says what it said before, and has the same hash. Records that were not
packed are read as they stand, until their table is mapped again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from digitize.errors import LedgerError
from digitize.workspace.ledger.marks import MARK_ALL, SNAPSHOT
from digitize.workspace.ledger.schema import ENDS_DDL, FORMAT, MADE_DDL, MARKING, NARROW_DDL, NARROWED, PACKED, WATCHED
from digitize.workspace.ledger.schema_before import COVER_DDL, MARKS_DDL, SHAPES_DDL
from digitize.workspace.ledger_db import LedgerEngine
from digitize.workspace.ledger_db.covered import SEPARATOR
from digitize.workspace.ledger_db.narrow import CODES, NARROW, Dictionary
from digitize.workspace.ledger_db.narrow_sql import views

_AT_ONCE = 5_000
_MADE = f"""CASE outcome WHEN 'done' THEN COALESCE((SELECT l.hash FROM row_log_5 l WHERE l.tbl = 'results'
  AND l.key = events_5.unit || '{SEPARATOR}' || events_5.step || '{SEPARATOR}' || events_5.key
  AND l.seq = events_5.seq), '') ELSE '' END AS made"""
_SHOWN_ANEW = ("row_log", "events")
_INDEXES = (
    "events_finished_once", "events_by_unit", "events_by_step", "state_by_step", "scans_by_volume", "records_by_group",
    "records_by_unit", "records_by_batch", "records_by_form", "records_by_verdict",
)  # fmt: skip
_BEFORE = ("events", "results", "state", "row_log", "scans", "records")


def upgrade(db: LedgerEngine) -> None:
    """Bring it to today's format, in one transaction. What stands in the ledger stays as it is."""
    db.keep_copy(f"format{_format(db)}")
    db.begin()
    try:
        # Another process may have done it while this one waited.
        if (found := _format(db)) < FORMAT:
            raise_format(db, found)
        db.commit()
    except BaseException:
        db.rollback()
        raise


def raise_format(db: LedgerEngine, found: int) -> None:
    """Make a ledger of format `found` one of today's, inside a transaction."""
    if found < WATCHED:
        db.add("ALTER TABLE events ADD COLUMN rows TEXT NOT NULL DEFAULT '';")
    if found < MARKING:
        db.add(COVER_DDL * (found < WATCHED) + SHAPES_DDL * (found < PACKED) + MARKS_DDL)
        for statement in MARK_ALL.values():
            db.execute(statement)
    elif found < NARROWED:
        # Who looks since then, and has looked nowhere yet.
        db.execute(MARK_ALL[SNAPSHOT])
    if found < NARROWED:
        _narrow(db)
    else:
        _join(db)
    db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))


def _join(db: LedgerEngine) -> None:
    """From format 6: no row is written anew, and what was logged before is found as what comes now."""
    for name in _SHOWN_ANEW:
        db.execute(f"DROP VIEW {name}")
    db.add(f"ALTER TABLE history ADD COLUMN {MADE_DDL};\n{ENDS_DDL}")
    for name in _SHOWN_ANEW:
        db.execute(f"CREATE VIEW {name} AS\n{views(db.dialect)[name]}")


def _narrow(db: LedgerEngine) -> None:
    """From tables in which each text stands in each row to narrow ones, with views under the old names."""
    for name in _INDEXES:
        # One that somebody took out made things quick, and is made again.
        db.execute(f"DROP INDEX IF EXISTS {name}")
    for name in _BEFORE:
        db.execute(f"ALTER TABLE {name} RENAME TO {name}_5")
    db.add(NARROW_DDL)
    words = Dictionary(db)
    _copy(
        db, words, "events", "at", "unit", "step", "outcome", "key", "detail", "hash", "made", order="seq", first="seq"
    )
    _copy(db, words, "state", "unit", "step", "outcome", "seq", order="unit, step")
    _copy(db, words, "scans", *(c for c in NARROW["scans"].columns if c != "seq"), order="seq", first="seq")
    columns = [c for c in NARROW["records"].columns if c != "record"]
    _copy(db, words, "records", *columns, order="record", first="record")
    _copy_results(db)
    _copy_log(db, words)
    for name in _BEFORE:
        db.execute(f"DROP TABLE {name}_5")


def _copy(db: LedgerEngine, words: Dictionary, view: str, *columns: str, order: str, first: str = "") -> None:
    names = (*((first,) if first else ()), *columns)
    shown = ", ".join(_MADE if c == "made" else c for c in names)
    for some in _lots(db, f"SELECT {shown} FROM {view}_5 ORDER BY {order}"):
        targets, made = words.rows(view, names, some)
        db.put(NARROW[view].base, targets, made)


def _copy_results(db: LedgerEngine) -> None:
    # By the event that says it was done; of one that was taken away the log of rows tells.
    sql = """SELECT e.seq, r.data FROM results_5 r JOIN events_5 e
      ON e.unit = r.unit AND e.step = r.step AND e.key = r.key AND e.outcome = 'done' ORDER BY e.seq"""
    # Those of before are gone, for today's have their names.
    db.execute("CREATE INDEX events_of_results ON events_5 (unit, step, key)")
    for some in _lots(db, sql):
        db.put("outputs", ("seq", "data"), [tuple(row) for row in some])


def _copy_log(db: LedgerEngine, words: Dictionary) -> None:
    sql = "SELECT tbl, key, seq, hash FROM row_log_5 ORDER BY tbl, key, seq"
    for some in _lots(db, sql):
        rows = []
        for table, own in groupby(some, key=lambda r: str(r["tbl"])):
            entries = list(own)
            refs = _refs(table, [r["key"] for r in entries], db, words)
            rows += [
                (CODES[table], refs[r["key"]], r["seq"], bytes(r["hash"]))
                for r in entries
                if table != "results" or refs[r["key"]] != r["seq"]
            ]
        db.put("row_hashes", ("tbl", "ref", "seq", "hash"), rows)


def _refs(table: str, names: list[str], db: LedgerEngine, words: Dictionary) -> dict[str, int]:
    if table not in CODES:
        raise LedgerError("The log of rows tells of a table that is none of a ledger's: digitize ledger verify DIR")
    if table != "results":
        return words.refs(table, sorted(set(names)))
    sql = "SELECT seq FROM events_5 WHERE unit = ? AND step = ? AND key = ? AND outcome = 'done'"
    found: dict[str, int] = {}
    for name in set(names):
        row = db.execute(sql, name.split(SEPARATOR)).fetchone()
        if row is None:
            raise LedgerError("The log of rows tells of a result of no event: digitize ledger verify DIR")
        found[name] = row[0]
    return found


def _lots(db: LedgerEngine, sql: str) -> Iterator[Sequence[Any]]:
    rows = iter(db.each(sql))
    while some := list(islice(rows, _AT_ONCE)):
        yield some


def _format(db: LedgerEngine) -> int:
    return int(db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0])
