"""Plants defects into good pages; every draw comes from a seeded generator.

A page is (height, width) or (height, width, 3) uint8. strength runs from 0, at which a person would already scan again,
to 1. Nothing here knows how the defects are looked for.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Page = NDArray[np.uint8]
Rng = np.random.Generator
Plant = Callable[[Page, Rng, float], Page]

# Light to dark, RGB; a grey scan sees only how bright they are.
SKINS = ((236, 188, 160), (224, 172, 130), (198, 134, 92), (150, 98, 66), (110, 70, 48), (78, 50, 36))


def jpeg(page: Page, quality: int) -> Page:
    """The page as a JPEG of that quality gives it back."""
    file = BytesIO()
    Image.fromarray(page).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), np.uint8)


def _grey(page: Page) -> Page:
    return page if page.ndim == 2 else np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)


def _clip(page: NDArray[np.floating] | NDArray[np.signedinteger]) -> Page:
    return np.clip(np.round(page), 0, 255).astype(np.uint8)


def _between(low: float, high: float, strength: float) -> float:
    return low + (high - low) * strength


def _scaled(page: Page, factor: float) -> Page:
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=way), np.uint8)


# --- too few pixels, blur -------------------------------------------------------------------------------------------


def _letter(page: Page) -> float:
    """Height in pixels of a middling letter, by a global threshold: how small or soft a page may get depends on it."""
    grey = _grey(page)
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    high, wide, area = stats[1:, 3], stats[1:, 2], stats[1:, 4]
    real = (high > 4) & (area > 8) & (high < grey.shape[0] / 15) & (wide < grey.shape[1] / 4)
    return float(np.median(high[real])) if real.any() else grey.shape[0] / 100


def coarse(page: Page, rng: Rng, strength: float) -> Page:
    """Scanned at so few dots that letters are 4.5 down to 2.5 pixels high."""
    return _scaled(page, min(0.6, _between(4.5, 2.5, strength) / _letter(page)))


def coarse_enlarged(page: Page, rng: Rng, strength: float) -> Page:
    """The same, enlarged again to its old size, as some scanner programs do."""
    small = coarse(page, rng, strength)
    return np.asarray(cv2.resize(small, page.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def defocus(page: Page, rng: Rng, strength: float) -> Page:
    """A lens out of focus: each point becomes a disk."""
    radius = _between(0.33, 0.75, strength) * _letter(page)
    size = 2 * int(np.ceil(radius)) + 1
    y, x = np.mgrid[:size, :size] - size // 2
    disk = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(cv2.filter2D(page, -1, disk / disk.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)


def soft(page: Page, rng: Rng, strength: float) -> Page:
    """A dirty or misted glass: a bell of blur."""
    sigma = _between(0.22, 0.45, strength) * _letter(page)
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.uint8)


def moved(page: Page, rng: Rng, strength: float) -> Page:
    """The camera or the sheet moved while the picture was taken, in any direction."""
    length = _between(0.8, 1.8, strength) * _letter(page)
    angle = rng.uniform(0, np.pi)
    size = 2 * int(np.ceil(length / 2)) + 3
    kernel = np.zeros((size * 4, size * 4), np.float32)
    middle = size * 2
    step = np.array([np.cos(angle), np.sin(angle)]) * length * 2
    ends = [tuple(int(v) for v in np.round(middle + sign * step)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 3)
    kernel = cv2.resize(kernel, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.filter2D(page, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)


def ghosted(page: Page, rng: Rng, strength: float) -> Page:
    """The page shifted within the exposure: everything stands there twice."""
    far = _between(0.5, 1.2, strength) * _letter(page)
    angle = rng.uniform(0, 2 * np.pi)
    matrix = np.array([[1, 0, far * np.cos(angle)], [0, 1, far * np.sin(angle)]])
    again = cv2.warpAffine(page, matrix, page.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    share = rng.uniform(0.4, 0.55)
    return _clip((1 - share) * page.astype(np.float32) + share * again)


# --- light ----------------------------------------------------------------------------------------------------------


def dark(page: Page, rng: Rng, strength: float) -> Page:
    """Far too little light, and the grain that comes with it."""
    out = page.astype(np.float32) * _between(0.24, 0.10, strength)
    return _clip(out + rng.normal(0, 1.5, page.shape[:2])[(...,) + (None,) * (page.ndim - 2)])


def dark_gamma(page: Page, rng: Rng, strength: float) -> Page:
    """Too dark with paper and ink run together."""
    out = 255 * (page.astype(np.float32) / 255 * 0.72) ** _between(4.0, 6.5, strength)
    return _clip(out + rng.normal(0, 1.5, page.shape[:2])[(...,) + (None,) * (page.ndim - 2)])


def light(page: Page, rng: Rng, strength: float) -> Page:
    """Burned out: paper white, ink nearly so."""
    left = _between(0.14, 0.05, strength)
    return _clip(255 - (255 - page.astype(np.float32)) * left + rng.normal(0, 0.8, page.shape))


def washed(page: Page, rng: Rng, strength: float) -> Page:
    """A veil over the page: grey on grey."""
    middle = rng.uniform(120, 200)
    return _clip(
        middle + (page.astype(np.float32) - 200) * _between(0.14, 0.06, strength) + rng.normal(0, 1, page.shape)
    )


# --- what is missing from the picture -------------------------------------------------------------------------------


def _lines_of_ink(grey: Page) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows and columns in which writing stands."""
    size = (grey.shape[1] // 24) | 1
    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, size, 25)
    rim_y, rim_x = grey.shape[0] // 20, grey.shape[1] // 20
    ink[:rim_y] = ink[-rim_y:] = 0
    ink[:, :rim_x] = ink[:, -rim_x:] = 0
    rows, columns = ink.mean(axis=1), ink.mean(axis=0)
    return (rows > 0.04) & (rows < 0.7), (columns > 0.02) & (columns < 0.7)


def cut(side: str) -> Plant:
    """The picture ends within the writing on one side."""

    def plant(page: Page, rng: Rng, strength: float) -> Page:
        rows, columns = _lines_of_ink(_grey(page))
        inked = np.flatnonzero(columns if side in ("left", "right") else rows)
        share = _between(0.08, 0.4, strength) * rng.uniform(0.8, 1.2)
        near = (
            inked[int(share * (len(inked) - 1))]
            if side in ("left", "top")
            else inked[int((1 - share) * len(inked)) - 1]
        )
        if side in ("top", "bottom"):
            near = _through_a_line(_grey(page), int(near))
        if side == "left":
            return page[:, near:].copy()
        if side == "right":
            return page[:, :near].copy()
        return (page[near:] if side == "top" else page[:near]).copy()

    return plant


def _through_a_line(grey: Page, near: int) -> int:
    """The row nearby that crosses most strokes: through letters, neither between lines nor along a rule."""
    reach = max(6, grey.shape[0] // 45)
    first = max(0, near - reach)
    size = (grey.shape[1] // 24) | 1
    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, size, 25)
    strokes = np.abs(np.diff(ink.astype(np.int8), axis=1)).sum(axis=1).astype(np.float32)
    tall = cv2.blur(strokes[:, None], (1, max(3, grey.shape[0] // 400)))[:, 0]  # dots of a leader are two pixels high
    return first + int(np.argmax(tall[first : near + reach]))


# --- what lies on the page ------------------------------------------------------------------------------------------


def _laid(page: Page, mask: NDArray[np.float32], colour: NDArray[np.float32], shadow: float, rng: Rng) -> Page:
    """Something opaque on the page, with soft edge and the shadow it throws. mask 0..1; colour (h, w, 3)."""
    reach = max(3, page.shape[1] // 120)
    soft_edge = cv2.GaussianBlur(mask, (0, 0), max(0.8, page.shape[1] / 1400))
    thrown = cv2.GaussianBlur(np.roll(mask, (reach, reach // 2), (0, 1)), (0, 0), reach)
    paint = colour + rng.normal(0, 4, (*mask.shape, 1))
    if page.ndim == 2:
        paint = paint @ np.array([0.299, 0.587, 0.114])
    else:
        soft_edge, thrown = soft_edge[..., None], thrown[..., None]
    under = page.astype(np.float32) * (1 - shadow * thrown * (1 - soft_edge))
    return _clip(under * (1 - soft_edge) + paint * soft_edge)


def finger(page: Page, rng: Rng, strength: float) -> Page:
    """One or two fingers that hold the page down, from any edge; skin of six tones, nail, creases and shading."""
    skin = np.array(SKINS[int(rng.integers(len(SKINS)))], np.float32)
    side, count = int(rng.integers(4)), int(rng.integers(1, 3))
    turned = np.ascontiguousarray(np.rot90(page, side))
    height, width = turned.shape[:2]
    wide = 0.075 * page.shape[1] * rng.uniform(0.9, 1.25)
    out, at = turned, rng.uniform(0.15, 0.75) * width
    for _ in range(count):
        long = _between(1.1, 2.4, strength) * wide * rng.uniform(0.9, 1.1)
        out = _one_finger(out, (at, long, wide, rng.uniform(-0.35, 0.35)), skin, rng)
        at += 1.3 * wide
    return np.ascontiguousarray(np.rot90(out, -side))


def _one_finger(page: Page, place: tuple[float, float, float, float], skin: NDArray[np.float32], rng: Rng) -> Page:
    """A finger that comes in over the lower edge. place: where, how long, how wide, how slanted."""
    at, long, wide, slant = place
    height, width = page.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    up = height - y
    across = (x - at - slant * up) / (wide / 2 * (1 + 0.06 * np.sin(up / wide * 2.2)))
    tip = np.clip((up - (long - wide / 2)) / (wide / 2), 0, None)
    mask = ((across**2 + tip**2) < 1).astype(np.float32)
    shade = (
        1
        - 0.28 * np.clip(np.abs(across), 0, 1) ** 3
        - 0.05 * np.sin(up / (0.08 * wide)) * (np.abs(up - long * 0.5) < 0.2 * wide)
    )
    nail = ((across / 0.6) ** 2 + ((up - long + 0.45 * wide) / (0.32 * wide)) ** 2) < 1
    colour = skin[None, None] * shade[..., None]
    if rng.random() < 0.6:
        pale = 0.75 * skin + 0.25 * np.array([255, 225, 215], np.float32)
        colour = np.where(nail[..., None], pale[None, None] * shade[..., None], colour)
    return _laid(page, mask, colour.astype(np.float32), 0.35, rng)


def _bar(
    page: Page, rng: Rng, long: float, wide: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """A straight thing anywhere on the page: its mask, and along and across it from -1 to 1."""
    height, width = page.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    cx, cy, angle = rng.uniform(0.25, 0.75) * width, rng.uniform(0.2, 0.8) * height, rng.uniform(0, np.pi)
    along = ((x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)) / (long / 2)
    across = (-(x - cx) * np.sin(angle) + (y - cy) * np.cos(angle)) / (wide / 2)
    return ((np.abs(along) < 1) & (np.abs(across) < 1)).astype(np.float32), along, across


def pen(page: Page, rng: Rng, strength: float) -> Page:
    """A pen left lying on the page: barrel with a highlight, tapered at the point."""
    colour = np.array([(25, 25, 30), (20, 40, 130), (150, 25, 30), (40, 90, 60)][int(rng.integers(4))], np.float32)
    mask, along, across = _bar(page, rng, page.shape[1] * _between(0.4, 0.65, strength), page.shape[1] * 0.04)
    mask *= np.abs(across) < np.clip((1.0 - along) / 0.14, 0.1, 1)
    shine = 1 - 0.5 * across**2 + 0.8 * np.exp(-(((across + 0.35) / 0.12) ** 2))
    return _laid(page, mask, colour * shine[..., None].astype(np.float32), 0.4, rng)


def ruler(page: Page, rng: Rng, strength: float) -> Page:
    """A ruler that holds the page flat: wood, steel or plastic, with its marks."""
    colour = np.array([(190, 150, 95), (150, 152, 156), (205, 190, 60)][int(rng.integers(3))], np.float32)
    mask, along, across = _bar(page, rng, page.shape[1] * _between(0.6, 1.3, strength), page.shape[1] * 0.11)
    marks = (np.mod(along * 40, 1) < 0.18) & (across > 0.55)
    paint = np.where(marks[..., None], np.float32(40), colour * (1 - 0.08 * across[..., None]))
    return _laid(page, mask, paint.astype(np.float32), 0.3, rng)


def weight(page: Page, rng: Rng, strength: float) -> Page:
    """A paperweight, a clip board's clamp, a telephone: large, dark, over the edge of the page."""
    height, width = page.shape[:2]
    wide, high = width * _between(0.14, 0.3, strength), height * _between(0.05, 0.1, strength)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    cx, cy = [(rng.uniform(0.2, 0.8) * width, 0.4 * high), (0.3 * wide, rng.uniform(0.2, 0.8) * height)][
        int(rng.integers(2))
    ]
    mask = ((np.abs((x - cx) / wide * 2) ** 4 + np.abs((y - cy) / high * 2) ** 4) < 1).astype(np.float32)
    tone = rng.uniform(15, 90)
    paint = (tone * (1 + 0.35 * np.cos((x - cx) / wide * 5)))[..., None] * np.ones(3, np.float32)
    return _laid(page, mask, paint.astype(np.float32), 0.4, rng)


def folded(page: Page, rng: Rng, strength: float) -> Page:
    """A corner folded over the writing: the back of the paper, its own shade, the shadow of its edge."""
    corner = int(rng.integers(4))
    turned = np.ascontiguousarray(np.rot90(page, corner))
    height, width = turned.shape[:2]
    reach = _between(0.3, 0.55, strength) * width
    y, x = np.mgrid[:height, :width].astype(np.float32)
    mask = (x + y * rng.uniform(0.7, 1.3) < reach).astype(np.float32)
    paper = np.percentile(turned.reshape(-1, turned.shape[2]) if turned.ndim == 3 else turned.ravel(), 80, axis=0)
    paint = np.broadcast_to(np.asarray(paper, np.float32), (3,)) * rng.uniform(0.72, 0.88)
    out = _laid(turned, mask, np.broadcast_to(paint, (height, width, 3)).astype(np.float32), 0.55, rng)
    return np.ascontiguousarray(np.rot90(out, -corner))


PLANTS: dict[str, dict[str, Plant]] = {
    "low-resolution": {"coarse": coarse, "coarse-enlarged": coarse_enlarged},
    "blurred": {"defocus": defocus, "soft": soft, "moved": moved, "ghosted": ghosted},
    "too-dark": {"dark": dark, "dark-gamma": dark_gamma},
    "too-light": {"light": light},
    "low-contrast": {"washed": washed},
    "cut-off": {f"cut-{side}": cut(side) for side in ("left", "top", "right", "bottom")},
    "foreign-object": {"finger": finger, "pen": pen, "ruler": ruler, "weight": weight, "folded": folded},
}
SAME = {
    "low-resolution": {"low-resolution", "blurred"},
    "too-light": {"too-light", "low-contrast"},
    "low-contrast": {"low-contrast", "too-light", "too-dark"},
    "too-dark": {"too-dark", "low-contrast"},
}
"""Words that name the same trouble as well: what was enlarged again is blurred, what is burned out has no contrast."""
