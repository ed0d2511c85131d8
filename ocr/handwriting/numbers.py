"""Years and running numbers in the matrices of a field: every pass says how well it bears each, and all passes vote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from ocr.calibration.fields import Facts, spread
from ocr.decoding.ctc import LogProbs, fold, spot
from ocr.decoding.spotting import Serial, serial_lookalikes
from ocr.handwriting.chance import Coded, Floats, best_path, chances, code, drop_sure_blanks, shares

_FIRST, _LAST = 1950, 2030
_SHORT_YEAR = -3.0
_BEAM_LIMIT = 12
_SEARCHED = 3
_WORST_FIT = -3.0


@dataclass(frozen=True, slots=True)
class Costs:
    """passing: what a frame costs that is no part of a text. least: log of the least chance of any sign."""

    passing: float = 3.0
    least: float = -9.0


_COSTS = Costs()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value that a field's passes bear.

    text: as written. value: what it stands for. share: 0..1 of the passes' probability. agreed: share of the passes
    that have it first. fits: how much worse it is than the likeliest symbols of all frames, natural logarithm a sign,
    at most 0. short: the same of the whole text, the mean of all passes. log: how likely the passes hold the text,
    natural logarithm, their mean.
    """

    text: str
    value: str
    share: float
    agreed: float
    fits: float
    short: float = 0.0
    log: float = 0.0

    @property
    def facts(self) -> Facts:
        """What its probability is weighed by."""
        return (spread(self.share), self.agreed, max(_WORST_FIT, self.fits))


def read_year(passes: Sequence[LogProbs], characters: tuple[str, ...]) -> list[Spoken]:
    """The years 1950 to 2030 that a field may hold, likeliest first; two figures count as one, a little less."""
    texts, weights = _years()
    return vote(passes, characters, texts, weights, _year_of)


def read_serial(passes: Sequence[LogProbs], characters: tuple[str, ...]) -> list[Spoken]:
    """The running numbers that a field may hold, with or without the year behind a stroke, likeliest first."""
    grammar = Serial()
    found: dict[str, float] = {}
    for matrix in passes[:_SEARCHED]:
        folded = fold(drop_sure_blanks(matrix), characters, serial_lookalikes())
        for scored in spot(folded, grammar, _BEAM_LIMIT):
            found.setdefault(scored.text, grammar.weight(scored.text) or 0.0)
    return vote(passes, characters, tuple(found), tuple(found.values()), _number_of)


def vote(
    passes: Sequence[LogProbs],
    characters: tuple[str, ...],
    texts: tuple[str, ...],
    weights: tuple[float, ...],
    value: Callable[[str], str],
    costs: Costs = _COSTS,
) -> list[Spoken]:
    """What the passes bear of some texts, by what these stand for; weights: natural logarithms."""
    if not texts or not any(len(v) for v in passes):
        return []
    coded = code(texts, characters)
    weight = dict(zip(texts, weights, strict=True))
    added = np.array([weight[t] for t in coded.texts])
    said = [_score_codes(matrix, coded, added, costs) for matrix in passes if len(matrix)]
    return _tally(coded.texts, said, value)


@dataclass(frozen=True)
class _Heard:
    """Of each text its share in one pass, how likely it is there, and how much less so than the likeliest symbols."""

    shares: Floats
    logs: Floats
    short: Floats


def _score_codes(matrix: LogProbs, coded: Coded, weights: Floats, costs: Costs) -> _Heard:
    short = drop_sure_blanks(matrix)
    logs = chances(short, coded, costs.passing, costs.least)
    return _Heard(shares(logs + weights), logs, np.minimum(0.0, logs - best_path(short)))


def _tally(texts: Sequence[str], said: Sequence[_Heard], value: Callable[[str], str]) -> list[Spoken]:
    total: dict[str, float] = defaultdict(float)
    firsts: dict[str, int] = defaultdict(int)
    writing: dict[str, tuple[float, int]] = {}
    values = [value(t) for t in texts]
    for heard in said:
        mine: dict[str, float] = defaultdict(float)
        for number, share in zip(values, heard.shares, strict=True):
            mine[number] += float(share)
        for number, share in mine.items():
            total[number] += share / len(said)
        firsts[max(mine, key=lambda n: mine[n])] += 1
    mean = np.mean([h.shares for h in said], axis=0)
    for i, number in enumerate(values):
        writing[number] = max(writing.get(number, (-1.0, -1)), (float(mean[i]), i))
    # By the pass in which it fits best: others leave out a part of the height.
    fits = np.max([h.short for h in said], axis=0) / np.array([max(1, len(t)) for t in texts])
    short, logs = (np.mean([getattr(h, name) for h in said], axis=0) for name in ("short", "logs"))
    found = [
        Spoken(texts[at], n, share, firsts[n] / len(said), float(fits[at]), float(short[at]), float(logs[at]))
        for n, share in total.items()
        for at in (writing[n][1],)
    ]
    return sorted(found, key=lambda s: (-s.share, s.value))


@cache
def _years() -> tuple[tuple[str, ...], tuple[float, ...]]:
    written: dict[str, float] = {}
    for year in range(_FIRST, _LAST + 1):
        written[str(year)] = 0.0
        if year >= 2000:
            written[str(year)[2:]] = _SHORT_YEAR
    return tuple(written), tuple(written.values())


def _year_of(text: str) -> str:
    return text if len(text) == 4 else f"20{text}"


def _number_of(text: str) -> str:
    return text.partition("/")[0].lstrip("0")
