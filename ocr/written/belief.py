"""How sure a handwritten value is: the probability that it is right, from what its views say.

A logistic model a kind of field, fitted by benchmarks/handwriting.py --fit on pages of stations that the recogniser had
not seen, is kept in belief.toml.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

FILE = "belief.toml"
_RIDGE = 0.3
_ROUNDS = 60
_FAR = 12.0
Facts = tuple[float, ...]


def spread(share: float) -> float:
    """Logit of a share, cut at .001 and .999: 0.99 is as far from 0.9 as 0.1 from 0.01."""
    p = min(0.999, max(0.001, share))
    return math.log(p / (1 - p))


def probability(kind: str, facts: Facts) -> float:
    """0..1 that a value is right, by the package's model of that kind of field. Raises KeyError for another kind."""
    return weighed(_models()[kind], facts)


def weighed(weights: Sequence[float], facts: Facts) -> float:
    """0..1 by a model. weights: constant first, then one for each fact."""
    score = weights[0] + sum(w * x for w, x in zip(weights[1:], facts, strict=True))
    return 1 / (1 + math.exp(-max(-_FAR, min(_FAR, score))))


def fit(facts: Sequence[Facts], right: Sequence[bool]) -> tuple[float, ...]:
    """Weights of a logistic model, constant first, by Newton's method with a small ridge."""
    x = np.array([(1.0, *f) for f in facts], np.float64)
    y = np.array(right, np.float64)
    weights: NDArray[np.float64] = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], _RIDGE)
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


@cache
def _models() -> Mapping[str, tuple[float, ...]]:
    plain = tomllib.loads((resources.files("ocr.written") / FILE).read_text(encoding="utf-8"))
    return {kind: tuple(weights) for kind, weights in plain["weights"].items()}
