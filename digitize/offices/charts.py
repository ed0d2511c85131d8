"""The burn-up chart as SVG; lines differ in their strokes and are named where they end, not by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import cycle

from markupsafe import Markup, escape

from digitize.offices.history import CUT, Point, Projection
from digitize.offices.numbers import group_digits

_W, _H, _LEFT, _RIGHT, _TOP, _FOOT = 900, 300, 92, 120, 14, 30


class _Axes:
    """From days and counts to places in the picture."""

    def __init__(self, first: date, last: date, most: int) -> None:
        self.first, self.last, self.most = first, last, max(most, 1)

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return round(_LEFT + (day - self.first).days / span * (_W - _LEFT - _RIGHT), 1)

    def y(self, n: float) -> float:
        return round(_H - _FOOT - n / self.most * (_H - _TOP - _FOOT), 1)


def draw_burn_up(points: Sequence[Point], projection: Projection, names: dict[str, str], title: str) -> Markup:
    """The chart. names: labels of the lines; points: at least two.

    Beside what is expected stands what is loaded at the same stations: of all stations it would look like more. Where
    an inventory was lowered and nobody answered for it, the line stays where it was.
    """
    is_cut = CUT in (projection.why, *(why for _, why in projection.without))
    shown = {name: _list_values(points, name, is_cut=is_cut) for name in _list_lines(points)}
    most = max((n for values in shown.values() for n in values if n is not None), default=0)
    # Ten years: a pace that is slower would press what has been done into a corner.
    last = min(projection.last, points[-1].day + timedelta(days=3653)) if projection.last else points[-1].day
    axes = _Axes(points[0].day, last, round(most * 1.05))
    lines = [_draw_grid(axes), _draw_range(axes, points[-1], projection)]
    ends: list[tuple[float, str, str]] = []
    for name, values in shown.items():
        known = [(axes.x(p.day), axes.y(n)) for p, n in zip(points, values, strict=True) if n is not None]
        if known:
            style = "loaded" if name == "of_expected" else name
            lines.append(f'<polyline class="{style}" points="{" ".join(f"{x:g},{y:g}" for x, y in known)}"/>')
            ends.append((known[-1][1], style, names[name]))
    lines += _draw_labels(sorted(ends))
    return Markup(
        f'<svg class="burn-up" viewBox="0 0 {_W} {_H}" role="img" aria-label="{escape(title)}">{"".join(lines)}</svg>'
    )


def _list_lines(points: Sequence[Point]) -> tuple[str, ...]:
    has_inventory = any(p.counts.expected is not None for p in points)
    return ("expected", "of_expected") if has_inventory else ("records", "loaded")


def _list_values(points: Sequence[Point], name: str, *, is_cut: bool) -> list[int | None]:
    values: list[int | None] = [getattr(p.counts, name) for p in points]
    if name == "expected" and is_cut:
        return [None if n is None else max(v for v in values[: at + 1] if v is not None) for at, n in enumerate(values)]
    return values


def _draw_labels(ends: Sequence[tuple[float, str, str]]) -> list[str]:
    """The lines' names at the right edge, none upon another."""
    made, free = [], 0.0
    for y, name, text in ends:
        # Sorted from the top, each at least a line's height below the one before.
        free = max(y + 4, free + 15)
        made.append(f'<text class="{name}" x="{_W - _RIGHT + 6}" y="{free:g}">{escape(text)}</text>')
    return made


def _draw_grid(axes: _Axes) -> str:
    step = _find_step(axes.most)
    lines = "".join(
        f'<line x1="{_LEFT}" x2="{_W - _RIGHT}" y1="{axes.y(n):g}" y2="{axes.y(n):g}"/>'
        f'<text x="{_LEFT - 6}" y="{axes.y(n) + 4:g}" text-anchor="end">{group_digits(n)}</text>'
        for n in range(0, axes.most + 1, step)
    )
    years = range(axes.first.year + 1, axes.last.year + 1)
    every = max(1, len(years) // 10)
    ticks = "".join(
        f'<text x="{axes.x(date(y, 1, 1)):g}" y="{_H - 8}" text-anchor="middle">{y}</text>'
        for y in years
        if y % every == 0
    )
    return f'<g class="grid" aria-hidden="true">{lines}{ticks}</g>'


def _find_step(most: int) -> int:
    """A round step that gives four to eight lines."""
    step = 1
    # 1, 2, 5, 10, 20, 50 and so on.
    for factor in cycle((2, 2.5, 2)):
        if most <= 8 * step:
            break
        step = int(step * factor)
    return step


def _draw_range(axes: _Axes, now: Point, projection: Projection) -> str:
    """From today's loaded records to what is expected, between the fastest and the slowest pace."""
    if projection.first is None or projection.last is None:
        return ""
    x, y, top = axes.x(now.day), axes.y(now.counts.of_expected), axes.y(now.counts.expected or 0)
    edge = _W - _RIGHT
    ends = [min(axes.x(d), edge) for d in (projection.first, projection.last)]
    return f'<polygon class="range" points="{x:g},{y:g} {ends[0]:g},{top:g} {ends[1]:g},{top:g}"/>'
