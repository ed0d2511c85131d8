"""Rows without a number that are no entries: a year written across the page, a total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ocr.languages.language import known_languages
from ocr.languages.lexicon import fold_text
from ocr.languages.script import fold_digits
from ocr.page import ZoneReading
from ocr.registers.cells import UNREAD
from ocr.registers.span import HEADING

TOTAL, DAY = "total", "day"
NO_ENTRY = (HEADING, TOTAL, DAY)
"""Kinds of rows that hold no entry."""
_YEARS = range(1850, 2100)
_LIKE = 0.8
_LEAST_FUZZY = 4
# A year, a day and a total fill few cells, an entry more.
_MOST_CELLS = 3
_STOPS = " .-_=:|"
# As 12.3.18, 12 / 3 / 2018 or 12th March 2018; with a figure right before or behind it is another number.
_DATE = re.compile(
    r"(?<!\d)\d{1,2}(?:\s?[./\-–]\s?\d{1,2}\s?[./\-–]\s?(?:\d{4}|\d{2})|(?:st|nd|rd|th)?\s[^\d\s]+\s\d{4})(?!\d)"
)


@cache
def total_words() -> tuple[str, ...]:
    """What says that a line is a total, in all languages; folded."""
    return tuple(dict.fromkeys(fold_text(w) for one in known_languages().values() for w in one.registers.total))


def kind_of(cells: Sequence[ZoneReading], *, has_days: bool = False) -> str:
    """What a row without a number is by its texts: HEADING, TOTAL, DAY, or "" for an entry.

    has_days: the register's days stand above its entries; in others a date alone may go on from the row above.
    """
    written = [c for c in cells if not c.blank and UNREAD not in c.marks]
    texts = [c.candidates[0].text for c in written if c.candidates]
    if not texts or len(written) > _MOST_CELLS:
        return ""
    if any(_says_total(t) for t in texts):
        return TOTAL
    if has_days and len(texts) == 1 and is_day(texts[0]):
        return DAY
    joined = "".join(texts).strip(" .-_=")
    return HEADING if joined.isdecimal() and len(joined) == 4 and int(joined) in _YEARS else ""


def date_in(text: str) -> str:
    """The whole date with day, month and year that stands in a text, its digits Western; "" when none does."""
    found = _DATE.search(fold_digits(text))
    return found[0] if found else ""


def is_day(text: str) -> bool:
    """Whether a text is a date, with a word before it at most ("Dated", "दिनांक")."""
    line = fold_digits(text)
    found = _DATE.search(line)
    if found is None or line[found.end() :].strip(_STOPS):
        return False
    before = line[: found.start()].strip(_STOPS)
    return len(before.split()) <= 1 and not any(map(str.isdecimal, before))


def _says_total(text: str) -> bool:
    from rapidfuzz import fuzz

    said = "".join(c for c in fold_text(text) if not c.isdecimal())
    if not said:
        return False
    return said in total_words() or any(
        len(w) >= _LEAST_FUZZY and fuzz.ratio(said, w) >= 100 * _LIKE for w in total_words()
    )
