"""Rows without a number that are no entries: a year written across the page, a total."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from ocr.lexicon import folded
from ocr.page import ZoneReading
from ocr.registers.span import HEADING

TOTAL = "total"
NO_ENTRY = (HEADING, TOTAL)
"""Kinds of rows that hold no entry."""
_YEARS = range(1850, 2100)
_LIKE = 0.8
_LEAST_FUZZY = 4
_MOST_CELLS = 3


@cache
def total_words() -> tuple[str, ...]:
    """What says that a line is a total, in all languages; folded."""
    text = (resources.files("ocr") / "registers" / "between.toml").read_text(encoding="utf-8")
    return tuple(dict.fromkeys(folded(w) for words in tomllib.loads(text)["total"].values() for w in words))


def kind_of(cells: Sequence[ZoneReading]) -> str:
    """What a row without a number is by its texts: HEADING, TOTAL, or "" for an entry."""
    texts = [c.candidates[0].text for c in cells if not c.blank and c.candidates]
    if not texts or len([c for c in cells if not c.blank]) > _MOST_CELLS:
        return ""
    if any(_says_total(t) for t in texts):
        return TOTAL
    joined = "".join(texts).strip(" .-_=")
    return HEADING if joined.isdecimal() and len(joined) == 4 and int(joined) in _YEARS else ""


def _says_total(text: str) -> bool:
    from rapidfuzz import fuzz

    said = "".join(c for c in folded(text) if not c.isdecimal())
    if not said:
        return False
    return said in total_words() or any(
        len(w) >= _LEAST_FUZZY and fuzz.ratio(said, w) >= 100 * _LIKE for w in total_words()
    )
