"""Dates and hours in figures: which texts there are, and what the unlikely ones weigh.

Those of native digits are looked for by ocr/handwriting/native.py, those of English handwriting here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType

from ocr.decoding.ctc import LogProbs, fold, spot
from ocr.decoding.spotting import serial_lookalikes
from ocr.handwriting.chance import drop_sure_blanks, folded_case
from ocr.handwriting.numbers import Spoken, vote

_DIGITS = "0123456789"
# Between numbers the same sign stands twice.
_DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)")
_TIME = re.compile(r"(\d{1,2})[:.-](\d\d)")
_OLDEST, _OLD, _LAST = 1900, 1950, 2030
_OLD_YEAR, _NO_SUCH_DAY, _ZERO_AT_ONE = -3.0, -2.0, -1.0
"""Logarithms of what a date weighs whose year is before 1950, whose month has no such day, and of whose day and month
one has a zero before it and the other has none."""
_BEAM_LIMIT = 16
_SEARCHED = 2
_MOST_HOURS = 8
_LOOKALIKES = MappingProxyType(
    {
        **serial_lookalikes(),
        ":": {":": 1.0, ";": 0.7, "i": 0.3, "!": 0.2},
        ".": {".": 1.0, ",": 0.7, "'": 0.3, "-": 0.2, " ": 0.1},
        "-": {"-": 1.0, "_": 0.5, "~": 0.5, ".": 0.3, "=": 0.3},
    }
)
"""What the signs of a date may look like to a recogniser of English handwriting."""
_SUFFIXES = {
    "": ("", " HRS", "HRS", " HRS.", " HOURS", " HR"),
    " am": (" AM", "AM", " A.M", " A.M."),
    " pm": (" PM", "PM", " P.M", " P.M."),
}
"""How a half of the day is written behind hours, upper case, by what is handed on; "" for none or a word for hours."""
_WORD, _HALF = -1.0, -4.0
"""Natural logarithms of what they weigh: an hour of half a day is rare, and other words begin like them."""
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Dated:
    """Texts of two or three numbers with signs between, as far as a text weighs anything."""

    def __init__(self, parts: int, signs: str, weigh: Callable[[str], float | None]) -> None:
        self._parts, self._signs, self._weigh = parts, signs, weigh

    def follows(self, prefix: str) -> str:
        """The signs that may stand next; between numbers always the same."""
        parts = re.split(r"[/.:-]", prefix)
        used = re.findall(r"[/.:-]", prefix)
        last = len(parts) == self._parts
        most = 4 if last and self._parts == 3 else 2
        signs = "" if last or not parts[-1] else (used[0] if used else self._signs)
        return signs + (_DIGITS if len(parts[-1]) < most else "")

    def weight(self, text: str) -> float | None:
        """None for a text that is not whole or not possible, else its natural logarithm."""
        return self._weigh(text)


def date_weight(text: str) -> float | None:
    """What a date weighs: days 1 to 31, months 1 to 12, years 1900 to 2030; the unlikely weigh less."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    day, month, year = int(found[1]), int(found[3]), int(found[4])
    is_short = len(found[4]) == 2
    if not (1 <= day <= 31 and 1 <= month <= 12 and (is_short or _OLDEST <= year <= _LAST)):
        return None
    one_zero = {len(found[1]), len(found[3])} == {1, 2} and "0" in (found[1][0], found[3][0])
    is_old = not is_short and year < _OLD
    return _OLD_YEAR * is_old + _NO_SUCH_DAY * (day > _DAYS[month - 1]) + _ZERO_AT_ONE * one_zero


def time_weight(text: str) -> float | None:
    """0 for hours 0 to 24 and minutes 00 to 59."""
    found = _TIME.fullmatch(text)
    return 0.0 if found and int(found[1]) <= 24 and int(found[2]) < 60 else None


DATES = Dated(3, "/.-", date_weight)
_TIMES = Dated(2, ":.-", time_weight)


def read_date(passes: Sequence[LogProbs], characters: tuple[str, ...]) -> list[Spoken]:
    """The dates in figures that a field may hold, likeliest first; text as written, value day/month/year in full."""
    found = _search_texts(passes, characters, DATES)
    return vote(passes, characters, tuple(found), tuple(found.values()), day_of)


def read_time(passes: Sequence[LogProbs], characters: tuple[str, ...]) -> list[Spoken]:
    """The hours and minutes that a field may hold, likeliest first.

    value: such as "9:05 pm" or "14:30"; text: with the sign that was written.
    """
    # Words beside an hour are written in capitals or in small letters.
    folded = [folded_case(matrix, characters) for matrix in passes]
    written: dict[str, str] = {}
    weights: list[float] = []
    # Few: each is tried with every suffix.
    for core in list(_search_texts(passes, characters, _TIMES))[:_MOST_HOURS]:
        for half, words in _SUFFIXES.items():
            for word in words:
                for text in _ways(core, word):
                    if text not in written:
                        written[text] = ":".join(re.split(r"[:.-]", core)) + half
                        weights.append((_HALF if half else _WORD) if word else 0.0)
    spoken = vote(folded, characters, tuple(written), tuple(weights), lambda text: written[text])
    return [replace(s, text=_as_written(s)) for s in spoken]


def _as_written(spoken: Spoken) -> str:
    """The hour with its own sign and without words for hours; with a colon where it has no sign."""
    core = re.match(r"\d+[:.-]\d\d", spoken.text)
    half = " ".join(spoken.value.split(" ")[1:])
    return f"{core[0]} {half}".strip() if core else spoken.value


def _ways(core: str, word: str) -> tuple[str, ...]:
    """With its sign, and without where four figures and a word say that it is an hour."""
    bare = re.sub(r"\D", "", core)
    return (core + word, bare + word) if word and len(bare) == 4 else (core + word,)


def _search_texts(passes: Sequence[LogProbs], characters: tuple[str, ...], grammar: Dated) -> dict[str, float]:
    """Texts of a grammar that some pass holds, with their weights."""
    found: dict[str, float] = {}
    for matrix in passes[:_SEARCHED]:
        for scored in spot(fold(drop_sure_blanks(matrix), characters, _LOOKALIKES), grammar, _BEAM_LIMIT):
            found.setdefault(scored.text, grammar.weight(scored.text) or 0.0)
    return found


def day_of(text: str) -> str:
    """The day that a text of the grammar of dates tells, however it is written: 12/3/2018."""
    day, month, year = re.split(r"[/.-]", text)
    return f"{int(day)}/{int(month)}/{year if len(year) > 2 else f'20{year}'}"
