"""How much it says that two names are as alike as they are: word by word, in any order, in any script."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

from mappers.names.costs import code_rows, cost_table, pair_distances
from validators.doubles.blocks import Rows
from validators.doubles.weights import AgreementLevel, WordWeights
from validators.doubles.words import MOST, NONE, Floats, Ints, NameWords

DIFFERENT, INITIAL, ALIKE, CLOSE, SAME = range(5)
_LEVELS = ((SAME, 0.93), (CLOSE, 0.84), (ALIKE, 0.72))
# Words whose classes of sounds are further apart are not compared closely.
_NEAR = 0.55
_AT_ONCE, _CLOSELY = 1 << 16, 1 << 13
# Of the memory for pairs of words, as a power of two; a later pair takes the place of an earlier one.
_MOST_BITS = 21


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What pairs of names say. bits: of each pair; conflicts: words that either has against one of the other.

    lowest: the lowest level at which words met; DIFFERENT where none did. is_known: both have a name.
    """

    bits: Floats
    conflicts: NDArray[np.int8]
    lowest: NDArray[np.int8]
    is_known: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DistinctNames:
    """The names of rows, each of them once. words: rows of words, sorted; of_row: of each row its place among these."""

    words: Ints
    of_row: Ints


def distinct(rows: Ints) -> DistinctNames:
    """Names as rows of words, each of them once."""
    numbers = pl.DataFrame(rows, schema=[str(i) for i in range(rows.shape[1])])
    of_row = numbers.select(pl.struct(pl.all()).rank("dense").cast(pl.Int32) - 1).to_series().to_numpy()
    words = np.zeros((int(of_row.max(initial=-1)) + 1, rows.shape[1]), np.int32)
    words[of_row] = rows
    return DistinctNames(words, of_row)


class NameMatcher:
    """Compares rows of words; what two words have been found to be is kept."""

    def __init__(self, words: NameWords, weights: WordWeights) -> None:
        """words: of the rows that will be compared."""
        self._words, self._weights = words, weights
        self._codes = code_rows(words.said)
        self._languages = sorted(set(words.language))
        self._language = np.array([self._languages.index(name) for name in words.language], np.int8)
        self._lengths = np.array([len(words.joined[t]) for t in words.text.tolist()], np.int64)
        self._said_lengths = np.array([len(said) for said in words.said], np.int64)
        self._bits = min(_MOST_BITS, 2 * len(words.said).bit_length())
        self._pairs = np.full(1 << self._bits, NONE, np.int64)
        self._levels = np.zeros(1 << self._bits, np.int8)

    def match(self, left: Ints, right: Ints) -> NameMatch:
        """Compare names: rows of words beside one another. The same whichever of the two stands left."""
        rows = np.arange(len(left) + len(right), dtype=np.int32)
        return self.match_rows(distinct(np.concatenate([left, right])), rows[: len(left)], rows[len(left) :])

    def match_rows(self, names: DistinctNames, left: Rows, right: Rows) -> NameMatch:
        """The same for the names of rows, known by their numbers."""
        one, other = names.of_row[left], names.of_row[right]
        # Both in one number, the lesser first, so that a pair of names that comes again is weighed once.
        pairs = np.minimum(one, other).astype(np.int64) << 32 | np.maximum(one, other)
        unique, back = np.unique(pairs, return_inverse=True)
        both = np.stack([names.words[unique >> 32], names.words[unique & 0xFFFFFFFF]], axis=1)
        found = [self._match(both[i : i + _AT_ONCE]) for i in range(0, max(1, len(both)), _AT_ONCE)]
        bits, conflicts, lowest, known = (
            np.concatenate([getattr(f, n) for f in found])[back] for n in ("bits", "conflicts", "lowest", "is_known")
        )
        return NameMatch(bits, conflicts, lowest, known)

    def _match(self, pairs: Ints) -> NameMatch:
        left, right = pairs[:, 0], pairs[:, 1]
        a, b = np.repeat(left, MOST, axis=1), np.tile(right, (1, MOST))
        level = self._level(a, b)
        gain = self._gain(a, b, level)
        total, met = np.zeros(len(pairs), np.float32), np.zeros(len(pairs), np.int8)
        lowest = np.full(len(pairs), SAME, np.int8)
        # The level counts before the bits: one word can never say as much as 100.
        worth = np.where(level > DIFFERENT, level * np.float32(100) + gain, np.float32(-1))
        rows = np.arange(len(pairs))
        for _ in range(MOST):
            best = worth.argmax(axis=1)
            is_met = worth[rows, best] > 0
            total += np.where(is_met, gain[rows, best], 0)
            met += is_met
            lowest = np.where(is_met, np.minimum(lowest, level[rows, best]), lowest)
            grid = worth.reshape(-1, MOST, MOST)
            grid[rows, best // MOST, :] = -1
            grid[rows, :, best % MOST] = -1
        counts = [(side != NONE).sum(axis=1).astype(np.int8) for side in (left, right)]
        conflicts = np.minimum(counts[0] - met, counts[1] - met)
        missing = np.abs(counts[0] - counts[1])
        total += conflicts * np.float32(self._weights.conflict) + missing * np.float32(self._weights.missing)
        lowest = np.where(met > 0, lowest, np.int8(DIFFERENT))
        is_whole = self._are_joined(left, right)
        whole = np.minimum(self._whole_gain(left), self._whole_gain(right))
        is_known = (counts[0] > 0) & (counts[1] > 0)
        return NameMatch(
            np.where(is_known, np.where(is_whole, np.maximum(whole, total), total), 0).astype(np.float32),
            np.where(is_whole, 0, conflicts).astype(np.int8),
            np.where(is_whole, np.int8(SAME), lowest).astype(np.int8),
            is_known,
        )

    def _gain(self, a: Ints, b: Ints, level: NDArray[np.int8]) -> Floats:
        """Bits that two words say which meet at a level."""
        w = self._weights
        share = np.maximum(self._words.share[a], self._words.share[b])
        gains = [np.zeros_like(share), np.full_like(share, w.initial)]
        gains += [_bits(step, share, w.most) for step in (w.alike, w.close, w.same)]
        # A very common word may say nothing, but its agreement never speaks against.
        gains[SAME] = np.maximum(gains[SAME], 0)
        return np.asarray(np.choose(level, gains), np.float32)

    def _whole_gain(self, row: Ints) -> Floats:
        gains = np.maximum(_bits(self._weights.same, self._words.share[row], self._weights.most), 0)
        return np.asarray(np.where(row == NONE, 0, gains).sum(axis=1), np.float32)

    def _are_joined(self, left: Ints, right: Ints) -> NDArray[np.bool_]:
        """Whether names of different numbers of words are one when their words are written together."""
        lengths = np.r_[self._lengths, 0]
        counts = [(side != NONE).sum(axis=1) for side in (left, right)]
        # Lengths first: texts are put together only for the few names that may be one.
        found: NDArray[np.bool_] = (counts[0] != counts[1]) & (lengths[left].sum(axis=1) == lengths[right].sum(axis=1))
        for i in np.flatnonzero(found):
            one, other = (self._join_words(side[i]) for side in (left, right))
            found[i] = one == other
        return found

    def _join_words(self, row: Ints) -> str:
        return "".join(self._words.joined[self._words.text[w]] for w in row if w != NONE)

    def _level(self, a: Ints, b: Ints) -> NDArray[np.int8]:
        """How alike words are, each word of one name with each of another; DIFFERENT where either is none.

        A word that has met its like is not compared with others.
        """
        fold, is_initial = self._words.fold, self._words.is_initial
        there = (a != NONE) & (b != NONE)
        same = (there & (fold[a] == fold[b])).reshape(-1, MOST, MOST)
        is_met = (same.any(axis=2)[:, :, None] | same.any(axis=1)[:, None, :]).reshape(a.shape)
        level = np.where(same.reshape(a.shape), np.int8(SAME), np.int8(DIFFERENT))
        short = there & ~is_met & (is_initial[a] | is_initial[b])
        text = self._words.text
        level[short & (self._codes[text[a], 0] == self._codes[text[b], 0])] = INITIAL
        apart = there & ~is_met & ~short
        a, b = text[a[apart]], text[b[apart]]
        # The lesser text first, so that a pair is remembered whichever stands left.
        keys = np.minimum(a, b).astype(np.int64) * len(self._words.said) + np.maximum(a, b)
        level[apart] = self._compare_pairs(keys)
        return level

    def _compare_pairs(self, keys: NDArray[np.int64]) -> NDArray[np.int8]:
        """The levels of pairs of texts, first * number of texts + second; compared where they are not known."""
        slot = ((keys.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - self._bits)).astype(np.int64)
        levels = self._levels[slot]
        new = np.flatnonzero(self._pairs[slot] != keys)
        if len(new):
            order = new[np.argsort(keys[new], kind="stable")]
            begins = np.r_[True, keys[order[1:]] != keys[order[:-1]]]
            pairs = keys[order[begins]]
            found = np.concatenate([self._compare(pairs[i : i + _AT_ONCE]) for i in range(0, len(pairs), _AT_ONCE)])
            levels[order] = found[np.cumsum(begins) - 1]
            self._pairs[slot[order]], self._levels[slot[order]] = keys[order], levels[order]
        return levels

    def _compare(self, keys: NDArray[np.int64]) -> NDArray[np.int8]:
        words = self._words
        a, b = keys // len(words.said), keys % len(words.said)
        classes = [[words.near[i] for i in side.tolist()] for side in (a, b)]
        near = process.cpdist(*classes, scorer=Indel.normalized_similarity, score_cutoff=_NEAR, dtype=np.float32)
        level = np.zeros(len(keys), np.int8)
        # Compared by the table of the language that is not in Latin letters, of two such by the later in the alphabet.
        table = np.maximum(self._language[a], self._language[b])
        for number, language in enumerate(self._languages):
            # Below the cutoff the likeness is given as 0.
            at = np.flatnonzero((table == number) & (near > 0))
            longest = np.maximum(self._said_lengths[a[at]], self._said_lengths[b[at]])
            # By length, so that a piece is only as wide as its own words.
            at = at[np.argsort(longest, kind="stable")]
            for piece in np.array_split(at, len(at) // _CLOSELY + 1):
                level[piece] = self._likeness(a[piece], b[piece], language)
        return level

    def _likeness(self, a: NDArray[np.int64], b: NDArray[np.int64], language: str) -> NDArray[np.int8]:
        """The levels of words that are compared sound by sound."""
        width = int(max(self._said_lengths[a].max(initial=0), self._said_lengths[b].max(initial=0)))
        cost, whole = pair_distances(self._codes[a, :width], self._codes[b, :width], cost_table(language))
        # Two words without any sound have nothing to divide by.
        likeness = 1 - cost / np.maximum(whole, 1e-6)
        level = np.zeros(len(a), np.int8)
        # From the lowest level up, so that the highest one that is reached stays.
        for name, least in reversed(_LEVELS):
            level[likeness >= least] = name
        return level


def _bits(step: AgreementLevel, share: Floats, most: float) -> Floats:
    return np.asarray(np.minimum(np.log2(step.m / np.minimum(step.times * share, 1)), most), np.float32)
