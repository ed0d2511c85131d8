"""Similarity of row names to a query, word by word, in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import translate

import numpy as np
from numpy.typing import NDArray

from digitize.search.words import INITIAL, AskedWord, Scores, likeness
from digitize.targets.search_names import SEP
from mappers.names.costs import code_rows, cost_table, distances
from mappers.names.keys import MOST_WORDS, spelt

_ASKED_SHARE = 0.75
"""How much of the score is whether the words asked for are there; the rest is whether the name has others besides."""
_GLUED, _LOOKED_AT = 0.97, 400


@dataclass(frozen=True)
class _Names:
    """Names of rows, one entry per name. owner: the row. words: word numbers, -1 for none."""

    owner: NDArray[np.int64]
    words: NDArray[np.int32]
    texts: list[str]
    vocabulary: list[tuple[str, str]]


def name_scores(asked: Sequence[AskedWord], language: str, said: Sequence[str], langs: Sequence[str]) -> Scores:
    """Similarity of names to the query: (names,), 0 to 1. said: see `SearchRow.said`; langs: of each."""
    best = np.zeros(len(said), np.float32)
    names = _names(said, langs)
    if not asked or not len(names.owner):
        return best
    scores = np.stack([_word_scores(word, language, names.vocabulary) for word in asked])
    # An entry more for the places where no word is, which number -1 leads to.
    scores = np.concatenate([scores, np.zeros((len(asked), 1), np.float32)], axis=1)
    found = scores[:, names.words]
    weights = np.array([_weight(w.said or w.pattern.strip("*?")) for w in asked], np.float32)
    lengths = np.array([_weight(w) for w, _ in names.vocabulary] + [0], np.float32)[names.words]
    there = (found.max(axis=2) * weights[:, None]).sum(axis=0) / weights.sum()
    besides = (found.max(axis=0) * lengths).sum(axis=1) / np.maximum(lengths.sum(axis=1), 1e-6)
    score = _ASKED_SHARE * there + (1 - _ASKED_SHARE) * besides
    score = np.maximum(score, _as_one(asked, language, names, score, langs))
    np.maximum.at(best, names.owner, score)
    return best


def _weight(word: str) -> float:
    return min(len(word), 6) if len(word) > 1 else 0.5


def _names(said: Sequence[str], langs: Sequence[str]) -> _Names:
    numbers: dict[tuple[str, str], int] = {}
    owner, rows, texts = [], [], []
    # Of some thousand rows many have the same name.
    known: dict[tuple[str, str], list[tuple[list[int], str]]] = {}
    for at, pair in enumerate(zip(said, langs, strict=True)):
        if (parts := known.get(pair)) is None:
            parts = known[pair] = [
                _number_words(name, pair[1], numbers) for name in (pair[0].split(SEP) if pair[0] else ())
            ]
        for row, text in parts:
            owner.append(at)
            rows.append(row)
            texts.append(text)
    words_of = np.array(rows, np.int32).reshape(-1, MOST_WORDS)
    return _Names(np.array(owner, np.int64), words_of, texts, list(numbers))


def _number_words(name: str, lang: str, numbers: dict[tuple[str, str], int]) -> tuple[list[int], str]:
    words = name.split(" ")[:MOST_WORDS]
    row = [numbers.setdefault((w, lang), len(numbers)) for w in words]
    return row + [-1] * (MOST_WORDS - len(row)), "".join(words)


def _word_scores(word: AskedWord, language: str, vocabulary: Sequence[tuple[str, str]]) -> Scores:
    if word.pattern:
        fits = re.compile(translate(word.pattern)).match
        return np.array([1.0 if fits(spelt(said)) else 0.0 for said, _ in vocabulary], np.float32)
    made = likeness(word.said, language, vocabulary)
    first = word.said[:1]
    is_initial = [s[:1] == first and (len(s) == 1) != (len(word.said) == 1) for s, _ in vocabulary]
    return np.where(is_initial, np.float32(INITIAL), made)


def _as_one(asked: Sequence[AskedWord], language: str, names: _Names, score: Scores, langs: Sequence[str]) -> Scores:
    """The same for names written as one word instead of two; only for the best ones."""
    made = np.zeros(len(score), np.float32)
    whole = "".join(w.said for w in asked)
    near = np.argsort(-score, kind="stable")[:_LOOKED_AT]
    if any(w.pattern for w in asked) or not len(near):
        return made
    codes = code_rows([names.texts[i] for i in near])
    cost, most = distances(whole, codes, cost_table(language or langs[names.owner[near[0]]]))
    made[near] = _GLUED * np.maximum(0, 1 - cost / np.maximum(most, 1e-6))
    return made
