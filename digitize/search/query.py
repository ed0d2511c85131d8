"""A search query: words and conditions, validated, and logged without the names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from digitize.errors import OptionsError
from digitize.targets.search_rows import PERSON, PROPERTY, RECORD, VEHICLE
from mappers.text.folding import fold_digits

KINDS = {"person": PERSON, "fir": RECORD, "vehicle": VEHICLE, "property": PROPERTY}
MOST_SHOWN = 100
MOST_TEXT = 200
NOT_SEARCHABLE = "A field has characters that cannot be searched for."
_RANGE = re.compile(r"(\d{1,4})?\s*(?:-|to|–)\s*(\d{1,4})?$")
_NUMBER_YEAR = re.compile(r"(?:fir\s*(?:no\.?)?\s*)?(\d{1,6})\s*/\s*(\d{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One query. text: a name, a number, words of a place or thing; * and ? stand for unknown letters.

    kind: of KINDS, "" for all. relative: name of father, husband or guardian. station, place: in any script and
    spelling. year: one or "2010-2014". since, until: ISO days. age: at the time of the case, one or "30-40". section:
    e.g. "302", "IPC 302". limit: number of results.
    """

    text: str = ""
    kind: str = ""
    relative: str = ""
    station: str = ""
    place: str = ""
    year: str = ""
    since: str = ""
    until: str = ""
    age: str = ""
    section: str = ""
    limit: int = 10

    @property
    def years(self) -> tuple[int, int]:
        """From and to, 0 if open."""
        return _parse_range(self.year, "year")

    @property
    def ages(self) -> tuple[int, int]:
        """From and to, 0 if open."""
        return _parse_range(self.age, "age")

    @property
    def number_and_year(self) -> tuple[int, int] | None:
        """FIR number and year if the text is one, e.g. 123/2012."""
        found = _NUMBER_YEAR.fullmatch(fold_digits(self.text).strip())
        return (int(found[1]), int(found[2])) if found else None

    def check(self) -> None:
        """Raise OptionsError for an invalid query; no message contains what was typed."""
        if self.kind and self.kind not in KINDS:
            raise OptionsError(f"--kind is one of: {', '.join(KINDS)}.")
        if max(map(len, (self.text, self.relative, self.station, self.place, self.section))) > MOST_TEXT:
            raise OptionsError(f"A field has at most {MOST_TEXT} letters.")
        if not 1 <= self.limit <= MOST_SHOWN:
            raise OptionsError(f"The limit must be between 1 and {MOST_SHOWN}.")
        for day in (self.since, self.until):
            _require_day(day)
        low, high = self.years
        if (low and high and low > high) or 0 < (high or low) < 1800:
            raise OptionsError("The year must have four digits, or be a range such as 2010-2014.")
        if self.ages[0] > (self.ages[1] or 200):
            raise OptionsError("The age must be a number, or a range such as 30-40.")
        words = (self.text, self.relative, self.place, self.station, self.section)
        if not all(map(is_searchable, words)):
            raise OptionsError(NOT_SEARCHABLE)
        if not any(c.isalnum() for text in words for c in text):
            raise OptionsError("Say what to search for: a name, a number, a place, a station or a section.")

    def as_logged(self) -> dict[str, Any]:
        """Logged form: length of each word of a name, and the conditions that name nobody."""
        lengths = {n: [len(w) for w in getattr(self, n).split()] for n in ("text", "relative", "place")}
        rest = ("kind", "station", "year", "since", "until", "age", "section", "limit")
        return {n: v for n, v in {**lengths, **{n: getattr(self, n) for n in rest}}.items() if v}


def is_searchable(text: str) -> bool:
    """Whether a text has no control characters or others that databases reject."""
    return all(c.isprintable() or c in "\u200c\u200d" for c in text)


def _parse_range(text: str, what: str) -> tuple[int, int]:
    plain = fold_digits(text).strip()
    if not plain:
        return 0, 0
    if plain.isascii() and plain.isdigit() and len(plain) <= 4:
        return int(plain), int(plain)
    found = _RANGE.fullmatch(plain)
    if not found or not (found[1] or found[2]):
        raise OptionsError(f"The {what} must be a number, or a range with a dash.")
    return int(found[1] or 0), int(found[2] or 0)


def _require_day(day: str) -> None:
    try:
        # Python takes more ways of writing a day than one; days are compared as they are written.
        is_day = not day or date.fromisoformat(day).isoformat() == day
    except ValueError:
        is_day = False
    if not is_day:
        raise OptionsError("A date must be written as 2012-08-31.")
