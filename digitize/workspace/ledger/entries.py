"""The log of rows as a check goes through it: by event, by entry, and rows of which it says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from digitize.workspace.ledger.schema import JOINED, NARROWED
from digitize.workspace.ledger_db import LedgerEngine, Row
from digitize.workspace.ledger_db.covered import entry_name
from digitize.workspace.ledger_db.narrow import CODES
from digitize.workspace.ledger_db.narrow_sql import MADE, base_of, logged_name, ref_of, written_name


def logged_by_event(db: LedgerEngine) -> Iterator[Row]:
    """seq, tbl, key, hash, by seq."""
    yield from db.each("SELECT seq, tbl, key, hash FROM row_log ORDER BY seq")


def logged_rows(db: LedgerEngine, table: str, found: int) -> Iterator[Row]:
    """key, hash, seq of a table's entries, those of one entry together, the newest last. found: the ledger's format."""
    if found < NARROWED:
        yield from db.each("SELECT key, hash, seq FROM row_log WHERE tbl = ? ORDER BY key, seq", (table,))
        return
    # In the order of the table itself, so that millions need not be sorted.
    key = f"COALESCE({logged_name(db.dialect, 'w', table)}, 'no. ' || CAST(w.ref AS TEXT))"
    kept = "SELECT ref, seq, hash FROM row_hashes WHERE tbl = ?"
    if table == "results" and found >= JOINED:
        kept += f" UNION ALL SELECT m.seq, m.seq, m.made FROM history m WHERE {MADE.format('m')}"
    sql = f"SELECT {key} AS key, w.hash AS hash, w.seq AS seq FROM ({kept}) w ORDER BY w.ref, w.seq"
    yield from db.each(sql, (CODES[table],))


def unlogged_rows(db: LedgerEngine, table: str, found: int) -> Iterator[Row]:
    """The names of entries of which the log says nothing. found: the ledger's format."""
    if found < NARROWED:
        sql = f"""SELECT DISTINCT {entry_name(table)} AS name FROM {table}
                  WHERE NOT EXISTS (SELECT 1 FROM row_log WHERE tbl = ? AND key = {entry_name(table, table)})"""
        yield from db.each(sql, (table,))
        return
    name = f"COALESCE({written_name(db.dialect, table, 'b')}, 'of no name')"
    sql = f"""SELECT DISTINCT {name} AS name FROM {base_of(table)} b
              WHERE NOT EXISTS (SELECT 1 FROM row_hashes w WHERE w.tbl = ? AND w.ref = {ref_of(table, "b")})"""
    if table == "results" and found >= JOINED:
        sql += f" AND NOT EXISTS (SELECT 1 FROM history m WHERE m.seq = b.seq AND {MADE.format('m')})"
    yield from db.each(sql, (CODES[table],))
