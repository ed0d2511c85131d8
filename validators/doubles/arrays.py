"""Columns as arrays of numbers, and what is asked of them in the same way for persons and for cases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from validators.doubles.blocks import Keys, make_key
from validators.doubles.weights import Shared
from validators.doubles.words import MOST, NONE, Floats, Ints, NameWords


def codes(column: pl.Series) -> NDArray[np.int64]:
    """A number for each text, the same for the same; NONE where there is none."""
    return to_whole_numbers(column.rank("dense"))


def to_whole_numbers(column: pl.Series) -> NDArray[np.int64]:
    """Whole numbers; NONE where there is none."""
    return np.asarray(column.cast(pl.Int64).fill_null(NONE).to_numpy(), np.int64)


def days(column: pl.Series, order: str) -> NDArray[np.int64]:
    """Days as numbers of eight digits, in an order of year, month and day ("%Y%d%m"); NONE where there is none."""
    return to_whole_numbers(column.dt.strftime(order).cast(pl.Int64))


def word_keys(rows: Ints, words: NameWords) -> tuple[Keys, Keys, Keys]:
    """Of each name the key of its first word, of its rarest, and of the words of all of it in one order."""
    key = words_of(words.key, rows)
    # A share of 2 is more than any word has: an empty place is never the rarest.
    share = np.where(rows == NONE, np.float32(2), np.r_[words.key_share, np.float32(2)][rows])
    at = np.arange(len(rows))
    # Empty places are sorted to the end, then made 0: below zero make_key would take them for an unknown name.
    whole = np.sort(np.where(key < 0, np.iinfo(np.int64).max, key), axis=1)
    whole = np.where(whole == np.iinfo(np.int64).max, 0, whole + 1)
    return key[:, 0], key[at, share.argmin(axis=1)], np.where(key[:, 0] < 0, NONE, make_key(*whole.T))


def words_of(numbers: Ints, words: Ints) -> Keys:
    """A number of each word, such as its key; NONE where there is no word."""
    # NONE is -1 and so picks the last element, which is added for it.
    return np.asarray(np.r_[numbers, np.int32(NONE)][words], np.int64)


def equal_bits(a: NDArray[np.int64], b: NDArray[np.int64], same: float, other: float) -> Floats:
    """Bits for numbers that are the same and for others; 0 where either is not known."""
    return np.where((a < 0) | (b < 0), 0, np.where(a == b, same, other)).astype(np.float32)


def shared_bits(places: NameWords, one: Ints, other: Ints, weights: Shared) -> Floats:
    """What the words say that both of two addresses have, of the rarest of each; a word twice counts once."""
    told = np.zeros(len(one), np.float32)
    at = np.flatnonzero((one[:, 0] != NONE) & (other[:, 0] != NONE))
    one, other = one[at], other[at]
    # NONE is -1 and so picks the last element, which is added for it.
    fold, share = np.r_[places.fold, np.int32(NONE)], np.r_[places.share, np.float32(1)]
    bits = np.zeros(len(at), np.float32)
    for i in range(MOST):
        word = one[:, i]
        is_shared = ((fold[other] == fold[word][:, None]) & (other != NONE)).any(axis=1) & (word != NONE)
        is_new = (fold[one[:, :i]] != fold[word][:, None]).all(axis=1)
        bits += np.where(is_shared & is_new, np.maximum(np.log2(weights.m / share[word]), 0), 0)
    told[at] = np.where(bits > 0, np.minimum(bits, weights.most), weights.differs)
    return told


def field_sets(each: Sequence[Floats]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Which fields speak for a pair and which against it: a bit for each field, in their order."""
    nothing = np.zeros(len(each[0]), np.int32)
    agrees = sum(((e > 0).astype(np.int32) << i for i, e in enumerate(each)), nothing)
    differs = sum(((e < 0).astype(np.int32) << i for i, e in enumerate(each)), nothing)
    return agrees, differs
