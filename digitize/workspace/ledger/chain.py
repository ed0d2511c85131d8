"""Hashes of the ledger: events are chained, other rows are hashed by content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from digitize.workspace.ledger_db import LedgerEngine
from digitize.workspace.ledger_db.watched_tables import COVERED, SEPARATOR

START = "0" * 64

Entry = tuple[str, str, bytes]
"""A table, the name of an entry in it, and the hash of what stands there; b"" where nothing does."""


def link(last: str, event: Sequence[str], rows: str) -> str:
    """Hash of an event: of the previous hash, its own texts, and the rows written with it."""
    # Nothing is added where no row was written: the events of format 1 keep their hashes.
    parts = (last, *event, rows) if rows else (last, *event)
    return hashlib.sha256(SEPARATOR.join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def rows_digest(entries: Iterable[Entry]) -> str:
    """One order-independent hash of entries; "" for none."""
    made = hashlib.sha256()
    count = 0
    for table, key, content in sorted(entries):
        made.update(_encode_value(table) + _encode_value(key) + _encode_value(content))
        count += 1
    return made.hexdigest() if count else ""


def content_hash(values: Iterable[object]) -> bytes:
    """Hash of a single-row entry, from its values in column order."""
    return hashlib.sha256(b"".join(map(_encode_value, values))).digest()


def entry_hash(db: LedgerEngine, table: str, key: str) -> bytes:
    """Current hash of an entry; b"" if it does not exist."""
    return entry_hashes(db, table, (key,))[key]


def entry_hashes(db: LedgerEngine, table: str, keys: Iterable[str]) -> dict[str, bytes]:
    """Name -> current hash, b"" if missing; for a few thousand names at most."""
    columns, asked = COVERED[table], tuple(keys)
    found: dict[str, list[bytes]] = {key: [] for key in asked}
    for row in db.by_names(table, columns, asked, _ORDER.get(table, "1")):
        name = SEPARATOR.join(str(row[c]) for c in columns)
        # A name that somebody wrote into the log, as 05 for 5, may find a row and is none of it.
        if name in found:
            found[name].extend(_encode_value(value) for value in row)
    return {key: hashlib.sha256(b"".join(parts)).digest() if parts else b"" for key, parts in found.items()}


# By all columns: the rows of one entry must come in the same order whatever index is used.
_ORDER = {"findings": "record, field, code"}


def _encode_value(value: object) -> bytes:
    """Encode a value with its type and length, so that different rows never encode alike."""
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogateescape")
        return b"s%d:%b" % (len(data), data)
    if isinstance(value, bytes):
        return b"b%d:%b" % (len(value), value)
    data = str(value).encode("ascii")
    return b"%c%d:%b" % (ord(type(value).__name__[0]), len(data), data)
