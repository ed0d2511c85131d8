"""The end of a recogniser, which alone is taught: two blocks of attention over the frames, a norm, and the classes.

Of the PP-OCRv6 small recogniser from which ours are made (Du et al. 2022, SVTR: a norm, attention of eight heads, a
norm, two layers with x * sigmoid(x) between). The numbers are called as in the file. Forward, and backward by hand:
frames of all lines of a batch lie below each other, and only attention looks at them line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = Mapping[str, Floats]
Back = Callable[[Floats], Floats]
INSIDE, BESIDE = "p2o.pd_op.transpose.0.0", "p2o.pd_op.swish.0.0"
"""Inner tensors of the file: what the blocks are given (lines, frames, 120), and what is added behind them (lines,
120, 1, frames)."""
CLASSES = ("linear_8.w_0", "linear_8.b_0")
_HEADS = 8
_NORMS = tuple((f"helper.reshape.{2 * i}", f"helper.reshape.{2 * i + 1}") for i in range(5))
_EPSILON = (1e-5, 1e-5, 1e-5, 1e-5, 1e-6)
_LAYERS = tuple((f"linear_{i}.w_0", f"linear_{i}.b_0") for i in range(8))
NAMES = tuple(name for pair in (*_NORMS, *_LAYERS, CLASSES) for name in pair)
"""Names of all numbers that are taught."""


class Seen(NamedTuple):
    """What the frozen part gives of a line: both (frames, 120) float32."""

    inside: Floats
    beside: Floats


class Step(NamedTuple):
    """Logits (frames of all lines, classes), and what turns their gradient into that of each number."""

    logits: Floats
    back: Callable[[Floats], dict[str, Floats]]


def forward(numbers: Numbers, lines: Sequence[Seen]) -> Step:
    """Logits of lines, in their order below each other. numbers: by the names of NAMES."""
    run = _Run(numbers, [len(line.inside) for line in lines])
    x = np.concatenate([line.inside for line in lines])
    backs: list[Back] = []
    for block in range(2):
        x, back = run.add_part(x, 2 * block, run.attention, 4 * block)
        backs.append(back)
        x, back = run.add_part(x, 2 * block + 1, run.layers, 4 * block + 2)
        backs.append(back)
    x, last = run.norm(x, 4)
    x = x + np.concatenate([line.beside for line in lines])
    logits, classes = run.layer(x, CLASSES)

    def back_all(gradient: Floats) -> dict[str, Floats]:
        g = last(classes(gradient))
        for one in reversed(backs):
            g = one(g)
        return run.gradients

    return Step(logits, back_all)


class _Run:
    """One way through the layers, which keeps the gradients of the numbers on the way back."""

    def __init__(self, numbers: Numbers, sizes: Sequence[int]) -> None:
        ends = np.cumsum([0, *sizes])
        self._numbers = numbers
        self._lines = [slice(a, b) for a, b in zip(ends[:-1], ends[1:], strict=True)]
        self.gradients: dict[str, Floats] = {}

    def add_part(
        self, x: Floats, norm: int, part: Callable[[Floats, int], tuple[Floats, Back]], layer: int
    ) -> tuple[Floats, Back]:
        """What came in and, added to it, what a part makes of its norm."""
        normed, back_norm = self.norm(x, norm)
        made, back = part(normed, layer)
        return x + made, lambda g: g + back_norm(back(g))

    def norm(self, x: Floats, number: int) -> tuple[Floats, Back]:
        """Each frame with mean 0 and variance 1, times a factor, plus a bias."""
        factor, bias = _NORMS[number]
        centred = x - x.mean(1, keepdims=True)
        scale = np.sqrt((centred**2).mean(1, keepdims=True) + _EPSILON[number])
        normed = centred / scale

        def run_back(g: Floats) -> Floats:
            self.gradients[factor], self.gradients[bias] = (g * normed).sum(0), g.sum(0)
            g = g * self._numbers[factor]
            mean, along = g.mean(1, keepdims=True), (g * normed).mean(1, keepdims=True)
            return np.asarray((g - mean - normed * along) / scale, np.float32)

        return normed * self._numbers[factor] + self._numbers[bias], run_back

    def layer(self, x: Floats, names: tuple[str, str]) -> tuple[Floats, Back]:
        """A product and a bias."""
        weight, bias = names

        def run_back(g: Floats) -> Floats:
            self.gradients[weight], self.gradients[bias] = x.T @ g, g.sum(0)
            return np.asarray(g @ self._numbers[weight].T, np.float32)

        return x @ self._numbers[weight] + self._numbers[bias], run_back

    def layers(self, x: Floats, first: int) -> tuple[Floats, Back]:
        """Two layers with x * sigmoid(x) between."""
        wide, back_first = self.layer(x, _LAYERS[first])
        gate = np.asarray(1 / (1 + np.exp(-wide)), np.float32)
        out, back_second = self.layer(wide * gate, _LAYERS[first + 1])

        def run_back(g: Floats) -> Floats:
            return back_first(np.asarray(back_second(g) * gate * (1 + wide * (1 - gate)), np.float32))

        return out, run_back

    def attention(self, x: Floats, first: int) -> tuple[Floats, Back]:
        """Every frame takes of every other one of its line, in each of the heads."""
        asked, back_first = self.layer(x, _LAYERS[first])
        parts = [_attend(asked[line]) for line in self._lines]
        out, back_second = self.layer(np.concatenate([made for made, _ in parts]), _LAYERS[first + 1])

        def run_back(g: Floats) -> Floats:
            inner = back_second(g)
            return back_first(np.concatenate([b(inner[line]) for line, (_, b) in zip(self._lines, parts, strict=True)]))

        return out, run_back


def _attend(asked: Floats) -> tuple[Floats, Back]:
    """Attention in one line. asked: (frames, 3 * width): what each frame looks for, shows and gives."""
    frames, width = len(asked), asked.shape[1] // 3
    query, key, value = asked.reshape(frames, 3, _HEADS, width // _HEADS).transpose(1, 2, 0, 3)
    scale = np.float32((width // _HEADS) ** -0.5)
    weights = query @ key.transpose(0, 2, 1) * scale
    weights = np.exp(weights - weights.max(2, keepdims=True))
    weights /= weights.sum(2, keepdims=True)
    made = (weights @ value).transpose(1, 0, 2).reshape(frames, width)

    def run_back(g: Floats) -> Floats:
        given = g.reshape(frames, _HEADS, width // _HEADS).transpose(1, 0, 2)
        of_weights = given @ value.transpose(0, 2, 1)
        of_scores = weights * (of_weights - (of_weights * weights).sum(2, keepdims=True)) * scale
        parts = np.stack([of_scores @ key, of_scores.transpose(0, 2, 1) @ query, weights.transpose(0, 2, 1) @ given])
        return np.asarray(parts.transpose(2, 0, 1, 3).reshape(frames, 3 * width), np.float32)

    return made, run_back
