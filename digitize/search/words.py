"""Typed words to index words that sound alike, with similarity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from digitize.search.store_queries import SearchStore
from mappers.names.aliases import place_ways
from mappers.names.costs import code_rows, cost_table, distances_by
from mappers.names.index import NameIndex
from mappers.names.keys import name_words, near_keys, spelt
from mappers.text.folding import fold_key

Scores = NDArray[np.float32]
LEAST_ALIKE = 0.5
"""Of two words; below it they are not looked up."""
_MOST_ALIKE, _MOST_FITTING = 48, 200
INITIAL = 0.8
"""How much an initial counts that fits the other word."""
_LEAST_STATION, _MOST_STATIONS = 0.8, 3


@dataclass(frozen=True, slots=True)
class AskedWord:
    """One typed word of a name. said: by its sounds; "" for a pattern. found: index words -> similarity, 0 to 1."""

    said: str
    found: Mapping[str, float]
    pattern: str = ""


def likeness(asked: str, language: str, words: Sequence[tuple[str, str]]) -> Scores:
    """Similarity of words (sounds and language) to a query word: (words,), 0 to 1.

    Uses the costs of either side's language, whichever gives more similarity: a Tamil letter stands for k and g,
    whoever asks.
    """
    return compare_sounds(asked, language, words)[0]


def compare_sounds(asked: str, language: str, words: Sequence[tuple[str, str]]) -> tuple[Scores, Scores]:
    """Similarity of words to a query word, and what their different sounds cost: about 1 for each letter."""
    best, least = np.zeros(len(words), np.float32), np.full(len(words), np.inf, np.float32)
    if not words or not asked:
        return best, least
    tables = {_table_of(language): 0}
    said, langs = zip(*words, strict=True)
    place = {lang: tables.setdefault(_table_of(lang), len(tables)) for lang in dict.fromkeys(langs)}
    by = np.fromiter(map(place.__getitem__, langs), np.intp, len(words))
    codes, others = code_rows(said), np.flatnonzero(by)
    rows = np.concatenate([np.arange(len(words)), others])
    which = np.concatenate([np.zeros(len(words), np.intp), by[others]])
    cost, whole = distances_by(asked, codes[rows], [cost_table(name) for name in tables], which)
    alike = 1 - cost / np.maximum(whole, 1e-6)
    np.maximum(best, alike[: len(words)], out=best)
    best[others] = np.maximum(best[others], alike[len(words) :])
    np.minimum(least, cost[: len(words)], out=least)
    least[others] = np.minimum(least[others], cost[len(words) :])
    return best, least


@cache
def _table_of(language: str) -> str:
    """Language whose costs apply: itself, or "" if it has none."""
    mine, all_ways = cost_table(language), cost_table("")
    is_own = not (np.array_equal(mine.swap, all_ways.swap) and np.array_equal(mine.leave_out, all_ways.leave_out))
    return language if is_own else ""


def asked_words(store: SearchStore, text: str, kind: str) -> tuple[list[AskedWord], str]:
    """Words of a text with matching index words, and the language of its script."""
    plain = [part for part in text.split() if not any(c in part for c in "*?")]
    said, language = name_words(" ".join(plain))
    near = store.near_words(kind, [near_keys(word) if len(word) > 1 else [] for word in said])
    made = [_find_alike(word, language, some) for word, some in zip(said, near, strict=True)]
    patterns = [name_pattern(part) for part in text.split() if part not in plain]
    # One without a letter or digit would fit every word.
    made += [_fitting(store, pattern, kind) for pattern in patterns if pattern.strip("*?")]
    return made, language


def _find_alike(word: str, language: str, near: Sequence[tuple[str, str]]) -> AskedWord:
    scores = likeness(word, language, near)
    order = np.argsort(-scores, kind="stable")[:_MOST_ALIKE]
    found: dict[str, float] = {word: 1.0}
    for at in order:
        if scores[at] >= LEAST_ALIKE:
            found[near[at][0]] = max(found.get(near[at][0], 0.0), float(scores[at]))
    return AskedWord(word, found)


def _fitting(store: SearchStore, pattern: str, kind: str) -> AskedWord:
    found = store.words_like(kind, pattern, _MOST_FITTING)
    return AskedWord("", {said: 1.0 for said, _ in found}, pattern)


def name_pattern(part: str) -> str:
    """A word with * and ? in any script, as a pattern of lower-case Latin letters."""
    made, literal = "", ""
    for char in f"{part}*"[: len(part)] + "\0":
        if char in "*?\0":
            made += "".join(spelt(word) for word in name_words(literal)[0]) + char.strip("\0")
            literal = ""
        else:
            literal += char
    return made


@lru_cache(maxsize=4)
def _fold_names(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(fold_key, names))


@lru_cache(maxsize=4)
def _index_of(names: frozenset[str]) -> NameIndex:
    """The same for all connections to a store until another station is loaded."""
    return NameIndex(sorted(names))


class Stations:
    """Stations of a store, found in any script and by older names; rebuilt when they change."""

    def __init__(self, store: SearchStore) -> None:
        """Nothing is loaded yet."""
        self._store = store

    def find_alike(self, text: str) -> dict[str, float]:
        """Folded names of matching stations, with similarity; {} if none."""
        names = self._store.stations()
        exact = fold_key(text)
        if exact in _fold_names(names):
            return {exact: 1.0}
        found = [m for m in _index_of(names).search(text, _MOST_STATIONS) if m.score >= _LEAST_STATION]
        best = found[0].score if found else 0.0
        return {fold_key(m.name): m.score for m in found if m.score >= best - 0.1}


def place_names_of(text: str) -> list[str]:
    """A typed place, and its other spellings and names."""
    ways = [w for place in place_ways().get(fold_key(text), ()) for w in (place.name, *place.spellings)]
    ways += [w for place in place_ways().get(fold_key(text), ()) for w in place.other_names]
    return list(dict.fromkeys([text, *ways]))
