"""What a step of training sees: strips with their texts, drawn ones from shards and handwritten ones from a folder."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ocr.learning.strips import alter_by_chance, turn_by_chance
from training.fields.make import HEIGHT, MOST_WIDE, to_strip

Strip = np.ndarray
Rng = np.random.Generator
LINES = {"": (0.0, 1.0), "1": (0.05, 0.64), "2": (0.41, 1.0)}
"""Part of a crop's height that a line of it takes: the whole, or one of two lines."""


@dataclass(frozen=True)
class Handwritten:
    """A crop of real handwriting with its text; group: its hand or station; line: "" or which of two lines."""

    picture: Strip
    text: str
    field: str
    group: str
    file: str
    line: str = ""


class Shards:
    """All drawn strips of a folder, or of one file of it."""

    def __init__(self, folder: Path, only: str = "*.npz") -> None:
        self._pixels: list[Strip] = []
        self._places: list[tuple[int, int, int, str]] = []
        for number, path in enumerate(sorted(folder.glob(only))):
            with np.load(path, allow_pickle=False) as f:
                ends = np.concatenate([[0], np.cumsum(f["widths"])])
                self._pixels.append(f["pixels"])
                places = zip(ends[:-1].tolist(), ends[1:].tolist(), f["texts"].tolist(), strict=True)
                self._places += [(number, a, b, text) for a, b, text in places]

    def __len__(self) -> int:
        return len(self._places)

    def item(self, index: int, rng: Rng) -> tuple[Strip, str]:
        """One strip, a little altered so that it is never the same twice, and its text."""
        number, start, end, text = self._places[index]
        strip = self._pixels[number][:, start:end]
        wide = max(16, round(strip.shape[1] * rng.uniform(0.93, 1.08)))
        return alter_by_chance(np.asarray(cv2.resize(strip, (wide, HEIGHT)), np.uint8), rng), text


def read_handwritten(folder: Path, leave_out: tuple[str, ...] = (), kept: float = 0.94) -> list[Handwritten]:
    """Crops of a folder by its crops.csv: file, field, group, text, and maybe line and loss.

    Groups that are left out are not read, nor, of each field, the share of crops whose text the network found least
    likely (loss a character): there the value was mostly typed from another record.
    """
    with (folder / "crops.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    losses: dict[str, list[float]] = {}
    for row in rows:
        if row["text"]:
            losses.setdefault(row["field"], []).append(float(row.get("loss") or 0))
    most = {field: float(np.quantile(of, kept)) for field, of in losses.items()}
    bad = {r["file"] for r in rows if r["text"] and float(r.get("loss") or 0) > most[r["field"]]}
    return [
        Handwritten(
            cv2.imread(str(folder / r["file"]), 0), r["text"], r["field"], r["group"], r["file"], r.get("line") or ""
        )
        for r in rows
        if r["group"] not in leave_out and r["file"] not in bad
    ]


def handwritten_strip(one: Handwritten, rng: Rng | None = None, squeeze: float = 1.0) -> Strip:
    """The strip of a crop; with a generator cut, turned, stretched and shaded by chance."""
    picture = one.picture
    top, bottom = LINES[one.line]
    if rng is not None:
        picture = turn_by_chance(picture, rng)
        top, bottom = top + rng.uniform(-0.03, 0.09), bottom + rng.uniform(-0.09, 0.03)
    high = len(picture)
    part = picture[max(0, round(top * high)) : min(high, round(bottom * high))]
    if rng is None:
        return to_strip(part, squeeze=squeeze)
    left, right = (int(rng.uniform(0, 0.02) * part.shape[1]) for _ in range(2))
    strip = to_strip(part[:, left : part.shape[1] - right], squeeze=squeeze * rng.uniform(0.85, 1.15))
    if strip.shape[1] > MOST_WIDE:
        strip = np.asarray(cv2.resize(strip, (MOST_WIDE, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    return alter_by_chance(strip, rng)
