"""The pen that writes a register, and what it writes: entries, rows and leaves."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from sample_data.lettering import Lettering
from sample_data.registers_layout import Paper, Style

Span = tuple[float, float]


@dataclass(frozen=True)
class Fate:
    """What was done to an entry after it was written.

    row: all of it is struck out. cells: columns struck out. words: column -> number of the word struck in its first
    line, corrected above it. lines: columns underlined, which is no striking. how: one of STROKES.
    """

    row: bool = False
    cells: frozenset[str] = frozenset()
    words: Mapping[str, int] | None = None
    under: frozenset[str] = frozenset()
    how: str = "one"


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
