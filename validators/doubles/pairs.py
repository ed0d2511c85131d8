"""Pairs that are suspected, and the run over blocks that finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from validators.doubles.blocks import Keys, Rows, Skipped, pairs_of
from validators.doubles.words import Floats

LEFT, RIGHT, SCORE, AGREES, DIFFERS = "left", "right", "score", "agrees", "differs"
# Rows of whole registers that are paired together, pairs of them that are held, and those that are weighed at once.
_ROWS, _HELD, _WEIGHED = 1 << 13, 1 << 21, 1 << 15
PAIRS = {LEFT: pl.Int32, RIGHT: pl.Int32, SCORE: pl.Float32, AGREES: pl.Int32, DIFFERS: pl.Int32}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What pairs of rows say. at: the places of those that say enough to be kept in mind, of which the rest speaks.

    bits: in all, the prior not counted; agrees, differs: sets of fields, a bit each.
    """

    at: NDArray[np.int64]
    bits: Floats
    agrees: NDArray[np.int32]
    differs: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class PairingPass:
    """One way to bring rows together: those of one key, split where they are many."""

    key: Keys
    splitters: tuple[Keys, ...]
    order: Keys


@dataclass(frozen=True, slots=True)
class Suspects:
    """Pairs that are suspected. pairs: columns of PAIRS, row numbers with the lower one left, the surest first.

    compared: comparisons made; skipped: pairs of too large blocks that were not compared there; see `blocks.Skipped`.
    fields: the names of the bits of AGREES and DIFFERS. skipped_by_register: where each of these has its own count.
    """

    pairs: pl.DataFrame
    compared: int
    skipped: int
    fields: tuple[str, ...]
    skipped_by_register: tuple[int, ...] = ()

    def name_fields(self, bits: int) -> str:
        """The fields of a set of bits, as text."""
        return ", ".join(name for i, name in enumerate(self.fields) if bits >> i & 1)


def put_together(suspects: Suspects, registers: NDArray[np.int32], groups: NDArray[np.int32]) -> Suspects:
    """The same, with what was left out counted by groups of registers. registers, groups: the numbers of each row."""
    of_register = np.zeros(len(suspects.skipped_by_register), np.int64)
    of_register[registers] = groups
    counts = np.zeros(int(groups.max(initial=0)) + 1, np.int64)
    np.add.at(counts, of_register, suspects.skipped_by_register)
    return replace(suspects, skipped_by_register=tuple(counts.tolist()))


def find_pairs(
    passes: Callable[[Rows], Iterable[PairingPass]],
    may_pair: Callable[[Rows, Rows], NDArray[np.bool_]],
    weigh: Callable[[Rows, Rows, Floats], Evidence],
    registers: NDArray[np.int32],
    priors: Sequence[float],
    threshold: float,
    fields: Sequence[str],
) -> Suspects:
    """All pairs of the passes whose probability reaches the threshold.

    passes: of some rows, whose places in these they name. may_pair: whether two rows may be told at all; two of one
    record never are. weigh: is told from how many bits a pair is kept. registers: of each row the number of its
    register, from 0; no pass brings two together. priors: by register, bits for any pair before it is looked at.
    """
    skipped, compared = np.zeros(len(priors), np.int64), 0
    found = [pl.DataFrame(schema=PAIRS)]
    of_register = np.array(priors, np.float64)
    enough = float(np.log2(threshold / (1 - threshold)))
    for left, right in _brought_together(passes, registers, skipped):
        may = may_pair(left, right)
        left, right = left[may], right[may]
        compared += len(left)
        prior = of_register[registers[left]]
        least = (enough - prior).astype(np.float32)
        evidence = weigh(left, right, least)
        kept = evidence.bits >= least[evidence.at]
        at = evidence.at[kept]
        score = 1 / (1 + np.exp2(-(evidence.bits[kept].astype(np.float64) + prior[at])))
        columns = (left[at], right[at], score, evidence.agrees[kept], evidence.differs[kept])
        found.append(pl.DataFrame(dict(zip(PAIRS, columns, strict=True)), schema=PAIRS))
    # Whichever pass has brought a pair, it was weighed the same: any of them will do.
    pairs = pl.concat(found).unique([LEFT, RIGHT], keep="any").sort(SCORE, LEFT, RIGHT, descending=[True, False, False])
    return Suspects(pairs, compared, int(skipped.sum()), tuple(fields), tuple(skipped.tolist()))


def _brought_together(
    passes: Callable[[Rows], Iterable[PairingPass]], registers: NDArray[np.int32], skipped: NDArray[np.int64]
) -> Iterator[tuple[Rows, Rows]]:
    """The pairs of all passes, some registers at a time, so that pairs that several passes bring are met once."""
    for rows in _some_registers(registers, len(skipped)):
        left_out = Skipped(registers[rows])
        pieces = (
            (rows[left], rows[right])
            for one in passes(rows)
            for left, right in pairs_of(one.key, one.splitters, one.order, left_out)
        )
        yield from _gather_pieces(pieces)
        skipped[: len(left_out.by_register)] += left_out.by_register


def _some_registers(registers: NDArray[np.int32], count: int) -> Iterator[Rows]:
    """The rows of whole registers, so many that they come to _ROWS or that there is one."""
    sizes = np.bincount(registers, minlength=count)
    part = (np.cumsum(sizes) - sizes) // _ROWS
    of_row = part[registers]
    order = np.argsort(of_row, kind="stable").astype(np.int32)
    yield from np.split(order, np.flatnonzero(np.diff(of_row[order])) + 1)


def _gather_pieces(pieces: Iterable[tuple[Rows, Rows]]) -> Iterator[tuple[Rows, Rows]]:
    """Small pieces put together, each pair of them once: the passes bring the same rows together again and again."""
    held: list[NDArray[np.int64]] = []
    for left, right in pieces:
        # Two row numbers in one: one sort then finds the pairs that come again.
        held.append(left.astype(np.int64) << 32 | right)
        if sum(map(len, held)) >= _HELD:
            yield from _split(held)
            held = []
    if held:
        yield from _split(held)


def _split(held: list[NDArray[np.int64]]) -> Iterator[tuple[Rows, Rows]]:
    pairs = np.sort(np.concatenate(held))
    pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs
    for some in np.array_split(pairs, len(pairs) // _WEIGHED + 1):
        yield (some >> 32).astype(np.int32), (some & 0xFFFFFFFF).astype(np.int32)
