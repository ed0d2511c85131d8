"""A page as offices and telephones bring it: small, turned, seen at a slant, curled, cut, pale, shone through.

Each kind keeps the way from the page to the scan, so that what is known of the page's places is known of the scan's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Points = NDArray[np.float64]
Maker = Callable[[Grey], "PoorScan"]

_DESK = 70
_JPEG_OF_PHONE = 30


@dataclass(frozen=True)
class PoorScan:
    """grey: (height, width) uint8, 0 black. to_scan: pixels of the scan for pixels of the page, (n, 2) rows x, y."""

    grey: Grey
    to_scan: Callable[[Points], Points]

    def then(self, make: Maker) -> PoorScan:
        """The scan made worse once more."""
        worse = make(self.grey)
        return PoorScan(worse.grey, lambda points: worse.to_scan(self.to_scan(points)))


def keep(grey: Grey) -> PoorScan:
    """As it is."""
    return PoorScan(grey, lambda points: points)


def shrink(grey: Grey, by: float) -> PoorScan:
    """At a lower resolution."""
    small = cv2.resize(grey, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    return PoorScan(np.asarray(small, np.uint8), lambda points: points * by)


def slant(grey: Grey, by: float) -> PoorScan:
    """As a camera sees it that is not held level; by: how far corners lie off, as a share of the page."""
    height, width = grey.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    off = np.array([[1, 0.8], [-1.15, 0.35], [-0.1, -0.1], [0.2, -0.7]], np.float32) * (by * width, by * height)
    matrix = cv2.getPerspectiveTransform(corners, corners + off.astype(np.float32))
    seen = cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(_DESK,))

    def to_scan(points: Points) -> Points:
        return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0], np.float64)

    return PoorScan(np.asarray(seen, np.uint8), to_scan)


def turn(grey: Grey, quarters: int) -> PoorScan:
    """Turned anticlockwise by so many quarters."""
    height, width = grey.shape
    ways: Mapping[int, Callable[[Points], Points]] = {
        1: lambda p: np.column_stack([p[:, 1], width - 1 - p[:, 0]]),
        2: lambda p: np.column_stack([width - 1 - p[:, 0], height - 1 - p[:, 1]]),
        3: lambda p: np.column_stack([height - 1 - p[:, 1], p[:, 0]]),
    }
    return PoorScan(np.ascontiguousarray(np.rot90(grey, quarters)), ways[quarters])


def tilt(grey: Grey, angle_deg: float) -> PoorScan:
    """Laid askew, on paper large enough to lose nothing."""
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    wide, high = int(height * sin + width * cos), int(height * cos + width * sin)
    matrix[:, 2] += (wide - width) / 2, (high - height) / 2
    laid = cv2.warpAffine(grey, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderValue=(225,))
    return PoorScan(np.asarray(laid, np.uint8), lambda p: p @ matrix[:, :2].T + matrix[:, 2])


def cut(grey: Grey, left: float, top: float) -> PoorScan:
    """Without what lay beyond the glass: such shares of it at its left and upper edge."""
    height, width = grey.shape
    x, y = int(left * width), int(top * height)
    return PoorScan(np.ascontiguousarray(grey[y:, x:]), lambda points: points - (x, y))


def fade(grey: Grey, to: float) -> PoorScan:
    """With so little of its ink's darkness left."""
    return PoorScan((255 - (255 - grey.astype(np.float64)) * to).astype(np.uint8), lambda points: points)


def shine_through(grey: Grey, by: float) -> PoorScan:
    """With the other side's ink to be seen, so dark."""
    other = cv2.GaussianBlur(cv2.flip(np.roll(grey, len(grey) // 30, axis=0), 1), (0, 0), 2).astype(np.float64)
    return PoorScan(np.clip(grey - by * (255 - other), 0, 255).astype(np.uint8), lambda points: points)


def shade(grey: Grey, by: float) -> PoorScan:
    """With the shadow of whoever took the picture over its right part."""
    height, width = grey.shape
    along = np.linspace(0, 1, width)[None, :] + 0.35 * np.linspace(0, 1, height)[:, None]
    dark = 1 - by / (1 + np.exp(-(along - 0.75) * 14))
    return PoorScan(np.clip(grey * dark, 0, 255).astype(np.uint8), lambda points: points)


def press(grey: Grey, quality: int) -> PoorScan:
    """By JPEG."""
    packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return PoorScan(np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8), lambda points: points)


def curl(grey: Grey, top: float, bottom: float) -> PoorScan:
    """Bent towards its left edge, as a thick book lies: lines there move by such shares of the height."""
    height, width = grey.shape
    along = np.exp(-np.arange(width) / (0.22 * width))
    shift = top * height * along
    grown = (bottom - top) * along
    rows = np.arange(height, dtype=np.float64)[:, None]
    from_y = ((rows - shift) / (1 + grown)).astype(np.float32)
    from_x = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    laid = cv2.remap(grey, np.ascontiguousarray(from_x), from_y, cv2.INTER_CUBIC, borderValue=(200,))
    laid = np.clip(laid * (1 - 0.35 * along**3), 0, 255).astype(np.uint8)

    def to_scan(points: Points) -> Points:
        x = np.clip(points[:, 0], 0, width - 1)
        there = np.interp(x, np.arange(width), along)
        y = points[:, 1] * (1 + (bottom - top) * there) + top * height * there
        return np.column_stack([points[:, 0], y])

    return PoorScan(laid, to_scan)


def photograph(grey: Grey) -> PoorScan:
    """A telephone's picture: small, slanting, in shadow, packed hard."""
    scan = shrink(grey, 0.75).then(lambda g: slant(g, 0.055))
    return scan.then(lambda g: shade(g, 0.55)).then(lambda g: press(g, _JPEG_OF_PHONE))


KINDS: Mapping[str, Maker] = {
    "original": keep,
    "three quarters of the pixels": lambda g: shrink(g, 0.75),
    "half of the pixels": lambda g: shrink(g, 0.5),
    "slant": lambda g: slant(g, 0.025),
    "strong slant": lambda g: slant(g, 0.07),
    "photograph": photograph,
    "tilt": lambda g: tilt(g, 8.0),
    "upside down": lambda g: turn(g, 2),
    "on its side": lambda g: turn(g, 1),
    "cut": lambda g: cut(g, 0.05, 0.03),
    "pale": lambda g: fade(g, 0.33),
    "shining through": lambda g: shine_through(g, 0.45),
    "curl": lambda g: curl(g, 0.05, -0.025),
    "shadow": lambda g: shade(g, 0.55),
}
"""Kind -> what makes a page so."""
