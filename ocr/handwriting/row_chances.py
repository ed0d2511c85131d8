"""How likely some rows of short texts are in a matrix, each by itself, by the model of a line in segments.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ocr.handwriting.chance import Coded
from ocr.handwriting.line_frames import Frames
from ocr.handwriting.segments import RESCALED, TINY, Floats, Ints


def row_chances(
    frames: Frames, coded: Coded, weights: Floats, rows: Sequence[Sequence[Ints]], none: float
) -> list[float]:
    """Log of each of some rows. A row's member is the numbers of the texts that are ways to write it."""
    full = [i for i, row in enumerate(rows) if row]
    logs = [float(np.log(frames.passed).sum()) + none] * len(rows)
    if full and len(frames.said):
        for i, log in zip(full, _chains(frames, coded, weights, [rows[i] for i in full]), strict=True):
            logs[i] = log
    return logs


class _Laid(NamedTuple):
    """Rows of members of ways to write them, all ways below each other.

    states, skip: (ways, states), of each and whether one may be left out. last, chance, member: (ways,), the last's
    place, how likely it is, the number of its member. starts: of each member's first way. first, final: of each row's
    first and last member. row: (members,).
    """

    states: Ints
    skip: Floats
    last: Ints
    chance: Floats
    member: Ints
    starts: Ints
    first: Ints
    final: Ints
    row: Ints


def _laid_out(coded: Coded, weights: Floats, rows: Sequence[Sequence[Ints]]) -> _Laid:
    members = [forms for row in rows for forms in row]
    forms, counts = np.concatenate(members), np.array([len(m) for m in members])
    states = coded.states[forms][:, 1 : 2 * int(coded.sizes[forms].max())]
    skip = np.zeros(states.shape)
    skip[:, 2::2] = states[:, 2::2] != states[:, :-2:2]
    sizes = np.array([len(row) for row in rows])
    ends = np.cumsum(sizes)
    return _Laid(
        np.ascontiguousarray(states),
        skip,
        2 * coded.sizes[forms] - 2,
        np.exp(weights[forms]),
        np.repeat(np.arange(len(members)), counts),
        np.cumsum(counts) - counts,
        ends - sizes,
        ends - 1,
        np.repeat(np.arange(len(rows)), sizes),
    )


def _chains(frames: Frames, coded: Coded, weights: Floats, rows: Sequence[Sequence[Ints]]) -> list[float]:
    """All rows at once: alpha (ways, states); what lies before a member, and behind the last."""
    laid = _laid_out(coded, weights, rows)
    # Two columns of nothing lie before the first state; all that is as large is made once.
    wide = np.zeros((len(laid.states), laid.states.shape[1] + 2))
    alpha, grown, skipped, seen = wide[:, 2:], *(np.empty(laid.states.shape) for _ in range(3))
    each = np.arange(len(alpha))
    ended = np.zeros(len(laid.row))
    ready = ended.copy()
    ready[laid.first] = 1.0
    blank_only = before = sign = after = over = np.zeros(len(laid.row))
    tail, log, free = np.zeros(len(rows)), np.zeros(len(rows)), np.ones(len(rows))
    for frame, (said, pb, ps, pp) in enumerate(zip(frames.said, frames.blank, frames.sign, frames.passed, strict=True)):
        np.add(alpha, wide[:, 1:-1], out=grown)
        grown += np.multiply(wide[:, :-2], laid.skip, out=skipped)
        grown[:, 0] += ready[laid.member] * laid.chance
        np.multiply(grown, np.take(said, laid.states, out=seen, mode="clip"), out=alpha)
        tail = (ended[laid.final] + tail) * pp
        over = (ended * frames.passing + over) * pp
        after = (sign + after) * pb
        sign = (ended + before + sign) * ps
        before = (ended + before) * pb
        blank_only = (ended * frames.missing + blank_only) * pb
        free = free * pp
        ended = np.add.reduceat(alpha[each, laid.last], laid.starts)
        ready[1:] = (ended * frames.missing + blank_only + sign + after + over)[:-1]
        ready[laid.first] = free
        if frame % RESCALED == 0:
            inside = np.add.reduceat(alpha.sum(1), laid.starts) + ready + before
            scale = np.maximum(np.add.reduceat(inside, laid.first) + tail, TINY)
            log += np.log(scale)
            free, tail, apart = free / scale, tail / scale, scale[laid.row]
            alpha /= apart[laid.member][:, None]
            ended, ready, blank_only, before, sign, after, over = (
                x / apart for x in (ended, ready, blank_only, before, sign, after, over)
            )
    return [float(x) for x in log + np.log(np.maximum(ended[laid.final] + tail, TINY))]
