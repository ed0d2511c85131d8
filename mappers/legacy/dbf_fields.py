"""The fields of a DBF as its head lists them, and the ways in which the list can be read.

Source: the published descriptions of dBASE II to 7, FoxPro 2 and Visual FoxPro tables.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mappers.legacy.table import unique_names

DBASE2 = 0x02
DBASE7 = frozenset(b"\x04\x8c")
VISUAL_FOXPRO = frozenset(b"\x30\x31\x32")
VERSIONS = frozenset(b"\x02\x03\x04\x05\x07\x30\x31\x32\x43\x63\x7b\x83\x87\x8b\x8c\x8e\xcb\xe5\xf5\xfb")
TYPES = frozenset("CNFDLMIBYTGPQVW0+@O")
# Bytes of a cell by its type, where the type has its own.
_LENGTHS = {
    "I": (4,), "+": (4,), "Y": (8,), "T": (8,), "@": (8,), "O": (8,), "B": (8, 10), "D": (8,), "L": (1,),
}  # fmt: skip
_TERMINATOR = b"\r"
# Bytes behind the fields of a Visual FoxPro table: the way to its database.
BACKLINK = 263
# Eight bytes, 32 descriptors of 16, and a mark for the end.
_ROWS_OF_2 = 521
# Where rows begin is a number of 16 bits, so no head is longer.
HEAD_BYTES = 1 << 16
# What the language mark in byte 29 says of the text; tables in font encodings say it too, or say nothing (0).
_CODE_PAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852",
    0x65: "cp866", 0x66: "cp865", 0x78: "cp950", 0x79: "cp949", 0x7A: "cp936", 0x7B: "cp932", 0x7C: "cp874",
    0x7D: "cp1255", 0x7E: "cp1256", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field. type: one letter; start, length: bytes in the row; flags: 2 may be null, 4 binary (Visual FoxPro)."""

    name: str
    type: str
    start: int
    length: int
    flags: int = 0


@dataclass(frozen=True)
class Head:
    """The head of a table. count: rows it claims; first: offset of the first row; length: bytes of a row.

    fits: whether the rows begin with row marks when they are cut at this length. end: where the list of fields ends.
    """

    version: int
    count: int
    first: int
    length: int
    fields: tuple[Field, ...]
    notes: tuple[str, ...] = ()
    encoding: str = ""
    fits: bool = True
    end: int = 0

    @property
    def total(self) -> int:
        """Bytes that the fields and the row mark need."""
        return 1 + sum(x.length for x in self.fields)


def read_dbase2(data: bytes) -> Head:
    """The head of a dBASE II table, whose fields always take the same room."""
    raw = []
    for at in range(8, min(_ROWS_OF_2, len(data)) - 15, 16):
        if data[at] in (0x0D, 0):
            break
        raw.append((data[at : at + 11], chr(data[at + 11]), data[at + 12], 0))
    count, length = struct.unpack_from("<H", data, 1)[0], struct.unpack_from("<H", data, 6)[0]
    fields, notes = _fields(raw)
    return Head(DBASE2, count, _ROWS_OF_2, length, fields, tuple(notes), end=_ROWS_OF_2)


def readings(data: bytes) -> Iterator[Head]:
    """The ways in which a head can be read: up to the mark that ends the fields, or up to where rows begin."""
    version, count, first, length = data[0], *struct.unpack_from("<IHH", data, 4)
    encoding = _CODE_PAGES.get(data[29], "")
    layouts = (_LONG, _SHORT) if version in DBASE7 else (_SHORT,)
    for layout in layouts:
        stop = first - (BACKLINK if version in VISUAL_FOXPRO else 0)
        # The head and one field take up 64 bytes.
        knows_stop = 64 < stop <= len(data)
        for ends_at_mark in (True, False) if knows_stop else (True,):
            raw, end = layout.descriptors(data, stop if not ends_at_mark else HEAD_BYTES, ends_at_mark)
            for is_wide, by_type in ((True, False), (False, False), (True, True), (False, True)):
                fields, notes = _fields(raw, is_wide=is_wide, by_type=by_type)
                if version not in VERSIONS:
                    notes.append(f"the first byte ({version:#04x}) is not the mark of a known kind of table")
                if data[14] == 1:
                    notes.append("the header says that a transaction was not finished when the file was last used")
                yield Head(version, count, first, length, fields, tuple(notes), encoding, end=end)


@dataclass(frozen=True)
class _Layout:
    """Where a field's descriptor keeps what. start: of the first; size: of each; type: offset of its letter."""

    start: int
    size: int
    name: int
    type: int
    width: int
    flags: int

    def descriptors(self, data: bytes, stop: int, ends_at_mark: bool) -> tuple[list[tuple[bytes, str, int, int]], int]:
        """(name, type, length, flags) of each field, and where the list ends; none where they make no sense."""
        raw: list[tuple[bytes, str, int, int]] = []
        at = self.start
        while at + self.size <= min(stop, len(data)) and len(raw) < 2048:
            if data[at : at + 1] == _TERMINATOR and ends_at_mark:
                break
            d = data[at : at + self.size]
            if not d.strip(b"\0") or (not ends_at_mark and d[0] == 0x0D and not d[1:].strip(b"\0")):
                break
            wide = d[self.width + 1] << 8 if self.type == 11 else 0
            raw.append((d[: self.name], chr(d[self.type]), d[self.width] | wide, d[self.flags]))
            at += self.size
        return raw, at + 1


_SHORT = _Layout(start=32, size=32, name=11, type=11, width=16, flags=18)
_LONG = _Layout(start=68, size=48, name=32, type=32, width=33, flags=34)


def _fields(
    raw: Sequence[tuple[bytes, str, int, int]], *, is_wide: bool = False, by_type: bool = False
) -> tuple[tuple[Field, ...], list[str]]:
    """The fields in their places.

    is_wide: character fields keep the upper byte of their length with the decimals. by_type: a field whose type has one
    length only has that, whatever the head says.
    """
    names, notes = unique_names([n.split(b"\0")[0].decode("latin-1") for n, _, _, _ in raw])
    start = 1
    fields: list[Field] = []
    for (own, kind, width, flags), name in zip(raw, names, strict=True):
        if kind not in TYPES:
            shown = kind if 32 < ord(kind) < 127 else f"{ord(kind):#04x}"
            notes.append(f"field {name} is of the unknown type {shown}; it is read as characters")
        if any(b < 32 for b in own.split(b"\0")[0]):
            notes.append(f"the name of field {len(fields) + 1} is damaged")
        length = width if is_wide and kind == "C" else width & 0xFF
        legal = _LENGTHS.get(kind, (length,))
        if by_type and length not in legal:
            notes.append(f"field {name} of type {kind} is read as {legal[0]} bytes long, not {length}")
            length = legal[0]
        elif length not in legal:
            notes.append(f"field {name} of type {kind} is {length} bytes long; it is read as characters")
            kind = "C"
        fields.append(Field(name, kind if kind in TYPES else "C", start, length, flags))
        start += length
    return tuple(fields), notes
