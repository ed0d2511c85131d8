"""Dates with a word of another calendar: beside a Gregorian date an annotation to be checked, alone a window.

A legible Gregorian date is never replaced by a converted one; only the national (Saka) calendar converts exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from mappers.calendars import DayWindow, join_windows, load_calendars
from mappers.calendars.saka import FIRST_YEAR, saka_to_gregorian
from mappers.clean.annotations import Annotation, read_annotation, windows
from mappers.clean.base import CleanContext, CleanedCell, unsure
from mappers.clean.date_text import bare
from mappers.clean.gregorian import read_gregorian
from mappers.codes.months import months, word_key

_CUT = re.compile(r"[\s,;:()/|=\-–]+")
# Each cut makes two texts, which are cut again: the work grows with the square.
_MOST_CUTS = 24
_EDGES = " ,.:;()/|=-–"
# Without a book year: a later "Saka" year is a Vikram Samvat year of the time since 1957.
_LATEST_SAKA = 2090
_DOUBTFUL = 0.5
_STATE_REVENUE = {"up": "fasli-north", "br": "fasli-north", "tn": "fasli-south", "tg": "fasli-hyderabad"}
_IN_GUJARAT = "gj"


def read_with_other(folded: str, context: CleanContext, after: int) -> CleanedCell:
    """A folded text that speaks of another calendar as a day, or as notes that name calendar and window.

    Notes: "saka-agrees" and the like beside a Gregorian date; "calendar-disagrees" with less confidence when the other
    date cannot be the same day; "window:FIRST/LAST" where only another calendar is written and its year is known.
    """
    text = bare(folded)
    double = _read_double(text, context, after)
    if double:
        return double
    written = read_annotation(text)
    if written is None:
        return unsure(*_named_calendars(folded))
    exact = _national(written, folded, context, after)
    if exact:
        return exact
    found = _window(written, context, after)
    return unsure(*_named_calendars(folded), *([f"window:{found.text()}"] if found else ["day-or-year-missing"]))


def _read_double(text: str, context: CleanContext, after: int) -> CleanedCell | None:
    """The Gregorian day of a double date; None when no cut leaves one, or two cuts leave different ones."""
    found: list[CleanedCell] = []
    for left, right in _cuts(text):
        for own, other in ((left, right), (right, left)):
            day = _gregorian_part(own, context, after)
            notes = _annotations(other, date.fromisoformat(day.value)) if day and day.value else None
            if day and notes:
                doubtful = "calendar-disagrees" in notes
                confidence = min(day.confidence, _DOUBTFUL) if doubtful else day.confidence
                found.append(CleanedCell(day.value, confidence, (*day.notes, *notes)))
    if len({f.value for f in found}) != 1:
        return None
    return max(found, key=lambda f: f.confidence)


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    places = list(_CUT.finditer(text))
    if len(places) <= _MOST_CUTS:
        yield from ((text[: m.start()].strip(_EDGES), text[m.end() :].strip(_EDGES)) for m in places)


def _gregorian_part(text: str, context: CleanContext, after: int) -> CleanedCell | None:
    words = months()
    if words.other_pattern.search(text) or words.era_pattern.search(text) or words.half_pattern.search(text):
        return None
    found = read_gregorian(text, context, after)
    return found if found.value and "year-from-book" not in found.notes else None


def _annotations(text: str, day: date) -> tuple[str, ...] | None:
    """Notes on one or two dates of other calendars beside a Gregorian day; None when the text is not that."""
    written = read_annotation(text)
    if written:
        return _compare_calendars(written, day)
    for left, right in _cuts(text):
        first, second = read_annotation(left), read_annotation(right)
        if first and second:
            both = (*_compare_calendars(first, day), *_compare_calendars(second, day))
            return tuple(dict.fromkeys(both))
    return None


def _compare_calendars(written: Annotation, day: date) -> tuple[str, ...]:
    found = [(c, w) for c, w in windows(written, day) if written.year or c.tolerance_days is not None]
    for calendar, window in found:
        if window.contains(day):
            return (f"{calendar.family}-agrees",)
    return ("calendar-disagrees", *([found[0][0].family, f"window:{found[0][1].text()}"] if found else []))


def _named_calendars(folded: str) -> tuple[str, ...]:
    """Stable words for the other calendars a text speaks of: that it is lunisolar, then its era or its month's."""
    words = months()
    lunar = ("lunisolar-date",) if words.half_pattern.search(folded) else ()
    era = words.era_pattern.search(folded)
    name = words.other_pattern.search(folded)
    calendar = words.eras[word_key(era.group())] if era else ""
    if not calendar and name:
        calendar = next(iter(words.others[word_key(name.group())]))
    family = load_calendars()[calendar].family if calendar in load_calendars() else calendar
    if family == "saka":
        family = "" if lunar else "saka-without-month" if not name else "saka"
    return tuple(dict.fromkeys((*lunar, *([family] if family else [])))) or ("not-a-date",)


def _national(written: Annotation, folded: str, context: CleanContext, after: int) -> CleanedCell | None:
    """A day of the national calendar, named with its month; None when the text is none.

    Years before 1879 are of the old, lunisolar reckoning, years that lie ahead of another era.
    """
    month = written.months.get("saka")
    named = months().other_pattern.search(folded)
    if next(iter(written.months)) != "saka" or month is None or not named or written.day is None:
        return None
    if not written.year:
        return unsure("day-or-year-missing")
    if int(written.year) < FIRST_YEAR:
        return unsure("saka-year-unlikely")
    try:
        found = saka_to_gregorian(int(written.year), month, written.day)
    except ValueError:
        return unsure("no-such-day")
    if found.year > (context.book_year or _LATEST_SAKA) + after:
        return unsure("saka-year-unlikely", "later-than-book-year")
    return CleanedCell(found.isoformat(), 0.9, ("saka",))


def _window(written: Annotation, context: CleanContext, after: int) -> DayWindow | None:
    """The days of a date that stands alone, over the variants of its calendar which the state leaves open."""
    near = date(context.book_year + after, 12, 31) if context.book_year else None
    found = list(windows(written, near, pivot=True))
    if not found:
        return None
    family = found[0][0].family
    of_family = {c.id: w for c, w in found if c.family == family}
    wanted = _STATE_REVENUE.get(context.state, "")
    if family == "vikram-samvat":
        wanted = "vikram-kartikadi" if context.state == _IN_GUJARAT else next(iter(of_family))
    return of_family[wanted] if wanted in of_family else join_windows(*of_family.values())
