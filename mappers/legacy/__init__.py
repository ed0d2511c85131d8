"""Legacy tables: opened by content, read as a stream, every row delivered or reported."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module, resources
from itertools import islice
from pathlib import Path
from typing import Protocol

from mappers.errors import TableError
from mappers.legacy.package import OLE, ZIP, package_names
from mappers.legacy.table import FixedLayout, LegacyRow, LegacyTable, ReadAs, named_cells, row_values

_HEAD = 4096


class Reader(Protocol):
    """What each file under readers/ has. head: the first 4096 bytes of the file.

    A reader that guesses also has `shows_columns(path)`: whether the table is beyond doubt. Prose has commas, too.
    """

    RANK: int

    def looks_like(self, path: Path, head: bytes) -> bool:
        """Whether the file is of this kind, cheaply."""

    def read_tables(self, path: Path, how: ReadAs) -> Iterator[LegacyTable]:
        """Its tables in order. Raises TableError."""


@cache
def load_readers() -> Mapping[str, Reader]:
    """The readers by name, in the order in which they are asked; found by scanning the folder."""
    files = (p.name for p in resources.files("mappers.legacy.readers").iterdir())
    names = sorted(n.removesuffix(".py") for n in files if n.endswith(".py") and not n.startswith("_"))
    found: dict[str, Reader] = {n: import_module(f"mappers.legacy.readers.{n}") for n in names}
    # Of equal rank the name decides, so that the order is the same on every machine.
    return dict(sorted(found.items(), key=lambda item: (item[1].RANK, item[0])))


def open_tables(path: Path, how: ReadAs | None = None) -> Iterator[LegacyTable]:
    """The tables of a file, told apart by what is in it, not by its name.

    Tables are delivered in order and each is read before the next. Raises TableError with kind "empty", "encrypted",
    "unreadable", "not-a-table" or "missing-program".
    """
    how = how or ReadAs()
    size, head = _begin(path)
    if not size or not head.strip(b"\0 \r\n\t"):
        raise TableError(f"{path.name}: the file is empty", kind="empty")
    return _reader(path, head, how).read_tables(path, how)


def open_table(path: Path, index: int, how: ReadAs | None = None) -> LegacyTable:
    """One table of a file by its place among them, from 0; its file is open until its rows have been read.

    Raises TableError as `open_tables` does, and with kind "not-a-table" when the file has fewer tables.
    """
    tables = open_tables(path, how)
    table = next(islice(tables, index, None), None)
    if table is None:
        raise TableError(f"{path.name}: it no longer has a table {index + 1}", kind="not-a-table")
    return replace(table, rows=_holding(tables, table.rows))


def _holding(tables: Iterator[LegacyTable], rows: Iterator[LegacyRow]) -> Iterator[LegacyRow]:
    """Rows, with what delivers the tables kept alive: when it goes, it closes the file."""
    yield from rows
    del tables


def find_reader(path: Path) -> str:
    """The name of the reader that takes a file, "" where none does. Raises TableError when it cannot be read."""
    _, head = _begin(path)
    return next((name for name, reader in load_readers().items() if reader.looks_like(path, head)), "")


def is_surely_table(path: Path) -> bool:
    """Whether a file is a table whatever it is called. Raises TableError when it cannot be read.

    False also where a reader that guesses takes it and the columns could be chance.
    """
    name = find_reader(path)
    return bool(name) and (not is_guess(name) or load_readers()[name].shows_columns(path))  # type: ignore[attr-defined]


def is_guess(reader: str) -> bool:
    """Whether a reader takes what looks like a table, since nothing in such files says that they are one."""
    return hasattr(load_readers()[reader], "shows_columns")


def _begin(path: Path) -> tuple[int, bytes]:
    """A file's size and its first bytes. Raises TableError, also for what is no file: a pipe might never end."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise TableError(f"{path.name}: is a folder, pipe or device, not a file. Save it as a file first.",
                             kind="unreadable")  # fmt: skip
        with path.open("rb") as f:
            return found.st_size, f.read(_HEAD)
    except OSError as e:
        raise TableError(f"{path.name}: cannot be read: {e.strerror}", kind="unreadable") from e


def _reader(path: Path, head: bytes, how: ReadAs) -> Reader:
    # Who gives a layout means a text of fixed width: nothing in such a file tells it from other text.
    if kind := how.kind or ("fixed" if how.layout else ""):
        if kind not in load_readers():
            known = ", ".join(load_readers())
            raise TableError(f"{path.name}: no reader {kind} (there are: {known})", kind="not-a-table")
        return load_readers()[kind]
    for reader in load_readers().values():
        if reader.looks_like(path, head):
            return reader
    raise _unknown(path, head)


def _unknown(path: Path, head: bytes) -> TableError:
    if head.startswith(ZIP):
        if package_names(path):
            return TableError(f"{path.name}: an archive, but no table of a known kind in it", kind="not-a-table")
        return TableError(f"{path.name}: a damaged archive", kind="unreadable")
    if head.startswith(OLE):
        return TableError(
            f"{path.name}: an old binary Office file without a workbook (.doc, .msg?); save its tables as .xlsx or"
            " .csv first",
            kind="unreadable",
        )
    return TableError(f"{path.name}: no table: neither a known format nor text with separators", kind="not-a-table")


__all__ = [
    "FixedLayout", "LegacyRow", "LegacyTable", "ReadAs", "Reader", "find_reader", "is_guess",
    "is_surely_table", "load_readers", "named_cells",
    "open_table", "open_tables", "row_values",
]  # fmt: skip
