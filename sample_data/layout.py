"""Where things stand on a printed form: rows of labels and dotted lines become print, zones and the form file.

A form is a list of rows. The same rows draw the page and say where its zones lie, so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

WIDTH, HEIGHT = 1654, 2339
"""A4 at 200 dpi: the reference frame of every sample form."""
DPI = 200
LEFT, RIGHT = 120, 1560
PITCH = 54
LABEL_SIZE = 25
_ABOVE, _BELOW = 42, 12
_WORD_ABOVE, _WORD_BELOW = 27, 10
_GAP = 12
_LEAST = 90
_AROUND_FRAME = 10

Box = tuple[int, int, int, int]
Measure = Callable[[str, float], float]


@dataclass(frozen=True)
class Cell:
    """A label and the blank behind it; weight shares out what room is left in the row. zone "": only print.

    answers: words of the label that are printed answers, of which all but one are to be struck out.
    """

    text: str
    zone: str = ""
    weight: float = 1.0
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """Cells beside each other. indent: of the row, in pixels. lines: of the last cell's blank, if it is a block."""

    cells: tuple[Cell, ...]
    indent: int = 0
    lines: int = 1
    boxed: bool = False


@dataclass(frozen=True)
class Printed:
    """A piece of print: base line and size in pixels. align: l, m or r, of x."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    align: str = "l"


@dataclass(frozen=True)
class Blank:
    """A zone to be filled: its dotted lines as (left, right, base line), and its box. label: what asks for it."""

    zone: str
    lines: tuple[tuple[int, int, int], ...]
    label: str = ""

    @property
    def is_block(self) -> bool:
        """Whether it has several lines."""
        return len(self.lines) > 1

    @property
    def box(self) -> Box:
        """Left, top, right, bottom of the writing on its lines."""
        left, right = min(x for x, _, _ in self.lines), max(x for _, x, _ in self.lines)
        return left, self.lines[0][2] - _ABOVE, right, self.lines[-1][2] + _BELOW


@dataclass(frozen=True)
class Answer:
    """A printed answer of a zone: its words, and where they stand."""

    zone: str
    value: str
    box: Box


@dataclass
class Sheet:
    """A laid-out form. frames: ruled rectangles. Lives while it is being laid out, then is only read."""

    prints: list[Printed] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    frames: list[Box] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def blank(self, zone: str) -> Blank:
        """The blank of that zone. Raises KeyError when there is none."""
        found = {b.zone: b for b in self.blanks}
        return found[zone]


def lay_out(head: Sequence[Printed], rows: Sequence[Row], top: int, measure: Measure) -> Sheet:
    """Set rows from top downwards. measure: width of a text in the form's print at a size.

    Raises ValueError when a row has not room for its labels, or the page not for its rows.
    """
    sheet = Sheet(prints=list(head))
    y, heading = top, ""
    for row in rows:
        if not row.indent:
            heading = _find_heading(row)
        y = _set_row(sheet, row, y, measure, heading if row.indent else "")
    if y > HEIGHT - 40:
        raise ValueError(f"the rows end at {y}, the page at {HEIGHT}")
    return sheet


def mirrored(sheet: Sheet) -> Sheet:
    """The sheet for a script that runs from right to left: labels at the right, what is written to the left of them."""
    sides = {"l": "r", "r": "l", "m": "m"}
    return Sheet(
        [replace(p, x=WIDTH - p.x, align=sides[p.align]) for p in sheet.prints],
        [replace(b, lines=tuple((WIDTH - right, WIDTH - left, y) for left, right, y in b.lines)) for b in sheet.blanks],
        [_mirrored_box(frame) for frame in sheet.frames],
        [replace(a, box=_mirrored_box(a.box)) for a in sheet.answers],
    )


def _mirrored_box(box: Box) -> Box:
    return WIDTH - box[2], box[1], WIDTH - box[0], box[3]


def _find_heading(row: Row) -> str:
    """The words of an item that stand over its parts: all of a row without blanks, else what is before a colon."""
    first = row.cells[0].text
    return _plain(first if not any(c.zone for c in row.cells) else first.rpartition(":")[0])


def _join_labels(heading: str, label: str) -> str:
    """A label behind its heading; of "3. (a) Occurrence" over "(b) Information" the number alone is left."""
    if label.startswith("(") and "(" in heading:
        return " ".join(filter(None, (heading.partition("(")[0].strip(), label)))
    return ": ".join(filter(None, (heading, label)))


def _plain(label: str) -> str:
    return " ".join(label.split()).replace(" :", ":").rstrip(":")


def _set_row(sheet: Sheet, row: Row, y: int, measure: Measure, heading: str) -> int:
    """Set one row whose first base line lies a pitch below y; returns the last base line. heading: of its item."""
    base = y + PITCH + (_AROUND_FRAME if row.boxed else 0)
    widths = [measure(c.text, LABEL_SIZE) if c.text else 0.0 for c in row.cells]
    blanks = [c for c in row.cells if c.zone]
    free = RIGHT - LEFT - row.indent - sum(widths) - 2 * _GAP * len(row.cells)
    if blanks and free < _LEAST * len(blanks):
        raise ValueError(f"no room for {', '.join(c.zone for c in blanks)}: {free:.0f} pixels are left")
    share = free / sum(c.weight for c in blanks) if blanks else 0.0
    x = float(LEFT + row.indent)
    for cell, printed in zip(row.cells, widths, strict=True):
        if cell.text:
            sheet.prints.append(Printed(cell.text, x, base, LABEL_SIZE))
            sheet.answers += [_answer(cell, word, (x, base), measure) for word in cell.answers]
        x += printed + _GAP
        if cell.zone:
            width = share * cell.weight
            lines = tuple((round(x), round(x + width), base + i * PITCH) for i in range(row.lines))
            label = _join_labels(heading, _plain(cell.text))
            sheet.blanks.append(Blank(cell.zone, lines, label))
            x += width + _GAP
        heading = _join_labels(heading, _find_heading(row)) if cell is row.cells[0] else heading
    last = base + (row.lines - 1) * PITCH
    if row.boxed:
        sheet.frames.append((LEFT - 10, base - _ABOVE, RIGHT + 10, last + _BELOW + 6))
        return last + _AROUND_FRAME
    return last


def _answer(cell: Cell, word: str, at: tuple[float, int], measure: Measure) -> Answer:
    """Where a word of a label stands. at: left end and base line of the label."""
    x, base = at
    before = cell.text[: cell.text.rindex(word)]
    left, right = measure(before, LABEL_SIZE), measure(before + word, LABEL_SIZE)
    return Answer(cell.zone, word, (round(x + left) - 3, base - _WORD_ABOVE, round(x + right) + 3, base + _WORD_BELOW))
