"""Rows of short texts in a matrix, with separators or other things between them: the likeliest, and all together.

A hidden Markov model of a line: texts from a list, each sign by sign as CTC has it; between two texts a separator among
blanks, blanks alone, or frames that are passed over at a price (printed words, names of acts). It runs in probabilities
that are made whole frame by frame, since logarithms of sums would take ten times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.handwriting.chance import Coded
from ocr.handwriting.line_frames import LEAST_SHARE, Frames

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_SEEN = np.exp(-5.0)
_TINY = 1e-290
_SHORT = 6


def possible(frames: Frames, coded: Coded) -> Ints:
    """Numbers of the texts whose every sign some frame may hold."""
    if not len(frames.said) or not len(coded.texts):
        return np.zeros(0, np.intp)
    seen = frames.said.max(0) > _SEEN
    seen[0] = True
    return np.flatnonzero(seen[coded.states].all(1))


def best_row(frames: Frames, coded: Coded, weights: Floats, none: float) -> tuple[list[int], float]:
    """The likeliest row of texts, by their numbers, and the log of all rows together.

    weights: of each text, natural logarithms. none: that of there being no text at all.
    """
    some = possible(frames, coded)
    empty = float(np.log(frames.passed).sum()) + none
    if not len(some):
        return [], empty
    blocks = _blocks(coded, some, weights)
    total = np.logaddexp(_sum_of_rows(frames, blocks), empty)
    row, log = _viterbi(frames, blocks)
    return (row if log > empty else []), float(total)


def likeliest_row(frames: Frames, coded: Coded, weights: Floats) -> tuple[list[int], float]:
    """The likeliest row of texts, [] for none, and its own log; parameters as those of best_row."""
    some = possible(frames, coded)
    empty = float(np.log(frames.passed).sum())
    row, log = _viterbi(frames, _blocks(coded, some, weights)) if len(some) else ([], empty)
    return (row, log) if log > empty else ([], empty)


def _blocks(coded: Coded, some: Ints, weights: Floats) -> list[_Words]:
    is_long = coded.sizes[some] > _SHORT
    return [_Words(coded, part, weights) for part in (some[~is_long], some[is_long]) if len(part)]


class _Words:
    """States of texts without blanks around: (texts, 2 * longest - 1), the place of each last sign, and weights."""

    def __init__(self, coded: Coded, some: Ints, weights: Floats) -> None:
        longest = int(coded.sizes[some].max())
        self.texts = some
        self.states = coded.states[some][:, 1 : 2 * longest]
        self.last = 2 * coded.sizes[some] - 2
        self.rows = np.arange(len(some))
        self.weights = weights[some]
        self.skip = np.zeros(self.states.shape)
        self.skip[:, 2::2] = self.states[:, 2::2] != self.states[:, :-2:2]
        # -inf where two signs are the same and need the blank between them.
        with np.errstate(divide="ignore"):
            self.barred = np.log(self.skip)


def _sum_of_rows(frames: Frames, blocks: Sequence[_Words]) -> float:
    """Log of all rows of one text and more."""
    alphas = [np.zeros(words.states.shape) for words in blocks]
    chances = [np.exp(words.weights) for words in blocks]
    free, ended, log = 1.0, 0.0, 0.0
    blank_only = before = sign = after = over = tail = 0.0
    ready = 1.0
    for said, pb, ps, pp in zip(frames.said, frames.blank, frames.sign, frames.passed, strict=True):
        for at, (words, alpha, chance) in enumerate(zip(blocks, alphas, chances, strict=True)):
            grown = alpha.copy()
            grown[:, 1:] += alpha[:, :-1]
            grown[:, 2:] += alpha[:, :-2] * words.skip[:, 2:]
            grown[:, 0] += ready * chance
            alphas[at] = grown * said[words.states]
        # This order must stay: each line takes what the frame before left of those further down.
        tail = (ended + tail) * pp
        over = (ended * frames.passing + over) * pp
        after = (sign + after) * pb
        sign = (ended + before + sign) * ps
        before = (ended + before) * pb
        blank_only = (ended * frames.missing + blank_only) * pb
        free *= pp
        ended = sum(float(a[w.rows, w.last].sum()) for w, a in zip(blocks, alphas, strict=True))
        ready = ended * frames.missing + blank_only + sign + after + over + free
        scale = max(_TINY, sum(float(a.sum()) for a in alphas) + ready + tail + before)
        log += np.log(scale)
        for alpha in alphas:
            alpha /= scale
        free, ended, ready, tail = free / scale, ended / scale, ready / scale, tail / scale
        blank_only, before, sign, after, over = (x / scale for x in (blank_only, before, sign, after, over))
    return float(log + np.log(max(_TINY, ended + tail)))


def _viterbi(frames: Frames, blocks: Sequence[_Words]) -> tuple[list[int], float]:
    """The likeliest row, by numbers of texts, and its log.

    Scores alone are carried through the texts; where a text of the row begins is found again going back.
    """
    logs = np.log(frames.said)
    pbs, pss, pps = np.log(frames.blank), np.log(np.maximum(frames.sign, LEAST_SHARE)), np.log(frames.passed)
    missing, passing = float(np.log(frames.missing)), float(np.log(frames.passing))
    alphas = [np.full(words.states.shape, -np.inf) for words in blocks]
    ends: list[tuple[int, int]] = []
    nothing = (-np.inf, -1)
    ended = blank_only = before = sign = after = over = tail = nothing
    free = (0.0, -1)
    readies = [free]
    for said, pb, ps, pp in zip(logs, pbs.tolist(), pss.tolist(), pps.tolist(), strict=True):
        finals = []
        for at, (words, alpha) in enumerate(zip(blocks, alphas, strict=True)):
            alphas[at] = grown = _grown(words, alpha, readies[-1][0], said)
            last = grown[words.rows, words.last]
            finals.append((float(last.max()), at, int(last.argmax())))
        score, block, top = max(finals)
        tail = _plus(max(ended, tail), pp)
        over = _plus(max(_plus(ended, passing), over), pp)
        after = _plus(max(sign, after), pb)
        sign = _plus(max(ended, before, sign), ps)
        before = _plus(max(ended, before), pb)
        blank_only = _plus(max(_plus(ended, missing), blank_only), pb)
        free = _plus(free, pp)
        ends.append((block, top))
        ended = (score, len(ends) - 1)
        readies.append(max(_plus(ended, missing), blank_only, sign, after, over, free))
    log, at = max(ended, tail)
    return _gone_back(logs, blocks, ends, readies, at), log


def _grown(words: _Words, alpha: Floats, ready: float, said: Floats) -> Floats:
    """The best scores of all states of texts a frame further; ready: that of what lies before a text."""
    grown = alpha.copy()
    np.maximum(grown[:, 1:], alpha[:, :-1], out=grown[:, 1:])
    np.maximum(grown[:, 2:], alpha[:, :-2] + words.barred[:, 2:], out=grown[:, 2:])
    np.maximum(grown[:, 0], ready + words.weights, out=grown[:, 0])
    grown += said[words.states]
    return grown


def _gone_back(
    logs: Floats,
    blocks: Sequence[_Words],
    ends: Sequence[tuple[int, int]],
    readies: Sequence[tuple[float, int]],
    at: int,
) -> list[int]:
    """The row's texts from the last, which ends with a frame, to the first; ends: the best text to end with each."""
    row: list[int] = []
    while at >= 0:
        words, top = blocks[ends[at][0]], ends[at][1]
        row.append(int(words.texts[top]))
        at = readies[_beginning(logs, words, top, at, readies)][1]
    return row[::-1]


def _beginning(logs: Floats, words: _Words, top: int, end: int, readies: Sequence[tuple[float, int]]) -> int:
    """The frame at which a text that ends with a frame begins, by the same scores gone through from its end."""
    states, barred = words.states[top, : words.last[top] + 1], words.barred[top]
    beta = np.full(len(states), -np.inf)
    beta[-1] = 0.0
    best, begin = -np.inf, 0
    for frame in range(end, -1, -1):
        beta = beta + logs[frame, states]
        whole = float(beta[0]) + readies[frame][0]
        if whole > best:
            best, begin = whole, frame
        back = beta.copy()
        back[:-1] = np.maximum(back[:-1], beta[1:])
        back[:-2] = np.maximum(back[:-2], beta[2:] + barred[2 : len(states)])
        beta = back
    return begin


def _plus(token: tuple[float, int], log: float) -> tuple[float, int]:
    return token[0] + log, token[1]


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
    """Rows as arrays, (rows, members, forms): states of each and whether one may be left out; the last's place; chance.

    states, skip: with the states as a fourth axis.
    """

    states: Ints
    skip: Floats
    last: Ints
    chance: Floats


def _laid_out(coded: Coded, weights: Floats, rows: Sequence[Sequence[Ints]]) -> _Laid:
    shape = (len(rows), max(map(len, rows)), max(len(forms) for row in rows for forms in row))
    wide = 2 * int(max(coded.sizes[forms].max() for row in rows for forms in row)) - 1
    states, last, chance = np.zeros((*shape, wide), np.intp), np.zeros(shape, np.intp), np.zeros(shape)
    skip = np.zeros((*shape, wide))
    for r, row in enumerate(rows):
        for m, forms in enumerate(row):
            states[r, m, : len(forms)] = coded.states[forms][:, 1 : 1 + wide]
            last[r, m, : len(forms)] = 2 * coded.sizes[forms] - 2
            chance[r, m, : len(forms)] = np.exp(weights[forms])
    skip[..., 2::2] = states[..., 2::2] != states[..., :-2:2]
    return _Laid(states, skip, last, chance)


def _chains(frames: Frames, coded: Coded, weights: Floats, rows: Sequence[Sequence[Ints]]) -> list[float]:
    """All rows at once: alpha (rows, members, forms, states); what lies before a member, and behind the last."""
    states, skip, last, chance = _laid_out(coded, weights, rows)
    shape = last.shape
    final = np.array([len(row) - 1 for row in rows])
    each = np.arange(len(rows))
    alpha = np.zeros(states.shape)
    ended, ready = np.zeros(shape[:2]), np.zeros(shape[:2])
    ready[:, 0] = 1.0
    blank_only, before, sign, after, over = (np.zeros(shape[:2]) for _ in range(5))
    tail, log, free = np.zeros(len(rows)), np.zeros(len(rows)), np.ones(len(rows))
    place = last[..., None]
    for said, pb, ps, pp in zip(frames.said, frames.blank, frames.sign, frames.passed, strict=True):
        grown = alpha.copy()
        grown[..., 1:] += alpha[..., :-1]
        grown[..., 2:] += alpha[..., :-2] * skip[..., 2:]
        grown[..., 0] += ready[..., None] * chance
        alpha = grown * said[states]
        tail = (ended[each, final] + tail) * pp
        over = (ended * frames.passing + over) * pp
        after = (sign + after) * pb
        sign = (ended + before + sign) * ps
        before = (ended + before) * pb
        blank_only = (ended * frames.missing + blank_only) * pb
        free = free * pp
        ended = np.take_along_axis(alpha, place, 3)[..., 0].sum(2)
        gone = ended * frames.missing + blank_only + sign + after + over
        ready = np.concatenate([free[:, None], gone[:, :-1]], axis=1)
        scale = np.maximum(alpha.sum((1, 2, 3)) + ready.sum(1) + before.sum(1) + tail, _TINY)
        log += np.log(scale)
        alpha /= scale[:, None, None, None]
        free, tail = free / scale, tail / scale
        ended, ready, blank_only, before, sign, after, over = (
            x / scale[:, None] for x in (ended, ready, blank_only, before, sign, after, over)
        )
    return [float(x) for x in log + np.log(np.maximum(ended[each, final] + tail, _TINY))]
