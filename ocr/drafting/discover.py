"""A print of a known form that nobody has drafted: pages of it found among others, and its form made from them alone.

Pages of one print share its key points, whatever is written on them. Laid on each other they show the bare print: what
is written stands on each elsewhere, and the middle of all is paper. On that picture nearly all printed words can be
read, and each zone goes where the words about it went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ocr.cleaning.clean import flatten
from ocr.drafting.carried import carried_form
from ocr.engine import Image
from ocr.forms.by_labels import LabelFit, SparseReader, fit_labels, windows_of
from ocr.forms.form import Form
from ocr.forms.zones import FormModels, Match, Matrix, match_points
from ocr.geometry.features import FormFeatures, key_points, shared_features

LEAST_PAGES = 10
"""Fewer do not show the print through what is written on them."""
_MOST_PAGES = 24
"""More make the print no clearer, and cost time and memory."""
_SEED_POINTS = 1800
_ROUNDS = 2
_MOST_SEEDS = 8
"""Pages of which no print could be made before it is given up."""
_SEED_INLIERS = 25
_MOST_MOVED = 0.15
_READ_TIMES = 3
"""A frame of 100 dpi is read three times enlarged: at twice, a fifth of the words of such a print was not read."""
_READ_PX = 3600
Points = Sequence[FormFeatures]
Placed = Callable[[Image], Match | None]


@dataclass(frozen=True, slots=True)
class FoundPrint:
    """A print that pages share. form: not confirmed; features: its key points; pages: numbers of those it was made of.

    picture: the bare print, (height, width) uint8, in the form's frame. share: of the known print's labels, those found
    on it, 0..1.
    """

    form: Form
    features: FormFeatures
    pages: tuple[int, ...]
    picture: Image
    share: float


def discover_prints(
    pages: Sequence[Image], place: Placed, models: FormModels, reader: SparseReader, ids: Iterator[str]
) -> list[FoundPrint]:
    """The prints that ten of some pages and more are of.

    pages: (height, width) uint8, of known forms in prints that are not known. place: how one page lies on a known form,
    None where that cannot be said. ids: names for the new prints. Raises what the reader raises.
    """
    if len(pages) < LEAST_PAGES:
        return []
    points = [key_points(page) for page in pages]
    left = list(range(len(pages)))
    found: list[FoundPrint] = []
    in_vain = 0
    for seed in range(len(pages)):
        if len(left) < LEAST_PAGES or in_vain == _MOST_SEEDS:
            break
        if seed not in left:
            continue
        match = place(pages[seed])
        group = _Group.gather_around(seed, left, pages, points, match) if match is not None else None
        made = group.draft_form(models, reader, ids) if group is not None else None
        if group is None or made is None:
            in_vain += 1
            continue
        found.append(made)
        left = [i for i in left if i not in group.matrices]
    return found


@dataclass(frozen=True, slots=True)
class _Group:
    """Pages of one print. base: the known print it is laid like; matrices: page -> its map from base's frame."""

    base: Form
    features: FormFeatures
    matrices: Mapping[int, Matrix]
    pages: Sequence[Image]
    points: Points

    @classmethod
    def gather_around(
        cls, seed: int, left: Sequence[int], pages: Sequence[Image], points: Points, match: Match
    ) -> _Group | None:
        """The pages that are of one print with a seed; None where they are too few, or the seed is of no form."""
        if match.form is None:
            return None
        base, least = match.form, _SEED_INLIERS
        matrices = {seed: match.matrix}
        features = shared_features([_in_frame(points[seed], match.matrix)], (base.height, base.width), [], _SEED_POINTS)
        for _ in range(_ROUNDS):
            bare = base.model_copy(update={"min_inliers": least})
            models = FormModels({bare.id: bare}, {bare.id: features})
            matches = {i: match_points(points[i], pages[i].shape, models) for i in left}
            matrices = {i: m.matrix for i, m in matches.items() if m.form is not None and not _is_other(m)}
            if len(matrices) < LEAST_PAGES:
                return None
            # What recurs inside zones that nobody has placed yet is print as well: writing does not recur.
            features = _find_shared_points(points, matrices, base, [])
            least = base.min_inliers
        return cls(base, features, matrices, pages, points)

    def draft_form(self, models: FormModels, reader: SparseReader, ids: Iterator[str]) -> FoundPrint | None:
        """The group's print as a form; None where its words are not the form's."""
        times = min(_READ_TIMES, max(1.0, _READ_PX / max(self.base.width, self.base.height)))
        # Flattened before it is enlarged: that costs a ninth.
        some = [
            _lay_into_form(flatten(self.pages[i]), self.matrices[i], self.base, times)
            for i in _spread(list(self.matrices))
        ]
        bare = np.median(np.stack(some), axis=0).astype(np.uint8)
        fit = _read_fit(bare, times, self.base, models, reader)
        if fit is None or not fit.is_enough:
            return None
        form = carried_form(fit, next(ids), len(self.matrices))
        features = _find_shared_points(self.points, self.matrices, self.base, [zone.box for zone in form.zones])
        return FoundPrint(form, features, tuple(sorted(self.matrices)), _resize_to_form(bare, self.base), fit.share)


def _read_fit(bare: Image, times: float, base: Form, models: FormModels, reader: SparseReader) -> LabelFit | None:
    """The known print of the family whose words lie on the bare print best, in the frame of base."""
    lines = reader.read_page(bare, base.languages[:1], sparse=True)
    windows = [w._replace(box=tuple(v / times for v in w.box)) for w in windows_of(lines)]  # type: ignore[arg-type]
    family = [f for f in models.forms.values() if f.family == base.family and f.part == base.part and f.labels]
    fits = [fit for form in family if (fit := fit_labels(form, windows)) is not None]
    return max(fits, key=lambda fit: fit.found, default=None)


def _find_shared_points(
    points: Points, matrices: Mapping[int, Matrix], base: Form, keep_out: Sequence[tuple[int, int, int, int]]
) -> FormFeatures:
    """Key points that recur on pages laid on each other."""
    some = [_in_frame(points[i], matrices[i]) for i in _spread(list(matrices))]
    return shared_features(some, (base.height, base.width), keep_out)


def _in_frame(found: FormFeatures, matrix: Matrix) -> FormFeatures:
    """A page's key points, their places in the frame that the matrix maps to the page."""
    back = (found.points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    return FormFeatures(back.astype(np.float32), found.descriptors)


def _is_other(match: Match) -> bool:
    """Whether much of a page's print lies elsewhere: it is of another print than the seed."""
    return len(match.moved.points) > _MOST_MOVED * (match.inliers + len(match.moved.points))


def _lay_into_form(page: Image, matrix: Matrix, form: Form, times: float) -> Image:
    """A page laid into a form's frame, so many times enlarged, white around."""
    import cv2

    back = matrix.copy()
    back[:, :2] /= times
    back[:, 2] += matrix[:, :2] @ np.full(2, 0.5 / times - 0.5)
    size = (round(form.width * times), round(form.height * times))
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(page, back, size, flags=flags, borderValue=(255,)), np.uint8)


def _resize_to_form(picture: Image, form: Form) -> Image:
    import cv2

    return np.asarray(cv2.resize(picture, (form.width, form.height), interpolation=cv2.INTER_AREA), np.uint8)


def _spread(numbers: Sequence[int]) -> list[int]:
    """At most as many as are looked at, from all over."""
    step = max(1.0, len(numbers) / _MOST_PAGES)
    return [numbers[int(i * step)] for i in range(min(len(numbers), _MOST_PAGES))]
