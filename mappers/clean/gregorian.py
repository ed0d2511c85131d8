"""Gregorian days as officers and old tables write them."""

from __future__ import annotations

import re
from datetime import date

from mappers.clean.base import CleanContext, CleanedCell, unsure
from mappers.clean.date_text import without_night
from mappers.clean.digits import pivot_year
from mappers.codes.months import months, word_key

_DATE = re.compile(r"\s*(\d{1,4})\s*[./\-–,' ]\s*(\d{1,2})\s*[./\-–,' ]\s*(\d{1,4})\s*")
_SPAN = re.compile(r"\s*\d{1,2}\s*[/&\-]\s*\d{1,2}\s*[.\-/]\s*\d{1,2}\s*[.\-/]\s*(?:\d{4}|\d{2})\s*")
_DAY_MONTH = re.compile(r"\s*(\d{1,2})\s*[./\-]\s*(\d{1,2})\s*")
EARLIEST, LATEST = 1850, 2100
# Confidence of a value whose year is far from the book's.
FAR, FAR_NOTE = 0.4, "far-from-book-year"
# What empty cells of Access, Excel and SQL Server turn into.
_NULLS = ("1899-12-30", "1899-12-31", "1900-01-01")
# Days farther from the year of their book are doubted: 2090 in a book of 2009 is 2009 misread or mistyped.
_FAR_AFTER, _FAR_BEFORE = 20, 100
# In a book of 1900 or 1901 such a date may be a true one.
_LAST_OF_NULLS = 1901


def read_gregorian(text: str, context: CleanContext, after: int) -> CleanedCell:
    """A bare text as one Gregorian day; years up to `after` behind the book's are taken."""
    named = months().gregorian_pattern.search(text)
    found = _read_month_name(text, named.group(), context, after) if named else _read_numbers(text, context, after)
    if found.value in _NULLS and not (context.book_year and context.book_year <= _LAST_OF_NULLS):
        return unsure("null-date")
    return found


def month_as_number(text: str) -> str:
    """A bare text with the name of a month as its number ("5/6 june 2009" as "5/6.6.2009")."""
    name = months().gregorian_pattern.search(text)
    if name is None:
        return text
    before, after = (part.strip(" ,.-/'") for part in (text[: name.start()], text[name.end() :]))
    return f"{before}.{months().gregorian[word_key(name.group())]}.{after}"


def _read_month_name(text: str, name: str, context: CleanContext, after: int) -> CleanedCell:
    rest = text.replace(name, " | ", 1)
    numbers = re.findall(r"\d+", rest)
    if re.sub(r"[\d\s|,.:;'/\-–()]", "", rest):
        return unsure("more-than-a-date")
    if len(numbers) != 2 or min(map(len, numbers)) > 2:
        return unsure("several-dates" if len(numbers) > 2 else "day-or-year-missing")
    day, year = numbers if len(numbers[0]) <= 2 else numbers[::-1]
    return to_day(int(day), months().gregorian[word_key(name)], year, context, after)


def _read_numbers(text: str, context: CleanContext, after: int) -> CleanedCell:
    if re.fullmatch(r"\d{8}", text):
        return _read_eight_digits(text, context, after)
    m = _DATE.fullmatch(text)
    if m:
        first, month, last = m.groups()
        if len(first) == 4:
            return to_day(int(last), int(month), first, context, after)
        if len(first) > 2:
            return unsure("day-out-of-range")
        return to_day(int(first), int(month), last, context, after)
    if _SPAN.fullmatch(without_night(text).strip(" ,.:")):
        return unsure("date-span")
    m = _DAY_MONTH.fullmatch(text)
    if m:
        return _of_book_year(int(m.group(1)), int(m.group(2)), context)
    several = len(re.findall(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}", text)) > 1
    return unsure("several-dates" if several else "not-a-date")


def _read_eight_digits(text: str, context: CleanContext, after: int) -> CleanedCell:
    """Eight digits without separators: year first as tables store it, else day first; only one of both can be."""
    if EARLIEST <= int(text[:4]) <= LATEST:
        return to_day(int(text[6:]), int(text[4:6]), text[:4], context, after)
    return to_day(int(text[:2]), int(text[2:4]), text[4:], context, after)


def _of_book_year(day: int, month: int, context: CleanContext) -> CleanedCell:
    if context.book_year is None:
        return unsure("year-missing")
    found = to_day(day, month, str(context.book_year), context, 0)
    return CleanedCell(found.value, min(found.confidence, 0.7), (*found.notes, "year-from-book"))


def is_far(year: int, book: int | None, before: int) -> bool:
    """Whether a year lies so far from that of the book that one of them is wrong. before: years it may be older."""
    return book is not None and not book - before <= year <= book + _FAR_AFTER


def to_day(day: int, month: int, year: str, context: CleanContext, after: int) -> CleanedCell:
    """Day, month and year as written (two digits or four) as a cleaned day."""
    notes: tuple[str, ...] = ()
    full: int | None = int(year)
    if len(year) == 2:
        notes = ("two-digit-year",)
        if context.book_year is None:
            return unsure("two-digit-year", "book-year-unknown")
        full = pivot_year(int(year), context.book_year + after)
        if full is None:
            return unsure("two-digit-year", "later-than-book-year")
    if full is None or not EARLIEST <= full <= LATEST:
        return unsure("year-out-of-range")
    if not 1 <= month <= 12:
        return unsure("month-out-of-range")
    try:
        found = date(full, month, day)
    except ValueError:
        return unsure("no-such-day")
    if context.book_year is not None and full > context.book_year + after:
        notes = (*notes, "later-than-book-year")
    if is_far(full, context.book_year, _FAR_BEFORE):
        return CleanedCell(found.isoformat(), FAR, (*notes, FAR_NOTE))
    return CleanedCell(found.isoformat(), 0.97 if len(year) == 2 else 1.0, notes)
