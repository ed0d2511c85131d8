"""Cells of a DBF, a column of a chunk at a time: bytes for characters, text for numbers, dates and moments.

A cell that makes no sense is delivered as it is stored, and its damage is remembered with the number of its row.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import repeat

from mappers.legacy.damage import RowDamage
from mappers.legacy.dbf_fields import DBASE7, VISUAL_FOXPRO, Field, Head
from mappers.legacy.memo import MemoFile
from mappers.legacy.table import MEMO_MISSING, binary_marker

Cell = bytes | str
Column = Sequence[bytes]
Convert = Callable[[Column, range], Iterable[Cell]]

_PADDING = b" \0"
# A column of a chunk is joined by it, tested and decoded in one go, and cut at it again.
_BETWEEN = b"\x1f"
_NUMBER_BYTES = b"0123456789+-. \x1f\0"
_NUMBER = re.compile(r"[+-]?[\d.,]*(?:[eE][+-]?\d+)?")
# Julian day number of 31 December of the year 0.
_JULIAN_OF_1 = 1721425
_LAST_DAY = date.max.toordinal()
_DAY_MS = 86_400_000
_MOST_DATES = 1 << 16


def columns(head: Head, memo: MemoFile | None, damage: RowDamage) -> list[tuple[Field, Convert]]:
    """How each field that is shown is converted, in order."""
    cells = _Cells(head.version, memo, damage)
    return [(x, cells.converter(x)) for x in head.fields if x.type != "0"]


class _Cells:
    """Converters that share a table's memo file and its list of damage."""

    def __init__(self, version: int, memo: MemoFile | None, damage: RowDamage) -> None:
        self._version, self._memo, self._damage = version, memo, damage
        self._dates: dict[bytes, Cell] = {}
        self._bad_dates: set[bytes] = set()

    def converter(self, field: Field) -> Convert:
        kind, length = field.type, field.length
        if kind in "MGPW" or (kind == "B" and length == 10):
            return self._memos(field)
        if kind in "NF":
            return self._numbers(field)
        if kind == "D" and length == 8:
            return self._days(field)
        fixed = self._convert_fixed(kind, length)
        if fixed is not None:
            return fixed if kind not in "T@" else self._moments(field, fixed)
        return _logical if kind == "L" else _characters

    def _convert_fixed(self, kind: str, length: int) -> Convert | None:
        """Cells of a fixed number of bytes; None where the type is another or the length does not fit it."""
        if kind in "I+" and length == 4:
            return _swapped_integers if self._version in DBASE7 else _integers
        if kind == "B" and length == 8:
            return _doubles
        if kind == "O" and length == 8:
            return _swapped_doubles if self._version in DBASE7 else _doubles
        if kind == "Y" and length == 8:
            return _money
        if kind in "T@" and length == 8:
            return _swapped_moments if kind == "@" and self._version in DBASE7 else _moments
        return None

    def _numbers(self, field: Field) -> Convert:
        wide = f"column {field.name}: a number too wide for its field (asterisks)"
        broken = f"column {field.name}: the content is not a number"

        def convert(cells: Column, rows: range) -> Iterable[Cell]:
            joined = _BETWEEN.join(cells)
            text = joined.decode("latin-1").split("\x1f")
            # A cell that holds the separator itself would shift all those behind it.
            if not joined.translate(None, _NUMBER_BYTES) and len(text) == len(cells):
                return map(str.strip, text, repeat(" \0"))
            return [self._number(c, row, wide, broken) for c, row in zip(cells, rows, strict=True)]

        return convert

    def _number(self, cell: bytes, row: int, wide: str, broken: str) -> Cell:
        bare = cell.strip(_PADDING)
        if not bare.strip(b"*"):
            if bare:
                self._damage.add(wide, row)
            return bare.decode()
        text = bare.decode("latin-1")
        if not bare.isascii() or not _NUMBER.fullmatch(text):
            self._damage.add(broken, row)
        return text if bare.isascii() else bare

    def _days(self, field: Field) -> Convert:
        wrong = f"column {field.name}: an impossible date, left as it is stored"

        def convert(cells: Column, rows: range) -> Iterable[Cell]:
            known, bad = self._dates, self._bad_dates
            # Dates come again and again; only a damaged column has so many different ones.
            if len(known) > _MOST_DATES:
                known.clear()
                bad.clear()
            for cell in set(cells).difference(known):
                shown = cell.strip(_PADDING)
                known[cell] = shown.decode() if shown.isascii() else shown
                if shown and not _is_day(shown):
                    bad.add(cell)
            if bad and not bad.isdisjoint(cells):
                for cell, row in zip(cells, rows, strict=True):
                    if cell in bad:
                        self._damage.add(wrong, row)
            return list(map(known.__getitem__, cells))

        return convert

    def _moments(self, field: Field, read: Convert) -> Convert:
        wrong = f"column {field.name}: an impossible date and time, left as it is stored (in hexadecimal)"

        def convert(cells: Column, rows: range) -> Iterable[Cell]:
            out = list(read(cells, rows))
            for i, (cell, shown) in enumerate(zip(cells, out, strict=True)):
                if shown == "?":
                    out[i] = cell.hex()
                    self._damage.add(wrong, rows[i])
            return out

        return convert

    def _memos(self, field: Field) -> Convert:
        pointer = _int_pointer if field.length == 4 else _digit_pointer
        is_text = field.type == "M"

        def read(cell: bytes, row: int) -> Cell:
            number = pointer(cell)
            if not number:
                if number is None:
                    self._damage.add(f"column {field.name}: a memo pointer is damaged", row)
                    return cell.strip(_PADDING)
                return ""
            if self._memo is None:
                self._damage.add(f"column {field.name}: the text of a memo is lost with its file", row)
                return MEMO_MISSING
            text, wrong = self._memo.read(number)
            if wrong:
                self._damage.add(f"column {field.name}: {wrong}", row)
                if not text:
                    return MEMO_MISSING
            return text if is_text or not text else binary_marker(len(text))

        return lambda cells, rows: map(read, cells, rows)


def _is_day(shown: bytes) -> bool:
    # Eight zeros are an empty date.
    if not shown.strip(b"0") and len(shown) == 8:
        return True
    try:
        date(int(shown[:4]), int(shown[4:6]), int(shown[6:]))
    except ValueError:
        # So are blanks and the slashes of an empty mask.
        return not shown.strip(b" /")
    return len(shown) == 8 and shown.isdigit()


def _int_pointer(cell: bytes) -> int | None:
    return int.from_bytes(cell, "little") if cell != b"    " else 0


def _digit_pointer(cell: bytes) -> int | None:
    bare = cell.strip(_PADDING)
    if not bare:
        return 0
    return int(bare) if bare.isdigit() else None


def _characters(cells: Column, rows: range) -> Iterable[Cell]:
    return map(bytes.rstrip, cells, repeat(_PADDING))


def _logical(cells: Column, rows: range) -> Iterable[Cell]:
    shown = {c: c.strip(_PADDING).decode() if c.isascii() else c for c in set(cells)}
    return map(shown.__getitem__, cells)


def _unpack_cells(form: str, cells: Column) -> tuple[int | float, ...]:
    return struct.unpack(f"{form[0]}{len(cells)}{form[1]}", b"".join(cells))


def _integers(cells: Column, rows: range) -> Iterable[Cell]:
    return map(str, _unpack_cells("<i", cells))


def _swapped_integers(cells: Column, rows: range) -> Iterable[Cell]:
    """DBASE 7: big-endian with the sign turned; four zero bytes are an empty cell."""
    return [str(int(n) - (1 << 31)) if n else "" for n in _unpack_cells(">I", cells)]


def _float_text(number: float) -> str:
    # Below this a double holds every whole number exactly.
    return str(int(number)) if abs(number) < 1e15 and number == int(number) else repr(number)


def _doubles(cells: Column, rows: range) -> Iterable[Cell]:
    return map(_float_text, _unpack_cells("<d", cells))


def _swapped_doubles(cells: Column, rows: range) -> Iterable[Cell]:
    """DBASE 7: big-endian; the sign bit is set for what is not negative, all bits are turned for what is."""
    return [_float_text(_turned_double(int(n))) if n else "" for n in _unpack_cells(">Q", cells)]


def _turned_double(bits: int) -> float:
    bits = bits ^ (1 << 63) if bits >> 63 else bits ^ ((1 << 64) - 1)
    number: float = struct.unpack(">d", bits.to_bytes(8, "big"))[0]
    return number


def _money(cells: Column, rows: range) -> Iterable[Cell]:
    return [format(Decimal(int(n)).scaleb(-4), "f") for n in _unpack_cells("<q", cells)]


def _moments(cells: Column, rows: range) -> Iterable[Cell]:
    """Julian day and milliseconds; empty when zero or blank, "?" when impossible."""
    return [_moment(*struct.unpack("<II", c)) if c.strip(_PADDING) else "" for c in cells]


def _swapped_moments(cells: Column, rows: range) -> Iterable[Cell]:
    """DBASE 7: milliseconds since the year 0 as a turned double."""
    shown: list[Cell] = []
    for bits in _unpack_cells(">Q", cells):
        number = _turned_double(int(bits)) if bits else 0.0
        days, rest = divmod(number, _DAY_MS) if 0 < number < _LAST_DAY * _DAY_MS else (0, 0)
        shown.append(_moment(int(days) + _JULIAN_OF_1, int(rest)) if days else "?" if bits else "")
    return shown


def _moment(days: int, milliseconds: int) -> str:
    if not days:
        return ""
    seconds = round(milliseconds / 1000)
    ordinal = days - _JULIAN_OF_1 + seconds // 86400
    if not 0 < ordinal <= _LAST_DAY or milliseconds > _DAY_MS:
        return "?"
    day = date.fromordinal(1) + timedelta(days=ordinal - 1)
    minutes, second = divmod(seconds % 86400, 60)
    shown = f"{day.isoformat()} {minutes // 60:02d}:{minutes % 60:02d}"
    return f"{shown}:{second:02d}" if second else shown


def null_bits(head: Head) -> dict[str, tuple[int, int]]:
    """Bits of the null flags by field name: (bit that says a varchar is not full, bit that says null), -1 for none.

    Source: Visual FoxPro's _NullFlags; bits stand in the order of the fields, a varchar's own before its null bit.
    """
    bits: dict[str, tuple[int, int]] = {}
    if head.version not in VISUAL_FOXPRO or not any(x.type == "0" for x in head.fields):
        return bits
    at = 0
    for x in head.fields:
        short = null = -1
        if x.type in "VQ":
            short, at = at, at + 1
        if x.flags & 2 and x.type != "0":
            null, at = at, at + 1
        if (short, null) != (-1, -1):
            bits[x.name] = (short, null)
    return bits


def apply_flags(cells: Iterable[Cell], raw: Column, flags: Sequence[int], short: int, null: int) -> Iterable[Cell]:
    """Cells of a column with nulls emptied and varchars cut to the length in their last byte."""
    for cell, stored, flag in zip(cells, raw, flags, strict=True):
        if null >= 0 and flag >> null & 1:
            yield ""
        elif short >= 0:
            yield stored[: min(stored[-1], len(stored) - 1)] if flag >> short & 1 and stored else stored
        else:
            yield cell
