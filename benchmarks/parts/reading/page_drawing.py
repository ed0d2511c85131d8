"""Pages drawn for measuring page preparation, and the wear of scanning planted on them with a known map."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont, features

Grey = NDArray[np.uint8]
Points = NDArray[np.float64]

FONTS: Mapping[str, str] = MappingProxyType(
    {
        "as": "NotoSerifBengali-Regular",
        "bn": "NotoSansBengali-Regular",
        "en": "NotoSerif-Regular",
        "gu": "NotoSerifGujarati-Regular",
        "hi": "NotoSerifDevanagari-Regular",
        "kn": "NotoSerifKannada-Regular",
        "ml": "NotoSerifMalayalam-Regular",
        "mr": "NotoSansDevanagari-Regular",
        "or": "NotoSansOriya-Regular",
        "pa": "NotoSansGurmukhi-Regular",
        "ta": "NotoSerifTamil-Regular",
        "te": "NotoSerifTelugu-Regular",
        "ur": "NotoNastaliqUrdu-Regular",
    }
)
"""A font for each language; Debian's fonts-noto-core and fonts-noto-extra bring them."""
MODELS: Mapping[str, str] = MappingProxyType(
    dict(as_="asm", bn="ben", en="eng", gu="guj", hi="hin", kn="kan", ml="mal", mr="mar", pa="pan")
    | {"as": "asm", "or": "ori", "ta": "tam", "te": "tel", "ur": "urd"}
)
_FOLDER = Path("/usr/share/fonts/truetype/noto")
_ENGLISH = (
    "The complainant states that his cycle was taken from the market at night",
    "Received at the station by hand and entered in the general diary",
    "The officer in charge went to the place of occurrence at 09:30 hours",
    "Two witnesses were heard and signed in the presence of the officer",
    "Property recovered: one cycle, one watch, cash Rs. 450 in all",
)


@dataclass(frozen=True)
class Drawn:
    """A page as it was meant and as it was scanned.

    clean: as drawn; scan: with wear. text: its lines. rows: (n, k, 2), k points along each of n lines of clean.
    to_scan: maps points of clean to points of scan.
    """

    language: str
    text: tuple[str, ...]
    clean: Grey
    scan: Grey
    rows: Points
    to_scan: Callable[[Points], Points]


def font_for(language: str, size: int) -> ImageFont.FreeTypeFont | None:
    """The language's font; for English Pillow's own where none is installed; None when a page cannot be drawn."""
    path = _FOLDER / f"{FONTS[language]}.ttf"
    if path.is_file() and features.check("raqm"):
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
    return ImageFont.load_default(size) if language == "en" else None


def texts(data: Path | None) -> Mapping[str, Sequence[str]]:
    """Lines to draw by language: of the data's printed lines, else English alone."""
    if data is None:
        return {"en": _ENGLISH}
    found: dict[str, list[str]] = {}
    back = {model: code for code, model in MODELS.items() if len(code) == 2}
    for row in map(json.loads, (data / "ocr-bench" / "set.jsonl").open(encoding="utf-8")):
        if row["unit"] == "line" and row["kind"] in ("printed", "typed") and row["lang"] in back:
            found.setdefault(back[row["lang"]], []).append(row["text"])
    return found


def draw(language: str, lines: Sequence[str], rng: random.Random, size: tuple[int, int] = (1654, 2339)) -> Drawn:
    """A typed page of size (width, height): three paragraphs of uneven length on paper that is not quite white."""
    width, height = size
    letter = round(height / 75)
    font = font_for(language, letter)
    if font is None:
        raise FileNotFoundError(f"no font for {language}: install fonts-noto-core and fonts-noto-extra")
    page = PillowImage.new("L", size, 238)
    pen = ImageDraw.Draw(page)
    left, right, y = round(0.11 * width), round(0.9 * width), round(0.09 * height)
    step = round(letter * (2.4 if language == "ur" else 1.75))
    text: list[str] = []
    rows: list[Points] = []
    words: list[str] = []
    while y < 0.9 * height and len(text) < 34:
        while pen.textlength(" ".join(words), font=font) < right - left:
            words += rng.choice(lines).split()
        count = len(words)
        while count > 1 and pen.textlength(" ".join(words[:count]), font=font) > right - left:
            count -= 1
        if rng.random() < 0.15:
            count = max(1, count // 2)
        line, words = " ".join(words[:count]), words[count:]
        wide = pen.textlength(line, font=font)
        x = right - wide if language == "ur" else left
        pen.text((x, y), line, font=font, fill=rng.randint(20, 60), anchor="ls")
        text.append(line)
        rows.append(np.array([(a, y) for a in np.linspace(left, right, 12)], np.float64))
        y += step * (2 if rng.random() < 0.08 else 1)
    clean = np.asarray(page, np.uint8)
    return Drawn(language, tuple(text), clean, clean, np.array(rows), lambda points: points)


def grained(page: Drawn, seed: int, noise: float = 6.0) -> Drawn:
    """Grain and a slight blur, as every scan has."""
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(page.scan, (3, 3), 0.7).astype(np.float32)
    soft += rng.normal(0, noise, soft.shape).astype(np.float32)
    return replace(page, scan=np.clip(soft, 0, 255).astype(np.uint8))


def turned(page: Drawn, quarter: int) -> Drawn:
    """Turned anticlockwise by so many quarters."""
    before, (height, width) = page.to_scan, page.scan.shape
    maps: tuple[Callable[[Points], Points], ...] = (
        lambda p: p,
        lambda p: np.column_stack([p[:, 1], width - 1 - p[:, 0]]),
        lambda p: np.column_stack([width - 1 - p[:, 0], height - 1 - p[:, 1]]),
        lambda p: np.column_stack([height - 1 - p[:, 1], p[:, 0]]),
    )
    turn = maps[quarter % 4]
    return replace(page, scan=np.ascontiguousarray(np.rot90(page.scan, quarter)), to_scan=lambda p: turn(before(p)))


def askew(page: Drawn, angle_deg: float, beyond: int = 238) -> Drawn:
    """Turned anticlockwise by a small angle, on the same sheet of glass; beyond: shade of what lies about the paper."""
    before, (height, width) = page.to_scan, page.scan.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, 1.0)
    scan = cv2.warpAffine(page.scan, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(beyond,))
    return replace(page, scan=scan, to_scan=lambda p: before(p) @ matrix[:, :2].T + matrix[:, 2])


def bent(page: Drawn, share: float = 0.02, *, at_left: bool = True) -> Drawn:
    """Lines bent down towards the gutter at the top of the page and up at its foot; share: of the page's height."""
    before, (height, width) = page.to_scan, page.scan.shape
    x = np.arange(width) / (width - 1)
    near = np.exp(-(x if at_left else 1 - x) / 0.16)
    top, foot = share * height * near, -0.6 * share * height * near

    def shift(p: Points) -> Points:
        at = np.clip(p[:, 0], 0, width - 1)
        low, high = np.interp(at, np.arange(width), top), np.interp(at, np.arange(width), foot)
        return np.column_stack([p[:, 0], p[:, 1] + low + (high - low) * p[:, 1] / (height - 1)])

    rows = np.arange(height)[:, None]
    back = (rows - top) / (1 + (foot - top) / (height - 1))
    columns = np.repeat(np.arange(width)[None, :], height, axis=0)
    scan = cv2.remap(
        page.scan, columns.astype(np.float32), back.astype(np.float32), cv2.INTER_CUBIC, borderValue=(238,)
    )
    shade = 1 - 0.5 * np.exp(-(x if at_left else 1 - x) / 0.03)
    scan = (scan * shade).astype(np.uint8)
    return replace(page, scan=scan, to_scan=lambda p: shift(before(p)))


def black_edged(page: Drawn, share: float = 0.05) -> Drawn:
    """The lid left open: black on all sides, wider on two."""
    before, width = page.to_scan, page.scan.shape[1]
    a, b = round(share * width), round(0.4 * share * width)
    scan = np.pad(page.scan, ((a, b), (b, a)), constant_values=18)
    return replace(page, scan=scan, to_scan=lambda p: before(p) + np.array([b, a]))


def shone_through(page: Drawn, other: Grey, depth: float = 0.2) -> Drawn:
    """The other side's writing, mirrored and blurred, faint behind the page's own."""
    mirror = cv2.GaussianBlur(np.ascontiguousarray(other[:, ::-1]), (0, 0), 1.6).astype(np.float32)
    mirror = cv2.resize(mirror, page.scan.shape[::-1])
    faint = 1 - depth * np.clip((238 - mirror) / 200, 0, 1)
    return replace(page, scan=(page.scan * faint).astype(np.uint8))


def stamped(page: Drawn, rng: random.Random) -> Drawn:
    """A round stamp over the text, half as dark as ink."""
    height, width = page.scan.shape
    ink = np.zeros((height, width), np.uint8)
    at = (round(width * rng.uniform(0.3, 0.7)), round(height * rng.uniform(0.3, 0.7)))
    for radius in (0.11, 0.085):
        cv2.circle(ink, at, round(radius * width), (255,), 5, cv2.LINE_AA)
    cv2.putText(ink, "STATION", (at[0] - round(0.06 * width), at[1]), cv2.FONT_HERSHEY_DUPLEX, 1.2, (255,), 4)
    return replace(page, scan=(page.scan * (1 - 0.45 / 255 * ink)).astype(np.uint8))


def shaded(page: Drawn) -> Drawn:
    """Uneven light and a brown stain."""
    height, width = page.scan.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 0.62 + 0.38 * (x / width) * (0.6 + 0.4 * y / height)
    stain = 1 - 0.3 * np.exp(-(((x - 0.6 * width) / (0.15 * width)) ** 2 + ((y - 0.3 * height) / (0.1 * height)) ** 2))
    return replace(page, scan=(page.scan * light * stain).astype(np.uint8))


def ruled(page: Drawn) -> Drawn:
    """Printed lines under every row, as in a register."""
    scan = page.scan.copy()
    for row in page.rows:
        y = round(float(row[0, 1])) + 6
        cv2.line(scan, (round(float(row[0, 0])) - 20, y), (round(float(row[-1, 0])) + 20, y), (110,), 2)
    return replace(page, scan=scan)


def spread(left: Drawn, right: Drawn, *, shadow: bool = True) -> Grey:
    """Two pages side by side with a shadow in the gutter."""
    scan = np.hstack([left.scan, right.scan])
    if not shadow:
        return scan
    x = np.abs(np.arange(scan.shape[1]) - left.scan.shape[1])
    return (scan * (1 - 0.55 * np.exp(-x / (0.012 * scan.shape[1])))).astype(np.uint8)
