"""The time of an occurrence written as one day, the night between two, or a span of days."""

from __future__ import annotations

import re
from calendar import monthrange

from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner, unsure
from mappers.clean.date_text import bare, fold_date, without_night, without_prior
from mappers.clean.dates import clean_date
from mappers.clean.gregorian import month_as_number
from mappers.codes.months import WORD_END, WORD_START

_SEP, _TO, _YEAR = r"\s*[./\-]\s*", r"\s*[/&\-–]\s*", r"(\d{4}|\d{2})"
_DAYS = re.compile(rf"(\d{{1,2}}){_TO}(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}{_YEAR}")
_DAYS_AND_MONTHS = re.compile(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_TO}(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}{_YEAR}")
_DATE = rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}{_YEAR}"
_TWO_DATES = re.compile(rf"{_DATE}(?:{_TO}|\s+){_DATE}")
_AND = re.compile(
    rf"{WORD_START}(?:to|till|until|upto|and|से|तक|व|और|ते|पासून|पर्यंत|থেকে|হইতে|পর্যন্ত|ও|முதல்|வரை|నుండి|వరకు|ರಿಂದ|ವರೆಗೆ|થી|સુધી|ਤੋਂ|ਤੱਕ|ਤਕ|سے|تا|تک)"
    rf"{WORD_END}"
)
_Day = tuple[int, int, str]


def clean_date_span(raw: str, context: CleanContext) -> CleanedRows:
    """One date, a span of days, or the night between two, as from, to and their times.

    "5/6-6-09" and "5/6.6.09" are the night from 5 June 18:00 to 6 June 06:00 ("night-span"), also over the end of a
    month; days further apart are a span without times ("date-range"); "prior to" a day gives its end alone.
    """
    folded, prior = without_prior(fold_date(raw))
    if prior:
        end = clean_date(folded, context)
        return CleanedRows(({"from": unsure("prior-to"), "to": _add_note(end, "prior-to")},))
    ends = _ends(month_as_number(_normalise_joiners(folded)))
    if ends is None:
        return CleanedRows(({"from": clean_date(raw, context)},))
    first, last = (clean_date(f"{d}.{m}.{y}", context) for d, m, y in ends)
    if first.value and last.value and first.value > last.value:
        return CleanedRows(({"from": unsure("span-backwards"), "to": unsure("span-backwards")},))
    night = _is_night(*ends)
    note = "night-span" if night else "date-range"
    parts = {"from": _add_note(first, note), "to": _add_note(last, note)}
    if night:
        parts |= {"time_from": CleanedCell("18:00", 0.7, (note,)), "time_to": CleanedCell("06:00", 0.7, (note,))}
    return CleanedRows((parts,))


def _normalise_joiners(folded: str) -> str:
    text = _AND.sub(" & ", without_night(folded))
    return re.sub(r"&(?:\s*&)+", "&", bare(text)).strip(" &,.")


def _add_note(found: CleanedCell, note: str) -> CleanedCell:
    return CleanedCell(found.value, found.confidence, (*found.notes, note))


def _ends(text: str) -> tuple[_Day, _Day] | None:
    """Day, month and year of both ends as written; None when the text is no span."""
    m = _DAYS.fullmatch(text)
    if m:
        first, last, month, year = int(m.group(1)), int(m.group(2)), int(m.group(3)), m.group(4)
        if first > last == 1 and 1 <= month <= 12:
            return _end_of_month_before(first, month, year)
        return ((first, month, year), (last, month, year)) if first < last else None
    m = _DAYS_AND_MONTHS.fullmatch(text)
    if m:
        over_new_year = (m[2], m[4]) in (("12", "1"), ("12", "01"))
        first_year = _year_before(m[5]) if over_new_year else m[5]
        return (int(m[1]), int(m[2]), first_year), (int(m[3]), int(m[4]), m[5])
    m = _TWO_DATES.fullmatch(text)
    return ((int(m[1]), int(m[2]), m[3]), (int(m[4]), int(m[5]), m[6])) if m else None


def _end_of_month_before(first: int, month: int, year: str) -> tuple[_Day, _Day] | None:
    """The night "30/1-7-09": from the last day of June; None when the first number is not that day."""
    before = (month - 1, year) if month > 1 else (12, _year_before(year))
    # The century matters for February alone: two digits are taken for 20xx.
    length = monthrange(int(before[1]) + (0 if len(year) == 4 else 2000), before[0])[1]
    return ((first, *before), (1, month, year)) if first == length else None


def _year_before(year: str) -> str:
    return f"{int(year) - 1:0{len(year)}d}" if int(year) else "99"


def _is_night(first: _Day, last: _Day) -> bool:
    if first[1:] == last[1:]:
        return last[0] == first[0] + 1
    return _end_of_month_before(first[0], last[1], last[2]) == (first, last) and last[0] == 1


CLEANERS = (
    Cleaner(
        "date_span", rows=clean_date_span, parts=("from", "to", "time_from", "time_to"), main="from", uses_year=True
    ),
)
