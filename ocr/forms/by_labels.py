"""A form known by its words: printed labels, found with tolerance among what Tesseract sees on a page.

Key points know a print; a printer who sets the form anew makes others. The words stay. Those of a known print that are
found on the page tell by a flat map how it lies, and then, line by line, how far each part of it was moved.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.forms.form import Form, PrintedLabel
from ocr.forms.zones import FormModels, Match
from ocr.geometry.features import LONG_SIDE
from ocr.geometry.pieces import Floats, Pieces, Spots, agreeing
from ocr.page import Box, Line, Word, enclose_boxes

_MOST_WORDS = 8
_ALIKE = 78.0
"""Of 100, from which a few words may be a label (rapidfuzz's ratio of their letters)."""
_LONG = 6
"""Letters from which a label may be looked for on the whole page; shorter ones only where they must stand."""
_COARSE_PX, _NEAR_PX, _CLOSE_PX = 25.0, (120.0, 40.0), (30.0, 14.0)
"""In pixels of a 100 dpi page: what one flat map may leave; how far off it a label is looked for, along and across the
line; and how far off its neighbours."""
_LEAST_LABELS, _LEAST_SHARE = 6, 0.3
_MOST_TURN, _MOST_STRETCH = 0.35, 1.3
_READ_PX = 2400
"""Pixels of the longer side a page is read at: Tesseract wants letters 20 pixels high, and time grows with the page."""
_UPPER = 0.45
_FEW = 4


class LabelWindow(NamedTuple):
    """A few words that stand side by side: their letters, and their box on the page."""

    letters: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class LabelFit:
    """How a form's labels lie on a page.

    matrix: (2, 3) float64, the flat map from the form's frame to page pixels. pieces: how its parts lie off that.
    found: labels that were found; share: of all that the form has, 0..1.
    """

    form: Form
    matrix: Floats
    pieces: Pieces
    found: int
    share: float

    @property
    def is_enough(self) -> bool:
        """Whether so many were found that the page is this form."""
        return self.found >= _LEAST_LABELS and self.share >= _LEAST_SHARE


class SparseReader(Protocol):
    """An engine that reads words wherever they stand on a page."""

    def read_page(self, image: Image, languages: Sequence[str], *, sparse: bool = False) -> list[Line]:
        """The lines of an upright page."""
        ...


def find_by_labels(
    grey: Image, models: FormModels, reader: SparseReader, languages: Sequence[str], like: Match
) -> Match | None:
    """Find by its words the form of a page that key points do not know, or know as another print of its form.

    languages: to be read in, the likeliest first. like: what key points say. None where too few labels are found.
    Raises what the reader raises.
    """
    known = [f for f in models.forms.values() if f.labels and (like.form is None or f.family == like.form.family)]
    spoken = [code for code in languages if any(code in f.languages for f in known)]
    for code in spoken or list(dict.fromkeys(f.languages[0] for f in known))[:1]:
        those = [form for form in known if code in form.languages]
        windows = windows_of(_read(grey, reader, code, those, is_known=like.form is not None))
        fits = [fit for form in those if (fit := _fit_as(form, windows, like)) is not None]
        best = max(fits, key=lambda fit: fit.found, default=None)
        if best is not None and best.is_enough:
            return Match(best.form, like.inliers, best.matrix, bend=best.pieces)
    return None


def _read(grey: Image, reader: SparseReader, code: str, forms: Sequence[Form], *, is_known: bool) -> list[Line]:
    """The words of a page; of one whose upper part bears no form's labels, those of that part."""
    import cv2

    scale = _READ_PX / max(grey.shape)
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    large = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how), np.uint8)
    cut = round(_UPPER * large.shape[0])
    upper = _on_page(reader.read_page(large[:cut], (code,), sparse=True), scale, 0)
    windows = windows_of(upper)
    if not is_known and not any((fit := fit_labels(form, windows)) and fit.found >= _FEW for form in forms):
        return upper
    return upper + _on_page(reader.read_page(large[cut:], (code,), sparse=True), scale, cut)


def _on_page(lines: Iterable[Line], scale: float, below: int) -> list[Line]:
    """Lines with their words' boxes in pixels of the page; below: how far down their picture was cut from it."""

    def move_back(box: Box) -> Box:
        x0, y0, x1, y1 = box
        return Box(*(round(v / scale) for v in (x0, y0 + below, x1, y1 + below)))

    return [replace(x, words=tuple(replace(w, box=move_back(w.box)) for w in x.words)) for x in lines]


def _fit_as(form: Form, windows: Sequence[LabelWindow], like: Match) -> LabelFit | None:
    """The fit of one print; on the map of the key points where they know that very print."""
    is_same = like.form is not None and like.form.id == form.id
    flat = fit_labels(form, windows)
    by_points = fit_labels(form, windows, like.matrix, like.moved) if is_same else None
    fits = [fit for fit in (flat, by_points) if fit is not None]
    return max(fits, key=lambda fit: fit.found, default=None)


def windows_of(lines: Iterable[Line]) -> tuple[LabelWindow, ...]:
    """All few words of some lines that may be a label."""
    return tuple(window for line in lines for window in _windows(line.words))


def fit_labels(
    form: Form, windows: Sequence[LabelWindow], matrix: Floats | None = None, corners: Spots | None = None
) -> LabelFit | None:
    """Lay a form on a page by its labels; None where too few agree on any map.

    matrix: (2, 3), a flat map that is known to be roughly right, as by key points. corners: key points that lie off it,
    which bear labels out and stand in where none was read.
    """
    labels = [label for label in form.labels if _letters(label.text)]
    if not labels or not windows:
        return None
    scores = _scores(labels, windows)
    flat = matrix if matrix is not None else _flat(form, labels, windows, scores)
    if flat is None:
        return None
    pairs = _Pairs(form, labels, windows, scores, flat)
    found = pairs.near_flat()
    spots = agreeing(pairs.spots(found).and_(corners or Spots.empty()), pairs.frame)
    if not len(spots.points):
        return None
    found = pairs.near_others(Pieces(spots, pairs.frame))
    sure = pairs.spots(found)
    spots = agreeing(sure.and_(corners or Spots.empty()), pairs.frame)
    return LabelFit(form, flat, Pieces(spots, pairs.frame), len(found), len(found) / len(labels))


class _Pairs:
    """Labels and the windows that may be them, under one flat map."""

    def __init__(
        self,
        form: Form,
        labels: Sequence[PrintedLabel],
        windows: Sequence[LabelWindow],
        scores: NDArray[np.float64],
        flat: Floats,
    ) -> None:
        self.frame = (form.width, form.height)
        self._scores = scores
        self._lengths = np.array([len(_letters(label.text)) for label in labels])
        self._ends = np.array([_ends(label.box) for label in labels], np.float64)
        back = np.linalg.inv(flat[:, :2])
        seen = np.array([_ends(window.box) for window in windows], np.float64)
        # (labels, windows, 2 ends, xy) in the form's frame
        self._off = ((seen - flat[:, 2]) @ back.T)[None] - self._ends[:, None]
        self._unit = max(self.frame) / LONG_SIDE

    def near_flat(self) -> dict[int, int]:
        """Label -> its window, the likest of those not far off the flat map."""
        return self._best(np.zeros_like(self._ends), _NEAR_PX)

    def near_others(self, pieces: Pieces) -> dict[int, int]:
        """Label -> its window, the likest of those that are moved as what stands around is."""
        moved = np.array([[pieces.off_at(end) for end in ends] for ends in self._ends])
        return self._best(moved, _CLOSE_PX)

    def _best(self, moved: Floats, reach: tuple[float, float]) -> dict[int, int]:
        off = self._off - moved[:, None]
        worst = np.abs(off).max(axis=2) / (np.array(reach) * self._unit)
        fits = (worst < 1).all(axis=2) & (self._scores >= _ALIKE)
        # Of windows that are as like, the nearer one.
        rank = np.where(fits, self._scores - 10 * worst.max(axis=2), -1.0)
        best = rank.argmax(axis=1)
        return {i: int(j) for i, j in enumerate(best) if rank[i, j] > -1.0}

    def spots(self, found: dict[int, int]) -> Spots:
        """Both ends of the labels that were found."""
        which = [(i, j) for i, j in found.items()]
        if not which:
            return Spots.empty()
        points = np.concatenate([self._ends[i] for i, _ in which])
        off = np.concatenate([self._off[i, j] for i, j in which])
        worth = [self._scores[i, j] / 100 * min(1.0, self._lengths[i] / _LONG) for i, j in which for _ in (0, 1)]
        return Spots(points, off, np.array(worth))


def _flat(
    form: Form, labels: Sequence[PrintedLabel], windows: Sequence[LabelWindow], scores: NDArray[np.float64]
) -> Floats | None:
    """The flat map on which most labels agree roughly; None where fewer than four do."""
    import cv2

    long = np.array([len(_letters(label.text)) >= _LONG for label in labels])
    which, partner = (x.tolist() for x in np.nonzero((scores >= _ALIKE) & long[:, None]))
    if len(which) < 4:
        return None
    ours = np.concatenate([_ends(labels[i].box) for i in which]).astype(np.float64)
    theirs = np.concatenate([_ends(windows[j].box) for j in partner]).astype(np.float64)
    size = np.linalg.norm(np.ptp(theirs, axis=0)) / max(1.0, float(np.linalg.norm(np.ptp(ours, axis=0))))
    reach = _COARSE_PX / LONG_SIDE * max(form.width, form.height) * float(size)
    matrix, inliers = cv2.estimateAffinePartial2D(
        ours, theirs, method=cv2.RANSAC, ransacReprojThreshold=reach, maxIters=4000, confidence=0.999
    )
    agree = inliers.reshape(-1, 2).all(axis=1)
    if matrix is None or len({i for i, is_in in zip(which, agree, strict=True) if is_in}) < 4:
        return None
    return _stretch_map(ours.reshape(-1, 2, 2)[agree], theirs.reshape(-1, 2, 2)[agree])


def _stretch_map(ours: Floats, theirs: Floats) -> Floats | None:
    """The map turned as the labels' own lines are, with a scale of its own along and across them.

    ours, theirs: (n, 2, 2), both ends of labels. A print may be set wider; it is not sheared, though moved lines would
    have a free map so. None where it turns or stretches as no scanner does.
    """
    along = theirs[:, 1] - theirs[:, 0]
    turn = float(np.median(np.arctan2(along[:, 1], along[:, 0])))
    ours, theirs = ours.reshape(-1, 2), theirs.reshape(-1, 2)
    cos, sin = np.cos(turn), np.sin(turn)
    level = theirs @ np.array([[cos, -sin], [sin, cos]])
    (wide, right), (high, down) = (np.polyfit(ours[:, k], level[:, k], 1) for k in (0, 1))
    if abs(turn) > _MOST_TURN or wide <= 0 or high <= 0 or not 1 / _MOST_STRETCH < wide / high < _MOST_STRETCH:
        return None
    back = np.array([[cos, -sin], [sin, cos]])
    return np.asarray(back @ np.array([[wide, 0, right], [0, high, down]]), np.float64)


def _windows(words: Sequence[Word]) -> Iterator[LabelWindow]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _MOST_WORDS) + 1):
            some = words[start:end]
            # A window that begins or ends in a sign is another one with a box that is too long.
            if _letters(some[0].text) and _letters(some[-1].text):
                yield LabelWindow("".join(_letters(w.text) for w in some), enclose_boxes(w.box for w in some))


def _scores(labels: Sequence[PrintedLabel], windows: Sequence[LabelWindow]) -> NDArray[np.float64]:
    """How alike each label and each window are, 0 to 100."""
    from rapidfuzz import fuzz, process

    ours, theirs = [_letters(label.text) for label in labels], [window.letters for window in windows]
    scores = process.cdist(ours, theirs, scorer=fuzz.ratio, score_cutoff=_ALIKE, dtype=np.uint8)
    return np.asarray(scores, np.float64)


def _ends(box: Sequence[float]) -> NDArray[np.float64]:
    """The middles of a box's left and right side, (2, 2)."""
    x0, y0, x1, y1 = box
    return np.array([[x0, (y0 + y1) / 2], [x1, (y0 + y1) / 2]], np.float64)


def _letters(text: str) -> str:
    """Letters, marks and digits alone, without case."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return "".join(c for c in plain if c.isalnum() or unicodedata.category(c).startswith("M"))
