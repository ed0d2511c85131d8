"""Keys to look up for a query: first all words, then all but one, which may be misspelt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from digitize.search.store_queries import Term, Tokens
from digitize.search.words import AskedWord
from mappers.names.keys import token

_MOST_YEARS = 6
"""Longer periods are no key of their own with a name: the years of rows are compared."""


@dataclass(frozen=True)
class NamePlan:
    """Person query. years: from and to; stations: folded names."""

    names: Sequence[AskedWord]
    kin: Sequence[AskedWord]
    years: tuple[int, int]
    stations: Mapping[str, float]

    def tiers(self) -> list[list[Term]]:
        """Terms in lookup order; a later tier is used if the earlier ones find little."""
        if not self.names:
            return _wholly_and_nearly([self._tokens(w, "f") for w in _telling(self.kin)], least=1)
        names = _telling(self.names)
        if self.stations or _span(self.years):
            return _wholly_and_nearly([self._with_place_or_year(w) for w in names], least=1)
        kin = [self._tokens(w, "f") for w in _telling(self.kin)]
        own = [self._tokens(w, "n") for w in names]
        return _wholly_and_nearly([*own, *kin], least=2 if kin else 1)

    def _with_place_or_year(self, word: AskedWord) -> Tokens:
        if self.stations:
            return frozenset(token("ns", w, s) for w in word.found for s in self.stations)
        return frozenset(token("ny", w, y) for w in word.found for y in _span(self.years))

    def _tokens(self, word: AskedWord, kind: str) -> Tokens:
        return frozenset(token(kind, w) for w in word.found)


def _telling(words: Sequence[AskedWord]) -> list[AskedWord]:
    """Words for lookup: no initials, unless there is nothing else."""
    found = [w for w in words if len(w.said) != 1 and w.found]
    return found or [w for w in words if w.found]


def _span(years: tuple[int, int]) -> range:
    low, high = years
    return range(low, high + 1) if low and high - low < _MOST_YEARS else range(0)


def _wholly_and_nearly(sets: Sequence[Tokens], least: int) -> list[list[Term]]:
    if not sets:
        return []
    tiers: list[list[Term]] = [[tuple(sets)]]
    # A family's name stands in the name and in the relative's, and fails in both: of four words two may.
    for size in range(len(sets) - 1, max(least, len(sets) // 2) - 1, -1):
        tiers.append([tuple(some) for some in combinations(sets, size)])
    return tiers


def word_terms(words: Sequence[AskedWord]) -> list[list[Term]]:
    """Terms for words of a place or thing: all of them, then all but one, then any one."""
    sets: list[Tokens] = [frozenset(token("w", w) for w in word.found) for word in words if word.found]
    tiers = _wholly_and_nearly(sets, least=1)
    # Of up to three words, one alone is among these already.
    return [*tiers, [(s,) for s in sets]] if len(sets) > 3 else tiers


def year_tokens(years: tuple[int, int], stations: Iterable[str]) -> Tokens:
    """Tokens of stations in years, or of either alone; none if neither is given, or the years are open."""
    named, (low, high) = list(stations), years
    span = range(low, high + 1) if low else range(0)
    if named and 0 < len(span) <= 60:
        return frozenset(token("sy", s, y) for s in named for y in span)
    if named:
        return frozenset(token("s", s) for s in named)
    return frozenset(token("y", y) for y in span) if len(span) <= 60 else frozenset()
