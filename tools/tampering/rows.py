"""Tamperings with rows of the ledger."""

from __future__ import annotations

import random
import sqlite3

from digitize.workspace.ledger.chain import entry_hash
from digitize.workspace.ledger_db.watched_tables import COVERED
from tools.tampering.copies import TamperedCopy, rechain, some_row, where


def row_changed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """One value of one row."""
    table, key = some_row(copy, dice)
    if not key:
        return None
    db = copy.open()
    columns = [r[1] for r in db.execute(f"PRAGMA table_info({table})")]
    column = dice.choice([c for c in columns if c not in COVERED[table]] or columns)
    named = where(table)
    old = db.execute(f"SELECT {column} FROM {table} WHERE {named}", key).fetchone()[0]
    new = old + b"x" if isinstance(old, bytes) else old + 1 if isinstance(old, int) else f"{old}x"
    db.execute(f"UPDATE {table} SET {column} = ? WHERE {named}", (new, *key))
    copy.close(db)
    return f"{table} {' '.join(map(str, key))} was changed"


def row_removed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """One row goes."""
    table, key = some_row(copy, dice)
    if not key:
        return None
    db = copy.open()
    db.execute(f"DELETE FROM {table} WHERE {where(table)}", key)
    copy.close(db)
    return f"{table} {' '.join(map(str, key))} is gone"


def row_added(copy: TamperedCopy, dice: random.Random) -> str | None:
    """One row comes, much like another."""
    table, key = some_row(copy, dice)
    if not key:
        return None
    db = copy.open()
    columns = [r[1] for r in db.execute(f"PRAGMA table_info({table})")]
    row = dict(zip(columns, db.execute(f"SELECT * FROM {table} WHERE {where(table)}", key).fetchone(), strict=True))
    first = COVERED[table][0]
    row[first] = 10**6 + dice.randrange(10**6) if isinstance(row[first], int) else f"{row[first]}-{dice.random()}"
    if table == "volumes":
        row["label"] = f"added {dice.random()}"
    if table == "scans":
        row["page"] = f"{row['page']}-{dice.random()}"
    db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    copy.close(db)
    # A result has the name of its event, and nobody wrote one.
    name = "of no name" if table == "results" else " ".join(str(row[c]) for c in COVERED[table])
    return f"{table} {name} was added"


def verdict_to_clean(copy: TamperedCopy, dice: random.Random) -> str | None:
    """A record that waits for a person, or was refused, is said to be clean."""
    db = copy.open()
    held = [r[0] for r in db.execute("SELECT record FROM records WHERE verdict <> 'clean'")]
    if held:
        record = dice.choice(held)
        db.execute("UPDATE records SET verdict = 'clean', open = '[]' WHERE record = ?", (record,))
    copy.close(db)
    return f"records {record} was changed" if held else None


def state_changed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """Where a unit stands."""
    db = copy.open()
    unit, step = dice.choice(db.execute("SELECT unit, step FROM state").fetchall())
    db.execute("UPDATE state SET outcome = outcome || 'x' WHERE unit = ? AND step = ?", (unit, step))
    copy.close(db)
    return f"state {unit} {step} does not match the newest event"


def row_rechained(copy: TamperedCopy, dice: random.Random) -> str | None:
    """A row is changed, the log of rows and the chain are made to fit; the signatures stay what they were."""
    table, key = some_row(copy, dice)
    if not key:
        return None
    _row_changed_and_logged(copy, table, key)
    return "another history"


def _row_changed_and_logged(copy: TamperedCopy, table: str, key: tuple[object, ...]) -> None:
    db = copy.open()
    columns = [c for c in (r[1] for r in db.execute(f"PRAGMA table_info({table})")) if c not in COVERED[table]]
    if table in ("results",):
        db.execute(f"UPDATE {table} SET data = CAST(data || x'00' AS BLOB) WHERE {where(table)}", key)
    else:
        db.execute(f"UPDATE {table} SET {columns[-1]} = {columns[-1]} || '1' WHERE {where(table)}", key)
    name = "\x1f".join(map(str, key))
    db.row_factory = sqlite3.Row
    content = entry_hash(db, table, name)
    db.row_factory = None
    db.execute("UPDATE row_log SET hash = ? WHERE tbl = ? AND key = ?", (content, table, name))
    rechain(db)
    copy.close(db)


DEEDS = {f.__name__: f for f in (row_changed, row_removed, row_added, verdict_to_clean, state_changed, row_rechained)}
