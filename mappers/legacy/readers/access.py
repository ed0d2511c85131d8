"""Access databases (.mdb, .accdb)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.table import LegacyTable, ReadAs

RANK = 10


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file begins as a database of the Jet or ACE engine."""
    return head[4:19] in (b"Standard Jet DB", b"Standard ACE DB")


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """Not read yet."""
    raise TableError(f"{path.name}: an Access database; export its tables as .csv first", kind="unreadable")
