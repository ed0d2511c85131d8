"""How the ruled lines of a page hang down together, by the shifts between its strips."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.bend import Robust, fit_bend

Floats = NDArray[np.float64]

_LEAST_STRIPS = 4
# Strips two and three apart as well: one wrong shift alone would move all strips behind it.
_LAGS = (1, 2, 3)
_MOST_PX = 8
_SMOOTH, _FLAT = 0.05, 1e-4
_ROBUST = Robust((1.0,) * 4, power=2)


def ruled_bend(strength: Floats, most_px: int = _MOST_PX) -> Floats:
    """How far each strip's lines lie below where they typically lie, in pixels: the shift that all lines share.

    strength: of ruled lines, (strips, positions). most_px: by how much neighbouring strips may differ.
    """
    count = len(strength)
    if count < _LEAST_STRIPS:
        return np.zeros(count)
    terms, shifts, weights = _shifts(strength, most_px)
    smooth = np.diff(np.eye(count), 2, axis=0) * _SMOOTH
    # Shifts alone leave open where the page as a whole lies; the second part settles that, and weighs next to nothing.
    stiffness = smooth.T @ smooth + np.eye(count) * _FLAT**2
    bend = fit_bend(terms, shifts, _ROBUST, stiffness=stiffness, weights=weights**2)
    return np.asarray(bend - np.median(bend), np.float64)


def remove_bend(strength: Floats, bend: Floats) -> Floats:
    """Strengths with the shared bend taken out, to whole pixels."""
    out = np.zeros_like(strength)
    n = strength.shape[1]
    for i, shift in enumerate(np.round(bend).astype(int)):
        low, high = max(0, shift), min(n, n + shift)
        out[i, low - shift : high - shift] = strength[i, low:high]
    return out


def _shifts(strength: Floats, most_px: int) -> tuple[Floats, Floats, Floats]:
    """Between which strips shifts were found, as rows with -1 and 1; the shifts; and how sure they are."""
    count = len(strength)
    centred = strength - strength.mean(axis=1, keepdims=True)
    rows, values, weights = [], [], []
    for lag in _LAGS:
        for i in range(count - lag):
            shift, weight = _shift(centred[i], centred[i + lag], most_px + 2 * lag)
            row = np.zeros(count)
            row[i + lag], row[i] = 1, -1
            rows.append(row)
            values.append(shift)
            weights.append(weight / lag)
    return np.array(rows), np.array(values, np.float64), np.array(weights)


def _shift(one: Floats, two: Floats, most: int) -> tuple[float, float]:
    """By how many pixels the second lies lower, and how sure that is (0..1)."""
    scale = float(np.sqrt((one**2).sum() * (two**2).sum())) or 1.0
    n = len(one)
    scores = [
        float((one[max(0, -d) : n - max(0, d)] * two[max(0, d) : n - max(0, -d)]).sum()) for d in range(-most, most + 1)
    ]
    best = int(np.argmax(scores))
    return float(best - most), max(0.02, scores[best] / scale)
