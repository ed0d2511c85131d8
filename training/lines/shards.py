"""Shards of drawn lines in memory, and batches of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

Strip = np.ndarray
Place = tuple[int, int]
SQUEEZE = 0.75
_SHORT = ((0.2, 5), (0.4, 10))
"""Up to this share of the time only so many shards, which hold the shorter lines."""


class Shards:
    """The shards of a folder; new ones are taken in as they appear."""

    def __init__(self, folder: Path, squeeze: float = SQUEEZE, only: int | None = None) -> None:
        self._folder, self.squeeze, self._only = folder, squeeze, only
        self._paths: list[Path] = []
        self._loaded: dict[int, tuple[Strip, np.ndarray, list[str]]] = {}

    def refresh(self) -> int:
        """Look for new shards; how many there are in an unbroken row."""
        if not self._only or not self._paths:
            while (path := self._folder / f"{len(self._paths):04d}.npz").exists():
                self._paths.append(path)
        return len(self._paths)

    def _shard(self, number: int) -> tuple[Strip, np.ndarray, list[str]]:
        if number not in self._loaded:
            with np.load(self._paths[number], allow_pickle=False) as f:
                ends = np.concatenate([[0], np.cumsum(f["widths"])])
                self._loaded[number] = f["pixels"], ends, f["texts"].tolist()
        return self._loaded[number]

    def draw(self, rng: np.random.Generator, count: int, share: float, shards: int) -> list[tuple[Place, int]]:
        """Places of lines with their widths. share: of training that is done, which decides on lengths."""
        if self._only:
            _, ends, texts = self._shard(0)
            return [((0, i % self._only), int(ends[i % self._only + 1] - ends[i % self._only])) for i in range(count)]
        most = next((n for until, n in _SHORT if share < until), shards)
        numbers = rng.integers(0, max(1, min(most, shards)), count)
        found = []
        for number in numbers.tolist():
            _, ends, texts = self._shard(number)
            i = int(rng.integers(len(texts)))
            found.append(((number, i), int(ends[i + 1] - ends[i])))
        return found

    @staticmethod
    def squeezed(strip: Strip, factor: float) -> Strip:
        """A strip with its width times factor."""
        size = (max(8, round(strip.shape[1] * factor)), strip.shape[0])
        return np.asarray(cv2.resize(strip, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR))

    def line(self, place: Place) -> tuple[str, Strip]:
        """One line's text and strip."""
        pixels, ends, texts = self._shard(place[0])
        return texts[place[1]], pixels[:, ends[place[1]] : ends[place[1] + 1]]


def batch_of(
    shards: Shards, places: list[Place], rng: np.random.Generator, *, augment: bool
) -> tuple[list[str], list[Strip]]:
    """Texts and strips, the latter a little altered so that a line seen twice is not the same."""
    lines = [shards.line(p) for p in places]
    strips = []
    for _, strip in lines:
        factor = shards.squeeze * (rng.uniform(0.93, 1.1) if augment else 1.0)
        narrow = Shards.squeezed(strip, factor)
        strips.append(_altered(narrow, rng) if augment else narrow)
    return [t for t, _ in lines], strips


def _altered(strip: Strip, rng: np.random.Generator) -> Strip:
    height = len(strip)
    out = strip.astype(np.float32)
    if rng.random() < 0.5:
        up, down = rng.integers(0, 4, 2)
        edge = float(np.percentile(out, 90))
        padded = np.pad(out, ((up, down), (0, 0)), constant_values=edge)
        out = cv2.resize(padded, (out.shape[1], height), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        out = 255 * np.clip(out / 255, 0, 1) ** rng.uniform(0.6, 1.6)
    if rng.random() < 0.3:
        out = out + rng.normal(0, rng.uniform(2, 12), out.shape)
    return np.clip(out, 0, 255).astype(np.uint8)
