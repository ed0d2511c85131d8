"""What lies on a page and does not belong to it: fingers, pens, rulers, weights, a corner folded over the writing.

All of them are thick where writing is thin, end sharply where stains and shadows fade, and hide what is under them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.quality.picture import Picture

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
_LEVELS = (0.09, 0.16, 0.28, 0.5)
"""How much darker than the paper about it, or as much stronger in colour, a thing is looked for."""
_THICK = 0.011
"""Half of the least thickness of a thing, as a share of the page's longer side: a pen, not a stroke of a pen."""


_JUMP, _SOLID, _ROUGH, _TEXTURE = 0.8, 0.75, 0.5, 0.11
_JUMP_OF_CORNER, _ROUGH_OF_CORNER = 0.72, 0.3
_LEAST_THICK = 0.0145
_AT_SIDE, _INSIDE, _LARGE = 0.0028, 0.0125, 0.03
_LID_SHARE = 0.55
_LINES_SIDE = 5
_FROM_SIDE_TO_SIDE = 0.95
_RIM = 4


@dataclass(frozen=True, slots=True)
class ForeignThing:
    """One thing that may be foreign, measured on Picture.small.

    x0..y1: its box. share: of the page it covers. thick: its greatest half thickness, as a share of the longer side.
    depth: 0..1, how far it stands off the paper. rough: spread of brightness inside against depth. sides: how many
    sides of the picture, or of what lies around the page, it reaches. solid: its area against that of its convex hull.
    colour: how far its colour is from the paper's, 0..1. jump: 0..1, how much of depth is gone a few pixels beside it:
    1 on clean paper, less where a shadow fades. spans: it runs from one side to that across, or all but does. lines: it
    lies along a side, long and low, as the next sheet or the glass beside the page does. texture: fine detail inside
    against depth; a seal has it, skin has not.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    share: float
    thick: float
    depth: float
    rough: float
    sides: int
    solid: float
    colour: float
    jump: float
    spans: bool
    lines: bool
    texture: float


def is_foreign(thing: ForeignThing) -> bool:
    """Whether a person would take it off the page and scan again.

    Measured: fingers, pens, rulers and weights jump by 0.8 and more, shadows and bands of copiers by less; seals and
    blotted stamps cover 0.3 % of a page or are full of detail, bars of a highlighter run thin from side to side.
    """
    if (
        thing.jump < (_JUMP_OF_CORNER if _is_corner(thing) else _JUMP)
        or thing.solid < _SOLID
        or thing.thick < _LEAST_THICK
    ):
        return False
    if thing.share < _LARGE and thing.texture > _TEXTURE:
        return False
    if thing.rough > (_ROUGH if thing.share < _LARGE else 1.3 * _ROUGH):
        return False
    if thing.spans and thing.thick < 2 * _LEAST_THICK:
        return False
    if thing.sides:
        return thing.share >= _AT_SIDE and not thing.lines
    return thing.share >= _INSIDE


def _is_corner(thing: ForeignThing) -> bool:
    """Whether it looks like a folded corner: even, unbroken, large, over two sides; its shade ends less sharply."""
    even = thing.rough < _ROUGH_OF_CORNER and thing.texture < 1.2 * _TEXTURE
    pale = thing.depth < 0.5  # the back of the paper; a lid is dark
    return thing.sides == 2 and not thing.spans and thing.share >= _LARGE and thing.solid > 0.9 and even and pale


def find_things(picture: Picture) -> tuple[ForeignThing, ...]:
    """Everything thick on the page that the paper's slow change of brightness does not explain."""
    import cv2

    off, tint = _off_paper(picture)
    radius = max(2, round(_THICK * max(off.shape)))
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    lid = _lid(off > 0.35)
    found: list[ForeignThing] = []
    for level in _LEVELS:
        thick = cv2.morphologyEx(((off > level) & ~lid).astype(np.uint8), cv2.MORPH_OPEN, disk)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=4)
        for i in range(1, count):
            found.append(_measure(labels, i, stats[i], (off, tint, lid)))
    return tuple(found)


def _off_paper(picture: Picture) -> tuple[Floats, Floats]:
    """How far each pixel of the small plane is from the paper, 0..1, and how far its colour alone is."""
    import cv2

    small = cv2.GaussianBlur(picture.small, (3, 3), 0).astype(np.float32)
    ground = _ground(small)
    off = np.clip((ground - small) / np.maximum(ground, 1), 0, 1)
    tint = np.zeros_like(off)
    if picture.colour is not None:
        lab = cv2.cvtColor(cv2.GaussianBlur(picture.colour, (5, 5), 0), cv2.COLOR_RGB2LAB).astype(np.float32)
        a, b = (plane - _ground_of_tint(plane) for plane in (lab[..., 1], lab[..., 2]))
        tint = np.clip(np.hypot(a, b) / 80, 0, 1)
        off = np.maximum(off, tint * 1.2)
    return off.astype(np.float32), tint.astype(np.float32)


def _ground(small: Floats) -> Floats:
    """The paper's brightness: a surface of second order through bright pixels, fitted anew without the dark ones."""
    height, width = small.shape
    y, x = np.mgrid[0:height:6, 0:width:6].astype(np.float32)
    terms = _terms(x / width - 0.5, y / height - 0.5)
    values = small[::6, ::6].ravel()
    kept = values >= np.percentile(values, 40)
    weights = np.zeros(terms.shape[1], np.float32)
    for _ in range(4):
        weights = np.linalg.lstsq(terms[kept], values[kept], rcond=None)[0].astype(np.float32)
        apart = values - terms @ weights
        kept = (apart > -0.06 * np.maximum(terms @ weights, 20)) & (apart < 0.12 * 255)
        if kept.sum() < 100:
            break
    full_y, full_x = np.mgrid[0:height, 0:width].astype(np.float32)
    fitted = _terms(full_x / width - 0.5, full_y / height - 0.5) @ weights
    return np.asarray(np.clip(fitted, 1, 255).reshape(height, width), np.float32)


def _terms(x: Floats, y: Floats) -> Floats:
    one = np.ones_like(x)
    return np.stack([t.ravel() for t in (one, x, y, x * x, x * y, y * y)], axis=1)


def _ground_of_tint(plane: Floats) -> float:
    return float(np.median(plane))


def _lid(dark: Mask) -> Mask:
    """The scanner's lid, the table, the next page: what lines a side of the picture over its length, however askew.

    A finger is a bump on it: on each side the run of dark from the edge is followed as its median over half the side.
    """
    out = np.zeros_like(dark)
    for turn in range(4):
        turned = np.rot90(dark, turn)
        runs = np.where(turned.all(axis=0), turned.shape[0], np.argmin(turned, axis=0))
        # Odd, so that it has a middle.
        window = len(runs) // 2 | 1
        padded = np.pad(runs, window // 2, mode="reflect")
        stepped = np.lib.stride_tricks.sliding_window_view(padded, window)[:, ::5]
        base = np.median(stepped, axis=1) if float((runs > 1).mean()) > _LID_SHARE else np.zeros(len(runs))
        slack = np.where(base > 1, base * 1.25 + 6, 0)
        rows = np.arange(turned.shape[0])[:, None]
        covered = rows < slack[None, :]
        # rot90 gives a view, so this paints out itself.
        np.rot90(out, turn)[...] |= covered
    return out


def _measure(
    labels: NDArray[np.int32], number: int, stats: NDArray[np.int32], planes: tuple[Floats, Floats, Mask]
) -> ForeignThing:
    """Measure one component. planes: off the paper, its colour alone, the lid."""
    import cv2

    off, tint, lid = planes
    x, y, wide, high, area = (int(v) for v in stats)
    height, width = off.shape
    box = (slice(max(0, y - _RIM), y + high + _RIM), slice(max(0, x - _RIM), x + wide + _RIM))
    mask = (labels[box] == number).astype(np.uint8)
    values = off[box]
    inside = values[mask > 0]
    depth = max(float(np.median(inside)), 0.05)
    # A few pixels off: there a shadow still lies, and a thing has ended.
    ring = (_grow_mask(mask, 4) > _grow_mask(mask, 3)) & ~lid[box]
    outer = float(np.median(values[ring])) if ring.any() else depth
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.contourArea(cv2.convexHull(np.vstack(contours)))
    far = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3).max()
    across = (x <= _RIM) + (x + wide >= width - _RIM)
    upright = (y <= _RIM) + (y + high >= height - _RIM)
    at_lid = bool((_grow_mask(mask, 4)[lid[box]] > 0).any())
    spans = max(across, upright) == 2 or max(wide / width, high / height) >= _FROM_SIDE_TO_SIDE
    lines = (upright > 0 and wide > _LINES_SIDE * high) or (across > 0 and high > _LINES_SIDE * wide)
    return ForeignThing(
        x, y, x + wide, y + high, area / off.size, float(far) / max(off.shape), depth,
        float(inside.std()) / depth, across + upright + at_lid, area / max(hull, 1.0),
        float(np.median(tint[box][mask > 0])), max(0.0, depth - outer) / depth, spans, lines,
        _texture(values, mask) / depth,
    )  # fmt: skip


def _texture(values: Floats, mask: Image) -> float:
    """Spread of what a smoothed picture loses, well inside the mask."""
    import cv2

    inside = cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=3) > 0
    fine = values - cv2.GaussianBlur(values, (0, 0), 3)
    return float(fine[inside].std()) if inside.sum() > 20 else 0.0


def _grow_mask(mask: Image, by: int) -> Image:
    import cv2

    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=by), np.uint8)
