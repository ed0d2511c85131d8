"""How likely each of many texts is, by a recogniser's matrix: all at once, whole or with something before and after.

It runs in probabilities that are made whole now and then, since logarithms of sums would take ten times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.decoding.ctc import NEVER, LogProbs

Floats = NDArray[np.float64]
# A blank of .98 and more.
_SURE_BLANK = -0.02
_LEAST = -9.0
_RESCALED = 8
"""After so many frames probabilities are made whole, text by text; they cannot vanish in fewer."""
_MANY, _PARTS = 64, 6
"""From so many texts on they are weighed in parts of like length."""
# What has vanished is still divided by.
_TINY = 1e-290


@dataclass(frozen=True)
class Coded:
    """Texts as classes of a matrix: states (texts, 2 * longest + 1), blanks between; sizes (texts,): lengths."""

    texts: tuple[str, ...]
    states: NDArray[np.intp]
    sizes: NDArray[np.intp]


def code(texts: Sequence[str], characters: Sequence[str]) -> Coded:
    """Texts in the classes of a matrix; characters: one for each class after the blank. Others are left out."""
    index = {c: i + 1 for i, c in enumerate(characters)}
    known = tuple(t for t in texts if t and all(c in index for c in t))
    longest = max(map(len, known), default=0)
    states = np.zeros((len(known), 2 * longest + 1), np.intp)
    for row, text in enumerate(known):
        states[row, 1 : 2 * len(text) : 2] = [index[c] for c in text]
    return Coded(known, states, np.array([len(t) for t in known], np.intp))


def drop_sure_blanks(matrix: LogProbs) -> LogProbs:
    """A matrix with one of each row of frames that are surely blank: the same texts in less time."""
    blank = matrix[:, 0] > _SURE_BLANK
    # One of each run stays, or two equal signs beside it would become one.
    return matrix[~(blank & np.concatenate([[False], blank[:-1]]))] if len(matrix) else matrix


def folded_case(matrix: LogProbs, characters: Sequence[str]) -> LogProbs:
    """A matrix in which an upper and a lower case letter each have the probability of both."""
    index = {c: i + 1 for i, c in enumerate(characters)}
    other = np.array([0, *(index.get(c.swapcase(), i + 1) for i, c in enumerate(characters))])
    mine = np.arange(len(other))
    both = np.logaddexp(matrix, matrix[:, other])
    return np.where(other == mine, matrix, both).astype(np.float32)


def chances(matrix: LogProbs, coded: Coded, passing: float | None = None, least: float = _LEAST) -> Floats:
    """Natural logarithm of how likely each text is, (texts,) float64.

    passing: None when the matrix must say the text and nothing else; else what a frame costs that is neither blank nor
    part of the text, which may then stand between other things. least: natural logarithm of the least chance of any
    sign, so that a slip of the pen or of the network costs no more. A text that has no room gets NEVER.
    """
    logs = np.maximum(matrix.astype(np.float64), least)
    if not len(coded.texts):
        return np.zeros(0)
    if not len(logs):
        return np.full(len(coded.texts), NEVER)
    if len(coded.texts) < _MANY:
        return _chances(logs, coded, passing)
    # Short texts by themselves: beside long ones most of their states would stand for nothing.
    made = np.empty(len(coded.texts))
    for part in np.array_split(np.argsort(coded.sizes, kind="stable"), _PARTS):
        sizes = coded.sizes[part]
        some = Coded(tuple(coded.texts[i] for i in part), coded.states[part, : 2 * sizes[-1] + 1], sizes)
        made[part] = _chances(logs, some, passing)
    return made


def _chances(logs: Floats, coded: Coded, passing: float | None) -> Floats:
    states, last = coded.states, (np.arange(len(coded.sizes)), 2 * coded.sizes - 1)
    skip = np.zeros(states.shape)
    skip[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    before, after = _sum_passing(logs, passing)
    # Two columns of nothing lie before the first state; all that is as large is made once.
    wide = np.zeros((len(states), states.shape[1] + 2))
    alpha, grown, skipped, said = wide[:, 2:], np.empty(states.shape), np.empty(states.shape), np.empty(states.shape)
    scale = np.zeros(len(states))
    total = np.full(len(states), NEVER)
    # log(0) is -inf, which is what a text that no frame has reached yet is worth.
    with np.errstate(divide="ignore"):
        for frame, row in enumerate(np.exp(logs)):
            np.add(alpha, wide[:, 1:-1], out=grown)
            grown += np.multiply(wide[:, :-2], skip, out=skipped)
            grown[:, :2] += np.exp(before[frame] - scale)[:, None]
            np.multiply(grown, np.take(row, states, out=said, mode="clip"), out=alpha)
            if passing is not None:
                total = np.logaddexp(total, np.log(alpha[last]) + scale + after[frame])
            if frame % _RESCALED == 0:
                most = np.maximum(alpha.max(1), _TINY)
                alpha /= most[:, None]
                scale += np.log(most)
        if passing is None:
            total = np.log(alpha[last] + alpha[last[0], last[1] + 1]) + scale
    return np.asarray(np.maximum(total, NEVER), np.float64)


def _sum_passing(logs: Floats, passing: float | None) -> tuple[Floats, Floats]:
    """Logs of all frames before each one being no part of the text, and of all behind it."""
    if passing is None:
        before = np.full(len(logs), NEVER)
        before[0] = 0.0
        return before, np.full(len(logs), NEVER)
    # Of a blank that is wholly sure the logarithm of the rest would be -inf.
    blank = np.minimum(logs[:, 0], -1e-6)
    each = np.logaddexp(blank, np.log1p(-np.exp(blank)) - passing)
    before = np.concatenate([[0.0], np.cumsum(each)[:-1]])
    after = np.concatenate([np.cumsum(each[::-1])[::-1][1:], [0.0]])
    return before, after


def best_path(matrix: LogProbs) -> float:
    """Logarithm of the likeliest class of every frame: what the best of all texts can reach, but for its alignments."""
    return float(matrix.max(1).sum()) if len(matrix) else 0.0


def shares(logs: Floats) -> Floats:
    """Shares 0..1 of the texts, by their likelihoods, that sum to 1."""
    if not len(logs):
        return logs
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum(), np.float64)
