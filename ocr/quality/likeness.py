"""Whether two scans show the same page: laid over each other, all of their writing must agree, not the print alone.

Two filled copies of one form agree in most places; a page scanned again agrees in every place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.quality.picture import Picture, shrink_to

Floats = NDArray[np.float32]
SAME = 0.65
"""Likeness from which two scans show one page."""
_FINE_PX = 448
_COARSE = (24, 32)
_TILES = (9, 6)
_LEAST_TILES = 4
# The tenth of tiles that agree least decides: two fillings of one form agree in the print, 0.5 at most there, and a
# page scanned again 0.8 and more.
_LOWEST_PCT = 10
_MOST_SHIFT, _LEAST_FIT = 0.12, 0.4
_STEPS, _EPSILON = 40, 1e-4


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What of a page is kept to know it again.

    coarse: (768,) float16, where its writing lies. fine: its writing as a PNG of FINE_PX, dark is ink. Both empty for
    a page without writing.
    """

    coarse: NDArray[np.float16]
    fine: bytes


def take_fingerprint(picture: Picture) -> Fingerprint:
    """The fingerprint of a page that holds writing."""
    import cv2

    fine = shrink_to(picture.flat, _FINE_PX)
    dark = 255 - fine
    coarse = cv2.resize(cv2.GaussianBlur(dark, (0, 0), 6), _COARSE, interpolation=cv2.INTER_AREA).astype(np.float32)
    return Fingerprint(_unit(coarse.ravel()).astype(np.float16), cv2.imencode(".png", fine)[1].tobytes())


def _unit(values: Floats) -> Floats:
    apart = values - values.mean()
    return np.asarray(apart / max(float(np.linalg.norm(apart)), 1e-6), np.float32)


def likely_pairs(coarse: NDArray[np.float16], nearest: int = 4, least: float = 0.55) -> list[tuple[int, int]]:
    """Pairs of pages worth comparing, by where their writing lies: each with its nearest few, (lower, higher).

    coarse: (pages, 768). What all pages share (a printed form) is taken out first, so that the hand decides.
    """
    pairs: set[tuple[int, int]] = set()
    if len(coarse) < 2:
        return []
    plain = coarse.astype(np.float32)
    for vectors in (plain, _rows_to_unit(plain - plain.mean(axis=0))):
        # So many rows at a time: the table of all pairs of a large book need not fit into memory.
        for begin in range(0, len(coarse), 512):
            block = vectors[begin : begin + 512] @ vectors.T
            # A page is not its own neighbour. Less than -1: two pages alone are opposites once their mean is taken out.
            block[np.arange(len(block)), begin + np.arange(len(block))] = -np.inf
            count = min(nearest, len(coarse) - 1)
            best = np.argpartition(-block, count - 1, axis=1)[:, :count]
            for row, others in enumerate(best):
                a = begin + row
                pairs |= {(min(a, int(b)), max(a, int(b))) for b in others if plain[a] @ plain[b] >= least}
    return sorted(pairs)


def _rows_to_unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), np.float32)


def likeness(one: bytes, other: bytes) -> float:
    """How far two pages are the same, 0..1: from SAME on one was scanned twice. one, other: fine of a Fingerprint.

    They are laid over each other (shift, turn, scale), then each inked tile is compared for itself.
    """
    import cv2

    first, second = (_ink(x) for x in (one, other))
    # Pictures whose shapes are 12 % apart are not of one sheet.
    if abs(np.log((first.shape[0] / first.shape[1]) / (second.shape[0] / second.shape[1]))) > 0.12:
        return 0.0
    second = np.asarray(cv2.resize(second, first.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
    laid = _laid_over(first, second)
    if laid is None:
        return 0.0
    return _agreement(first, laid)


def _ink(png: bytes) -> Floats:
    import cv2

    grey = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(cv2.GaussianBlur(255 - grey, (0, 0), 1.0), np.float32)


def _laid_over(first: Floats, second: Floats) -> Floats | None:
    """The second page moved onto the first; None when there is no way to do so."""
    import cv2

    window = cv2.createHanningWindow(first.shape[::-1], cv2.CV_32F)
    soft = [np.asarray(cv2.GaussianBlur(x, (0, 0), 2.5), np.float32) for x in (first, second)]
    shift, _ = cv2.phaseCorrelate(soft[0], soft[1], window)
    near = max(abs(v) for v in shift) <= _MOST_SHIFT * max(first.shape)
    # Where the guessed shift leads astray, the search begins once more without it.
    warps = [
        w for w in (_fit_shift(soft, begin) for begin in ([shift] if near else []) + [(0.0, 0.0)]) if w is not None
    ]
    if not warps:
        return None
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(second, warps[0], first.shape[::-1], flags=flags), np.float32)


def _fit_shift(soft: list[Floats], shift: tuple[float, float]) -> Floats | None:
    """The move that lays one page over the other, begun at a shift; None when it leads nowhere."""
    import cv2

    warp = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _STEPS, _EPSILON)
    try:
        score, warp = cv2.findTransformECC(soft[0], soft[1], warp, cv2.MOTION_AFFINE, until, None, 1)
    # So OpenCV says that the search does not settle: these are different pages.
    except cv2.error:
        return None
    return np.asarray(warp, np.float32) if score >= _LEAST_FIT else None


def _agreement(first: Floats, laid: Floats) -> float:
    """How well those inked tiles agree that agree least: 0.8 and more on the same page, 0.5 at most on another."""
    rim = 0.04
    height, width = first.shape
    inner = (slice(int(rim * height), int((1 - rim) * height)), slice(int(rim * width), int((1 - rim) * width)))
    a, b = first[inner], laid[inner]
    values = []
    strong = 0.25 * max(float(a.std()), float(b.std()))
    for rows in np.array_split(np.arange(a.shape[0]), _TILES[0]):
        for columns in np.array_split(np.arange(a.shape[1]), _TILES[1]):
            x = a[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            y = b[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            if max(float(x.std()), float(y.std())) > strong:
                spread = max(float(x.std()) * float(y.std()), 1e-3)
                values.append(float(((x - x.mean()) * (y - y.mean())).mean()) / spread)
    return max(0.0, float(np.percentile(values, _LOWEST_PCT))) if len(values) >= _LEAST_TILES else 0.0
