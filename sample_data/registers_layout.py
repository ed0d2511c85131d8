"""How a sample register lies on the paper: page and column edges, ruling, and the heights of its rows.

All lengths are pixels of the flat, level page before it is bent, turned and worn.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

RULINGS = ("boxed", "feint", "columns", "under")
"""boxed: a line about every row. feint: evenly ruled paper, a row takes several lines. columns: upright lines alone.
under: a line drawn under each entry on feint paper."""
LEVELS = ("light", "worn", "bad")


@dataclass(frozen=True)
class Style:
    """How one volume is ruled and written.

    px_mm: pixels a millimetre. ruling: one of RULINGS. apart: rows have their own heights on the right-hand page, which
    then repeats the serial number where serial_again. hand_drawn: lines drawn by hand. double: upright lines are
    double here and there. outer: the table has a frame. wide: the page is wider than high. numbered: a row of column
    numbers stands under the header.
    """

    px_mm: float
    ruling: str
    spread: bool
    apart: bool
    serial_again: bool
    hand_drawn: bool
    double: bool
    outer: bool
    numbered: bool
    wide: bool
    uniform: bool
    text_px: float
    print_px: float
    line_px: float
    headers_in_english: bool


@dataclass(frozen=True)
class Half:
    """One page of a spread, or the only one: its edges, and the upright lines of its columns from left to right.

    columns: ids; edges has one more.
    """

    left: float
    right: float
    columns: tuple[str, ...]
    edges: tuple[float, ...]


@dataclass(frozen=True)
class Paper:
    """The paper of one volume: width, height, its halves, and where its table begins and ends."""

    width: int
    height: int
    halves: tuple[Half, ...]
    top: float
    bottom: float
    gutter: float


def choose_style(rng: random.Random, *, spread: bool, columns: int) -> Style:
    """A style by lot."""
    px_mm = rng.choice((5.9, 5.9, 6.7, 7.9))
    ruling = rng.choice(("boxed", "boxed", "boxed", "feint", "feint", "under", "columns"))
    text_mm = rng.uniform(3.6, 4.6) if columns < 12 else rng.uniform(3.0, 3.7)
    return Style(
        px_mm=px_mm,
        ruling=ruling,
        spread=spread,
        apart=spread and ruling in ("boxed", "under") and rng.random() < 0.4,
        serial_again=rng.random() < 0.5,
        hand_drawn=rng.random() < 0.3,
        double=rng.random() < 0.25,
        outer=rng.random() < 0.7,
        numbered=rng.random() < 0.5,
        wide=not spread and (columns > 8 or rng.random() < 0.4),
        uniform=rng.random() < 0.4,
        text_px=text_mm * px_mm,
        print_px=rng.uniform(2.3, 3.0) * px_mm,
        line_px=rng.choice((0.22, 0.3, 0.4)) * px_mm,
        headers_in_english=rng.random() < 0.3,
    )


def at_scale(style: Style, px_mm: float) -> Style:
    """The same style at another resolution."""
    factor = px_mm / style.px_mm
    return replace(
        style,
        px_mm=px_mm,
        text_px=style.text_px * factor,
        print_px=style.print_px * factor,
        line_px=style.line_px * factor,
    )


def lay_paper(
    style: Style, columns: tuple[str, ...], widths: tuple[float, ...], split: int, rng: random.Random
) -> Paper:
    """The paper of a volume in a style. split: columns on the left-hand page, 0 for a single page."""
    mm = style.px_mm
    high = 340 if not style.wide else 215
    wide = 430 if style.spread else (330 if style.wide else 215)
    width, height = round(wide * mm), round(high * mm)
    jitter = [w * rng.uniform(0.8, 1.25) for w in widths]
    margin = [rng.uniform(6, 18) * mm for _ in range(4)]
    if style.spread:
        gutter = width / 2 + rng.uniform(-6, 6) * mm
        parts = [
            (0, split, margin[0], gutter - margin[1] * 0.7),
            (split, len(columns), gutter + margin[2] * 0.7, width - margin[3]),
        ]
    else:
        gutter = -1.0 if rng.random() < 0.5 else width + 1.0
        parts = [(0, len(columns), margin[0], width - margin[3])]
    halves = []
    for number, (first, last, left, right) in enumerate(parts):
        ids, shares = columns[first:last], jitter[first:last]
        if number and style.apart and style.serial_again:
            ids, shares = ("serial_again", *ids), [min(jitter[first:last]) * 0.8, *shares]
        least = 9.5 * mm
        halves.append(Half(left, right, ids, _edges(shares, left, right, least)))
    top = rng.uniform(12, 28) * mm
    return Paper(width, height, tuple(halves), top, height - rng.uniform(10, 22) * mm, gutter)


def _edges(shares: list[float], left: float, right: float, least: float) -> tuple[float, ...]:
    """Edges of columns in proportion to shares, none narrower than least where there is room."""
    free = right - left - least * len(shares)
    if free < 0:
        least, free = 0.0, right - left
    total = sum(shares)
    edges = [left]
    for share in shares:
        edges.append(edges[-1] + least + free * share / total)
    return tuple(edges)
