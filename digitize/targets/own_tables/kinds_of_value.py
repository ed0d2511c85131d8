"""Values that a state's column can store, and how PostgreSQL will write them; checked before a row is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation

ZONE = "Asia/Kolkata"
_RANGES = {"int2": 15, "int4": 31, "int8": 63}
_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column of a state's table.

    type: of PostgreSQL, such as "varchar"; spelled: with its length. length: of a text, in characters, 0 for any.
    precision, scale: of a number, 0 for any. is_not_null: a value is required. has_default: filled by the table itself.
    is_fixed: computed, cannot be written.
    """

    name: str
    type: str
    spelled: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    is_not_null: bool = False
    has_default: bool = False
    is_fixed: bool = False

    def fit(self, value: str) -> str | None:
        """The value as PostgreSQL will write it in this column, None if it does not fit or would be altered."""
        # What is not known here is left to the database: it refuses one row, and that record is told.
        try:
            return _FITS[self.type](value, self) if self.type in _FITS else value
        except (ValueError, InvalidOperation):
            return None


def _text(value: str, column: OwnColumn) -> str | None:
    return value if not column.length or len(value) <= column.length else None


def _strip_padding(value: str, column: OwnColumn) -> str | None:
    # Blanks at the end of a char(n) are no part of it.
    return _text(value.rstrip(" "), column)


def _integer(value: str, column: OwnColumn) -> str | None:
    if not re.fullmatch(r"[+-]?\d+", value) or not value.isascii():
        return None
    bits = _RANGES[column.type]
    return str(int(value)) if -(2**bits) <= int(value) < 2**bits else None


def _numeric(value: str, column: OwnColumn) -> str | None:
    if not _NUMBER.fullmatch(value) or not value.isascii():
        return None
    number = Decimal(value)
    if not column.precision:
        return format(number, "f")
    # PostgreSQL would round it in silence.
    if number != round(number, column.scale) or abs(number) >= Decimal(10) ** (column.precision - column.scale):
        return None
    return f"{number:.{column.scale}f}"


def _date(value: str, column: OwnColumn) -> str | None:
    return date.fromisoformat(value).isoformat() if len(value) == 10 else None


def _timestamp(value: str, column: OwnColumn) -> str | None:
    return f"{day} 00:00:00" if (day := _date(value, column)) else None


def _with_zone(value: str, column: OwnColumn) -> str | None:
    # Days are days of India; see `ZONE`.
    return f"{day}+05:30" if (day := _timestamp(value, column)) else None


def _time(value: str, column: OwnColumn) -> str | None:
    return time.fromisoformat(value).isoformat() if len(value) in (5, 8) else None


def _boolean(value: str, column: OwnColumn) -> str | None:
    word = value.lower()
    return "true" if word in _TRUE else "false" if word in _FALSE else None


_FITS: Mapping[str, Callable[[str, OwnColumn], str | None]] = {
    "varchar": _text, "text": _text, "bpchar": _strip_padding, "numeric": _numeric, "date": _date,
    "timestamp": _timestamp, "timestamptz": _with_zone, "time": _time, "bool": _boolean,
    **dict.fromkeys(_RANGES, _integer),
}  # fmt: skip
