"""Writing that stands on a page twice, a little apart: the sheet or the camera jumped while the picture was taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.quality.lettering import Lettering
from ocr.quality.picture import Picture

Floats = NDArray[np.float32]
_LETTER_PX = 16
# A power of two, for which the Fourier transform is quickest.
_SIDE_PX = 1024
_WHITEN = 0.35
"""The power to which the spectrum is raised: low enough that strokes and lines, which repeat loosely, leave no peak."""
_NEAREST, _FARTHEST = 0.2, 2.0
MOST_ECHO, MOST_LEVEL_ECHO = 0.06, 0.13
"""Good pages stay below 0.03, double ones above 0.11. Dotted leaders echo along a line, up to 0.09."""


def measure_echo(picture: Picture, lettering: Lettering) -> float:
    """How strongly the page repeats itself within 2 letters, against MOST_ECHO: above 1 it is double."""
    if lettering.letter_px <= 0:
        return 0.0
    around, letter = _echoes(picture.grey, lettering.letter_px)
    reach = around.shape[0] // 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    far = np.hypot(x, y)
    ring = (far > max(3.0, _NEAREST * letter)) & (far < _FARTHEST * letter)
    level = (np.abs(x) <= 1) | (np.abs(y) <= 1)
    sharp = around - _median(around)
    free = float(sharp[ring & ~level].max(initial=0.0))
    bound = float(sharp[ring & level].max(initial=0.0))
    return max(free / MOST_ECHO, bound / MOST_LEVEL_ECHO)


def _echoes(grey: Image, letter_px: float) -> tuple[Floats, float]:
    """The page against itself moved by up to r: (2r + 1, 2r + 1), unmoved in the middle; and its letters' height."""
    import cv2

    factor = min(1.0, _LETTER_PX / letter_px)
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else grey
    letter = letter_px * factor
    top, left = (max(0, (side - _SIDE_PX) // 2) for side in small.shape)
    part = small[top : top + _SIDE_PX, left : left + _SIDE_PX].astype(np.float32)
    part = part - cv2.GaussianBlur(part, (0, 0), letter)
    # Faded out at the rims: cut off sharply, they would echo as edges do.
    part *= np.outer(np.hanning(part.shape[0]), np.hanning(part.shape[1])).astype(np.float32)
    power = np.abs(np.fft.rfft2(part)) ** (2 * _WHITEN)
    own = np.fft.irfft2(power, s=part.shape)
    reach = min(int(2.2 * letter) + 4, min(part.shape) // 2 - 1)
    around = np.roll(own, (reach, reach), (0, 1))[: 2 * reach + 1, : 2 * reach + 1]
    return np.asarray(around / max(float(own[0, 0]), 1e-6), np.float32), letter


def _median(values: Floats) -> Floats:
    """The median of 7 x 7 about each place."""
    padded = np.pad(values, 3, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (7, 7))
    return np.asarray(np.median(windows.reshape(*values.shape, 49), axis=-1), np.float32)
