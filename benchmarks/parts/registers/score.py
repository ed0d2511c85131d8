"""What counts as a row found, a cell in its place, a blank cell told: the pages of registers beside their gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_IOU = 0.5

Box = Sequence[int]
Gold = dict[str, Any]


@dataclass
class Score:
    """Counts over pages: rows found, invented and missed; cells in their place; cells rightly called blank or not.

    Of the cells of all rows found, wherever they were put: blanks are truly blank, asked of them go to a person; passed
    are said to be blank and pass, lost of them are not.
    """

    found: int = 0
    invented: int = 0
    missed: int = 0
    cells: int = 0
    cells_right: int = 0
    looked: int = 0
    blank_right: int = 0
    blanks: int = 0
    asked: int = 0
    passed: int = 0
    lost: int = 0

    def add(self, other: Score) -> None:
        """Add the counts of other pages."""
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def rows_f1(self) -> float:
        """F1 of rows, each half of a spread counted by itself."""
        return 2 * self.found / max(1, 2 * self.found + self.invented + self.missed)

    @property
    def cells_share(self) -> float:
        """Share of written cells whose middle lies in the cell of their row and column."""
        return self.cells_right / max(1, self.cells)

    @property
    def blank_acc(self) -> float:
        """Share of cells of rows found that were rightly called blank or written."""
        return self.blank_right / max(1, self.looked)

    @property
    def blank_sure(self) -> float:
        """Share of cells that pass as blank which are."""
        return 1 - self.lost / max(1, self.passed)

    @property
    def blank_asked(self) -> float:
        """Share of blank cells that a person is asked about."""
        return self.asked / max(1, self.blanks)


@dataclass(frozen=True)
class Found:
    """What was found on a page: boxes of every row, one a half, and of its cells with whether they are blank.

    unread: of every row the cells that are blank by their marks, and are asked all the same.
    """

    rows: list[list[Box]]
    cells: list[dict[str, tuple[Box, bool]]]
    form: str | None = None
    seconds: float = 0.0
    doubtful: list[bool] = field(default_factory=list)
    unread: list[set[str]] = field(default_factory=list)


def score_page(page: Gold, found: Found) -> Score:
    """Compare a page with its gold."""
    score = Score()
    by_half: list[dict[int, int]] = []
    halves = len(page["rows"][0]["boxes"]) if page["rows"] else 0
    for half in range(halves):
        wanted = [row["boxes"][half] for row in page["rows"]]
        have = [(i, row[half]) for i, row in enumerate(found.rows) if half < len(row)]
        pairs = matched(wanted, have)
        by_half.append(pairs)
        score.found += len(pairs)
        score.missed += len(wanted) - len(pairs)
        score.invented += len(have) - len(pairs)
    for number, row in enumerate(page["rows"]):
        for column, cell in row["cells"].items():
            half = half_of(cell["box"], row["boxes"])
            at = by_half[half].get(number)
            if cell["text"]:
                score.cells += 1
            if at is None:
                continue
            place = found.cells[at].get(column)
            if place is not None and found.unread and not row["continues"]:
                _count_blank(score, place[1], column in found.unread[at], bool(cell["text"]))
            right = place is not None and inside(cell["box"], place[0])
            score.cells_right += bool(cell["text"]) and right
            if place is not None and right:
                score.looked += 1
                score.blank_right += place[1] == (not cell["text"])
    return score


def _count_blank(score: Score, is_blank: bool, is_unread: bool, is_written: bool) -> None:
    score.blanks += not is_written
    score.asked += not is_written and (is_unread or not is_blank)
    passes = is_blank and not is_unread
    score.passed += passes
    score.lost += passes and is_written


def matched(wanted: Sequence[Box], have: Sequence[tuple[int, Box]]) -> dict[int, int]:
    """Gold row -> row found, one to one, the surest first."""
    pairs = [(overlap(a, b), n, i) for n, a in enumerate(wanted) for i, b in have]
    found: dict[int, int] = {}
    for worth, n, i in sorted(pairs, reverse=True):
        if worth >= _IOU and n not in found and i not in found.values():
            found[n] = i
    return found


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two ranges of y, 0 where the boxes lie side by side."""
    if min(a[2], b[2]) <= max(a[0], b[0]):
        return 0.0
    both = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    return both / max(1, max(a[3], b[3]) - min(a[1], b[1]))


def half_of(box: Box, halves: Sequence[Box]) -> int:
    """The number of the half in whose middle part a box lies."""
    middle = (box[0] + box[2]) / 2
    return min(range(len(halves)), key=lambda i: abs((halves[i][0] + halves[i][2]) / 2 - middle))


def inside(box: Box, place: Box) -> bool:
    """Whether the middle of a box lies in a place."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return place[0] <= x <= place[2] and place[1] <= y <= place[3]
