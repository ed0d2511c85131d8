"""How badly logits say texts, and which way they would say them better (connectionist temporal classification).

Graves et al. 2006: the probability of a text is the sum over all its alignments, found frame by frame from either end.
All texts of a batch go through the frames together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_NEVER = -1e30
"""A logarithm of 0 whose sums and differences are still numbers."""


class Loss(NamedTuple):
    """each: (texts,) float64, minus the natural logarithm of each text's probability; gradients: of their sum by the
    logits, one (frames, classes) float32 for each text. A text without room in its frames has the loss 0 and no
    gradient.
    """

    each: NDArray[np.float64]
    gradients: list[Floats]


def log_softmax(logits: Floats) -> Floats:
    """Natural logarithms of the classes' shares, along the last axis."""
    shifted = logits - logits.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)), np.float32)


def ctc_loss(logits: Sequence[Floats], texts: Sequence[Sequence[int]]) -> Loss:
    """The loss of texts.

    logits: one (frames, classes) for each text, class 0 the blank. texts: classes of the letters, none of them 0.
    """
    logs = [log_softmax(each) for each in logits]
    frames = np.array([len(each) for each in logs])
    states, skips, ends = _states(texts)
    longest = int(frames.max())
    said = np.full((longest, *states.shape), _NEVER)
    for at, each in enumerate(logs):
        said[: len(each), at] = each[:, states[at]]
    alpha = _sum_forward(said, skips)
    total = _total(alpha, frames, ends)
    beta = _sum_backward(said, skips, frames, ends)
    gradients = []
    for at, each in enumerate(logs):
        gradient = np.exp(each)
        if total[at] <= _NEVER / 2:
            gradients.append(np.zeros_like(each))
            continue
        # beta counts a frame's own logarithm once more.
        share = alpha[: len(each), at] + beta[: len(each), at] - said[: len(each), at] - total[at]
        np.subtract.at(gradient.T, states[at], np.exp(np.maximum(share, -80.0)).T.astype(np.float32))
        gradients.append(gradient)
    return Loss(np.where(total > _NEVER / 2, -total, 0.0), gradients)


def _states(texts: Sequence[Sequence[int]]) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]:
    """Classes with blanks between (texts, 2 * longest + 1), which may be reached over the one before, last states."""
    longest = max((len(text) for text in texts), default=0)
    states = np.zeros((len(texts), 2 * longest + 1), np.intp)
    for row, text in enumerate(texts):
        states[row, 1 : 2 * len(text) : 2] = text
    skips = np.zeros(states.shape, np.bool_)
    # Two equal letters need the blank between them, or they are one.
    skips[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    return states, skips, np.array([2 * len(text) for text in texts], np.intp)


def _sum_forward(said: NDArray[np.float64], skips: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Logarithm of all ways from the beginning to each state at each frame, that frame counted."""
    alpha = np.full(said.shape, _NEVER)
    alpha[0, :, :2] = said[0, :, :2]
    for frame in range(1, len(said)):
        before = alpha[frame - 1]
        came = before.copy()
        came[:, 1:] = np.logaddexp(came[:, 1:], before[:, :-1])
        came[:, 2:] = np.logaddexp(came[:, 2:], np.where(skips[:, 2:], before[:, :-2], _NEVER))
        alpha[frame] = came + said[frame]
    return alpha


def _sum_backward(
    said: NDArray[np.float64], skips: NDArray[np.bool_], frames: NDArray[np.intp], ends: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Logarithm of all ways from each state at each frame to the end, that frame counted."""
    beta = np.full(said.shape, _NEVER)
    rows = np.arange(len(ends))
    for frame in range(len(said) - 1, -1, -1):
        came = np.full(said.shape[1:], _NEVER)
        if frame + 1 < len(said):
            after = beta[frame + 1]
            came = after.copy()
            came[:, :-1] = np.logaddexp(came[:, :-1], after[:, 1:])
            came[:, :-2] = np.logaddexp(came[:, :-2], np.where(skips[:, 2:], after[:, 2:], _NEVER))
        last = frames == frame + 1
        came[last] = _NEVER
        came[rows[last], ends[last]] = 0.0
        came[rows[last], np.maximum(ends[last] - 1, 0)] = 0.0
        beta[frame] = came + said[frame]
    return beta


def _total(alpha: NDArray[np.float64], frames: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.float64]:
    rows = np.arange(len(ends))
    last = alpha[frames - 1, rows]
    behind = np.where(ends > 0, last[rows, np.maximum(ends - 1, 0)], _NEVER)
    return np.asarray(np.logaddexp(last[rows, ends], behind), np.float64)
