"""Makes a drawn register look like a scan of an old book: bent at the gutter, askew, stained, faded, shone through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from sample_data.registers_layout import Paper
from sample_data.registers_pen import Leaf

Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]
_INKS = ((0.10, 0.16, 0.46), (0.08, 0.08, 0.12), (0.06, 0.20, 0.42), (0.20, 0.12, 0.10))


@dataclass(frozen=True)
class Wear:
    """How worn a leaf is. skew in degrees; bend in pixels; inks, shadow, through 0..1; broken: share of rules lost."""

    skew: float
    bend: float
    ink: float
    rule: float
    broken: float
    shadow: float
    through: float
    stains: int
    speckles: int
    grain: float
    blur: float
    edge: bool
    bitonal: bool
    quality: int


@dataclass(frozen=True)
class Scanned:
    """The scan, and the way from the flat page to it: bend (amount, gutter, reach), then an affine matrix (2, 3)."""

    image: Image.Image
    bend: tuple[float, float, float]
    matrix: NDArray[np.float64]

    def points(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels of the scan for pixels of the flat page; (n, 2) rows x, y."""
        moved = np.column_stack([at[:, 0], at[:, 1] + _shift(at[:, 0], *self.bend)])
        return np.asarray(moved @ self.matrix[:, :2].T + self.matrix[:, 2], np.float64)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The upright rectangle of the scan about a rectangle of the flat page."""
        x = np.linspace(x0, x1, 9)
        there = self.points(np.array([(a, b) for a in x for b in (y0, y1)]))
        low, high = np.floor(there.min(axis=0)), np.ceil(there.max(axis=0))
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def choose_wear(level: str, rng: np.random.Generator, px_mm: float) -> Wear:
    """How worn one leaf of a level (light, worn, bad) is."""
    bad = {"light": 0, "worn": 1, "bad": 2}[level]
    sign = 1 if rng.random() < 0.5 else -1
    bitonal = bool(rng.random() < (0.15, 0.15, 0.1)[bad])
    least = 0.45 if bitonal else 0.0  # what is paler than that, a fax scanner leaves out
    return Wear(
        skew=sign * float(rng.uniform(*((0, 0.6), (0.4, 1.8), (1.0, 3.0))[bad])),
        bend=float(rng.uniform(*((0, 1.0), (0, 3.5), (1.5, 6.0))[bad])) * px_mm * (1 if rng.random() < 0.8 else -1),
        ink=float(rng.uniform(*((0.8, 0.95), (0.6, 0.85), (0.45, 0.7))[bad])),
        rule=max(least, float(rng.uniform(*((0.5, 0.9), (0.3, 0.7), (0.2, 0.5))[bad]))),
        broken=float(rng.uniform(*((0, 0.02), (0.03, 0.2), (0.1, 0.35))[bad])),
        shadow=float(rng.uniform(*((0.03, 0.15), (0.15, 0.4), (0.3, 0.6))[bad])),
        through=float(rng.uniform(*((0, 0.03), (0.03, 0.12), (0.06, 0.2))[bad])),
        stains=int(rng.integers(0, (1, 3, 5)[bad])),
        speckles=int(rng.integers(*((2, 30), (30, 120), (80, 250))[bad])),
        grain=float(rng.uniform(*((0.005, 0.012), (0.012, 0.022), (0.018, 0.03))[bad])),
        blur=float(rng.uniform(*((0.3, 0.5), (0.4, 0.8), (0.6, 1.0))[bad])),
        edge=bool(rng.random() < (0.2, 0.4, 0.6)[bad]),
        bitonal=bitonal,
        quality=int(rng.integers(*((70, 85), (55, 72), (45, 60))[bad])),
    )


def scanned(leaf: Leaf, behind: Image.Image | None, paper: Paper, wear: Wear, rng: np.random.Generator) -> Scanned:
    """A leaf on paper, worn and laid askew on a scanner. behind: the hand on the other side."""
    height, width = paper.height, paper.width
    page = np.full((height, width), float(rng.uniform(0.86, 0.97)), np.float32)
    page += 0.05 * (_cloud(rng, (height, width), 8) - 0.5)
    if behind is not None and wear.through:
        other = np.asarray(
            behind.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(1.6)), np.float32
        )
        page -= page * other / 255 * wear.through
    rules = _mask(leaf.rules) * _kept(rng, (height, width), wear.broken)
    page = _inked(page, rules, float(rng.uniform(0.1, 0.4)), wear.rule)
    page = _inked(page, _mask(leaf.print), 0.12, min(0.95, wear.ink + 0.15))
    page = _inked(
        page,
        _mask(leaf.hand),
        sum(_INKS[int(rng.integers(len(_INKS)))]) / 3,
        wear.ink * (0.75 + 0.25 * _cloud(rng, (height, width), 40)),
    )
    for _ in range(wear.stains):
        page = _stained(page, rng)
    page = _shaded(page, paper, wear.shadow, rng)
    page = _speckled(page, wear.speckles, rng)
    bend = (
        wear.bend,
        paper.gutter if 0 <= paper.gutter <= width else (0.0 if paper.gutter < 0 else float(width)),
        0.12 * width,
    )
    return _laid(page, bend, wear, rng)


def _mask(image: Image.Image) -> Floats:
    return np.asarray(image, np.float32) / np.float32(255)


def _inked(page: Floats, mask: Floats, shade: float, strength: float | Floats) -> Floats:
    cover = mask * strength
    return np.asarray(page * (1 - cover) + shade * cover, np.float32)


def _cloud(rng: np.random.Generator, shape: tuple[int, int], cells: int) -> Floats:
    """Soft noise 0..1; cells: how many bumps across."""
    height, width = shape
    small = rng.random((round(cells * height / width) + 2, cells + 2)).astype(np.float32)
    big = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(big, np.float32), 0, 1)


def _kept(rng: np.random.Generator, shape: tuple[int, int], broken: float) -> Floats:
    """1 where ruled lines are left, 0 where they wore off, with soft edges between."""
    if not broken:
        return np.ones(shape, np.float32)
    cloud = _cloud(rng, shape, 50)
    edge = float(np.quantile(cloud[::7, ::7], broken))
    return np.clip((cloud - edge) / 0.06 + 0.5, 0, 1).astype(np.float32)


def _stained(page: Floats, rng: np.random.Generator) -> Floats:
    height, width = page.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cx, cy, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.05, 0.2) * width
    far = np.sqrt((x - cx) ** 2 + (y - cy) ** 2) / r + 0.5 * (_cloud(rng, page.shape, 12) - 0.5)
    cover = 0.13 * (far < 1) + 0.2 * np.exp(-(((far - 1) / 0.04) ** 2))
    return _inked(page, cover.astype(np.float32), 0.42, 1.0)


def _shaded(page: Floats, paper: Paper, strength: float, rng: np.random.Generator) -> Floats:
    """Darker towards the gutter, and to one corner."""
    height, width = page.shape
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None] / height
    gutter = min(max(paper.gutter, 0.0), float(width))
    dark = 0.9 * np.exp(-np.abs(x - gutter) / (0.03 * width)) + 0.4 * (x / width) * (y if rng.random() < 0.5 else 1 - y)
    return np.asarray(page * (1 - strength * dark), np.float32)


def _speckled(page: Floats, amount: int, rng: np.random.Generator) -> Floats:
    """Specks of dirt, so many a megapixel, up to 5 pixels wide."""
    height, width = page.shape
    out = page.copy()
    for _ in range(amount * height * width // 1_000_000):
        x, y, r = int(rng.integers(2, width - 5)), int(rng.integers(2, height - 5)), int(rng.integers(1, 4))
        w = max(1, r - int(rng.integers(0, 2)))
        out[y : y + r, x : x + w] *= float(rng.uniform(0.25, 0.8))
    return out


def _shift(x: NDArray[np.float64], amount: float, gutter: float, reach: float) -> NDArray[np.float64]:
    """How far the page's columns hang down towards the gutter."""
    return np.asarray(amount * np.exp(-np.abs(x - gutter) / reach), np.float64)


def _laid(page: Floats, bend: tuple[float, float, float], wear: Wear, rng: np.random.Generator) -> Scanned:
    height, width = page.shape
    shift = _shift(np.arange(width, dtype=np.float64), *bend)
    rows = np.arange(height)[:, None] - shift[None, :]
    low = np.clip(np.floor(rows).astype(np.int32), 0, height - 2)
    part = np.clip(rows - low, 0, 1).astype(np.float32)
    columns = np.arange(width)[None, :]
    page = page[low, columns] * (1 - part) + page[low + 1, columns] * part
    page = page + rng.normal(0, wear.grain, page.shape).astype(np.float32)
    image = Image.fromarray((np.clip(page, 0, 1) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(wear.blur))
    margin = round(0.012 * width)
    angle = np.radians(-wear.skew)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    size = (width + 2 * margin, height + 2 * margin)
    middle = np.array([width / 2, height / 2])
    forward = np.hstack([turn, (middle + margin - turn @ middle)[:, None]])
    back = np.linalg.inv(np.vstack([forward, [0, 0, 1]]))[:2]
    ground = 20 if wear.edge else 228
    laid = image.transform(
        size, Image.Transform.AFFINE, tuple(back.ravel()), Image.Resampling.BICUBIC, fillcolor=ground
    )
    if wear.bitonal:
        laid = _black_and_white(laid)
    return Scanned(laid, bend, forward)


def _black_and_white(image: Image.Image) -> Image.Image:
    """As fax scanners store it: black where darker than the paper around by a sixth."""
    ground = np.asarray(image.filter(ImageFilter.BoxBlur(25)), np.float32)
    grey = np.asarray(image, np.float32)
    return Image.fromarray(np.where((grey < 0.84 * ground) | (grey < 50), 0, 255).astype(np.uint8))
