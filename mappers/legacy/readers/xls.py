"""Excel workbooks of the old binary kind (.xls): BIFF 2 to 8, in a compound file or bare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.biff_book import Book, read_book
from mappers.legacy.biff_sheet import SheetReader, find_outline
from mappers.legacy.ole import open_ole
from mappers.legacy.package import OLE
from mappers.legacy.sheet import WorkSheet
from mappers.legacy.sheet_table import read_sheets
from mappers.legacy.table import LegacyTable, ReadAs

RANK = 20

_STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")
_ENCRYPTED = "EncryptedPackage"
_DOCUMENT = "WordDocument"
_SMALLEST_SECTOR = 512
_BARE = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00..[\x05\x10\x00][\x00\x01]", re.S)
_BOOK = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x05\x00", re.S)


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is a compound file with a workbook in it, or begins as a bare workbook."""
    if not head.startswith(OLE):
        return bool(_BARE.match(head))
    file = open_ole(path)
    if _DOCUMENT in file.entries:  # with a workbook inside, perhaps
        return False
    is_named = bool({*_STREAMS, _ENCRYPTED} & file.entries.keys())
    # Where the list of streams is lost, the first record or the name itself still tells.
    return is_named or _first_record(file.data) >= 0 or _ENCRYPTED.encode("utf-16-le") in file.data


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The sheets of a workbook in order, each as sheet_table.read_sheet has it; one with nothing in it is skipped.

    Text is characters: a font's bytes are those of the code page the file names, Western Windows where it names none.
    Fonts are those of most texts in the first rows of a column. A cut or damaged file gives the records that are
    left; a text that is lost is the marker "[text lost]" in a row with problem "text-lost". The workbook and the texts
    its cells share are held in memory, the cells only of a sheet that is not written row by row. Raises TableError
    "encrypted", "unreadable", "empty".
    """
    stream, notes = _workbook(path)
    book = read_book(stream)
    if book is None:
        raise TableError(f"{path.name}: the workbook is damaged: it does not start with its header", kind="unreadable")
    if book.is_locked:
        raise TableError(f"{path.name}: the workbook is protected by a password", kind="encrypted")
    damage = [*notes, *book.notes]
    return read_sheets(_sheets(path, book, stream, damage), path.name, damage)


def _workbook(path: Path) -> tuple[bytes, list[str]]:
    """The records of a workbook, and what is wrong with the file they lie in. Raises TableError."""
    file = open_ole(path)
    if not file.data.startswith(OLE):
        return file.data, []
    name = next((n for n in _STREAMS if n in file.entries), "")
    if name:
        stream = file.stream(name)
        if _BOOK.match(stream) or _BARE.match(stream):
            return stream, file.notes
    if _ENCRYPTED in file.entries or _ENCRYPTED.encode("utf-16-le") in file.data:
        raise TableError(f"{path.name}: the workbook is protected by a password", kind="encrypted")
    begin = _first_record(file.data)
    if begin < 0:
        raise TableError(f"{path.name}: the workbook is damaged: no sheet of it can be found", kind="unreadable")
    return file.data[begin:], [*file.notes, "the workbook was found by its first record; pieces may be out of order"]


def _first_record(data: bytes) -> int:
    """Where a workbook begins in a compound file whose list of streams is lost, -1 for nowhere."""
    # A stream begins where a sector does.
    return next((m.start() for m in _BOOK.finditer(data) if m.start() % _SMALLEST_SECTOR == 0), -1)


def _sheets(path: Path, book: Book, stream: bytes, damage: list[str]) -> Iterator[WorkSheet]:
    for name, at, is_hidden in book.sheets:
        notes = [*damage]
        if at < 0:
            notes.append("the sheet is missing in the file")
            yield WorkSheet(name, iter(()), (), is_hidden, notes)
            continue
        outline = find_outline(stream, at)
        rows = SheetReader(book, stream, at, notes).rows(outline)
        yield WorkSheet(name or path.stem, rows, outline.merges, is_hidden, notes)
