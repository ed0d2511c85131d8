"""Excel workbooks of the old binary kind (.xls)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.package import OLE
from mappers.legacy.table import LegacyTable, ReadAs

RANK = 20
_SEARCHED = 16 * 1024 * 1024
_PARTS = tuple(n.encode("utf-16-le") for n in ("Workbook", "Book", "EncryptedPackage"))


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is an OLE file with a workbook in it."""
    if not head.startswith(OLE):
        return False
    with path.open("rb") as f:
        content = f.read(_SEARCHED)
    return any(p in content for p in _PARTS)


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """Not read yet."""
    with path.open("rb") as f:
        content = f.read(_SEARCHED)
    if _PARTS[2] in content:
        raise TableError(f"{path.name}: the workbook is protected by a password", kind="encrypted")
    raise TableError(f"{path.name}: an old binary workbook (.xls); save it as .xlsx or .csv first", kind="unreadable")
