"""Names ranked by how alike they sound, whatever script either side is written in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from mappers.names.aliases import PlaceName, place_ways
from mappers.names.costs import code_rows, cost_table, distances
from mappers.names.romanise import language_for, romanise, sounds
from mappers.names.sounds import coarse
from mappers.text.folding import fold_key

# Ways to write a name that are looked at closely, those with the nearest coarse keys.
_LOOKED_AT = 300
# Shares of the score that are kept: for a name that is not the usual spelling of its place, and for another name of it.
_UNUSUAL = 0.985
_OTHER_NAME = 0.95
# How much of the score the letters themselves decide, where the sounds leave it open.
_LETTERS = 0.03


@dataclass(frozen=True, slots=True)
class IndexMatch:
    """A name of the index and how alike it is: 0..1, 1.0 for the same letters; by: the way of writing that matched."""

    name: str
    score: float
    by: str


class NameIndex:
    """Names to search in. Built once; searching changes nothing.

    names: in any script, repeated ones are kept once. with_places: whether the gazetteer of places lends its spellings
    to the names it knows. The score of a match compares across queries: 1 less the cost of turning one string of sounds
    into the other as a share of the cost of the longer one; see costs.toml.
    """

    def __init__(self, names: Iterable[str], *, with_places: bool = True) -> None:
        self.names = tuple(dict.fromkeys(names))
        ways: dict[tuple[int, str], tuple[float, str]] = {}
        for at, name in enumerate(self.names):
            for way, share in _ways(name) if with_places else ((name, 1.0),):
                key = (at, sounds(way))
                if key not in ways or ways[key][0] < share:
                    ways[key] = (share, way)
        self._owner = np.fromiter((at for at, _ in ways), np.int64, len(ways))
        self._share = np.fromiter((share for share, _ in ways.values()), np.float32, len(ways))
        self._way = [way for _, way in ways.values()]
        self._sounds = [said for _, said in ways]
        self._coarse = [coarse(said) for said in self._sounds]
        self._exact: dict[str, int] = {}
        for at, name in enumerate(self.names):
            self._exact.setdefault(fold_key(name), at)

    def search(self, text: str, limit: int = 5, language: str = "") -> list[IndexMatch]:
        """The names most like a text, best first; at most limit, fewer where nothing is alike at all.

        text: a name in any script that romanise reads; language: as for romanise. Names that score alike come in the
        order of the index.
        """
        asked = sounds(text, language)
        if not asked or not self._sounds or limit < 1:
            return []
        near = self._find_near(asked, max(_LOOKED_AT, 4 * limit))
        scores = self._scores(asked, near, language or language_for(text))
        letters = romanise(text, language).lower()
        scores -= _LETTERS * np.array([1 - fuzz.ratio(letters, self._way[at].lower()) / 100 for at in near], np.float32)
        best: dict[int, IndexMatch] = {}
        exact = self._exact.get(fold_key(text))
        if exact is not None:
            best[exact] = IndexMatch(self.names[exact], 1.0, self.names[exact])
        for at in np.argsort(-scores, kind="stable"):
            owner = int(self._owner[near[at]])
            if len(best) >= limit or scores[at] <= 0:
                break
            best.setdefault(owner, IndexMatch(self.names[owner], round(float(scores[at]), 4), self._way[near[at]]))
        return list(best.values())

    def _find_near(self, asked: str, size: int) -> NDArray[np.int64]:
        """Places of the ways whose coarse keys are nearest, in the order of the index."""
        if len(self._sounds) <= size:
            return np.arange(len(self._sounds))
        alike = process.cdist([coarse(asked)], self._coarse, scorer=Indel.normalized_similarity, dtype=np.float32)[0]
        return np.sort(np.argpartition(-alike, size)[:size])

    def _scores(self, asked: str, near: NDArray[np.int64], language: str) -> NDArray[np.float32]:
        matrix = code_rows([self._sounds[at] for at in near])
        cost, whole = distances(asked, matrix, cost_table(language))
        return np.maximum(0, 1 - cost / np.maximum(whole, 1e-6)) * self._share[near]


def _ways(name: str) -> list[tuple[str, float]]:
    """The ways a name may be written, with the share of the score that each keeps."""
    places = place_ways().get(fold_key(name), ())
    usual = [p for p in places if fold_key(p.name) == fold_key(name)]
    if usual or not places:
        found = [(name, 1.0)]
        for place in usual:
            found += [(way, 1.0) for way in place.spellings] + [(way, _OTHER_NAME) for way in place.other_names]
        return found
    found = [(name, _UNUSUAL)]
    for place in places:
        found += _ways_to(name, place)
    return found


def _ways_to(name: str, place: PlaceName) -> list[tuple[str, float]]:
    """The ways of a place that lead to a name which is not its usual one."""
    is_spelling = fold_key(name) in {fold_key(way) for way in place.spellings}
    share = _UNUSUAL if is_spelling else _OTHER_NAME
    return [(way, share * _UNUSUAL) for way in (place.name, *place.spellings)]
