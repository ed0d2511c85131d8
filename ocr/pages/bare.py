"""Whether nothing at all is on a page: no mark of a hand, a press or a stamp, however faint or small."""

from __future__ import annotations

import numpy as np

from ocr.engine import Image
from ocr.geometry.paper import small
from ocr.pages.edges import find_edges, is_negative, paint_edges

# Less is too coarse to show a pencil's line.
_LEAST_PX = 600
_LEAST_PAPER = 90.0
# In levels of 255 below the paper around, and in deviations of the paper's own grain. Pencil is 20 to 80 deep.
_LEAST_DEPTH, _MOST_DEPTH, _NOISES = 7.0, 14.0, 6.0
_BLOT_DEPTH = 10.0
# Shares of the longer side: of an A4 sheet 0.01 is 3 mm, the height of a letter.
_NEAR, _SPECK, _SPECK_OF_RULED = 0.005, 0.0055, 0.003
_MOST_SPECKS = 12
_FADING = 0.008
_BLOT_PX, _WIDE, _LEAST_BLOT = 310, 0.2, 12
_RULE_PIECE, _RULE_LENGTH, _RULE_THICK, _LEAST_RULES = 0.04, 0.6, 0.005, 3
_HOLE_SIDE, _HOLE_AT, _HOLE_DEPTH = (0.012, 0.032), 0.1, 60
_MOST_HOLES = 4
_SHADOW_DEEP, _SHADOW_LONG = 0.025, 6.0


def is_bare(grey: Image) -> bool:
    """Whether a page, (height, width) uint8 as scanned, is bare paper.

    Passed over are only: black edges and shadows along a side, the rules of ruled paper, up to four punched holes near
    a side, and a few specks of less than 1.7 mm. Anything else, such as one stroke, a stamp, a stain, a fold or what
    shines through from the other side, and whatever cannot be told, says that something is there.
    """
    import cv2

    looked, _ = small(grey)
    # Of one shade all over: no paper is, but what a decoder leaves of a picture that it could not read.
    if looked.min() == looked.max():
        return False
    if max(looked.shape) < _LEAST_PX or min(looked.shape) < _LEAST_PX // 3 or is_negative(looked):
        return False
    edges = find_edges(looked)
    beside = np.zeros_like(looked)
    if edges is not None:
        paper = (slice(edges.paper.y0, edges.paper.y1), slice(edges.paper.x0, edges.paper.x1))
        looked = np.ascontiguousarray(paint_edges(looked, edges)[paper])
        # What an edge leaves of its fading; a letter reaches out of that.
        reach = 2 * round(_FADING * max(looked.shape)) + 1
        beside = np.asarray(cv2.dilate(edges.mask, np.ones((reach, reach), np.uint8)), np.uint8)[paper]
    if min(looked.shape) < _LEAST_PX // 3 or float(np.median(looked[::4, ::4])) < _LEAST_PAPER:
        return False
    ink = _ink(looked)
    holes = None if ink is None else _holes_alone(ink, looked, beside)
    return holes is not None and not _has_blots(looked, holes)


def _ink(looked: Image) -> Image | None:
    """255 where a page is darker than its own grain explains; None where the grain would hide pencil."""
    import cv2

    soft = cv2.GaussianBlur(looked.astype(np.float32), (0, 0), 1.0)
    deep = _ground(looked, round(0.02 * max(looked.shape))) - soft
    few = deep[::2, ::2]
    middle = float(np.median(few))
    grain = 1.4826 * float(np.median(np.abs(few - middle)))
    depth = max(_LEAST_DEPTH, _NOISES * grain)
    return None if depth > _MOST_DEPTH else np.where(deep - middle > depth, 255, 0).astype(np.uint8)


def _ground(looked: Image, reach: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """The paper without strokes: the middle of what lies within a reach."""
    import cv2

    scale = 4
    tiny = cv2.resize(looked, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    size = max(3, reach // scale * 2 + 1)
    middle = cv2.GaussianBlur(cv2.medianBlur(tiny, size).astype(np.float32), (0, 0), 2.0)
    return np.asarray(cv2.resize(middle, looked.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _holes_alone(ink: Image, looked: Image, beside: Image) -> list[tuple[int, int, int, int]] | None:
    """The punched holes (left, top, width, height); None where a mark is none, nor a rule, a shadow, a few specks."""
    import cv2

    long = max(ink.shape)
    near = max(3, round(_NEAR * long) | 1)
    # Joined, as pieces of a faint stroke lie close to each other.
    plain = _without_rules(ink)
    # A rule cuts small figures to pieces.
    speck = long * (_SPECK if plain is ink else _SPECK_OF_RULED)
    rest = cv2.morphologyEx(plain, cv2.MORPH_CLOSE, np.ones((near, near), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    specks = 0
    holes = []
    for label in range(1, count):
        left, top, wide, high, _ = (int(v) for v in stats[label])
        cut = (slice(top, top + high), slice(left, left + wide))
        mark = labels[cut] == label
        if max(wide, high) < speck:
            specks += 1
        elif not (_is_shadow(left, top, wide, high, ink.shape) or beside[cut][mark].all()):
            if not _is_hole(mark, looked, (left, top, wide, high)):
                return None
            holes.append((left, top, wide, high))
    return None if specks > _MOST_SPECKS or len(holes) > _MOST_HOLES else holes


def _without_rules(ink: Image) -> Image:
    """Ink without the rules of ruled paper; a line or two right across the page may be drawn by hand."""
    import cv2

    level, lines = _rules(ink)
    if lines < _LEAST_RULES:
        return ink
    upright, _ = _rules(np.ascontiguousarray(ink.T))
    rules = cv2.dilate(np.maximum(level, upright.T), np.ones((3, 3), np.uint8))
    return np.where(rules > 0, 0, ink).astype(np.uint8)


def _rules(ink: Image) -> tuple[Image, int]:
    """255 on thin lines that run level over most of a picture, and how many these are."""
    import cv2

    width = ink.shape[1]
    piece, gap = max(15, round(_RULE_PIECE * width)), max(5, round(0.02 * width)) | 1
    pieces = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, piece), np.uint8))
    joined = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, np.ones((3, gap), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    length, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_AREA]
    is_rule = (length >= _RULE_LENGTH * width) & (area <= length * max(4.0, _RULE_THICK * max(ink.shape)))
    is_rule[0] = False
    for label in np.flatnonzero(is_rule):
        is_rule[label] = _is_even(labels == label, ink)
    return np.where(is_rule[labels], 255, 0).astype(np.uint8), int(is_rule.sum())


def _is_even(rule: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], ink: Image) -> bool:
    """Whether a rule is everywhere of one thickness: where it is not, a stroke may run along it."""
    import cv2

    at = np.flatnonzero(rule.any(axis=1))
    rows = slice(max(0, at[0] - 6), at[-1] + 7)
    near = cv2.dilate(rule[rows].astype(np.uint8), np.ones((9, 1), np.uint8))
    thick = (near & (ink[rows] > 0)).sum(axis=0).astype(np.uint8)[None, :]
    # What crosses it is narrow.
    along = cv2.medianBlur(thick, 13)
    return int(along.max()) <= float(np.median(thick[thick > 0])) + 1


def _is_shadow(left: int, top: int, wide: int, high: int, shape: tuple[int, ...]) -> bool:
    """Whether a mark lies along a side of the picture, reaches it, and is much longer than deep."""
    deep = _SHADOW_DEEP * max(shape)
    upright = (left <= 1 or left + wide >= shape[1] - 1) and wide <= deep and high >= _SHADOW_LONG * wide
    level = (top <= 1 or top + high >= shape[0] - 1) and high <= deep and wide >= _SHADOW_LONG * high
    return upright or level


def _is_hole(mark: np.ndarray[tuple[int, int], np.dtype[np.bool_]], looked: Image, box: tuple[int, ...]) -> bool:
    """Whether a mark is round, filled, evenly dark, of a punched hole's size and near a side."""
    left, top, wide, high = box
    long, (height, width) = max(looked.shape), looked.shape
    least, most = (share * long for share in _HOLE_SIDE)
    if not (least <= wide <= most and least <= high <= most and 0.85 <= wide / high <= 1 / 0.85):
        return False
    at = min(left, top, width - left - wide, height - top - high)
    # A disc fills pi / 4 of its square.
    if at > _HOLE_AT * long or not 0.72 <= float(mark.mean()) <= 0.85:
        return False
    y, x = np.ogrid[:high, :wide]
    core = (y - high / 2 + 0.5) ** 2 + (x - wide / 2 + 0.5) ** 2 <= (0.35 * min(wide, high)) ** 2
    seen = looked[top : top + high, left : left + wide][core]
    return float(np.percentile(seen, 95)) < _HOLE_DEPTH + 60 and float(seen.std()) < 12


def _has_blots(looked: Image, holes: list[tuple[int, int, int, int]]) -> bool:
    """Whether a larger patch is darker than the paper about it: a smudge, a thumb, a stain, and no shadow of a side."""
    import cv2

    whole = looked.copy()
    for left, top, wide, high in holes:
        about = whole[max(0, top - high) : top + 2 * high, max(0, left - wide) : left + 2 * wide]
        whole[max(0, top - 4) : top + high + 4, max(0, left - 4) : left + wide + 4] = np.percentile(about, 70)
    scale = _BLOT_PX / max(whole.shape)
    tiny = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # Strokes and rules go: they were looked at.
    soft = cv2.medianBlur(tiny, 7)
    reach = round(_WIDE * _BLOT_PX) | 1
    wide_ground = cv2.GaussianBlur(
        cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8)), (0, 0), 8
    )
    patch = np.where(wide_ground.astype(np.int16) - soft > _BLOT_DEPTH, 255, 0).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(patch, connectivity=8)
    patches = stats[1:].tolist()
    return any(p[4] >= _LEAST_BLOT and not _runs_along(*p[:4], shape=patch.shape) for p in patches)


def _runs_along(left: int, top: int, wide: int, high: int, *, shape: tuple[int, ...]) -> bool:
    """Whether a patch reaches a side and runs along most of it, as a shadow of a spine or of a lid does."""
    upright = (left <= 1 or left + wide >= shape[1] - 1) and high >= 0.6 * shape[0]
    level = (top <= 1 or top + high >= shape[0] - 1) and wide >= 0.6 * shape[1]
    return upright or level
