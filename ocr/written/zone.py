"""How a zone of each kind is looked at, and what all looks together say it holds."""

from __future__ import annotations

from typing import NamedTuple

from ocr.ctc import LogProbs, greedy
from ocr.written.belief import Facts, probability
from ocr.written.names import read_line
from ocr.written.numbers import read_serial, read_year
from ocr.written.packed import CHARACTERS
from ocr.written.sections import Sections, load_sections, read_sections

View = tuple[float, float, float]
"""Top and bottom of a part of a crop's height, and how much it is stretched in width."""
Looks = tuple[tuple[LogProbs, ...], ...]
"""Matrices of the views of a zone, for each line of it."""

_SHORT: tuple[View, ...] = ((0, 1, 1), (0, 0.8, 1), (0.18, 1, 1), (0.1, 0.9, 1.3))
_LONG: tuple[View, ...] = ((0.1, 0.92, 0.75), (0, 0.85, 0.85))
_DATED: tuple[View, ...] = ((0, 1, 0.85), (0, 0.85, 0.85))
_ONE_LINE: tuple[View, ...] = ((0, 1, 0.85), (0, 0.85, 0.85), (0.12, 1, 0.85))
_TWO_LINES: tuple[tuple[View, ...], ...] = (((0.05, 0.64, 1), (0, 0.6, 1)), ((0.41, 1, 1), (0.45, 1, 1)))
_TWO_LINES_FROM = 60
_EMPTY = (-4.0, -0.1)
"""Natural logarithms of how often the first and the second line of a zone for sections hold none."""
_LEAST = 0.001
_NUMBERS = ("year", "digits")


class Found(NamedTuple):
    """A text that a zone may hold, with what its probability is weighed by."""

    text: str
    facts: Facts


def views_of(kind: str, height: int, *, is_listed: bool) -> tuple[tuple[View, ...], ...]:
    """The views of each line of a zone. kind: ocr.form.Kind; height: of the crop, in pixels."""
    if kind == "sections":
        return _TWO_LINES if height >= _TWO_LINES_FROM else (_ONE_LINE,)
    if is_listed or kind in _NUMBERS:
        return (_SHORT,)
    return (_DATED if kind in ("date", "time") else _LONG,)


def is_free(kind: str) -> bool:
    """Whether a zone of that kind may hold any text, but for a closed list."""
    return kind != "sections" and kind not in _NUMBERS


def weigh(kind: str, looks: Looks, known: Sections | None = None) -> list[Found]:
    """The texts that a zone may hold, likeliest first. known: sections there are, for other than the package's."""
    if kind == "sections":
        found = read_sections(looks, CHARACTERS, known or load_sections(), _EMPTY[: len(looks)])
        return [Found(s.text, s.facts) for s in found]
    if kind in _NUMBERS and not any(greedy(view, CHARACTERS)[0].strip() for view in looks[0]):
        return []
    if kind == "year":
        return [Found(s.text, s.facts) for s in read_year(looks[0], CHARACTERS) if s.share >= _LEAST]
    if kind == "digits":
        return [Found(s.text, s.facts) for s in read_serial(looks[0], CHARACTERS) if s.share >= _LEAST]
    return [Found(line.text, line.facts) for line in read_line(looks[0], CHARACTERS)]


def sure(kind: str, facts: Facts) -> float:
    """The probability 0..1 that a text of weigh is right."""
    return round(probability(kind if kind in (*_NUMBERS, "sections") else "line", facts), 4)
