"""Teaching: a step looks at some strips, and moves the last layers so that they say the strips' texts better.

The frozen rest is run by onnxruntime, the last layers by numpy. Steps are seeded by their numbers and the state can be
kept at any step, so that what was broken off goes on as if nothing had been.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np

from ocr.learning.ctc_loss import ctc_loss
from ocr.learning.strips import Mixture, Strip
from ocr.learning.tail import BESIDE, INSIDE, NAMES, Floats, Seen, forward
from ocr.models.onnx_file import numbers_in, with_numbers, with_outputs
from ocr.models.running import load_content

_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8
_WARM = 20
_MOST_NORM = 5.0
_MEAN = 0.99
_BATCHES, _TIMES = 8, 3
"""Batches of a round, and how many times each is taught."""


@dataclass(frozen=True)
class Course:
    """How is taught. batch: strips a step. rate: of the steps, at its highest. pull: how strongly numbers are drawn
    back to where they began, so that what is not shown is not forgotten.
    """

    steps: int = 320
    batch: int = 16
    rate: float = 1e-3
    pull: float = 0.02


class Pupil:
    """A recogniser whose last layers are taught."""

    def __init__(self, content: bytes, mixture: Mixture, course: Course) -> None:
        """content: of the file of weights that is begun with.

        Raises ValueError for a network with other last layers, EngineMissing without onnxruntime.
        """
        self._content, self._mixture, self.course = content, mixture, course
        self._begun: Mapping[str, Floats] = numbers_in(content, NAMES)
        self._frozen = load_content(with_outputs(content, (INSIDE, BESIDE)))
        self._numbers = {name: value.copy() for name, value in self._begun.items()}
        self._mean = {name: value.copy() for name, value in self._begun.items()}
        self._moved = {name: np.zeros_like(value) for name, value in self._begun.items()}
        self._spread = {name: np.zeros_like(value) for name, value in self._begun.items()}
        self.done = 0

    def steps(self) -> Iterator[float]:
        """Teach until the course is over; gives the loss of a letter after each step."""
        while self.done < self.course.steps:
            # The frozen rest takes most of the time: what it sees of the strips of a round is taught several times.
            number, first = divmod(self.done, _BATCHES * _TIMES)
            batches = self._batches(number)
            order = np.random.default_rng([27, number]).permuted(np.tile(np.arange(_BATCHES), (_TIMES, 1)), axis=1)
            for at in order.reshape(-1)[first:].tolist():
                if self.done == self.course.steps:
                    return
                yield self._step(batches[at])

    def content(self) -> bytes:
        """The file of weights with what was learned: the running mean of the numbers."""
        return with_numbers(self._content, self._mean)

    def keep(self, path: Path) -> None:
        """Write the state; a broken write leaves the one before."""
        groups = {"n": self._numbers, "e": self._mean, "m": self._moved, "v": self._spread}
        arrays: dict[str, Any] = {f"{mark}.{name}": group[name] for mark, group in groups.items() for name in NAMES}
        part = path.with_suffix(".part")
        with part.open("wb") as f:
            np.savez(f, done=np.array(self.done), **arrays)
        part.replace(path)

    def take_up(self, path: Path) -> None:
        """Go on from a state that keep wrote."""
        with np.load(path, allow_pickle=False) as f:
            groups = {"n": self._numbers, "e": self._mean, "m": self._moved, "v": self._spread}
            for mark, group in groups.items():
                for name in NAMES:
                    group[name] = f[f"{mark}.{name}"]
            self.done = int(f["done"])

    def _batches(self, number: int) -> list[list[tuple[Seen, list[int]]]]:
        """What the frozen rest sees of the strips of a round, with their texts."""
        rng = np.random.default_rng([26, number])
        size = self.course.batch
        # Sorted by width: those of a batch are alike, and its frames few.
        drawn = sorted((self._mixture.draw(rng) for _ in range(_BATCHES * size)), key=lambda one: one[0].shape[1])
        seen = [(self._see(strip), text) for strip, text in drawn]
        return [seen[i * size : (i + 1) * size] for i in range(_BATCHES)]

    def _step(self, batch: list[tuple[Seen, list[int]]]) -> float:
        lines = [line for line, _ in batch]
        seen = forward(self._numbers, lines)
        ends = np.cumsum([len(line.inside) for line in lines])[:-1]
        loss = ctc_loss(np.split(seen.logits, ends), [text for _, text in batch])
        letters = sum(max(1, len(text)) for _, text in batch)
        self._move(seen.back(np.concatenate(loss.gradients) / np.float32(letters)))
        return float(loss.each.sum()) / letters

    def _see(self, strip: Strip) -> Seen:
        grey = strip.astype(np.float32) / 127.5 - 1.0
        name = self._frozen.get_inputs()[0].name
        inside, beside = self._frozen.run([INSIDE, BESIDE], {name: np.repeat(grey[None, None], 3, axis=1)})
        return Seen(inside[0], np.ascontiguousarray(beside[0, :, 0].T))

    def _move(self, gradients: Mapping[str, Floats]) -> None:
        """A step of Adam (Kingma and Ba 2015), drawn back a little to where teaching began."""
        size = float(np.sqrt(sum(float((g**2).sum()) for g in gradients.values())))
        damped = min(1.0, _MOST_NORM / (size + _TINY))
        pace = min(1.0, (self.done + 1) / _WARM) * (0.5 + 0.5 * cos(pi * self.done / self.course.steps))
        rate = self.course.rate * pace
        self.done += 1
        keep = min(_MEAN, self.done / (10 + self.done))
        for name, gradient in gradients.items():
            g, moved, spread = gradient * damped, self._moved[name], self._spread[name]
            moved += (1 - _FIRST) * (g - moved)
            spread += (1 - _SECOND) * (g * g - spread)
            first, second = moved / (1 - _FIRST**self.done), spread / (1 - _SECOND**self.done)
            number = self._numbers[name]
            back = self.course.pull * (number - self._begun[name])
            number -= np.asarray(rate * (first / (np.sqrt(second) + _TINY) + back), np.float32)
            self._mean[name] += (1 - keep) * (number - self._mean[name])


def mean_of(contents: Sequence[bytes]) -> bytes:
    """The mean of files of weights that were taught from the same: it reads at least about as well as one of them.

    Raises ValueError for a network with other last layers.
    """
    several = [numbers_in(content, NAMES) for content in contents]
    return with_numbers(contents[0], {name: np.mean([one[name] for one in several], 0) for name in NAMES})
