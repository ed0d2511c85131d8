"""Rows of short texts in a matrix, with separators or other things between them: the likeliest, and all together.

A hidden Markov model of a line: texts from a list, each sign by sign as CTC has it; between two texts a separator among
blanks, blanks alone, or frames that are passed over at a price (printed words, names of acts). It runs in probabilities
that are made whole frame by frame, since logarithms of sums would take ten times as long.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.handwriting.chance import Coded
from ocr.handwriting.line_frames import LEAST_SHARE, Frames

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_SEEN = np.exp(-5.0)
TINY = 1e-290
_SHORT = 6
RESCALED = 8
"""After so many frames probabilities are made whole; they cannot vanish in fewer."""


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
        self.states = np.ascontiguousarray(coded.states[some][:, 1 : 2 * longest])
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
    sums = [_Sums(words) for words in blocks]
    free, ended, log = 1.0, 0.0, 0.0
    blank_only = before = sign = after = over = tail = 0.0
    ready = 1.0
    for frame, (said, pb, ps, pp) in enumerate(zip(frames.said, *_floats(frames), strict=True)):
        last = sum(held.go_on(ready, said) for held in sums)
        # This order must stay: each line takes what the frame before left of those further down.
        tail = (ended + tail) * pp
        over = (ended * frames.passing + over) * pp
        after = (sign + after) * pb
        sign = (ended + before + sign) * ps
        before = (ended + before) * pb
        blank_only = (ended * frames.missing + blank_only) * pb
        free *= pp
        ended = last
        ready = ended * frames.missing + blank_only + sign + after + over + free
        if frame % RESCALED:
            continue
        scale = max(TINY, sum(float(held.alpha.sum()) for held in sums) + ready + tail + before)
        log += float(np.log(scale))
        for held in sums:
            held.alpha /= scale
        free, ended, ready, tail = free / scale, ended / scale, ready / scale, tail / scale
        blank_only, before, sign, after, over = (x / scale for x in (blank_only, before, sign, after, over))
    return float(log + np.log(max(TINY, ended + tail)))


class _Sums:
    """How likely all states of texts are, carried from frame to frame."""

    def __init__(self, words: _Words) -> None:
        self._words, self._chance = words, np.exp(words.weights)
        self._wide = np.zeros((len(words.states), words.states.shape[1] + 2))
        self.alpha = self._wide[:, 2:]
        self._grown, self._beside = np.empty(words.states.shape), np.empty(words.states.shape)

    def go_on(self, ready: float, said: Floats) -> float:
        """The sum of the texts that end with the next frame; ready: that of what lies before a text."""
        words, wide, grown, beside = self._words, self._wide, self._grown, self._beside
        np.add(self.alpha, wide[:, 1:-1], out=grown)
        grown += np.multiply(wide[:, :-2], words.skip, out=beside)
        grown[:, 0] += ready * self._chance
        np.multiply(grown, np.take(said, words.states, out=beside, mode="clip"), out=self.alpha)
        return float(self.alpha[words.rows, words.last].sum())


def _floats(frames: Frames) -> tuple[list[float], list[float], list[float]]:
    return frames.blank.tolist(), frames.sign.tolist(), frames.passed.tolist()


def _viterbi(frames: Frames, blocks: Sequence[_Words]) -> tuple[list[int], float]:
    """The likeliest row, by numbers of texts, and its log.

    Scores alone are carried through the texts; where a text of the row begins is found again going back.
    """
    logs = np.log(frames.said)
    pbs, pss, pps = np.log(frames.blank), np.log(np.maximum(frames.sign, LEAST_SHARE)), np.log(frames.passed)
    missing, passing = float(np.log(frames.missing)), float(np.log(frames.passing))
    scores = [_Scores(words) for words in blocks]
    ends: list[tuple[int, int]] = []
    nothing = (-np.inf, -1)
    ended = blank_only = before = sign = after = over = tail = nothing
    free = (0.0, -1)
    readies = [free]
    for said, pb, ps, pp in zip(logs, pbs.tolist(), pss.tolist(), pps.tolist(), strict=True):
        finals = []
        for at, held in enumerate(scores):
            last = held.go_on(readies[-1][0], said)
            top = int(last.argmax())
            finals.append((float(last[top]), at, top))
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


class _Scores:
    """The best scores of all states of texts, carried from frame to frame."""

    def __init__(self, words: _Words) -> None:
        self._words = words
        # Two columns of nothing lie before the first state; all that is as large is made once.
        self._wide = np.full((len(words.states), words.states.shape[1] + 2), -np.inf)
        self._grown, self._beside = np.empty(words.states.shape), np.empty(words.states.shape)

    def go_on(self, ready: float, said: Floats) -> Floats:
        """The scores of the texts that end with the next frame, (texts,); ready: that of what lies before a text."""
        words, wide, grown, beside = self._words, self._wide, self._grown, self._beside
        np.maximum(wide[:, 2:], wide[:, 1:-1], out=grown)
        np.maximum(grown, np.add(wide[:, :-2], words.barred, out=beside), out=grown)
        np.maximum(grown[:, 0], ready + words.weights, out=grown[:, 0])
        np.add(grown, np.take(said, words.states, out=beside, mode="clip"), out=wide[:, 2:])
        return np.asarray(wide[words.rows, words.last + 2], np.float64)


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
