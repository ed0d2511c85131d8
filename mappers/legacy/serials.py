"""Numbers of a spreadsheet as people saw them: days counted from 1900 or 1904, times, and digits without rounding.

Source: ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates as serial numbers).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from math import isfinite

PLAIN, DAY, TIME, DAY_AND_TIME, SPAN = range(5)

_BEFORE_1900 = date(1899, 12, 31)
_DAY_1904 = date(1904, 1, 1)
# 29 February 1900, which spreadsheets count and no calendar has.
_NO_SUCH_DAY = 60
# The day behind 31 December 9999, the last one that spreadsheets know.
_LAST = 2_958_466
_SECONDS = 86_400
_INTEGER = re.compile(r"[+-]?\d+\Z")
_ZEROS = re.compile(r"0+\Z")
# What a format shows as it stands: quoted or escaped letters, padding, colours, conditions and languages.
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.I)
_SPAN = re.compile(r"\[(?:h+|m+|s+)\]", re.I)
_GENERAL = re.compile(r"general|standard|am/pm|a/p", re.I)
# Formats without text: ECMA-376 numFmtId 14-22, 27-36, 45-47 and 50-58.
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58), DAY),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), TIME),
    22: DAY_AND_TIME,
    46: SPAN,
}


def built_in_kind(number: int) -> int:
    """What a built-in number format shows: PLAIN, DAY, TIME, DAY_AND_TIME or SPAN (a time that may pass 24 hours)."""
    return _BUILT_IN.get(number, PLAIN)


@lru_cache(maxsize=4096)
def format_kind(code: str) -> int:
    """What a number format shows, told from its first section."""
    shown = _LITERAL.sub("", code[:1024]).split(";")[0]
    if _SPAN.search(shown):
        return SPAN
    has_clock = "am/pm" in shown.lower() or "a/p" in shown.lower()
    letters = _GENERAL.sub("", shown).lower()
    has_time = has_clock or "h" in letters or "s" in letters
    # An m stands for months, beside hours or seconds for minutes.
    has_day = "d" in letters or "y" in letters or ("m" in letters and not has_time)
    if has_day:
        return DAY_AND_TIME if has_time else DAY
    return TIME if has_time else PLAIN


def zeros_of(code: str) -> int:
    """To how many digits a format fills whole numbers up: 3 for "000", 0 for any other."""
    return len(code) if _ZEROS.match(code) and len(code) > 1 else 0


def number_text(stored: str | float, zeros: int = 0) -> str:
    """A number without exponent and without the noise behind its fifteenth digit, which no spreadsheet shows.

    stored: as the file has it. zeros: digits to which its format fills it up.
    """
    given = repr(stored) if isinstance(stored, float) else str(stored).strip()
    if not _INTEGER.match(given):
        given = _shorten_number(given)
    if zeros and given.isdecimal():
        return given.zfill(zeros)
    return given


def _shorten_number(given: str) -> str:
    try:
        value = float(given)
        if not isfinite(value):
            return given
        if value.is_integer() and abs(value) < 1e17:
            return str(int(value))
        text = format(Decimal(format(value, ".15g")), "f")
    except (ValueError, OverflowError, InvalidOperation):
        return given
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment_text(serial: float, kind: int, *, is_1904: bool = False) -> str | None:
    """A day ("1998-03-12"), a time ("14:05") or both; None when there is no such day.

    The days 0 January and 29 February 1900, which never were, are given as spreadsheets show them.
    """
    if not (0 <= serial < _LAST):
        return None
    days = int(serial)
    seconds = round((serial - days) * _SECONDS)
    # Rounded up to midnight, it is the next day.
    if seconds == _SECONDS:
        days, seconds = days + 1, 0
    if kind == SPAN:
        return clock_text(days * _SECONDS + seconds)
    if kind == TIME and not days:
        return clock_text(seconds)
    day = _day_text(days, is_1904=is_1904)
    if day is None or (not seconds and kind != TIME):
        return day
    return f"{day} {clock_text(seconds)}"


def _day_text(days: int, *, is_1904: bool) -> str | None:
    try:
        if is_1904:
            return (_DAY_1904 + timedelta(days)).isoformat()
        if days in (0, _NO_SUCH_DAY):
            return "1900-02-29" if days else "1900-01-00"
        # Behind the day that never was all numbers are one too high.
        return (_BEFORE_1900 + timedelta(days - (days > _NO_SUCH_DAY))).isoformat()
    except OverflowError:
        return None


def clock_text(seconds: int) -> str:
    """Hours and minutes, and seconds where there are any."""
    minutes, rest = divmod(seconds, 60)
    shown = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{shown}:{rest:02}" if rest else shown
