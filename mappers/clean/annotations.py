"""A date of another calendar as it is written, and the Gregorian days it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mappers.calendars import Calendar, CalendarDay, DayWindow, load_calendars
from mappers.calendars.tamil import year_names, year_of_name
from mappers.calendars.window import Half
from mappers.clean.digits import pivot_year
from mappers.codes.months import WORD_END, WORD_START, months, word_key

# Calendars that share the names of months, in the order of likelihood; the first is what a list of names is of.
_SHARED: Mapping[str, tuple[str, ...]] = {
    "saka": ("saka", "vikram-samvat", "vikram-kartikadi", "bikrami-solar", "bengali-san"),
    "bengali-san": ("bengali-san", "saka"),
    "odia-solar": ("odia-solar", "saka"),
    "vikram-kartikadi": ("vikram-kartikadi", "vikram-samvat", "saka"),
    "shaka-lunisolar": ("shaka-lunisolar", "saka"),
    "tamil-solar": ("tamil-solar", "thiruvalluvar"),
}
# What the word for an era stands for.
_OF_ERA: Mapping[str, tuple[str, ...]] = {
    "vikram-samvat": ("vikram-samvat", "vikram-kartikadi", "bikrami-solar"),
    "fasli": ("fasli-north", "fasli-south", "fasli-hyderabad"),
}
_LUNAR = ("vikram-samvat", "vikram-kartikadi", "shaka-lunisolar")
_FROM_VAISAKHA = ("bengali-san", "bikrami-solar", "odia-solar")
_OF_HINDU_MONTHS = (*_SHARED["saka"], "shaka-lunisolar", "odia-solar")
_NOISE = re.compile(
    rf"{WORD_START}(?:month|year|era|f|माह|मास|मिति|मि|गते|साल|वर्ष|সাল|মাস|সনের|ஆண்டு|வருடம்|மாதம்|aandu|మాసం|ಮಾಸ|માસ|ਸਾਲ|ਸੰਮਤ"
    rf"|مہینہ){WORD_END}"
)
_LETTER = re.compile(r"[^\W\d_]")
_LEFT_OVER = re.compile(r"[^\s.,;:/\-–()'|=]")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A written date. months: the calendars it may be of, likely ones first, and the month in each (None: not written).

    year: its digits as written, the name of a Tamil year, or "".
    """

    months: Mapping[str, int | None]
    year: str
    day: int | None
    half: Half


def speaks_of_other(text: str) -> bool:
    """Whether a folded text has a word of another calendar."""
    if not _LETTER.search(text):
        return False
    words = months()
    return any(p.search(text) for p in (words.other_pattern, words.era_pattern, words.half_pattern))


def read_annotation(text: str) -> Annotation | None:
    """A whole text as one date of another calendar; None when it is not that, or says more."""
    words = months()
    text, names = _cut_out(words.other_pattern, text)
    text, eras = _cut_out(words.era_pattern, text)
    text, halves = _cut_out(words.half_pattern, text)
    if len(names) > 1 or len({words.eras[e] for e in eras}) > 1 or not (names or eras):
        return None
    found = words.others[names[0]] if names else {}
    text, year_name = _year_name(text) if "tamil-solar" in found else (text, "")
    numbers = re.findall(r"\d+", text)
    if _LEFT_OVER.search(re.sub(r"\d+", "", _NOISE.sub(" ", text))):
        return None
    era = words.eras[eras[0]] if eras else ""
    calendars = _calendars(era, found, lunar=bool(halves))
    said = {words.halves[h] for h in halves}
    half: Half = "bright" if "bright" in said else "dark" if "dark" in said else ""
    return _add_numbers(calendars, numbers, year_name, half)


def _cut_out(pattern: re.Pattern[str], text: str) -> tuple[str, list[str]]:
    return pattern.sub(" ", text), [word_key(m.group()) for m in pattern.finditer(text)]


def _year_name(text: str) -> tuple[str, str]:
    for word in re.findall(r"[^\s\d.,;:/\-–()]+", text):
        if word in year_names():
            return text.replace(word, " ", 1), word
    return text, ""


def _calendars(era: str, found: Mapping[str, int], *, lunar: bool) -> Mapping[str, int | None]:
    listed = next(iter(found), "")
    meant = _OF_ERA.get(era, (era,)) if era else _SHARED.get(listed, tuple(found))
    if lunar:
        meant = ("shaka-lunisolar",) if era == "saka" else tuple(c for c in meant if c in _LUNAR) or _LUNAR
    if "fasli-hyderabad" in found:
        meant = ("fasli-hyderabad",)
    return {c: found.get(c) or (_same_month(listed, found[listed], c) if found else None) for c in meant}


def _same_month(listed: str, number: int, calendar: str) -> int | None:
    """The number of a month in another calendar that has it under the same name; None where it has not."""
    if {listed, calendar} <= {"tamil-solar", "thiruvalluvar"}:
        return number
    if listed not in _OF_HINDU_MONTHS or calendar not in _OF_HINDU_MONTHS:
        return None
    from_chaitra = number % 12 + 1 if listed in _FROM_VAISAKHA else number
    return (from_chaitra - 2) % 12 + 1 if calendar in _FROM_VAISAKHA else from_chaitra


def _add_numbers(
    calendars: Mapping[str, int | None], numbers: list[str], year_name: str, half: Half
) -> Annotation | None:
    named = any(calendars.values())
    if len(numbers) == 3 and not named and len(numbers[0]) <= 2 and len(numbers[1]) <= 2:
        return Annotation({c: int(numbers[1]) for c in calendars}, numbers[2], int(numbers[0]), half)
    if len(numbers) == 2 and named and min(map(len, numbers)) <= 2:
        day, year = numbers if len(numbers[0]) <= 2 else numbers[::-1]
        return Annotation(calendars, year, int(day), half)
    if len(numbers) != 1:
        return None
    if named and len(numbers[0]) <= 2:
        return Annotation(calendars, year_name, int(numbers[0]), half)
    return Annotation(calendars, numbers[0], None, half) if len(numbers[0]) > 2 else None


def windows(written: Annotation, near: date | None, *, pivot: bool = False) -> Iterator[tuple[Calendar, DayWindow]]:
    """The days it may be in each of its calendars, those that have no such day left out.

    near: a Gregorian day that says which year a short one is, or one that is not written; without it they give
    nothing. pivot: near is the last day that a two-digit year may mean, not one close by.
    """
    for name, month in written.months.items():
        calendar = load_calendars()[name]
        for year in _years(written.year, month, calendar, near, pivot=pivot):
            try:
                yield calendar, calendar.to_gregorian(CalendarDay(name, year, month, written.day, written.half))
            except ValueError:
                continue


def _years(year: str, month: int | None, calendar: Calendar, near: date | None, *, pivot: bool) -> tuple[int, ...]:
    if year and not year.isdigit():
        return (year_of_name(year, near.year),) if near and calendar.id == "tamil-solar" else ()
    if len(year) > 2:
        # From mid-December on people may write the year of the day, one more than that in which the Tamil year began.
        gregorian_after_new_year = calendar.id == "tamil-solar" and month is not None and month >= 9
        return (int(year) - 1, int(year)) if gregorian_after_new_year else (int(year),)
    if near is None or (pivot and not year):
        return ()
    # Around its new year a lunisolar calendar tells no year; ten weeks off it does.
    turns = (calendar.from_gregorian(near + timedelta(days=shift)) for shift in (0, -70, 70))
    now = next((t.year for t in turns if t), None)
    if now is None:
        return ()
    if pivot:
        return tuple(y for y in (pivot_year(int(year), now),) if y)
    return tuple(y for y in (now, now - 1, now + 1) if not year or y % 100 == int(year))
