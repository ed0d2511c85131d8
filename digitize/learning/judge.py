"""Whether new weights read held-back values better: a sign test on the values that differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import comb

from ocr.languages.lexicon import Lexicon, fold_text

SURE = 0.1
"""The most by which chance alone may say as much: below it new weights are adopted. No smaller: of weights that are no
better a tenth is adopted then, which costs a second reading and can be taken back, while an office of fifty pages whose
gain is real often shows ten better for four worse."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Held-back values read by both. before, after: read right by each; better, worse: by one only."""

    held: int
    before: int
    after: int
    better: int
    worse: int

    @property
    def chance(self) -> float:
        """The probability 0..1 that of as many differing values so many are better, were both alike."""
        differ = self.better + self.worse
        return float(sum(comb(differ, k) for k in range(self.better, differ + 1)) / 2**differ)

    @property
    def is_better(self) -> bool:
        """Whether the new weights are to be adopted."""
        return self.better > self.worse and self.chance <= SURE


def judge(both: Iterable[tuple[bool, bool]]) -> HeldBack:
    """Count values by whether the former and the new weights read them right."""
    pairs = list(both)
    return HeldBack(
        len(pairs),
        sum(old for old, _ in pairs),
        sum(new for _, new in pairs),
        sum(new and not old for old, new in pairs),
        sum(old and not new for old, new in pairs),
    )


def is_same(kind: str, settled: str, read: str, lexicon: Lexicon | None = None) -> bool:
    """Whether a value read equals a settled one, regardless of spelling. kind: of the zone."""
    if lexicon is not None:
        return _entry(settled, lexicon) == _entry(read, lexicon)
    by_kind: Mapping[str, object] = {
        "sections": frozenset(_sections(settled)) == frozenset(_sections(read)),
        "digits": _numbers(settled)[:1] == _numbers(read)[:1],
        "year": _numbers(settled) == _numbers(read),
        "date": [n % 100 for n in _numbers(settled)] == [n % 100 for n in _numbers(read)],
        "time": _numbers(settled)[:2] == _numbers(read)[:2],
    }
    return bool(by_kind.get(kind, fold_text(settled) == fold_text(read)))


def _entry(text: str, lexicon: Lexicon) -> str:
    wanted = fold_text(text)
    return next((e[0] for e in lexicon.entries if wanted in {fold_text(t) for t in (e[0], *e[1])}), wanted)


def _numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", text)]


def _sections(text: str) -> list[str]:
    """Section numbers with their letters: 498(A), 498A and 498 A are one."""
    return [re.sub(r"[\s()-]", "", n).upper() for n in re.findall(r"\d+(?:\s?\(?[A-Za-z]\)?(?![A-Za-z]))?", text)]
