"""The head of a DBF: its fields, where its rows begin and how long they are, by evidence where the head is wrong.

Source: the published descriptions of dBASE II to 7, FoxPro 2 and Visual FoxPro tables.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from mappers.errors import TableError
from mappers.legacy.table import unique_names

DBASE2 = 0x02
DBASE7 = frozenset(b"\x04\x8c")
VISUAL_FOXPRO = frozenset(b"\x30\x31\x32")
VERSIONS = frozenset(b"\x02\x03\x04\x05\x07\x30\x31\x32\x43\x63\x7b\x83\x87\x8b\x8c\x8e\xcb\xe5\xf5\xfb")
TYPES = frozenset("CNFDLMIBYTGPQVW0+@O")
FLAGS = b" *"
# Bytes of a cell by its type, where the type has its own.
_LENGTHS = {
    "I": (4,), "+": (4,), "Y": (8,), "T": (8,), "@": (8,), "O": (8,), "B": (8, 10), "D": (8,), "L": (1,),
}  # fmt: skip
_TERMINATOR = b"\r"
_END_OF_FILE = b"\x1a"
_BACKLINK = 263
_ROWS_OF_2 = 521
_SAMPLE_ROWS = 200
_FEW_ROWS = 40
_SAMPLE_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_SOUND = 0.98
_USABLE = 0.75
# So many more of its cells must begin where something begins, before a field is taken to be longer than it says.
_CLEARLY = 0.05
# One byte in so many is a blank in any table of padded fields; an encrypted one has next to none.
_CLEAR = 8
_NUMBER = re.compile(rb"[ \0]*[+-]?[\d.,]*(?:[eE][+-]?\d+)?[ \0]*|[ *]+")
_DATE = re.compile(rb"\d{8}|[ \0]{8}|[ /]+")
_LOGICAL = re.compile(rb"[TtFfYyNn?01 \0]")
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


def looks_like_dbf(path: Path, head: bytes) -> bool:
    """Whether the first bytes are the head of a DBF, or the file is called so and is not text."""
    if path.suffix.lower() == ".dbf" and any(b < 9 or 13 < b < 32 for b in head[:64]):
        return True
    if len(head) < 24 or head[0] not in VERSIONS:
        return False
    if head[0] == DBASE2:
        return head[8:9].isalpha() and head[19] in b"CNL" and head[20] > 0 and 0 < head[3] <= 12 and head[4] <= 31
    if len(head) < 65:
        return False
    first, length = struct.unpack_from("<HH", head, 8)
    at = 68 if head[0] in DBASE7 and len(head) > 100 and chr(head[100]) in TYPES and head[68:69].isalnum() else 32
    is_named = head[at] == 0x5F or head[at : at + 1].isalnum()
    letter = head[at + (32 if at == 68 else 11)]
    return head[2] <= 12 and head[3] <= 31 and first >= 65 and length >= 2 and is_named and 32 < letter < 127


def read_head(path: Path) -> Head:
    """The head of a table, mended by what its rows show. Raises TableError when it has no field that makes sense."""
    size = path.stat().st_size
    with path.open("rb") as f:
        data = f.read(_HEAD_BYTES + _SAMPLE_BYTES)
    if len(data) < 33:
        raise TableError(f"{path.name}: the file is cut within the head of the table", kind="unreadable")
    if data[0] == DBASE2 and data[8:9].isalpha():
        return _settle(_dbase2(data), data, size)
    heads = [h for h in _readings(data) if h.fields]
    if not heads:
        raise TableError(f"{path.name}: the list of fields is damaged or empty", kind="unreadable")
    best = max(heads, key=lambda h: (h.total == h.length, _fit(data, h) if h.first < len(data) else 0.0))
    head = _settle(best, data, size)
    if data[15] != 1:
        return head
    if not _is_in_clear(data, head):
        raise TableError(f"{path.name}: the table is encrypted", kind="encrypted")
    return replace(head, notes=(*head.notes, "the head says that the table is encrypted; its rows are in clear"))


def _is_in_clear(data: bytes, head: Head) -> bool:
    rows = data[head.first : head.first + head.length * _FEW_ROWS]
    blanks = sum(b == 32 for b in rows)
    return head.fits and _fit(data, head) >= _SOUND and blanks * _CLEAR > len(rows)


def _dbase2(data: bytes) -> Head:
    raw = []
    for at in range(8, min(_ROWS_OF_2, len(data)) - 15, 16):
        if data[at] in (0x0D, 0):
            break
        raw.append((data[at : at + 11], chr(data[at + 11]), data[at + 12], 0))
    count, length = struct.unpack_from("<H", data, 1)[0], struct.unpack_from("<H", data, 6)[0]
    fields, notes = _fields(raw)
    return Head(DBASE2, count, _ROWS_OF_2, length, fields, tuple(notes), end=_ROWS_OF_2)


def _readings(data: bytes) -> Iterator[Head]:
    """The ways in which a head can be read: up to the mark that ends the fields, or up to where rows begin."""
    version, count, first, length = data[0], *struct.unpack_from("<IHH", data, 4)
    encoding = _CODE_PAGES.get(data[29], "")
    layouts = (_LONG, _SHORT) if version in DBASE7 else (_SHORT,)
    for layout in layouts:
        stop = first - (_BACKLINK if version in VISUAL_FOXPRO else 0)
        knows_stop = 64 < stop <= len(data)
        for ends_at_mark in (True, False) if knows_stop else (True,):
            raw, end = layout.descriptors(data, stop if not ends_at_mark else _HEAD_BYTES, ends_at_mark)
            for is_wide, by_type in ((True, False), (False, False), (True, True), (False, True)):
                fields, notes = _fields(raw, is_wide=is_wide, by_type=by_type)
                if version not in VERSIONS:
                    notes.append(f"the first byte ({version:#04x}) is not the mark of a known kind of table")
                if data[14] == 1:
                    notes.append("the head says that a transaction was not finished when the file was last used")
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


def _settle(head: Head, data: bytes, size: int) -> Head:
    """The head with the start and the length of rows that fit the rows best; its own where they fit well enough."""
    own = replace(head, length=max(head.length, 1))
    usual = (head.end, head.end + 1, head.end + _BACKLINK)
    if head.length == head.total and head.first <= len(data) and head.length > 1:
        if head.first in usual and (_fit(data, own) >= _SOUND or _marked_share(data, own) >= _USABLE):
            return own
        if _is_of_size(own, size) and _marks(data, own) >= _SOUND:
            return own
    firsts = [head.first, *usual]
    lengths = [head.total, head.length, (size - head.first) // head.count if head.count else 0]
    tried = [
        replace(own, first=f, length=n)
        for n in dict.fromkeys(lengths)
        for f in dict.fromkeys(firsts)
        if n > 1 and 32 < f <= len(data)
    ]
    tried += _one_field_mended(own, data)
    if not tried:
        return replace(own, length=max(head.total, 2), first=min(head.end, size), fits=False)
    best = max(tried, key=lambda h: _likeness(data, h, size))
    fit = _marks(data, best) if _is_of_size(best, size) else _fit(data, best)
    return replace(best, notes=(*best.notes, *_said(head, best, fit)), fits=fit >= _USABLE)


def has_whole_rows(f: BinaryIO, head: Head, size: int) -> bool:
    """Whether the length of the file, or an end mark where the count says, speaks for rows without a byte too many."""
    held, rest = divmod(max(0, size - head.first), head.length)
    mark = head.first + head.count * head.length
    if 0 <= mark < size:
        f.seek(mark)
        if f.read(1) == _END_OF_FILE:
            return True
    f.seek(max(0, size - 1))
    ends = f.read(1) == _END_OF_FILE
    return (rest == 1 and ends) or (rest == 0 and (not ends or not held))


def _is_of_size(head: Head, size: int) -> bool:
    """Whether the file is as long as the head's count says, with or without an end mark."""
    return head.count > 0 and size - head.first - head.count * head.length in (0, 1)


def _marks(data: bytes, head: Head) -> float:
    """The share of the first rows that begin with a row mark."""
    marks = _first_marks(data, head, 0)
    return sum(m in FLAGS for m in marks) / len(marks) if marks else 1.0


def _first_marks(data: bytes, head: Head, shift: int) -> bytes:
    many = min(_SAMPLE_ROWS, head.count or _SAMPLE_ROWS, (len(data) - head.first) // head.length)
    start = head.first + shift
    return data[start : start + max(0, many) * head.length : head.length]


def _marked_share(data: bytes, head: Head) -> float:
    """The share of the first rows that begin with a row mark where the head says, or all moved by as many bytes."""
    own = [m in FLAGS for m in _first_marks(data, head, 0)]
    best = 0
    for shift in range(1, head.length):
        moved = _first_marks(data, head, shift)
        best = max(best, sum(o or m in FLAGS for o, m in zip(own, moved, strict=False)))
    return best / len(own) if own else 1.0


def _one_field_mended(head: Head, data: bytes) -> list[Head]:
    """The head with the length of one field changed so that the fields fill the row, if its cells then fit better.

    Where they do not, the bytes behind the last field belong to none.
    """
    more = head.length - head.total
    if not more or not 32 < head.first < len(data):
        return []
    small = data[: head.first + head.length * _FEW_ROWS]
    tried = [
        (i, _with_length(head, i, x.length + more)) for i, x in enumerate(head.fields) if 0 < x.length + more < 255
    ]
    if not tried:
        return []
    i, best = max(tried, key=lambda t: _likeness(small, t[1], 0))
    if more > 0 and i < len(head.fields) - 1:
        behind = Field("", "C", head.total, more)
        own, mended = _likeness(small, replace(head, fields=(*head.fields, behind)), 0), _likeness(small, best, 0)
        begun = own[2] * (len(head.fields) + 1) / len(head.fields)
        if mended[0] < own[0] or mended[2] < begun + _CLEARLY:
            return []
    said = f"field {best.fields[i].name} is read as {best.fields[i].length} bytes long, not {head.fields[i].length}"
    return [replace(best, notes=(*head.notes, said))]


def _with_length(head: Head, changed: int, length: int) -> Head:
    start = 1
    fields = []
    for i, x in enumerate(head.fields):
        fields.append(replace(x, start=start, length=length if i == changed else x.length))
        start += fields[-1].length
    return replace(head, fields=tuple(fields))


def _said(own: Head, best: Head, fit: float) -> Iterator[str]:
    if best.first != own.first:
        yield f"the head says its rows begin at byte {own.first}; they are taken from byte {best.first}"
    if own.length != own.total:
        yield f"the head says {own.length} bytes a row, its fields need {own.total}; {best.length} fits the rows"
    if fit < _USABLE:
        yield (
            f"no length of a row fits: cut at {best.length} bytes, {fit:.0%} of the rows looked at are sound; every row"
            " is delivered as it is cut, with the problem row-length-unknown"
        )


def _fit(data: bytes, head: Head) -> float:
    """How well the first rows look when they are cut so, 0..1: their marks, and numbers, dates and yes/no in place."""
    if head.length < 2:
        return 0.0
    rows = data[head.first : head.first + head.length * min(_SAMPLE_ROWS, head.count or _SAMPLE_ROWS)]
    if rows[:1] == _END_OF_FILE:
        return 1.0
    starts = range(0, len(rows) - head.length + 1, head.length)
    if not starts:
        return 1.0
    marks = sum(rows[i] in FLAGS for i in starts)
    looked = [(x, _LOOKS[x.type]) for x in head.fields if x.type in _LOOKS and x.start + x.length <= head.length]
    sound = sum(
        look.fullmatch(rows, i + x.start, i + x.start + x.length) is not None for i in starts for x, look in looked
    )
    by_marks = marks / len(starts)
    return by_marks if not looked else (by_marks + by_marks * sound / (len(starts) * len(looked))) / 2


def _likeness(data: bytes, head: Head, size: int) -> tuple[float, bool, float, bool]:
    """What speaks for cutting rows so, weightiest first.

    Their fit; fields that fill the row; how many cells begin where something begins; a file of whole rows.
    """
    rows = data[head.first : head.first + head.length * _FEW_ROWS]
    starts = range(0, len(rows) - head.length + 1, head.length)
    inside = [x.start for x in head.fields if x.start + x.length <= head.length and x.length]
    begun = sum(rows[i + at] not in _BLANK and rows[i + at - 1] in _BEFORE for i in starts for at in inside)
    share = begun / max(len(starts) * len(head.fields), 1)
    is_whole = (size - head.first) % head.length in (0, 1)
    return round(_fit(data, head), 2), head.length == head.total, round(share, 2), is_whole


_BLANK = b" \0"
_BEFORE = b" \0*"
_LOOKS = {"N": _NUMBER, "F": _NUMBER, "D": _DATE, "L": _LOGICAL}
