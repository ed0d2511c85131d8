"""Which printed form a page is, how it lies on the scan, and its zones cut out upright.

The page's key points are compared with those of every known print; the print on which most agree under one affine map
is the form. An affine map is enough for a flat scan: a homography also bends to handwriting and puts zones worse. Where
the paper itself is bent and its print says so, the zones follow (ocr/geometry/form_bend.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.errors import FormError
from ocr.forms.coverage import FoundBands, measure_coverage
from ocr.forms.form import Form, Zone, load_forms
from ocr.geometry.features import LONG_SIDE, PAGE_POINTS, FormFeatures, Points, key_points, load
from ocr.geometry.form_bend import FormBend, form_bend
from ocr.geometry.pairs import PagePoints, pairs
from ocr.geometry.pieces import Pieces, Spots, moved_print
from ocr.page import Box

Matrix = NDArray[np.float64]
Bend = FormBend | Pieces

_WITHIN_PX = 4.0
_MAX_STRETCH = 1.25
_SIZE_RANGE = (0.25, 4.0)
_NO_PRINT = 8
_ROOM = 0.6
"""A form beside another one takes at least so much of its width or height; a page alone on a desk has less."""
_WIDE = 1.15
"""Two facing pages are so much wider than high, or more."""
_PAPER = 75
# Of 17 forms the four likeliest are asked in full: 40 of 40 pages found the same form, in half of the time.
_THINNED = 4
_MOST_LIKELY = 4
# Of 256 pages 2 % had more on their own print (0.04), 2 % less on the next best (0.08).
_MOST_MOVED = 0.06
# Four of those pages had fewer key points than that on their own print, all but one on the next best by chance.
_WEAK = 1.7
# A page is looked at from afar first, which takes a third of the time. Of 200 pages 164 are plain so, all of the same
# print as from near, and zones lie a pixel of the scan off (median; 5 at most). Of 83 without their own print none is.
_AFAR, _AFAR_POINTS = 600, 1000
# A page that is written on all over has more corners in its writing than in its few printed words: of 2500 key points
# 18 agreed with its print, of 4888 there were 190.
_MOST_POINTS = 5000
_LEAST_AFAR = 68
"""Key points that must agree from afar, whatever the print asks."""


@dataclass(frozen=True, slots=True)
class FormModels:
    """The known forms and their key points, both by form id."""

    forms: Mapping[str, Form]
    features: Mapping[str, FormFeatures]

    def select(self, names: Sequence[str]) -> FormModels:
        """The forms of some ids or families; all where none is named. Raises FormError for a name that is not known."""
        if not names:
            return self
        unknown = sorted(set(names) - set(self.forms) - {form.family for form in self.forms.values()})
        if unknown:
            raise FormError(f"there is no form {', '.join(unknown)}; known: {', '.join(sorted(self.forms))}")
        kept = {k: form for k, form in self.forms.items() if k in names or form.family in names}
        return FormModels(kept, {k: self.features[k] for k in kept})


@dataclass(frozen=True, slots=True)
class Match:
    """How a page fits the known forms.

    form: None when it fits none; reason then says why. inliers: key points that agree under the map, for the best
    form even when it was refused. matrix: (2, 3) float64, reference frame to page pixels; identity without a form.
    bend: how the paper, or a print that was set anew, lies off that; None where it is flat. moved: print that agrees on
    lying elsewhere, as on a page of another print of the form. coverage: how far down the page its print was found, of
    a page that fits a form by key points.
    """

    form: Form | None
    inliers: int
    matrix: Matrix
    reason: str = ""
    bend: Bend | None = None
    moved: Spots = field(default_factory=Spots.empty)
    coverage: FoundBands = FoundBands(0, 0)

    @property
    def is_in_doubt(self) -> bool:
        """Whether the page seems to be of another print of its form."""
        if self.form is None:
            return False
        moved = len(self.moved.points)
        return moved > _MOST_MOVED * (self.inliers + moved) or self.inliers < _WEAK * self.form.min_inliers

    @property
    def is_plain(self) -> bool:
        """Whether so much of a flat print agrees, and nothing says otherwise, that no closer look is needed."""
        if self.form is None or self.bend is not None or len(self.moved.points):
            return False
        # Tesseract minds a pixel: of four pages in other languages three came out otherwise in a value.
        if self.form.languages[:1] != ("en",):
            return False
        return self.inliers >= max(_LEAST_AFAR, _WEAK * self.form.min_inliers)

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of its form's paper on the page, which it may leave; nothing without a form."""
        if self.form is None:
            return 0, 0, 0, 0
        paper = np.array([[x, y] for x in (0, self.form.width) for y in (0, self.form.height)], np.float64)
        corners = paper @ self.matrix[:, :2].T + self.matrix[:, 2]
        left, top = corners.min(axis=0).round().astype(int)
        right, bottom = corners.max(axis=0).round().astype(int)
        return int(left), int(top), int(right), int(bottom)

    def map_of(self, zone: Zone) -> Matrix:
        """The map of one zone, (2, 3) float64: the page's own on a flat page."""
        return self.bend.map_near(self.matrix, zone.box) if self.bend else self.matrix


# Few: each entry holds the key points of all forms.
@lru_cache(maxsize=8)
def load_models(extra_folders: tuple[Path, ...] = ()) -> FormModels:
    """The package's forms and those of further folders, with their key points; read once.

    Raises FormError when a file is wrong, a features file is missing, or two files give one form id.
    """
    own = package_models()
    forms, features = dict(own.forms), dict(own.features)
    for folder in extra_folders:
        for form in load_forms(folder).values():
            if form.id in forms:
                raise FormError(f"{folder}: form id {form.id} is used in another folder")
            forms[form.id] = form
            features[form.id] = _load_features(folder, form)
    return FormModels(forms, features)


@cache
def package_models() -> FormModels:
    """The package's forms with their key points. Raises FormError."""
    folder = resources.files("ocr") / "forms"
    forms = load_forms(folder)
    return FormModels(forms, {name: _load_features(folder, form) for name, form in forms.items()})


def find_form(grey: Image, models: FormModels) -> Match:
    """Find the print a page was made on, however it lies: upside down, on its side, askew, at any resolution.

    grey: (height, width) uint8, 0 black. Never raises for what is on the page: a letter, a blank page or a speck
    gives a Match without form and the reason.
    """
    afar = look_afar(grey, models)
    if afar.is_plain:
        return afar
    near = key_points(grey)
    match = match_points(near, grey.shape, models)
    if match.form is None and near.size == PAGE_POINTS:
        more = match_points(key_points(grey, _MOST_POINTS), grey.shape, models)
        return more if more.form is not None else match
    return match


def look_afar(grey: Image, models: FormModels) -> Match:
    """What find_form makes of a page seen small, in a third of the time: of a form that it knows many points agree."""
    return match_points(key_points(grey, _AFAR_POINTS, _AFAR), grey.shape, models)


def match_points(found: FormFeatures, shape: tuple[int, ...], models: FormModels) -> Match:
    """Find the print of a page by its key points, as find_form does. shape: of the page, (height, width)."""
    if found.size < _NO_PRINT:
        return _report_no_match("there is no printed text on the page")
    if not models.forms:
        return _report_no_match("no form is known")
    # Key points are found on a page shrunk to LONG_SIDE: on a larger scan their places are so much coarser.
    within = _WITHIN_PX * max(1.0, max(shape) / LONG_SIDE)
    page = PagePoints.from_found(found)
    fits = (_fit(form, models.features[form.id], page, within) for form in _likely(models, page, within))
    # A plausible map first: another form may have more key points, but bent out of shape.
    best = max(fits, key=lambda fit: (_is_plausible(fit.matrix, fit.form, shape), fit.inliers))
    match = _judge_match(best, shape)
    return replace(match, coverage=_cover(best, models.features[best.form.id], within)) if match.form else match


def find_two(grey: Image, match: Match, models: FormModels) -> tuple[Form, Form] | None:
    """The two forms on a scan of two facing pages, of which only one, or none, was found; None for any other scan.

    grey: (height, width) uint8, 0 black. match: what find_form found on it.
    """
    height, width = grey.shape
    if match.form is None:
        # Two prints alike hide each other: each key point has two places.
        halves = np.array_split(grey, 2, axis=1) if width >= _WIDE * height else []
        found = [find_form(np.ascontiguousarray(half), models).form for half in halves]
        return (found[0], found[1]) if found and found[0] is not None and found[1] is not None else None
    for part in parts_beside(grey, match):
        if (other := find_form(part, models).form) is not None:
            return match.form, other
    return None


def parts_beside(grey: Image, match: Match) -> list[Image]:
    """The parts of a scan beside the paper of the form that was found on it which have room for another page."""
    height, width = grey.shape
    left, top, right, bottom = match.frame
    wide, high = _ROOM * (right - left), _ROOM * (bottom - top)
    places = (
        (left >= wide, grey[:, : max(0, left)]),
        (width - right >= wide, grey[:, max(0, right) :]),
        (top >= high, grey[: max(0, top)]),
        (height - bottom >= high, grey[max(0, bottom) :]),
    )
    return [np.ascontiguousarray(part) for has_room, part in places if has_room]


def zone_box(matrix: Matrix, zone: Zone) -> Box:
    """The upright rectangle of the page that holds a zone; corners left of or above the page are cut at 0."""
    x0, y0, x1, y1 = zone.box
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64) @ matrix[:, :2].T + matrix[:, 2]
    low, high = np.floor(corners.min(0)), np.ceil(corners.max(0))
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    return Box(left, top, max(left + 1, int(high[0])), max(top + 1, int(high[1])))


def cut_zone(grey: Image, matrix: Matrix, zone: Zone, scale: float) -> Image:
    """Cut one zone from the page as delivered, upright and straight, in one resampling.

    scale: pixels of the crop per pixel of the reference frame. What lies off the page is white. Where the page has
    more pixels than the crop asks for, they are averaged. The zone's printed words are painted in the paper's shade.
    """
    x0, y0, x1, y1 = zone.box
    crop = cut_box(grey, matrix, (x0, y0, x1, y1), scale)
    for box in zone.printed:
        left, top, right, bottom = (max(0, round((v - o) * scale)) for v, o in zip(box, (x0, y0, x0, y0), strict=True))
        words = crop[top:bottom, left:right]
        if words.size:
            words[:] = round(float(np.percentile(words, _PAPER)))
    return crop


def cut_box(grey: Image, matrix: Matrix, box: tuple[float, float, float, float], scale: float) -> Image:
    """Cut a rectangle of the reference frame, as cut_zone does; the box may lie between pixels."""
    import cv2

    x0, y0, x1, y1 = box
    width, height = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
    finer = max(1, round(_size(matrix) / scale))
    step = 1 / (scale * finer)
    # Pixel centres lie at +0.5; a crop pixel u stands for x0 + (u + 0.5) * step - 0.5 of the frame.
    back = matrix.copy()
    back[:, 2] += matrix[:, :2] @ np.array([x0 + step / 2 - 0.5, y0 + step / 2 - 0.5])
    back[:, :2] *= step
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(
        grey, back, (width * finer, height * finer), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)
    )
    small = cut if finer == 1 else cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def angle_deg(matrix: Matrix) -> float:
    """How far the page lies turned against the form, anticlockwise positive, in degrees within -180..180."""
    return float(-np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))


def _load_features(folder: Traversable, form: Form) -> FormFeatures:
    path = folder / form.features
    if not path.is_file():
        raise FormError(f"{form.id}: features file {form.features} is missing; build it with training/forms.py")
    with path.open("rb") as file:
        return load(file, form.features)


def _report_no_match(reason: str, inliers: int = 0) -> Match:
    return Match(None, inliers, np.eye(2, 3), reason)


def _likely(models: FormModels, page: PagePoints, within: float) -> list[Form]:
    """The forms with which every fourth of their key points agrees best on the page.

    On 52 real pages and the samples the form with which most of all agree was the first or second of these.
    """
    forms = list(models.forms.values())
    if len(forms) <= _MOST_LIKELY:
        return forms
    agree = {form.id: _fit(form, models.features[form.id].thin_out(_THINNED), page, within).inliers for form in forms}
    return sorted(forms, key=lambda form: -agree[form.id])[:_MOST_LIKELY]


class _Fit(NamedTuple):
    form: Form
    inliers: int
    matrix: Matrix
    ours: Points
    theirs: Points

    def bend(self) -> FormBend | None:
        return form_bend(self.ours, self.theirs, self.matrix, (self.form.width, self.form.height))


def _fit(form: Form, features: FormFeatures, page: PagePoints, within: float) -> _Fit:
    """The affine map on which most of a form's key points agree with the page's."""
    import cv2

    which, partner = pairs(features, page)
    ours, theirs = features.points[which], page.points[partner]
    matrix = None
    if len(ours) >= 4:
        matrix, inliers = cv2.estimateAffine2D(
            ours,
            theirs,
            method=cv2.RANSAC,
            ransacReprojThreshold=within,
            maxIters=3000,
            confidence=0.995,
            refineIters=20,
        )
    if matrix is None:
        return _Fit(form, 0, np.eye(2, 3), ours, theirs)
    return _Fit(form, int(inliers.sum()), np.asarray(matrix, np.float64), ours, theirs)


def _cover(fit: _Fit, features: FormFeatures, within: float) -> FoundBands:
    off = np.linalg.norm(fit.ours @ fit.matrix[:, :2].T + fit.matrix[:, 2] - fit.theirs, axis=1)
    return measure_coverage(features.points, fit.ours[off < within], fit.form.height)


def _judge_match(best: _Fit, shape: tuple[int, ...]) -> Match:
    """Refuse the best fit when too little agrees or the map is not one that a scanner makes."""
    form = best.form
    if best.inliers < form.min_inliers:
        reason = f"no known form: {best.inliers} key points agree with {form.id}, {form.min_inliers} are needed"
        return _report_no_match(reason, best.inliers)
    if not _is_plausible(best.matrix, form, shape):
        return _report_no_match(f"{form.id} fits only when bent out of shape", best.inliers)
    bend = best.bend()
    frame = (form.width, form.height)
    moved = Spots.empty() if bend else moved_print(best.ours, best.theirs, best.matrix, frame)
    return Match(form, best.inliers, best.matrix, bend=bend, moved=moved)


def _is_plausible(matrix: Matrix, form: Form, shape: tuple[int, ...]) -> bool:
    """Whether the map neither mirrors nor shears nor stretches much, and puts the form's middle on the page."""
    large, small = np.linalg.svd(matrix[:, :2], compute_uv=False)
    middle = matrix[:, :2] @ np.array([form.width / 2, form.height / 2]) + matrix[:, 2]
    size = large * max(form.width, form.height) / max(shape)
    return bool(
        np.linalg.det(matrix[:, :2]) > 0
        and large <= _MAX_STRETCH * small
        and _SIZE_RANGE[0] <= size <= _SIZE_RANGE[1]
        and 0 <= middle[0] <= shape[1]
        and 0 <= middle[1] <= shape[0]
    )


def _size(matrix: Matrix) -> float:
    """Page pixels per pixel of the reference frame."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
