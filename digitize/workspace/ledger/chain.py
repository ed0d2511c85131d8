"""Hashes of the ledger: one event after the other, and any other row by its content."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

START = "0" * 64
# A sign that stands in no part, so that moving a letter from one to the next changes the hash.
_BETWEEN = "\x1f"

COVERED: Mapping[str, tuple[str, ...]] = {
    "results": ("unit", "step", "key"),
    "batches": ("batch",),
    "sources": ("sha256",),
    "volumes": ("volume",),
    "scans": ("seq",),
    "tables": ("unit",),
    "shapes": ("shape",),
    "records": ("record",),
    # All findings of a record are one entry: they are replaced together.
    "findings": ("record",),
    "decisions": ("seq",),
    "receipts": ("load",),
}
"""Table -> the columns that name an entry of it. All else is folded from events, or holds for a moment."""

Entry = tuple[str, str, bytes]
"""A table, the name of an entry in it, and the hash of what stands there; b"" where nothing does."""


def link(last: str, event: Sequence[str], rows: str) -> str:
    """The hash of an event: of the one before it, of its own texts, and of the rows that were written with it."""
    # Nothing is added where no row was written: the events of format 1 keep their hashes.
    parts = (last, *event, rows) if rows else (last, *event)
    return hashlib.sha256(_BETWEEN.join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def rows_digest(entries: Iterable[Entry]) -> str:
    """One hash of entries, in whatever order they come; "" of none."""
    made = hashlib.sha256()
    count = 0
    for table, key, content in sorted(entries):
        made.update(_written(table) + _written(key) + _written(content))
        count += 1
    return made.hexdigest() if count else ""


def entry_name(table: str, alias: str = "") -> str:
    """SQL for the name of a row's entry; alias: NEW, OLD or the like."""
    columns = (f"CAST({alias}.{c} AS TEXT)" if alias else f"CAST({c} AS TEXT)" for c in COVERED[table])
    return " || char(31) || ".join(columns)


def entry_hash(db: sqlite3.Connection, table: str, key: str) -> bytes:
    """The hash of what stands under a name now; b"" where nothing does."""
    rows = db.execute(_QUERIES[table], key.split(_BETWEEN)).fetchall()
    return hashlib.sha256(b"".join([_written(value) for row in rows for value in row])).digest() if rows else b""


_ORDER = {"findings": "record, field, code"}
# By all columns: the rows of one entry must come in the same order whatever index is used.
_QUERIES = {
    table: f"SELECT * FROM {table} WHERE {' AND '.join(f'{c} = ?' for c in names)} ORDER BY {_ORDER.get(table, '1')}"
    for table, names in COVERED.items()
}


def _written(value: object) -> bytes:
    """A value with its kind and length before it, so that no two rows are written alike."""
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogateescape")
        return b"s%d:%b" % (len(data), data)
    if isinstance(value, bytes):
        return b"b%d:%b" % (len(value), value)
    data = str(value).encode("ascii")
    return b"%c%d:%b" % (ord(type(value).__name__[0]), len(data), data)
