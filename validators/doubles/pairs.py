"""Pairs that are suspected, and the run over blocks that finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from validators.doubles.blocks import AT_ONCE, Keys, Rows, Skipped, pairs_of
from validators.doubles.words import Floats

LEFT, RIGHT, SCORE, AGREES, DIFFERS = "left", "right", "score", "agrees", "differs"
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
    fields: the names of the bits of AGREES and DIFFERS.
    """

    pairs: pl.DataFrame
    compared: int
    skipped: int
    fields: tuple[str, ...]

    def named(self, bits: int) -> str:
        """The fields of a set of bits, as text."""
        return ", ".join(name for i, name in enumerate(self.fields) if bits >> i & 1)


def find_pairs(
    passes: Iterable[PairingPass],
    may_pair: Callable[[Rows, Rows], NDArray[np.bool_]],
    weigh: Callable[[Rows, Rows, float], Evidence],
    prior: float,
    threshold: float,
    fields: Sequence[str],
) -> Suspects:
    """All pairs of the passes whose probability reaches the threshold. prior: bits for any pair before it is looked at.

    weigh: is told from how many bits a pair is kept. may_pair: whether two rows may be told at all; two of one record
    never are.
    """
    skipped, compared = Skipped(), 0
    found = [pl.DataFrame(schema=PAIRS)]
    least = float(np.log2(threshold / (1 - threshold))) - prior
    for left, right in _gathered(piece for one in passes for piece in _pieces(one, skipped)):
        may = may_pair(left, right)
        left, right = left[may], right[may]
        compared += len(left)
        evidence = weigh(left, right, least)
        left, right = left[evidence.at], right[evidence.at]
        kept = evidence.bits >= least
        score = 1 / (1 + np.exp2(-(evidence.bits[kept].astype(np.float64) + prior)))
        columns = (left[kept], right[kept], score, evidence.agrees[kept], evidence.differs[kept])
        found.append(pl.DataFrame(dict(zip(PAIRS, columns, strict=True)), schema=PAIRS))
    # Whichever pass has brought a pair, it was weighed the same: any of them will do.
    pairs = pl.concat(found).unique([LEFT, RIGHT], keep="any").sort(SCORE, LEFT, RIGHT, descending=[True, False, False])
    return Suspects(pairs, compared, skipped.pairs, tuple(fields))


def _pieces(one: PairingPass, skipped: Skipped) -> Iterator[tuple[Rows, Rows]]:
    return pairs_of(one.key, one.splitters, one.order, skipped)


def _gathered(pieces: Iterable[tuple[Rows, Rows]]) -> Iterator[tuple[Rows, Rows]]:
    """Small pieces put together, each pair of them once: the passes bring the same rows together again and again."""
    held: list[NDArray[np.int64]] = []
    for left, right in pieces:
        # Two row numbers in one: one sort then finds the pairs that come again.
        held.append(left.astype(np.int64) << 32 | right)
        if sum(map(len, held)) >= AT_ONCE:
            yield _split(held)
            held = []
    if held:
        yield _split(held)


def _split(held: list[NDArray[np.int64]]) -> tuple[Rows, Rows]:
    pairs = np.sort(np.concatenate(held))
    pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
