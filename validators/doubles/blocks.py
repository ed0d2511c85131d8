"""Which pairs are compared at all: those that share a key, in several passes; never all with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Rows = NDArray[np.int32]
NO_KEY = -1
LARGEST = 60
"""Rows of a block that are compared each with each."""
WINDOW = 10
"""Rows behind a row that it is compared with in a block that stays too large."""
AT_ONCE = 1 << 18
"""Pairs that are looked at together."""


class Skipped:
    """Pairs that share a key and were not compared for it, since too many share it. Another pass may have them."""

    def __init__(self, registers: NDArray[np.int32] | None = None) -> None:
        """registers: of each row the number of its register, from 0; all rows are of one when it is not given."""
        self._registers = registers
        self.by_register = np.zeros(1 if registers is None else int(registers.max(initial=0)) + 1, np.int64)

    @property
    def pairs(self) -> int:
        """In all registers."""
        return int(self.by_register.sum())

    def add(self, heads: Rows, pairs: NDArray[np.int64]) -> None:
        """Count the pairs of blocks. heads: a row of each."""
        np.add.at(self.by_register, np.zeros_like(heads) if self._registers is None else self._registers[heads], pairs)


def make_key(*parts: NDArray[np.signedinteger]) -> Keys:
    """One number for a row of numbers, NO_KEY where one of them is below zero. Equal rows have equal numbers."""
    key = np.zeros(len(parts[0]), np.uint64)
    missing = np.zeros(len(parts[0]), bool)
    for part in parts:
        missing |= part < 0
        # 2^64 by the golden ratio: it spreads near numbers over all bits; the shift brings the upper ones down.
        key = (key ^ part.astype(np.int64).view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    # One bit is given up so that no key is below zero, which means none.
    return np.where(missing, NO_KEY, (key >> np.uint64(1)).view(np.int64))


def pairs_of(
    key: Keys, splitters: Sequence[Keys], order: Keys, skipped: Skipped, largest: int = LARGEST
) -> Iterator[tuple[Rows, Rows]]:
    """All pairs of rows with one key, in pieces; the lower row stands left.

    A block of more than `largest` rows is parted by the splitters, one after another; what is still too large is put in
    an order, and each row is compared with the WINDOW rows behind it. What is left out for it is counted.
    """
    rows = np.flatnonzero(key != NO_KEY).astype(np.int32)
    yield from _pairs(rows, key[rows], list(splitters), order, skipped, largest)


def _pairs(
    rows: Rows, key: Keys, splitters: list[Keys], order: Keys, skipped: Skipped, largest: int
) -> Iterator[tuple[Rows, Rows]]:
    # The last counts first: by key, in it by the given order; rows that are equal in both stay as they stood, by row.
    sort = np.lexsort((order[rows], key))
    rows, key = rows[sort], key[sort]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(key)])
    size = np.repeat(sizes, sizes)
    heads = rows[starts[sizes > largest]]
    fits = size <= largest
    # A block that fits is compared whole: its last row lies largest - 1 behind the first at most.
    yield from _each_with_next(rows[fits], key[fits], largest - 1)
    rows, key = rows[~fits], key[~fits]
    if not len(rows):
        return
    large = sizes[sizes > largest]
    if splitters:
        # Rows of which the splitter is not known stay together instead of falling out.
        finer = make_key(key, np.maximum(splitters[0][rows], 0))
        _, first, counts = np.unique(finer, return_index=True, return_counts=True)
        skipped.add(heads, _count(large))
        skipped.add(rows[first], -_count(counts))
        yield from _pairs(rows, finer, splitters[1:], order, skipped, largest)
        return
    # Each row has WINDOW rows behind it, the last ones of a block fewer.
    skipped.add(heads, _count(large) - (large * WINDOW - WINDOW * (WINDOW + 1) // 2))
    yield from _each_with_next(rows, key, WINDOW)


def _count(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The pairs of blocks."""
    return np.asarray(sizes.astype(np.int64) * (sizes - 1) // 2)


def _each_with_next(rows: Rows, key: Keys, most: int) -> Iterator[tuple[Rows, Rows]]:
    """Each row with the next ones of the same key, at most so many."""
    left: list[Rows] = []
    right: list[Rows] = []
    at = np.arange(len(rows))
    held = 0
    for step in range(1, most + 1):
        at = at[at + step < len(rows)]
        at = at[key[at] == key[at + step]]
        if not len(at):
            break
        # In pieces, so that a step over a large block does not fill the memory.
        for piece in np.array_split(at, len(at) // AT_ONCE + 1):
            left.append(np.minimum(rows[piece], rows[piece + step]))
            right.append(np.maximum(rows[piece], rows[piece + step]))
            held += len(piece)
            if held >= AT_ONCE:
                yield np.concatenate(left), np.concatenate(right)
                left, right, held = [], [], 0
    if held:
        yield np.concatenate(left), np.concatenate(right)
