"""What the sheets of an old Excel file share: names and places of the sheets, fonts, formats, texts.

Source: as for biff.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mappers.legacy.biff import BOF, EOF, SHEET, BiffRecord, BiffRecords, TextCut, Texts, byte_text
from mappers.legacy.serials import built_in_kind, format_kind, zeros_of
from mappers.legacy.sheet import Format

_BOUND_SHEET, _CODE_PAGE, _DATE_MODE, _FILE_PASS, _SHARED_TEXTS, _SHEET_HEAD = 0x85, 0x42, 0x22, 0x2F, 0xFC, 0x8F
_FONTS, _FORMATS, _XFS = (0x31, 0x231), (0x1E, 0x41E), (0xE0, 0x443, 0x243)
# Sheets of macros, charts and programs.
_NO_TABLES = (1, 2, 6)
# Where the name of a font begins, by version.
_FONT_NAME = {2: 4, 3: 6, 4: 6, 5: 14, 8: 14}
_NO_FONT = 4
_SHEET_BOF = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x10\x00", re.S)


class SheetPlace(NamedTuple):
    """One sheet. at: where its records begin, -1 when they are not there."""

    name: str
    at: int
    is_hidden: bool = False


@dataclass
class Book:
    """What the records before the sheets say. version: 2, 3, 4, 5 (Excel 5 and 95) or 8. page: code page of bytes.

    texts: text and font (-1: that of the cell) by their numbers. Fonts and formats grow as their records are read.
    """

    version: int
    page: int = 0
    is_1904: bool = False
    is_locked: bool = False
    sheets: list[SheetPlace] = field(default_factory=list)
    texts: list[tuple[str, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _fonts: list[str] = field(default_factory=list)
    _codes: dict[int, str] = field(default_factory=dict)
    _xfs: list[tuple[int, int]] = field(default_factory=list)
    _known: dict[tuple[int, int], Format] = field(default_factory=dict)

    def format(self, xf: int) -> Format | None:
        """The format of cells that point to it; None when it is lost."""
        return self.made_of(*self._xfs[xf]) if xf < len(self._xfs) else None

    def made_of(self, font: int, code: int) -> Format:
        """The format of a font and a number format."""
        if (font, code) not in self._known:
            shown = self._codes.get(code)
            kind = built_in_kind(code) if shown is None else format_kind(shown)
            self._known[font, code] = Format(kind, zeros_of(shown or ""), self.font(font))
        return self._known[font, code]

    def font(self, number: int) -> str:
        """The name of a font, "" for none; there is no font 4."""
        at = number - (number > _NO_FONT)
        return self._fonts[at] if 0 <= at < len(self._fonts) else ""

    def take(self, record: BiffRecord, records: BiffRecords) -> None:
        """Note what a record says. Raises Cut, IndexError for one that is damaged."""
        kind, data, _ = record
        if kind in _XFS:
            # Before Excel 5 both numbers are single bytes.
            self._xfs.append((_number(data, 0), _number(data, 2)) if kind == _XFS[0] else (data[0], data[1]))
        elif kind in _FORMATS:
            self._take_format(data)
        elif kind in _FONTS:
            self._fonts.append(self._short_text(data[_FONT_NAME[self.version] :]))
        elif kind == _BOUND_SHEET:
            self._take_sheet(data)
        elif kind == _SHARED_TEXTS:
            self._take_texts([data, *records.following()])
        elif kind == _CODE_PAGE:
            self.page = _number(data, 0)
        elif kind == _DATE_MODE:
            self.is_1904 = _number(data, 0) == 1
        elif kind == _FILE_PASS:
            self.is_locked = True

    def _take_format(self, data: bytes) -> None:
        if self.version == 8:
            cursor = Texts([data[2:]])
            self._codes[_number(data, 0)] = cursor.text(cursor.number(2))[0]
        elif self.version == 5:
            self._codes[_number(data, 0)] = self._short_text(data[2:])
        else:
            # Formats of old versions bear no number: their place counts.
            self._codes[len(self._codes)] = self._short_text(data[2:] if self.version == 4 else data)

    def _take_sheet(self, data: bytes) -> None:
        if data[5] not in _NO_TABLES:
            self.sheets.append(SheetPlace(self._short_text(data[6:]), _number(data, 0, 4), bool(data[4] & 3)))

    def _short_text(self, data: bytes) -> str:
        """A text behind the byte that says its length."""
        if self.version == 8:
            return Texts([data[1:]]).text(data[0])[0]
        return byte_text(data[1 : 1 + data[0]], self.page)

    def _take_texts(self, parts: Sequence[bytes]) -> None:
        cursor = Texts(parts)
        cursor.raw(4)
        claimed = cursor.number(4)
        try:
            while len(self.texts) < claimed:
                text, runs = cursor.text(cursor.number(2))
                self.texts.append((text, _main_font(text, runs)))
        except TextCut:
            self.notes.append(f"the texts of the workbook are truncated or damaged after the first {len(self.texts)}")


def _main_font(text: str, runs: Sequence[int]) -> int:
    """The font of most of a text, -1 for that of its cell. runs: place and font, turn and turn about."""
    if not runs:
        return -1
    places, fonts = runs[::2], runs[1::2]
    # What stands before the first run is in the font of the cell.
    shares: dict[int, int] = {-1: places[0]}
    for start, end, font in zip(places, (*places[1:], len(text)), fonts, strict=True):
        shares[font] = shares.get(font, 0) + max(0, end - start)
    return max(shares, key=shares.__getitem__)


def read_book(stream: bytes) -> Book | None:
    """All but the sheets; None when no record of an Excel file begins there."""
    first = next(iter(BiffRecords(stream)), None)
    if first is None or first.type not in BOF:
        return None
    book = Book(_version(first))
    records = BiffRecords(stream, first.at + len(first.data))
    damaged = 0
    for record in records:
        # Behind the record of a password all is encrypted.
        if record.type == EOF or book.is_locked:
            break
        try:
            book.take(record, records)
        except (TextCut, IndexError):
            damaged += 1
    if damaged + records.breaks:
        book.notes.append("what the sheets share (names, formats, texts) is damaged; some of it may be missing")
    if _number(first.data, 2) == SHEET or book.version < 4:
        book.sheets = [SheetPlace("", 0)]
    elif book.version == 4:
        book.sheets = list(_read_bundled_sheets(stream, book.page))
    elif not book.is_locked:
        book.sheets = list(_place_sheets(book.sheets, stream, book.notes))
    return book


def _place_sheets(sheets: Sequence[SheetPlace], stream: bytes, notes: list[str]) -> Iterator[SheetPlace]:
    """The sheets where their records begin; one that is not where it should be at the first place that is left."""
    places = [m.start() for m in _SHEET_BOF.finditer(stream)]
    left = dict.fromkeys(places)
    # A place that is there gives None; the sheet itself, the default, says that it is not.
    right = [left.pop(s.at, s) is None for s in sheets]
    for sheet, is_there in zip(sheets, right, strict=True):
        at = sheet.at
        if not is_there and left:
            at = next(iter(left))
            del left[at]
        elif not is_there and not _begins_somehow(stream, at):
            at = -1
        yield sheet._replace(at=at)
    if left:
        notes.append(f"the list of sheets is damaged: {len(left)} sheets that it does not name are delivered")
    yield from (SheetPlace(f"Sheet {i}", at) for i, at in enumerate(left, len(sheets) + 1))


def _begins_somehow(stream: bytes, at: int) -> bool:
    """Whether the head of a sheet may stand somewhere with a byte or two of it damaged."""
    here = stream[at : at + 8]
    return len(here) == 8 and sum(a == b for a, b in zip(here, b"\x09\x08\x10\x00\x00\x06\x10\x00", strict=True)) >= 6


def _read_bundled_sheets(stream: bytes, page: int) -> Iterator[SheetPlace]:
    """The sheets of a workbook of Excel 4, each behind a record with its name."""
    name = ""
    for kind, data, at in BiffRecords(stream):
        if kind == _SHEET_HEAD:
            name = byte_text(data[5 : 5 + data[4]], page) if len(data) > 4 else ""
        elif kind in BOF and _number(data, 2) == SHEET:
            yield SheetPlace(name, at - 4)


def _version(first: BiffRecord) -> int:
    version = BOF[first.type]
    # Excel 5 and 8 begin with the same mark; their version number tells them apart.
    return 8 if version == 5 and _number(first.data, 0) == 0x600 else version


def _number(data: bytes, at: int, size: int = 2) -> int:
    return int.from_bytes(data[at : at + size], "little")
