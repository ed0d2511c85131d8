"""The records of old Excel files (BIFF 2 to 8): walked one by one, found again behind damage; their texts and numbers.

Source: [MS-XLS] 2.1.4 and 2.5.294; the documentation of the Excel file format by OpenOffice for BIFF 2 to 5.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mappers.encodings.tables import to_characters

BOF = {0x0009: 2, 0x0209: 3, 0x0409: 4, 0x0809: 5}
EOF = 0x0A
NUMBER, LABEL, LABEL_SST, RK, BOOL_ERROR, ROW, BLANK = 0x203, 0x204, 0xFD, 0x27E, 0x205, 0x208, 0x201
SHEET = 0x10
# The longest record that the format allows.
_LONGEST = 8224
_HIGHEST_TYPE = 0x10FF
# Records of these types have one length; another is a flipped byte.
_LENGTHS = {
    NUMBER: 14, LABEL_SST: 10, RK: 10, BOOL_ERROR: 8, ROW: 16, BLANK: 6, 0x10: 8, 0x80: 8, 0x225: 4,
    **dict.fromkeys((0x0C, 0x0D, 0x0E, 0x0F, 0x11, 0x12, 0x19, 0x2A, 0x2B, 0x55, 0x5F, 0x81, 0x82, 0x83, 0x84), 2),
}  # fmt: skip
# Heads of records of cells and rows with the lengths that belong to them: what is looked for behind damage.
_SOUND = re.compile(
    rb"\x03\x02\x0e\x00|\xfd\x00\x0a\x00|\x7e\x02\x0a\x00|\x05\x02\x08\x00|\x08\x02\x10\x00|\x01\x02\x06\x00"
    rb"|\x0a\x00\x00\x00|\xbd\x00[\x00-\xff]{2}|\x04\x02[\x00-\xff]\x00|\x06[\x00\x04][\x00-\xff]\x00|\xd6\x00[\x00-\xff]{2}",
    re.S,
)
_PAGES = {10000: "mac_roman", 32768: "mac_roman", 1200: "utf-16-le", 367: "ascii", 65001: "utf-8"}
# 0 when nothing is said; 32769 is Western Windows in BIFF 2 and 3.
_WEST = (0, 1252, 32769)


class BiffRecord(NamedTuple):
    """One record. at: where its data begins in the stream."""

    type: int
    data: bytes
    at: int


@dataclass
class BiffRecords:
    """The records of a stream from one place on. breaks: how often damage had to be passed over."""

    stream: bytes
    at: int = 0
    breaks: int = 0

    def __iter__(self) -> Iterator[BiffRecord]:
        """Up to the end of the stream."""
        while self.at + 4 <= len(self.stream):
            kind, length = struct.unpack_from("<HH", self.stream, self.at)
            begin = self.at + 4
            right = _LENGTHS.get(kind, length)
            # Zeros alone are filling and no record.
            if kind > _HIGHEST_TYPE or length > _LONGEST or begin + length > len(self.stream) or not (kind or length):
                self._find_again()
                continue
            # A wrong length is mended only where the next records stand at the right one.
            if length != right and self._is_chain(begin + right):
                self.breaks += 1
                length = right
            self.at = begin + length
            yield BiffRecord(kind, self.stream[begin : self.at], begin)

    def is_end(self) -> bool:
        """Whether nothing follows the last record, or another sheet does: an end before more records is none."""
        kind = int.from_bytes(self.stream[self.at : self.at + 2], "little")
        return kind == 0 or kind in BOF or not self._is_chain(self.at)

    def _find_again(self) -> None:
        self.breaks += 1
        found = next((m.start() for m in _SOUND.finditer(self.stream, self.at + 1) if self._is_chain(m.start())), None)
        self.at = len(self.stream) if found is None else found

    def _is_chain(self, at: int) -> bool:
        """Whether two more records follow one that looks sound."""
        for _ in range(3):
            if at == len(self.stream):
                return True
            if not self._is_sound(at):
                return False
            at += 4 + int.from_bytes(self.stream[at + 2 : at + 4], "little")
        return True

    def _is_sound(self, at: int) -> bool:
        if at + 4 > len(self.stream):
            return at == len(self.stream)
        kind, length = struct.unpack_from("<HH", self.stream, at)
        is_known = 0 < kind <= _HIGHEST_TYPE and length <= _LONGEST and at + 4 + length <= len(self.stream)
        return bool(is_known and _LENGTHS.get(kind, length) == length)

    def following(self) -> list[bytes]:
        """The data of the records that continue the last one, which are passed over."""
        parts = []
        while self.stream[self.at : self.at + 2] == b"\x3c\x00":
            length = int.from_bytes(self.stream[self.at + 2 : self.at + 4], "little")
            parts.append(self.stream[self.at + 4 : self.at + 4 + length])
            self.at = min(self.at + 4 + length, len(self.stream))
        return parts


class TextCut(Exception):
    """A text goes on behind the end of its records, or is none."""


@dataclass
class Texts:
    """Texts of BIFF 8 in the data of a record and of those that continue it."""

    parts: Sequence[bytes]
    _part: int = 0
    _at: int = 0

    def raw(self, size: int) -> bytes:
        """Bytes, wherever the data is cut into records. Raises Cut."""
        found = self.parts[self._part][self._at : self._at + size]
        self._at += len(found)
        while len(found) < size:
            self._next_part()
            more = self.parts[self._part][: size - len(found)]
            self._at = len(more)
            found += more
        return found

    def number(self, size: int) -> int:
        """An unsigned number. Raises Cut."""
        return int.from_bytes(self.raw(size), "little")

    def text(self, length: int) -> tuple[str, tuple[int, ...]]:
        """A text of so many characters, and its runs: place and font, turn and turn about. Raises Cut."""
        flags = self.number(1)
        # Bits 0, 2 and 3 have a meaning; with another one no text begins here.
        if flags & ~0x0D:
            raise TextCut
        runs = self.number(2) if flags & 8 else 0
        extra = self.number(4) if flags & 4 else 0
        text = self._characters(length, is_wide=bool(flags & 1))
        fonts = struct.unpack(f"<{2 * runs}H", self.raw(4 * runs))
        self.raw(extra)
        return text, fonts

    def _characters(self, length: int, *, is_wide: bool) -> str:
        """Characters; a record that continues them says anew whether they are wide."""
        units: list[bytes] = []
        missing = length
        while True:
            size = 2 if is_wide else 1
            data = self.parts[self._part][self._at : self._at + missing * size]
            data = data[: len(data) // size * size]
            self._at += len(data)
            missing -= len(data) // size
            # Narrow characters are the lower bytes of UTF-16, whatever code page the file names.
            units.append(data if is_wide else data.decode("latin-1").encode("utf-16-le"))
            if not missing:
                return b"".join(units).decode("utf-16-le", "replace")
            self._next_part()
            is_wide = bool(self.number(1) & 1)

    def _next_part(self) -> None:
        self._part, self._at = self._part + 1, 0
        if self._part >= len(self.parts):
            raise TextCut


def byte_text(data: bytes, page: int) -> str:
    """Text of BIFF 2 to 5 by the code page of the file; bytes that mean nothing there as in Western Windows."""
    if page in _WEST:
        return to_characters(data)
    try:
        return data.decode(_PAGES.get(page, f"cp{page}"))
    except (UnicodeDecodeError, LookupError):
        return to_characters(data)


def rk_number(packed: int) -> float:
    """A number in four bytes: an integer or the upper half of a float, perhaps a hundredfold."""
    if packed & 2:
        value = float(packed >> 2 if packed < 1 << 31 else (packed >> 2) - (1 << 30))
    else:
        value = float(struct.unpack("<d", bytes(4) + (packed & 0xFFFFFFFC).to_bytes(4, "little"))[0])
    return value / 100 if packed & 1 else value
