"""Logistic models of a few facts: what the measured confidences of lines and of handwritten fields are made of."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Where right and wrong cases part cleanly, weights would grow without end.
_RIDGE = 0.3
_ROUNDS = 60
# Beyond this a share is 0 or 1 to five places; exp of more would overflow in the end.
_FAR = 12.0


def spread(share: float, least: float) -> float:
    """Logit of a share, cut at least and 1 - least: 0.99 is as far from 0.9 as 0.1 from 0.01."""
    p = min(1 - least, max(least, share))
    return math.log(p / (1 - p))


def sigmoid(score: float) -> float:
    """The way back from a logit to a share."""
    return 1 / (1 + math.exp(-max(-_FAR, min(_FAR, score))))


def predict(weights: Sequence[float], row: Sequence[float]) -> float:
    """0..1 by a model. weights: constant first, then one for each number of the row."""
    return sigmoid(weights[0] + sum(w * x for w, x in zip(weights[1:], row, strict=True)))


def fit(rows: Sequence[Sequence[float]], right: Sequence[bool]) -> tuple[float, ...]:
    """Weights of a model, constant first, by Newton's method with a small ridge.

    rows: (n, k) numbers that are known of n cases; right: how each came out.
    """
    x = np.array([(1.0, *row) for row in rows], np.float64)
    y = np.array(right, np.float64)
    weights: NDArray[np.float64] = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], _RIDGE)
    # The constant is hardly held back: how often cases are right at all must come out as it is.
    ridge[0] = 1e-3
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -_FAR, _FAR)))
        slope = x.T @ (y - p) - ridge * weights
        curve = (x * (p * (1 - p) + 1e-9)[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-7:
            break
    return tuple(round(float(w), 4) for w in weights)
