"""Numbers looked for in a probability matrix: years, running numbers, lists of sections.

A plain reading of "525/18" written by hand is "52518" or "5 S/t8"; but only few texts are numbers, and the matrix tells
how well it bears each. Measured on 256 handwritten first pages of a form: plain reading 0.69 of years and 0.66 of
running numbers right, looked for 0.91 and 0.87.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from types import MappingProxyType

from ocr.decoding.ctc import Grammar, LogProbs, TextList, fold, posteriors, score_no_text, spot

_DIGITS = "0123456789"
_SECTIONS = "sections"
_MOST_DIGITS_IN_A_RUN = 18
_LEAST_GAIN = 2.5
_GAIN_SCALE = 4.0

Lookalikes = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Spotted:
    """A number that a matrix may hold.

    text: as written. number: what it stands for; several writings may stand for one. share: 0..1 of the probability,
    next to the other numbers in the same matrix. gain: how much more likely than no number at all, as a natural
    logarithm.
    """

    text: str
    number: str
    share: float
    gain: float


@dataclass(frozen=True)
class _Kind:
    """How a kind of number is looked for; passing: what a frame costs that is no part of it."""

    grammar: Grammar
    lookalikes: Lookalikes
    passing: float
    tidy: Callable[[str], str]
    number: Callable[[str], str]


def kinds() -> frozenset[str]:
    """The kinds of zones (ocr.forms.form.Kind) whose numbers can be looked for."""
    return frozenset({*_KINDS, _SECTIONS})


def spot_numbers(
    matrix: LogProbs, characters: Sequence[str], kind: str, limit: int = 16, sections: SectionRange | None = None
) -> list[Spotted]:
    """The numbers of that kind that a matrix may hold, likeliest first. Raises KeyError for another kind.

    characters: one for each class of the matrix after the blank. sections: for that kind, which there are.
    """
    how = _kind_of_sections(sections or SectionRange()) if kind == _SECTIONS else _KINDS[kind]
    folded = fold(matrix, characters, how.lookalikes)
    found = spot(folded, how.grammar, limit, how.passing)
    none = score_no_text(folded, how.passing)
    texts = [how.tidy(s.text) for s in found]
    shares = posteriors(found)
    return [Spotted(t, how.number(t), p, s.log - none) for t, p, s in zip(texts, shares, found, strict=True)]


def spot_sections(bands: Sequence[Sequence[Spotted]]) -> list[tuple[str, float]]:
    """Lists of sections over the lines of a zone, best first, with confidence 0..1.

    bands: what spot_numbers gave for each line. The line that has the most to say is believed, however little; another
    adds its sections when it is clearly likelier to hold some than none.
    """
    said = [band for band in bands if band]
    if not said:
        return []
    main = max(said, key=lambda band: band[0].gain)
    held = [band for band in said if band is main or band[0].gain > _LEAST_GAIN]
    texts: dict[str, float] = {}
    for spotted in main:
        parts = [spotted.text if band is main else band[0].text for band in held]
        text = "/".join(parts)
        texts[text] = texts.get(text, 0.0) + spotted.share * (1 - exp(-max(0.0, spotted.gain) / _GAIN_SCALE))
    return sorted(((t, round(c, 4)) for t, c in texts.items()), key=lambda t: (-t[1], t[0]))


@dataclass(frozen=True)
class SectionRange:
    """Which numbers the sections in lists have, as callers know it.

    last: the highest, of three figures. letters: those that may stand behind a number. short: usual ones of fewer than
    three figures; others are rare.
    """

    last: int = 999
    letters: str = ""
    short: tuple[str, ...] = ()


class Serial:
    """A running number with the year it belongs to: 525, 525/18, 525/2018; up to four digits."""

    def follows(self, prefix: str) -> str:
        """The signs that may stand next."""
        number, slash, year = prefix.partition("/")
        if not slash:
            return ("/" if number else "") + (_DIGITS if len(number) < 4 else "")
        # 19 and 20 may be whole years or begin one of four figures.
        return "" if len(year) == 4 or (len(year) == 2 and year not in ("19", "20")) else _DIGITS

    def weight(self, text: str) -> float | None:
        """Long numbers are rare, and so are those without their year."""
        number, slash, year = text.partition("/")
        if not number.strip("0") or (slash and len(year) not in (2, 4)):
            return None
        return (-3.0 if len(number.lstrip("0")) == 4 else 0.0) + (0.0 if slash else -1.0)


class _Sections:
    """Sections with slashes between, perhaps with a letter; slashes that are hardly written are found.

    In a run of digits each three are a section.
    """

    def __init__(self, numbers: SectionRange) -> None:
        self._numbers = numbers
        self._firsts = _DIGITS[1 : numbers.last // 100 + 1]

    def follows(self, prefix: str) -> str:
        last, letters = prefix.rpartition("/")[2], self._numbers.letters
        if not last:
            return "123456789"
        if last[-1] in letters:
            return "/" + self._firsts
        run = re.findall(r"\d*$", last)[0]
        begun = run[len(run) - len(run) % 3 :]
        if not begun:
            return "/" + letters + (self._firsts if len(run) < _MOST_DIGITS_IN_A_RUN else "")
        if len(begun) == 1:
            return _DIGITS
        tens, most = int(begun), self._numbers.last
        return "/" + (_DIGITS if tens < most // 10 else _DIGITS[: most % 10 + 1] if tens == most // 10 else "")

    def weight(self, text: str) -> float | None:
        sections = _sections_of(text, self._numbers.letters)
        if not sections or any(len(s.rstrip(self._numbers.letters)) < 2 for s in sections):
            return None
        joined = len(sections) - 1 - text.count("/")
        rare = sum(len(s) == 2 and s not in self._numbers.short for s in sections)
        alone = len(sections) == 1 and len(sections[0]) < 3
        return -1.0 * joined - 3.0 * rare - (2.0 if alone else 0.0)


def _sections_of(text: str, letters: str) -> list[str]:
    """The sections of a text that _Sections makes; [] when it ends within one."""
    letter = f"[{letters}]?" if letters else ""
    # Fewer than three figures only before a slash or at the end: runs are cut into threes.
    found = re.findall(rf"\d{{3}}{letter}|\d{{1,2}}(?=/|$)", text)
    return found if "".join(found) == text.replace("/", "") and not text.endswith("/") else []


def serial_lookalikes() -> Lookalikes:
    """What the signs of a running number may look like to a recogniser."""
    return _SERIAL_LOOKALIKES


def _without_zeros(text: str) -> str:
    return text.lstrip("0")


def _before_slash(text: str) -> str:
    return text.partition("/")[0]


def _share_with_similar(others: Mapping[str, str], share: float) -> dict[str, dict[str, float]]:
    return {d: {d: 1.0, **dict.fromkeys(others.get(d, ""), share)} for d in _DIGITS}


_ALIKE = MappingProxyType({"0": "OoDQ", "1": "lI|i!", "2": "Zz", "5": "Ss", "6": "b", "7": "?", "8": "B", "9": "gq"})
_YEAR_LOOKALIKES = _share_with_similar(_ALIKE, 0.5)
_STROKES = {"/": 1.0, "|": 0.7, "l": 0.6, "I": 0.6, "\\": 0.5, "(": 0.3, "J": 0.2}
# Many write the slash as an upright stroke, which is read as l, I or even 1.
_SERIAL_LOOKALIKES = {**_YEAR_LOOKALIKES, "/": {**_STROKES, "[": 0.3, "-": 0.3, "f": 0.2, "t": 0.2, "1": 0.1}}
_SECTION_SIGNS = {**_STROKES, "1": 0.2, ",": 0.5, "-": 0.2, "f": 0.1, " ": 0.2, ".": 0.1, "7": 0.1, "i": 0.3, "!": 0.5}
_SECTION_LOOKALIKES = {**_share_with_similar(_ALIKE, 0.05), "/": _SECTION_SIGNS}
_YEARS = TextList(tuple(str(year) for year in range(1950, 2031)))

_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "year": _Kind(_YEARS, _YEAR_LOOKALIKES, 2.0, str, str),
        "digits": _Kind(Serial(), _SERIAL_LOOKALIKES, 2.0, _without_zeros, _before_slash),
    }
)


@cache
def _kind_of_sections(numbers: SectionRange) -> _Kind:
    letters = {c: {c: 0.5, c.lower(): 0.3} for c in numbers.letters}

    def join_slashed(text: str) -> str:
        return "/".join(_sections_of(text, numbers.letters))

    return _Kind(_Sections(numbers), {**_SECTION_LOOKALIKES, **letters}, 1.0, join_slashed, str)
