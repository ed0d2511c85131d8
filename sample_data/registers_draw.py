"""Draws one page or spread of a sample register, flat and unworn, and knows where every cell came to lie."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from sample_data.lettering import Lettering
from sample_data.registers_layout import Half, Paper, Style
from sample_data.registers_marks import Fate, strike_row, write_between, write_squeezed

Span = tuple[float, float]


@dataclass
class Entry:
    """One row to be written. lines: of each column, as broken. continues: begun on the page before.

    fate: what was done to it later. kind: "heading" or "total" for what is no entry. squeezed: one written below it.
    """

    serial: int
    texts: Mapping[str, str]
    ditto: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()
    row_struck: bool = False
    inserted: str = ""
    continues: bool = False
    lines: dict[str, list[str]] = field(default_factory=dict)
    fate: Fate | None = None
    kind: str = ""
    squeezed: Entry | None = None


@dataclass
class Placed:
    """A row as drawn: its entry, its top and foot on each half, and its lines: column, number, x, width, base line.

    is_squeezed: written small between two rows.
    """

    entry: Entry
    spans: list[Span]
    lines: list[tuple[str, int, float, float, float]] = field(default_factory=list)
    is_squeezed: bool = False


@dataclass
class Leaf:
    """Masks (mode L, ink is 255) of a page as printed, ruled and written, and where its rows lie."""

    rules: Image.Image
    print: Image.Image
    hand: Image.Image
    rows: list[Placed]
    header: Span | None
    rest: list[Entry]


class Pen:
    """Draws on the masks of one leaf."""

    def __init__(self, paper: Paper, style: Style, hand: Lettering, printed: Lettering, rng: random.Random) -> None:
        size = (paper.width, paper.height)
        self.rules, self.print, self.hand = (Image.new("L", size) for _ in range(3))
        self.paper, self.style, self.rng = paper, style, rng
        self._hand, self._print = hand, printed

    def rule(self, start: tuple[float, float], end: tuple[float, float], *, by_hand: bool = False) -> None:
        """One ruled line; by hand it slants and wavers."""
        rng, (x0, y0), (x1, y1) = self.rng, start, end
        upright = abs(y1 - y0) > abs(x1 - x0)
        steps = max(2, round(max(abs(x1 - x0), abs(y1 - y0)) / 40))
        off = [0.0] * (steps + 1)
        if by_hand:
            slant, walk = rng.uniform(-0.006, 0.006) * max(abs(x1 - x0), abs(y1 - y0)), 0.0
            for i in range(steps + 1):
                walk = 0.9 * walk + rng.uniform(-0.9, 0.9)
                off[i] = slant * (i / steps - 0.5) + walk
        points = []
        for i in range(steps + 1):
            x, y = x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps
            points.append((x + off[i], y) if upright else (x, y + off[i]))
        width = max(1, round(self.style.line_px * (rng.uniform(0.8, 1.6) if by_hand else 1)))
        ImageDraw.Draw(self.rules).line(points, fill=255, width=width)

    def fits(self, text: str, width: float, size: float) -> list[str]:
        """A text broken to lines of so many pixels; long words are cut between syllables."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._hand.width(longer, size) * 1.05 <= width:
                lines[-1] = longer
                continue
            lines += self._cut(word, width, size)
        return lines

    def write(self, at: tuple[float, float], text: str, size: float) -> None:
        """Write by hand on a base line."""
        self._hand.write(self.hand, at, text, size, self.rng)

    def set(self, middle: float, base: float, text: str, size: float) -> None:
        """Print about a middle."""
        width = self._print.width(text, size)
        self._print.print(ImageDraw.Draw(self.print), (middle - width / 2, base), text, size)

    def printed_lines(self, text: str, width: float, size: float) -> list[str]:
        """A label broken to lines of so many pixels."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self._print.width(longer, size) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def print_size(self, text: str, width: float, size: float) -> float:
        """The size at which the longest word of a label is no wider than width."""
        widest = max(self._print.width(word, size) for word in text.split())
        return size * min(1.0, width / max(1.0, widest))

    def width(self, text: str, size: float) -> float:
        """Pixels that written text takes."""
        return self._hand.width(text, size)

    def strike(self, x0: float, x1: float, y: float) -> None:
        """A line through something written, in the writer's ink."""
        rng = self.rng
        points = [
            (x0 - 3, y + rng.uniform(-2, 2)),
            ((x0 + x1) / 2, y + rng.uniform(-2, 2)),
            (x1 + 3, y + rng.uniform(-3, 3)),
        ]
        ImageDraw.Draw(self.hand).line(points, fill=240, width=max(2, round(0.3 * self.style.px_mm)))

    def _cut(self, word: str, width: float, size: float) -> list[str]:
        if self._hand.width(word, size) * 1.05 <= width:
            return [word]
        parts, start = [], 0
        for cut in _breaks(word):
            if self._hand.width(word[start:cut], size) * 1.05 > width and start < cut:
                at = max([b for b in _breaks(word) if start < b < cut], default=cut)
                parts.append(word[start:at])
                start = at
        return [*parts, word[start:]] if start < len(word) else parts


def _breaks(word: str) -> Iterator[int]:
    """Where a word may be cut: before a sign that begins a syllable."""
    import unicodedata

    for i in range(1, len(word)):
        joined = unicodedata.category(word[i]).startswith("M") or word[i] in "\u200c\u200d"
        after_virama = unicodedata.combining(word[i - 1]) == 9
        if not joined and not after_virama:
            yield i
    yield len(word)


def draw_leaf(
    pen: Pen, entries: Sequence[Entry], labels: Mapping[str, str] | None, title: str, *, may_continue: bool
) -> Leaf:
    """Draw a leaf from its head to its foot; entries that find no room are in its rest. labels: none, no header."""
    paper = pen.paper
    y = paper.top
    header = None
    if labels is not None:
        foot = _header(pen, labels, title, y)
        header, y = (y, foot), foot
    tops = [y] * len(paper.halves)
    rows, rest = _place(pen, entries, tops, may_continue=may_continue)
    _rule(pen, rows, header, y)
    written: list[Placed] = []
    for row in rows:
        written += _written(pen, row)
    return Leaf(pen.rules, pen.print, pen.hand, written, header, rest)


def _written(pen: Pen, row: Placed) -> list[Placed]:
    """Write a row; returns it, and behind it the one that is squeezed in below it."""
    if row.entry.kind:
        write_between(pen, row)
        return [row]
    _write(pen, row)
    strike_row(pen, row)
    late = row.entry.squeezed
    if late is None or row.entry.continues:
        return [row]
    for half in pen.paper.halves:
        for column, x0, x1 in _columns(half):
            text = late.texts.get(column, "")
            late.lines[column] = pen.fits(text, x1 - x0 - 0.5 * pen.style.text_px, pen.style.text_px)[:1]
    return [row, Placed(late, write_squeezed(pen, row, late), is_squeezed=True)]


def _header(pen: Pen, labels: Mapping[str, str], title: str, top: float) -> float:
    """Print the labels above the columns; returns the foot of the header."""
    paper, style = pen.paper, pen.style
    size = style.print_px
    pen.set(paper.width * (0.25 if style.spread else 0.5), top - 0.6 * size, title, size * 1.5)
    cells = []
    for half in paper.halves:
        for column, x0, x1 in _columns(half):
            text = labels.get(column, "")
            fit = pen.print_size(text, x1 - x0 - 6, size) if text else size
            cells.append(((x0 + x1) / 2, pen.printed_lines(text, x1 - x0 - 6, fit) if text else [], fit))
    foot = top + max(sum(1.3 * s for _ in lines) for _, lines, s in cells) + 1.2 * size
    for middle, lines, fit in cells:
        y = (top + foot) / 2 - len(lines) * 1.3 * fit / 2 + 0.95 * fit
        for line in lines:
            pen.set(middle, y, line, fit)
            y += 1.3 * fit
    if not style.numbered:
        return foot
    number = 1
    for half in paper.halves:
        for _, x0, x1 in _columns(half):
            pen.set((x0 + x1) / 2, foot + 1.2 * size, str(number), size)
            number += 1
        pen.rule((half.left, foot), (half.right, foot), by_hand=False)
    return foot + 1.8 * size


def _columns(half: Half) -> list[tuple[str, float, float]]:
    return list(zip(half.columns, half.edges[:-1], half.edges[1:], strict=True))


def pitch_of(style: Style) -> float:
    """From one written line to the next."""
    return style.text_px * (1.55 if style.ruling in ("feint", "under") else 1.3)


def _needed(pen: Pen, entry: Entry, half: Half) -> int:
    """Lines that an entry takes on a half; its lines are broken here."""
    style, most = pen.style, 1
    for column, x0, x1 in _columns(half):
        text = entry.texts.get(column, "")
        if column not in entry.lines:
            entry.lines[column] = pen.fits(text, x1 - x0 - 0.5 * style.text_px, style.text_px) if text else []
        most = max(most, len(entry.lines[column]))
    return most


def _place(
    pen: Pen, entries: Sequence[Entry], tops: list[float], *, may_continue: bool
) -> tuple[list[Placed], list[Entry]]:
    """Where rows lie, as far as there is room; the last may be cut and go on on the next page."""
    paper, style, pitch = pen.paper, pen.style, pitch_of(pen.style)
    pad = 0.0 if style.ruling in ("feint", "under") else 0.6 * style.text_px
    most = max((max(_needed(pen, e, h) for h in paper.halves) for e in entries), default=1)
    rows: list[Placed] = []
    tops = list(tops)
    for number, entry in enumerate(entries):
        lines = [_needed(pen, entry, half) for half in paper.halves]
        own = max(lines)
        if style.uniform and style.ruling == "boxed":
            lines = [min(most, 5)] * len(lines) if max(lines) <= 5 else lines
        if not style.apart:
            lines = [max(lines)] * len(lines)
        extra = pen.rng.choice((0, 0, 1)) if style.ruling in ("feint", "under") else 0
        spans = [(top, top + (n + extra) * pitch + pad) for top, n in zip(tops, lines, strict=True)]
        if max(foot for _, foot in spans) > paper.bottom:
            room = int((paper.bottom - max(tops) - pad) / pitch)
            if may_continue and not style.apart and 1 <= room < own and not entry.row_struck:
                over = Entry(entry.serial, entry.texts, continues=True)
                over.lines = {c: found[room:] for c, found in entry.lines.items()}
                entry.lines = {c: found[:room] for c, found in entry.lines.items()}
                rows.append(Placed(entry, [(top, top + room * pitch + pad) for top in tops]))
                return rows, [over, *entries[number + 1 :]]
            return rows, list(entries[number:])
        rows.append(Placed(entry, spans))
        tops = [foot for _, foot in spans]
    return rows, []


def _rule(pen: Pen, rows: Sequence[Placed], header: Span | None, top: float) -> None:
    paper, style, rng = pen.paper, pen.style, pen.rng
    pitch, hand = pitch_of(style), style.hand_drawn
    head = header[0] if header else top
    for number, half in enumerate(paper.halves):
        ends = half.left, half.right
        foot = paper.bottom
        levels: list[float] = []
        if style.ruling in ("boxed", "under"):
            levels = [row.spans[number][1] for row in rows]
        if style.ruling in ("feint", "under"):
            levels += (
                [top + i * pitch for i in range(1, int((foot - top) / pitch) + 1)] if style.ruling == "feint" else []
            )
        if style.ruling == "boxed":
            last = levels[-1] if levels else top
            high = (last - top) / max(1, len(rows)) if style.uniform else 4 * pitch
            while last + high < foot:
                last += high
                levels.append(last)
        for y in levels:
            pen.rule((ends[0], y), (ends[1], y), by_hand=hand and style.ruling != "feint")
        if header or style.outer or style.ruling != "columns":
            pen.rule((ends[0], head), (ends[1], head), by_hand=hand and not header)
        if header:
            pen.rule((ends[0], header[1]), (ends[1], header[1]))
            if style.double:
                pen.rule((ends[0], header[1] - 4), (ends[1], header[1] - 4))
        if style.outer:
            pen.rule((ends[0], foot), (ends[1], foot), by_hand=hand)
        inner = half.edges if style.outer else half.edges[1:-1]
        for x in inner:
            begin = head if style.outer or header else rng.uniform(0.3, 1.0) * head
            pen.rule((x, begin), (x, foot), by_hand=hand)
            if style.double and x in (half.edges[1], half.edges[-2]):
                pen.rule((x + 5, begin), (x + 5, foot), by_hand=hand)


def _write(pen: Pen, row: Placed) -> None:
    style, rng, entry = pen.style, pen.rng, row.entry
    pitch = pitch_of(style)
    for half, (top, _) in zip(pen.paper.halves, row.spans, strict=True):
        for column, x0, x1 in _columns(half):
            lines = entry.lines.get(column, [])
            for i, line in enumerate(lines):
                wide = pen.width(line, style.text_px)
                free = max(0.0, x1 - x0 - 0.4 * style.text_px - wide)
                x = x0 + 0.2 * style.text_px + rng.uniform(0.05, 0.6) * free * (1 if len(lines) == 1 else 0.2)
                base = top + (i + 1) * pitch - 0.24 * style.text_px + rng.uniform(-1.5, 1.0)
                pen.write((x, base), line, style.text_px)
                row.lines.append((column, i, x, wide, base))
                if column in entry.struck or entry.row_struck:
                    pen.strike(x, x + wide, base - 0.28 * style.text_px)
                if column == entry.inserted and i == 0:
                    pen.write((x + 0.3 * wide, base - 0.62 * style.text_px), line.split()[0], 0.55 * style.text_px)
