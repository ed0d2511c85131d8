"""Pages of an open book, or papers beside each other, on one scan: where they meet, how they lie, where each is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sample_data.makers.poor_scans import Grey, Maker, Points, press, shade, shrink, tilt, turn

_DESK = 55
_SHADOW = 0.03
"""How far a fold's shadow reaches on either side, as a share of a page's width."""


@dataclass(frozen=True)
class Spread:
    """grey: (height, width) uint8, 0 black. pages: for each, from left to right, its pixels to those of the scan."""

    grey: Grey
    pages: tuple[Callable[[Points], Points], ...]

    def then(self, make: Maker) -> Spread:
        """The scan made worse once more."""
        worse = make(self.grey)
        return Spread(worse.grey, tuple(_joined(worse.to_scan, own) for own in self.pages))


SpreadMaker = Callable[[Sequence[Grey]], Spread]


def _joined(behind: Callable[[Points], Points], first: Callable[[Points], Points]) -> Callable[[Points], Points]:
    return lambda points: behind(first(points))


def lay_open(pages: Sequence[Grey], shadow: float = 0.6) -> Spread:
    """Bound pages. shadow: how much of the light is lost in the fold."""
    high = max(len(page) for page in pages)
    offs = np.cumsum([0, *(page.shape[1] for page in pages)])
    grey = np.full((high, offs[-1]), 0, np.uint8)
    for page, x in zip(pages, offs, strict=False):
        # Paper goes on below a page that is shorter.
        grey[:, x : x + page.shape[1]] = np.median(page)
        grey[: len(page), x : x + page.shape[1]] = page
    along, reach = np.arange(offs[-1]), _SHADOW * offs[-1] / len(pages)
    light = np.ones(offs[-1])
    for fold in offs[1:-1]:
        light *= 1 - shadow * np.exp(-np.abs(along - fold) / reach)
    return Spread((grey * light).astype(np.uint8), tuple(_shift(float(x), 0.0) for x in offs[:-1]))


def lay_loose(pages: Sequence[Grey], gap: int = 40) -> Spread:
    """Papers on a dark desk that is seen between and around them."""
    high, wide = max(len(page) for page in pages), sum(page.shape[1] for page in pages)
    grey = np.full((high + 2 * gap, wide + (len(pages) + 1) * gap), _DESK, np.uint8)
    x, ways = gap, []
    for page in pages:
        grey[gap : gap + len(page), x : x + page.shape[1]] = page
        ways.append(_shift(float(x), float(gap)))
        x += page.shape[1] + gap
    return Spread(grey, tuple(ways))


def _shift(x: float, y: float) -> Callable[[Points], Points]:
    return lambda points: points + np.array([x, y])


SPREADS: Mapping[str, SpreadMaker] = {
    "shadow": lay_open,
    "no shadow": lambda pages: lay_open(pages, 0.0),
    "loose": lay_loose,
    "askew": lambda pages: lay_open(pages).then(lambda g: tilt(g, 1.2)),
    "upside down": lambda pages: lay_open(pages).then(lambda g: turn(g, 2)),
    "on its side": lambda pages: lay_open(pages).then(lambda g: turn(g, 1)),
    "small": lambda pages: lay_open(pages).then(lambda g: shrink(g, 0.7)),
    "phone": lambda pages: (
        lay_loose(pages).then(lambda g: tilt(g, -0.8)).then(lambda g: shade(g, 0.4)).then(lambda g: press(g, 40))
    ),
}
"""Kind -> what lays pages beside each other so."""
