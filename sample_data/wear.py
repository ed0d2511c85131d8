"""Makes a clean page look like a scan of an old sheet: paper, stains, stamp, shadow, faint ink, skew, black edge.

Everything is drawn from a seeded generator with numpy and Pillow alone; the same seed gives the same pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from sample_data.draw import Inked
from sample_data.fonts import PRINTS, Fonts
from sample_data.layout import DPI, HEIGHT, WIDTH, Box
from sample_data.lettering import Lettering

Colour = tuple[float, float, float]
Floats = NDArray[np.float32]
Matrix = NDArray[np.float64]
LEVELS = ("light", "worn")
_INKS: tuple[Colour, ...] = ((0.10, 0.16, 0.46), (0.08, 0.08, 0.12), (0.06, 0.20, 0.42))
_STAMPS: tuple[Colour, ...] = ((0.42, 0.20, 0.50), (0.18, 0.25, 0.55))
_PRINT: Colour = (0.13, 0.12, 0.12)


@dataclass(frozen=True)
class Wear:
    """How worn a page is. Angles in degrees; ink, print, shadow 0..1; blur in pixels; speckles a megapixel."""

    skew: float
    ink: float
    print: float
    shadow: float
    stains: int
    creases: int
    stamp: bool
    ruled: bool
    edge: bool
    speckles: int
    grain: float
    blur: float
    quality: int


@dataclass(frozen=True)
class Worn:
    """A scan and how the form's frame lies on it. matrix: (2, 3), frame pixels to scan pixels."""

    image: Image.Image
    matrix: Matrix

    def box(self, frame: Box) -> Box:
        """The upright rectangle of the scan that holds a rectangle of the frame."""
        x0, y0, x1, y1 = frame
        corners = np.array([[x0, y0, 1], [x1, y0, 1], [x0, y1, 1], [x1, y1, 1]]) @ self.matrix.T
        low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def choose(level: str, rng: np.random.Generator) -> Wear:
    """How worn one page of a level is."""
    bad = level == "worn"
    sign = 1 if rng.random() < 0.5 else -1
    return Wear(
        skew=sign * float(rng.uniform(0.8, 2.6) if bad else rng.uniform(0.1, 0.7)),
        ink=float(rng.uniform(0.5, 0.75) if bad else rng.uniform(0.82, 0.97)),
        print=float(rng.uniform(0.6, 0.8) if bad else rng.uniform(0.85, 0.95)),
        shadow=float(rng.uniform(0.25, 0.5) if bad else rng.uniform(0.03, 0.12)),
        stains=int(rng.integers(1, 4)) if bad else int(rng.integers(0, 2)),
        creases=int(rng.integers(1, 3)) if bad else 0,
        stamp=bool(rng.random() < 0.75),
        ruled=bool(bad and rng.random() < 0.4),
        edge=bool(rng.random() < (0.7 if bad else 0.35)),
        speckles=int(rng.integers(60, 200)) if bad else int(rng.integers(5, 40)),
        grain=float(rng.uniform(0.018, 0.03) if bad else rng.uniform(0.008, 0.015)),
        blur=float(rng.uniform(0.6, 0.9) if bad else rng.uniform(0.3, 0.5)),
        quality=int(rng.integers(48, 62)) if bad else int(rng.integers(62, 75)),
    )


def worn(inked: Inked, wear: Wear, fonts: Fonts, rng: np.random.Generator) -> Worn:
    """Print and hand on paper, worn and laid on a scanner, at the frame's resolution and upright."""
    page = _paper(rng)
    if wear.ruled:
        page *= _rules(rng)[..., None]
    page = _ink(page, _mask(inked.print), _PRINT, wear.print)
    ink = _INKS[int(rng.integers(len(_INKS)))]
    page = _ink(page, _mask(inked.hand), ink, wear.ink * (0.75 + 0.25 * _cloud(rng, 40)))
    if wear.stamp:
        page = _ink(page, _stamp(fonts, rng), _STAMPS[int(rng.integers(len(_STAMPS)))], 0.45 + 0.25 * _cloud(rng, 25))
    for _ in range(wear.stains):
        page = _stained(page, rng)
    for _ in range(wear.creases):
        page *= _crease(rng)[..., None]
    page *= _shade(wear.shadow, rng)[..., None]
    page = _speckled(page, wear.speckles, rng)
    page += rng.normal(0, wear.grain, (HEIGHT, WIDTH, 1)).astype(np.float32)
    return _laid(_image(page, wear.blur), wear, rng)


def turned(scan: Worn, quarter_turns: int, dpi: int) -> Worn:
    """The scan at another resolution, turned anticlockwise by quarters."""
    image, matrix = scan.image, scan.matrix
    if dpi != DPI:
        factor = dpi / DPI
        image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
        matrix = matrix * factor
    for _ in range(quarter_turns % 4):
        image = image.transpose(Image.Transpose.ROTATE_90)
        turn = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, image.height - 1.0]])
        matrix = turn @ np.vstack([matrix, [0, 0, 1]])
    return Worn(image, matrix)


def _mask(image: Image.Image) -> Floats:
    return np.asarray(image, np.float32) / np.float32(255)


def _cloud(rng: np.random.Generator, cells: int) -> Floats:
    """Soft noise 0..1 over the page; cells: how many bumps across it."""
    small = rng.random((round(cells * HEIGHT / WIDTH) + 2, cells + 2)).astype(np.float32)
    big = Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(big, np.float32), 0, 1)


def _paper(rng: np.random.Generator) -> Floats:
    white = rng.uniform(0.90, 0.97)
    tint = np.array([white, white - rng.uniform(0.005, 0.03), white - rng.uniform(0.03, 0.13)], np.float32)
    mottle = 0.03 * (_cloud(rng, 9) - 0.5) + 0.02 * (_cloud(rng, 160) - 0.5)
    return np.asarray(tint[None, None, :] + mottle[..., None], np.float32)


def _ink(page: Floats, mask: Floats, colour: Colour, strength: float | Floats) -> Floats:
    cover = (mask * strength)[..., None]
    return np.asarray(page * (1 - cover) + np.array(colour, np.float32) * cover, np.float32)


def _rules(rng: np.random.Generator) -> Floats:
    factor = np.ones((HEIGHT, WIDTH), np.float32)
    for y in range(int(rng.integers(20, 60)), HEIGHT, int(rng.integers(58, 66))):
        factor[y : y + 2] = 0.86
    return factor


def _stamp(fonts: Fonts, rng: np.random.Generator) -> Floats:
    """A round rubber stamp, a little turned, where stamps are set: at the foot or at the head of the page."""
    size = 300
    tile = Image.new("L", (size, size))
    draw = ImageDraw.Draw(tile)
    for radius, width in ((142, 5), (98, 3)):
        draw.ellipse((150 - radius, 150 - radius, 150 + radius, 150 + radius), outline=255, width=width)
    lettering = Lettering(fonts, PRINTS["wbp"])
    _around(tile, lettering, "SAMPLE POLICE STATION * INVENTED * ", 111)
    lettering.print(draw, (150 - lettering.width("SEAL", 40) / 2, 164), "SEAL", 40)
    tile = tile.rotate(float(rng.uniform(-35, 35)), Image.Resampling.BICUBIC)
    mask = Image.new("L", (WIDTH, HEIGHT))
    places = ((640, 2010), (90, 1990), (760, 1960), (1240, 20))
    x, y = places[int(rng.integers(len(places)))]
    mask.paste(tile, (x + int(rng.integers(-30, 30)), y + int(rng.integers(-15, 15))))
    return _mask(mask)


def _around(tile: Image.Image, lettering: Lettering, text: str, radius: int) -> None:
    """Letters around a circle, read from its middle."""
    for i, letter in enumerate(text):
        piece = Image.new("L", tile.size)
        middle = tile.width / 2
        lettering.print(ImageDraw.Draw(piece), (middle - lettering.width(letter, 24) / 2, middle - radius), letter, 24)
        piece = piece.rotate(-360 * i / len(text), Image.Resampling.BICUBIC)
        tile.paste(255, mask=piece)


def _stained(page: Floats, rng: np.random.Generator) -> Floats:
    """One stain with a darker rim, as tea or water leaves it."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    cx, cy = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)
    rx, ry = rng.uniform(120, 380), rng.uniform(120, 380)
    far = np.sqrt(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2) + 0.5 * (_cloud(rng, 12) - 0.5)
    cover = 0.13 * (far < 1) + 0.22 * np.exp(-(((far - 1) / 0.05) ** 2))
    return _ink(page, cover.astype(np.float32), (0.55, 0.40, 0.22), 1.0)


def _crease(rng: np.random.Generator) -> Floats:
    """A fold across the page: a dark line beside a bright one."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    at = rng.uniform(0.25, 0.75) * HEIGHT + (x - WIDTH / 2) * rng.uniform(-0.02, 0.02) - y
    return np.asarray(1 - 0.18 * np.exp(-((at / 2.5) ** 2)) + 0.06 * np.exp(-(((at - 6) / 4) ** 2)), np.float32)


def _shade(strength: float, rng: np.random.Generator) -> Floats:
    """The gutter's shadow on one side, and light that falls off to one corner."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x / WIDTH, y / HEIGHT
    if rng.random() < 0.5:
        x = 1 - x
    if rng.random() < 0.5:
        y = 1 - y
    return np.asarray(1 - strength * (0.9 * np.exp(-x / 0.09) + 0.5 * x * y), np.float32)


def _speckled(page: Floats, amount: int, rng: np.random.Generator) -> Floats:
    count = amount * HEIGHT * WIDTH // 1_000_000
    dots = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(dots)
    for _ in range(count):
        x, y, r = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), rng.uniform(0.5, 2.0)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=int(rng.integers(80, 230)))
    return _ink(page, _mask(dots), (0.2, 0.18, 0.15), 0.9)


def _image(page: Floats, blur: float) -> Image.Image:
    image = Image.fromarray((np.clip(page, 0, 1) * 255).astype(np.uint8))
    return image.filter(ImageFilter.GaussianBlur(blur))


def _laid(image: Image.Image, wear: Wear, rng: np.random.Generator) -> Worn:
    """The sheet on the scanner's bed, askew; the bed is black where the lid was open, else like paper."""
    margin = 24 if wear.edge else 6
    size = (WIDTH + 2 * margin, HEIGHT + 2 * margin)
    angle = np.radians(-wear.skew)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([WIDTH / 2, HEIGHT / 2])
    shift = middle + margin + rng.uniform(-8, 8, 2) - turn @ middle
    forward = np.hstack([turn, shift[:, None]])
    back = np.linalg.inv(np.vstack([forward, [0, 0, 1]]))[:2]
    ground = (18, 17, 16) if wear.edge else (236, 233, 226)
    laid = image.transform(
        size, Image.Transform.AFFINE, tuple(back.ravel()), Image.Resampling.BICUBIC, fillcolor=ground
    )
    return Worn(laid, forward)
