"""Dates: day first, always; what is ambiguous or impossible gives no value, never a guess."""

from __future__ import annotations

import re

from mappers.clean.annotations import speaks_of_other
from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner, unsure
from mappers.clean.date_text import bare, fold_date, is_midnight, no_date, without_about, without_clock, without_prior
from mappers.clean.double_dates import read_with_other
from mappers.clean.gregorian import read_gregorian
from mappers.clean.times import clean_time
from mappers.record import ABOUT
from mappers.text.folding import fold_numerals, squeeze

_WITHIN = re.compile(r"\d{1,4}\s*[./\-–]\s*\d{1,2}\s*[./\-–]\s*\d{2,4}")
# As programs store a day: nothing stands beside it.
_AS_STORED = re.compile(r"[12][0-9]{3}(?:-[0-9]{2}-[0-9]{2}|[0-9]{4})|[0-9]{1,2}[./-][0-9]{1,2}[./-][12][0-9]{3}")
_AFTER_YEARS = 20


def clean_date(raw: str, context: CleanContext) -> CleanedCell:
    """A date as YYYY-MM-DD.

    Read: day-month-year with any separator and any Indian digits, ISO dates, month names in twelve languages, days and
    months of the national (Saka) calendar. Two-digit years are not later than the book's year; without it they give no
    value. A day and month alone take the book's year ("year-from-book"). Beside a Gregorian date, another calendar's is
    checked ("saka-agrees", "calendar-disagrees"); alone it gives no value but its name and "window:FIRST/LAST". A
    middle number above 12, two dates, a night span, an empty cell of a table ("zero-date", "null-date"), "prior to"
    and ditto marks give no value, with a note that says which.
    """
    return _read(raw, context, 0)


def clean_date_after(raw: str, context: CleanContext) -> CleanedCell:
    """Like clean_date, for days that may lie after the book's year (despatch, charge sheet): up to 20 years later."""
    return _read(raw, context, _AFTER_YEARS)


def clean_date_time(raw: str, context: CleanContext) -> CleanedRows:
    """A date and a time in one text ("06/06/2009 at 10.30 hrs") as parts date and time.

    The midnight that tables write behind every date is no time.
    """
    text = fold_numerals(squeeze(raw))
    m = _WITHIN.search(text)
    if m is None:
        return CleanedRows(({"date": clean_date_after(raw, context)},))
    parts = {"date": clean_date_after(m.group(), context)}
    # The T that ISO writes between day and hour.
    rest = re.sub(r"^t(?=\d)", " ", bare(fold_date(f"{text[: m.start()]} {text[m.end() :]}")))
    rest = re.sub(r"(?<!\S)(?:at|time|and|समय|वेळ|बेला|সময়|நேரம்)(?!\S)", " ", rest).strip(" ,.:;-–/")
    if rest and not is_midnight(rest):
        parts["time"] = clean_time(rest, context)
    return CleanedRows((parts,))


def _read(raw: str, context: CleanContext, after: int) -> CleanedCell:
    if _AS_STORED.fullmatch(raw):
        return read_gregorian(raw, context, after)
    folded = fold_date(raw)
    marks = no_date(folded)
    if marks:
        return unsure(*marks)
    if without_prior(folded)[1]:
        return unsure("prior-to")
    folded, is_about = without_about(folded)
    folded, clock = without_clock(folded)
    if speaks_of_other(folded):
        found = read_with_other(folded, context, after)
    else:
        found = read_gregorian(bare(folded), context, after)
    more = (*clock, *(ABOUT for _ in range(is_about and found.value is not None)))
    return CleanedCell(found.value, found.confidence, (*found.notes, *more)) if more else found


CLEANERS = (
    Cleaner("date", clean_date, kinds=("date",), uses_year=True),
    Cleaner("date_after", clean_date_after, kinds=("date",), uses_year=True),
    Cleaner("date_time", rows=clean_date_time, parts=("date", "time"), main="date", uses_year=True),
)
