"""A bend fitted to what was seen of it: one robust least-squares fit, which leaves out what lies far off.

What tells of a bend differs, and so does its shape: key points of a form's print (form_bend), middles of lines of text
(text_bend), shifts between strips of ruled paper (ruled_bend). Much of what was seen is wrong in all three: pairs of
unlike key points, lines run together, writing taken for a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Robust:
    """How a fit leaves out what is wrong, round by round.

    reaches: pixels off the bend at which something counts less, for each round. medians: the reach is so many medians
    of all distances where that is more. power: how fast weight falls beyond the reach.
    """

    reaches: Sequence[float]
    medians: float = 0.0
    power: int = 1

    def weights(self, off: Floats, reach: float) -> Floats:
        """What each offset counts, 0..1; off: (n,) or (n, 2)."""
        squared = off**2 if off.ndim == 1 else (off**2).sum(axis=1)
        if self.medians:
            reach = max(reach, self.medians * float(np.median(np.sqrt(squared))))
        return np.asarray(1 / (1 + squared / reach**2) ** self.power, np.float64)


def fit_bend(
    terms: Floats,
    offsets: Floats,
    robust: Robust,
    *,
    stiffness: Floats | None = None,
    softness: float = 0.0,
    first: Floats | None = None,
    weights: Floats | None = None,
    lines: Ints | None = None,
) -> Floats:
    """What each term of a bend is: (terms,) for offsets (n,), (terms, 2) for (n, 2); terms: (n, terms), at each place.

    stiffness: (terms, terms), what it costs to bend. softness: the same for all terms, as a share of what they weigh.
    first: the bend to begin with; without it the first round counts all by their weights. weights: how sure each offset
    is. lines: the line that each place is of; where a line lies then does not matter, only its shape.
    """
    given = np.ones(len(terms)) if weights is None else weights
    solved, weight = first, given
    a, b = terms, offsets
    for reach in robust.reaches:
        if solved is not None:
            weight = given * robust.weights(b - a @ solved, reach)
        if lines is not None:
            a, b = (_subtract_line_mean(x, lines, weight) for x in (terms, offsets))
        weighed = (a * weight[:, None]).T
        inner = weighed @ a if stiffness is None else weighed @ a + stiffness
        inner += np.eye(len(inner)) * softness * np.trace(inner) / len(inner)
        # Not solve: a few places need not settle every term.
        solved = np.asarray(np.linalg.lstsq(inner, weighed @ b, rcond=None)[0], np.float64)
    return np.zeros((terms.shape[1], *offsets.shape[1:])) if solved is None else solved


def powers(x: Floats, y: Floats, orders: Sequence[tuple[int, int]]) -> Floats:
    """Products of powers of x and y as terms of a bend, (n, orders)."""
    return np.stack([x**i * y**j for i, j in orders], axis=1)


def waves(x: Floats, low: float, high: float, degree: int) -> Floats:
    """Chebyshev polynomials of x as terms of a bend, level beyond low and high; (n, degree), without the first."""
    at = np.clip(2 * (x - low) / max(1.0, high - low) - 1, -1, 1)
    return np.asarray(np.polynomial.chebyshev.chebvander(at, degree)[:, 1:], np.float64)


def _subtract_line_mean(values: Floats, line: Ints, weight: Floats) -> Floats:
    """Values less the mean of their line."""
    total = np.maximum(np.bincount(line, weight), 1e-9)
    columns = values[:, None] if values.ndim == 1 else values
    means = np.column_stack([np.bincount(line, weight * column) / total for column in columns.T])
    return np.asarray((columns - means[line]).reshape(values.shape), np.float64)
