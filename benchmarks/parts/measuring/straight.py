"""What may pass without a person: thresholds fixed on some groups of pages, measured on the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_LEAST_ACCEPTED = 20


@dataclass(frozen=True)
class Value:
    """One value that a page holds, as it was read. right: whether it is; group: the station or part it belongs to."""

    page: str
    field: str
    group: str
    confidence: float
    right: bool


@dataclass(frozen=True)
class Straight:
    """share: of all values that pass, 0..1. precision: of these, how many are right, 0..1. accepted: how many pass."""

    share: float
    precision: float
    accepted: int


def threshold(values: Sequence[Value], wanted: float) -> float:
    """The least confidence from which on the wanted share of values is right; above 1 where there is none.

    Of thresholds that do, the one that lets most values pass; at least 20 must.
    """
    ordered = sorted(values, key=lambda v: -v.confidence)
    best, right = 1.1, 0
    for count, value in enumerate(ordered, 1):
        right += value.right
        is_last = count == len(ordered) or ordered[count].confidence < value.confidence
        if is_last and count >= _LEAST_ACCEPTED and right / count >= wanted:
            best = value.confidence
    return best


def straight_through(values: Sequence[Value], wanted: float, *, by_field: bool = False) -> Straight:
    """What passes when each group's thresholds come from all other groups.

    by_field: a threshold for each field, instead of one for all, as probabilities allow.
    """
    accepted: list[Value] = []
    fields = sorted({v.field for v in values}) if by_field else [None]
    for group in sorted({v.group for v in values}):
        for field in fields:
            mine = [v for v in values if field is None or v.field == field]
            accept = threshold([v for v in mine if v.group != group], wanted)
            accepted += [v for v in mine if v.group == group and v.confidence >= accept]
    right = sum(v.right for v in accepted)
    precision = right / len(accepted) if accepted else 0.0
    return Straight(round(len(accepted) / max(1, len(values)), 4), round(precision, 4), len(accepted))


def calibration_error(values: Sequence[Value], bins: int = 10) -> float:
    """Mean distance 0..1 between what was said and what was so, over bins of equal width, weighted by their sizes."""
    said = np.array([v.confidence for v in values])
    so = np.array([v.right for v in values], float)
    place = np.minimum((said * bins).astype(int), bins - 1)
    parts = [place == b for b in range(bins) if (place == b).any()]
    return round(float(sum(abs(said[p].mean() - so[p].mean()) * p.mean() for p in parts)), 4)
