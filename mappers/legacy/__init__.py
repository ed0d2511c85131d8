"""Legacy tables: opened by content, read as a stream, every row delivered or reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.table import LegacyRow, LegacyTable, row_values

_HEAD = 4096


def open_tables(path: Path, *, memo: Path | None = None) -> Iterator[LegacyTable]:
    """The tables of a file, told apart by what is in it, not by its name: dBase/FoxPro, XLSX, delimited text.

    memo: the .dbt or .fpt of a DBF where it does not lie beside it. Tables are delivered in order and each is read
    before the next. Raises TableError with kind "empty", "encrypted", "unreadable" or "not-a-table".
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as f:
            head = f.read(_HEAD)
    except OSError as e:
        raise TableError(f"{path.name}: cannot be read: {e.strerror}", kind="unreadable") from e
    if not size or not head.strip(b"\0 \r\n\t"):
        raise TableError(f"{path.name}: the file is empty", kind="empty")
    return _open(path, head, memo)


def _open(path: Path, head: bytes, memo: Path | None) -> Iterator[LegacyTable]:
    from mappers.legacy import dbf, delimited, xlsx

    if head.startswith(b"PK"):
        return xlsx.read_tables(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _old_office(path)
    if head[4:19] in (b"Standard Jet DB", b"Standard ACE DB"):
        raise TableError(f"{path.name}: an Access database; export its tables as .csv first", kind="unreadable")
    if dbf.looks_like(head):
        return dbf.read_tables(path, memo)
    return delimited.read_tables(path, head)


def _old_office(path: Path) -> TableError:
    """What to say of an OLE file: a protected workbook, or one of the old binary formats."""
    with path.open("rb") as f:
        content = f.read(16 * 1024 * 1024)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return TableError(f"{path.name}: the workbook is protected by a password", kind="encrypted")
    return TableError(
        f"{path.name}: an old binary Office file (.xls, .mdb, .doc); save it as .xlsx or .csv first", kind="unreadable"
    )


__all__ = ["LegacyRow", "LegacyTable", "open_tables", "row_values"]
