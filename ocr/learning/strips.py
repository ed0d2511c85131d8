"""What the last layers are taught on: strips of real crops, cut where the reader looks, and drawn ones mixed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.handwriting.zone import Pass
from ocr.models.running import HEIGHT_PX

Strip = NDArray[np.uint8]
Rng = np.random.Generator
STEP_PX = 4
"""Pixels of a strip's width that a frame takes."""
_MOST_WIDE, _LEAST_WIDE = 1100, 16
_EDGE = 0.06
"""Share of a crop's height by which the edges of a pass are moved by chance."""
_EMPTY = 0.25
"""Empty lines of crops are taught a quarter as often as written ones."""


@dataclass(frozen=True)
class TextStrip:
    """A crop (height, width) uint8 grey, 0 black, as the reader cuts it, with the text that stands on it.

    passes: the parts of its height and the widths in which the reader looks at it. kind: of its zone.
    """

    image: Strip
    text: str
    passes: tuple[Pass, ...]
    kind: str

    def strip(self, rng: Rng | None = None) -> Strip:
        """The strip of its first pass; with a generator that of any, turned, cut, stretched and shaded by chance."""
        if rng is None:
            return to_strip(self.image, *self.passes[0])
        top, bottom, wide = self.passes[int(rng.integers(len(self.passes)))]
        top, bottom = (min(1.0, max(0.0, edge + rng.uniform(-_EDGE, _EDGE))) for edge in (top, bottom))
        return alter_by_chance(
            to_strip(turn_by_chance(self.image, rng), top, bottom, wide * rng.uniform(0.85, 1.15)), rng
        )


class DrawnStrips:
    """Drawn strips of a file, so that what was known before is not forgotten."""

    def __init__(self, path: Path) -> None:
        """path: npz with pictures (all files of pictures in a row), ends (where each ends) and texts."""
        with np.load(path, allow_pickle=False) as f:
            self._pictures: NDArray[np.uint8] = f["pictures"]
            self._ends: Sequence[int] = [0, *f["ends"].tolist()]
            self.texts: list[str] = f["texts"].tolist()

    @classmethod
    def of_package(cls, name: str = "eng_fields_drawn.npz") -> DrawnStrips | None:
        """Those of a file of the package, by default of English handwriting; None where it is not there."""
        path = Path(str(resources.files("ocr.models") / name))
        return cls(path) if path.is_file() else None

    def strip(self, number: int, rng: Rng) -> Strip:
        """One of them, a little altered so that it is never the same twice."""
        import cv2

        part = self._pictures[self._ends[number] : self._ends[number + 1]]
        strip = np.asarray(cv2.imdecode(part, cv2.IMREAD_GRAYSCALE), np.uint8)
        wide = max(_LEAST_WIDE, round(strip.shape[1] * rng.uniform(0.93, 1.08)))
        return alter_by_chance(np.asarray(cv2.resize(strip, (wide, HEIGHT_PX)), np.uint8), rng)


@dataclass(frozen=True)
class Mixture:
    """Samples and drawn strips. share: 0..1 of the samples in what is taught; characters: of the network's classes."""

    samples: tuple[TextStrip, ...]
    drawn: DrawnStrips | None
    characters: tuple[str, ...]
    share: float = 0.7

    @cached_property
    def _classes(self) -> dict[str, int]:
        return {c: i + 1 for i, c in enumerate(self.characters)}

    @cached_property
    def _kinds(self) -> tuple[tuple[TextStrip, ...], ...]:
        kinds = sorted({s.kind for s in self.samples})
        return tuple(tuple(s for s in self.samples if s.kind == kind) for kind in kinds)

    def draw(self, rng: Rng) -> tuple[Strip, list[int]]:
        """A strip and the classes of its text, that has room in the strip's frames. Kinds come equally often."""
        while True:
            if self.drawn is None or rng.random() < self.share:
                some = self._kinds[int(rng.integers(len(self._kinds)))]
                one = some[int(rng.integers(len(some)))]
                if not one.text and rng.random() > _EMPTY:
                    continue
                strip, text = one.strip(rng), one.text
            else:
                number = int(rng.integers(len(self.drawn.texts)))
                strip, text = self.drawn.strip(number, rng), self.drawn.texts[number]
            if strip.shape[1] / STEP_PX > len(text) + 2 and all(c in self._classes for c in text):
                return strip, [self._classes[c] for c in text]


def to_strip(image: Strip, top: float, bottom: float, wide: float) -> Strip:
    """A part of a crop's height as the network takes it: 48 pixels high, its width stretched."""
    import cv2

    part = image[round(top * len(image)) : max(round(bottom * len(image)), round(top * len(image)) + 1)]
    width = min(_MOST_WIDE, max(_LEAST_WIDE, round(part.shape[1] * HEIGHT_PX / len(part) * wide)))
    how = cv2.INTER_AREA if len(part) > HEIGHT_PX else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (width, HEIGHT_PX), interpolation=how), np.uint8)


def turn_by_chance(picture: Strip, rng: Rng) -> Strip:
    """Turned and sheared by chance, as another hand slants."""
    import cv2

    height, width = picture.shape
    turn, shear = np.tan(np.radians(rng.normal(0, 0.6))), rng.normal(0, 0.1)
    matrix = np.array([[1, shear, -shear * height / 2], [turn, 1, -turn * width / 2]], np.float32)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def alter_by_chance(strip: Strip, rng: Rng) -> Strip:
    """Other contrast, blur, noise."""
    import cv2

    out: NDArray[Any] = strip.astype(np.float32)
    if rng.random() < 0.5:
        out = 255 * np.clip(out / 255, 0, 1) ** rng.uniform(0.6, 1.7)
    if rng.random() < 0.3:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 0.9))
    if rng.random() < 0.3:
        out = np.clip((out - 128) * rng.uniform(0.6, 1.6) + 128 + rng.uniform(-25, 25), 0, 255)
    if rng.random() < 0.3:
        out = out + rng.normal(0, rng.uniform(2, 12), out.shape)
    return np.asarray(np.clip(out, 0, 255), np.uint8)
