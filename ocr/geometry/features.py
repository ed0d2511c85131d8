"""Key points of printed forms: what of a page is print, where it lies, how a form's file of them is built and kept.

A key point is a SIFT corner: a place and a 128-number description of its surroundings. A form's file holds those of the
printed text alone: none lies in a zone, and where a form was learned from filled pages, only what many of them share.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.errors import FormError

Points = NDArray[np.float32]
Descriptors = NDArray[np.uint8]
BoxLike = tuple[int, int, int, int]

LONG_SIDE = 1200
"""Pixels of the longer side a page is shrunk to before key points are sought: 100 dpi for an A4 page."""
PAGE_POINTS = 2500
FORM_POINTS = 900
_NEAR_PX = 3.0
_ALIKE = 260.0
_SHARE = 0.25
_SEEDS = 6
_CHUNK = 250
_CELLS = 12


@dataclass(frozen=True, slots=True)
class FormFeatures:
    """A form's printed key points: points (n, 2) float32 in reference-frame pixels, descriptors (n, 128) uint8."""

    points: Points
    descriptors: Descriptors

    @property
    def size(self) -> int:
        """How many key points there are."""
        return len(self.points)

    def thin_out(self, to: int) -> FormFeatures:
        """One of so many key points, spread over the form as all are."""
        return FormFeatures(self.points[::to], self.descriptors[::to])


def key_points(grey: Image, limit: int = PAGE_POINTS, long_side: int = LONG_SIDE) -> FormFeatures:
    """The strongest key points of a page, in its own pixels.

    grey: (height, width) uint8, 0 black. A page longer than long_side, in pixels, is shrunk first. A page with nothing
    on it, or too small to hold a form (under 32 pixels), has none.
    """
    import cv2

    if min(grey.shape) < 32:
        return _empty_features()
    scale = min(1.0, long_side / max(grey.shape))
    small = grey if scale == 1.0 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # Without the precise upscale OpenCV's key points lie off by a part of a pixel, all to one side.
    found, described = cv2.SIFT.create(
        nfeatures=limit, contrastThreshold=0.02, enable_precise_upscale=True
    ).detectAndCompute(small, None)
    if described is None:
        return _empty_features()
    points = np.array([k.pt for k in found], np.float32)
    back = np.array([grey.shape[1] / small.shape[1], grey.shape[0] / small.shape[0]], np.float32)
    # A pixel's centre lies at +0.5 in both frames.
    points = (points + 0.5) * back - 0.5
    # OpenCV gives more than were asked for where some are equally strong.
    return FormFeatures(points[:limit].astype(np.float32), np.rint(described[:limit]).astype(np.uint8))


def build_features(images: Sequence[Image], keep_out: Sequence[BoxLike], limit: int = FORM_POINTS) -> FormFeatures:
    """Learn a form's printed key points from pages that already lie in its reference frame.

    images: one clean blank print, or many registered filled pages; then only key points that recur at their place in
    a quarter of the pages (three at least) are kept, with the mean of their descriptions, so that the print stays and
    no one's hand does. keep_out: boxes (x0, y0, x1, y1) that get none: the zones. limit: most key points kept, spread
    over the page. Raises ValueError without images or for two images, which can neither be clean nor show what recurs.
    """
    if len(images) in (0, 2):
        raise ValueError("a form is learned from one blank print or from three filled pages and more")
    return shared_features([key_points(image) for image in images], images[0].shape, keep_out, limit)


def shared_features(
    found: Sequence[FormFeatures], shape: tuple[int, ...], keep_out: Sequence[BoxLike], limit: int = FORM_POINTS
) -> FormFeatures:
    """The same from key points that were found before, their places in the form's frame of that shape."""
    found = [_drop_points_inside(one, keep_out) for one in found]
    if len(found) == 1:
        return _spread(found[0], np.arange(found[0].size, 0, -1, dtype=np.float64), shape, limit)
    features, counts = _recurring(found)
    return _spread(features, counts, shape, limit)


def save(features: FormFeatures, path: Path) -> None:
    """Write a form's key points as a compressed .npz: places to an eighth of a pixel, descriptions as they are."""
    eighths = np.rint(features.points * 8).astype(np.uint16)
    with path.open("wb") as file:
        np.savez_compressed(file, points=eighths, descriptors=features.descriptors)


def load(file: IO[bytes], name: str) -> FormFeatures:
    """Read a form's key points. name: what messages call the file. Raises FormError when it is not such a file."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            points, descriptors = stored["points"], stored["descriptors"]
    # All that a damaged or foreign file makes NumPy raise.
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as e:
        raise FormError(f"{name}: not a file of key points; build it again with training/forms.py") from e
    if points.shape != (len(descriptors), 2) or descriptors.shape[1:] != (128,):
        raise FormError(f"{name}: key points and descriptions do not go together")
    return FormFeatures(points.astype(np.float32) / 8, descriptors.astype(np.uint8))


def _empty_features() -> FormFeatures:
    return FormFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8))


def _pick(features: FormFeatures, which: NDArray[np.bool_] | NDArray[np.intp]) -> FormFeatures:
    return FormFeatures(features.points[which], features.descriptors[which])


def _drop_points_inside(features: FormFeatures, boxes: Sequence[BoxLike]) -> FormFeatures:
    """Leave out key points inside a box, and those off the page's top left edge that a file cannot hold."""
    x, y = features.points[:, 0], features.points[:, 1]
    keep = (x >= 0) & (y >= 0)
    for x0, y0, x1, y1 in boxes:
        keep &= ~((x >= x0) & (x < x1) & (y >= y0) & (y < y1))
    return _pick(features, keep)


def _recurring(found: Sequence[FormFeatures]) -> tuple[FormFeatures, NDArray[np.float64]]:
    """Key points that several pages share, and on how many pages each was seen, most seen first.

    Candidates come from a few pages spread over the set; a page agrees when it has a key point near a candidate's place
    that looks alike.
    """
    step = max(1, len(found) // _SEEDS)
    seeds = found[::step][:_SEEDS]
    points = np.concatenate([f.points for f in seeds])
    descriptors = np.concatenate([f.descriptors for f in seeds]).astype(np.float32)
    counts = np.zeros(len(points))
    places, looks = np.zeros((len(points), 2)), np.zeros((len(points), 128))
    for page in found:
        who, partner = _agreeing(points, descriptors, page)
        counts[who] += 1
        places[who] += page.points[partner]
        looks[who] += page.descriptors[partner]
    keep = np.flatnonzero(counts >= max(3.0, _SHARE * len(found)))
    order = keep[np.argsort(-counts[keep], kind="stable")]
    mean = FormFeatures(
        (places[order] / counts[order, None]).astype(np.float32),
        np.rint(looks[order] / counts[order, None]).astype(np.uint8),
    )
    first = _first_of_each(mean)
    return _pick(mean, first), counts[order][first]


def _agreeing(
    points: Points, descriptors: NDArray[np.float32], page: FormFeatures
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which candidates a page agrees with, and by which of its key points: the most alike of those near."""
    if page.size == 0:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    looks = page.descriptors.astype(np.float32)
    partner = np.zeros(len(points), np.intp)
    best = np.full(len(points), np.inf)
    # From left to right, so that a chunk has few of the page's key points within reach.
    ours, theirs = np.argsort(points[:, 0], kind="stable"), np.argsort(page.points[:, 0], kind="stable")
    across = page.points[theirs, 0]
    for start in range(0, len(points), _CHUNK):
        part = ours[start : start + _CHUNK]
        first, last = points[part[[0, -1]], 0] + (-_NEAR_PX, _NEAR_PX)
        some = np.sort(theirs[np.searchsorted(across, first) : np.searchsorted(across, last, "right")])
        if len(some):
            unlike = _squared_distances(descriptors[part], looks[some])
            unlike[_squared_distances(points[part], page.points[some]) > _NEAR_PX**2] = np.inf
            partner[part], best[part] = some[unlike.argmin(1)], unlike.min(1)
    who = np.flatnonzero(best < _ALIKE**2)
    return who, partner[who]


def _squared_distances(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared distances of every row of a (n, k) from every row of b (m, k): (n, m)."""
    # a² + b² - 2ab: one product of matrices in place of all differences.
    squares: NDArray[np.float32] = (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * a @ b.T
    return squares


def _first_of_each(features: FormFeatures) -> NDArray[np.intp]:
    """One key point of each group at one place that look alike: the first, since the order is by how often seen."""
    alive = np.ones(features.size, np.bool_)
    looks = features.descriptors.astype(np.float32)
    for i in range(features.size):
        if alive[i]:
            near = np.abs(features.points - features.points[i]).max(1) < _NEAR_PX
            near[: i + 1] = False
            twins = np.flatnonzero(near)
            alive[twins[np.linalg.norm(looks[twins] - looks[i], axis=1) < _ALIKE]] = False
    return np.flatnonzero(alive)


def _spread(features: FormFeatures, worth: NDArray[np.float64], shape: tuple[int, ...], limit: int) -> FormFeatures:
    """At most limit key points, taken in turns from the cells of a grid, the worthiest of each cell first."""
    height, width = shape[:2]
    column = np.clip(features.points[:, 0] * _CELLS // width, 0, _CELLS - 1).astype(int)
    row = np.clip(features.points[:, 1] * _CELLS // height, 0, _CELLS - 1).astype(int)
    turn = np.zeros(features.size, int)
    for cell in np.unique(row * _CELLS + column):
        inside = np.flatnonzero(row * _CELLS + column == cell)
        turn[inside[np.argsort(-worth[inside], kind="stable")]] = np.arange(len(inside))
    return _pick(features, np.sort(np.lexsort((-worth, turn))[:limit]))
