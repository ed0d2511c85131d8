"""The rows of one half: a row begins where the number column has an entry, and ruled lines say where exactly.

On boxed paper every space between two lines is a row; on feint paper a row takes several lines; without level lines a
row ends above the next entry. A border put where no line was seen is doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.registers.borders import drop_too_near
from ocr.registers.grid import HalfGrid
from ocr.registers.ink import Marks
from ocr.registers.late import find_late, with_late
from ocr.registers.line import RuledLine
from ocr.registers.span import Span
from ocr.registers.writing import Entry, Writing, entries_of, writing_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# On feint paper a row takes several lines, on boxed paper one: told by how many lie between two entries.
_FEINT_BETWEEN = 1.6
_FEINT_SPACE = 4.2
_FEW_LINES = 0.5
# A space far higher than others, with two entries in it, lost the line between them.
_TALL = 1.6
_LEAST_ANCHORS = 2
_ANCHOR = 0.9
# Writing goes on over one blank line of feint paper; two end the row.
_BLANK_SPACES = 2
_LEAST_COLUMNS = 2
_ROW_ABOVE = 3
_LEAST_UNNUMBERED = 0.3
_LEAST_APART = 1.2
_LEAST_WIDE = 0.5
_ALMOST_FULL = 0.6
_NEAR_ABOVE = 2.6
_LEAST_LINES_OF_COLUMN, _LEAST_SHARING, _SHARING = 3, 3, 0.6
_NEARLY_ALL, _JOINED = 0.8, 1.6
_MOST_LACKING = 0.8
_SAME_LINE = 0.6


class HalfRows:
    """Finds the rows of one half.

    below: its header's foot. number: which of its columns starts a row. beside: the right-hand page whose rows lie on
    the same heights, and its header's foot; what is written there tells how far a row reaches. end: the line that
    closes the table, None where none does; what is written below it is no row.
    """

    def __init__(
        self,
        half: HalfGrid,
        marks: Marks,
        below: RuledLine | None,
        number: int = 0,
        beside: tuple[HalfGrid, RuledLine | None] | None = None,
        end: RuledLine | None = None,
    ) -> None:
        self._half = half
        self._number = number
        self._columns = len(half.uprights) - 1
        self._letter = marks.letter_px
        self._writing = writing_of(half, marks, below)
        if beside is not None:
            other = beside[0]
            # How much lower the same height lies on the other page, where the two meet.
            lower = float(other.bend[min(other.left + 8, len(other.bend) - 1)] - half.bend[max(0, half.right - 8)])
            self._writing = self._writing.add_beside(writing_of(other, marks, beside[1]), lower, self._columns)
            self._columns += len(other.uprights) - 1
        x = (half.uprights[number].middle + half.uprights[number + 1].middle) / 2
        self._x = min(max(round(x), half.left), half.right - 1)
        first = below or self._top_line()
        self._writing = self._writing.keep_below(self._height_of(first))
        lines = [x for x in half.levels if self._height_of(x) > self._height_of(first) + 0.6 * self._letter]
        self._lines = drop_too_near([first, *lines], self._height_of, self._writing)
        if end is not None:
            self._writing = self._writing.keep_above(self._height_of(end))
        entries = entries_of(self._writing, number)
        self._late = find_late(self._writing, entries, number)
        # Numbers of what was written between rows would begin rows of their own.
        if self._late:
            self._writing = self._writing.drop(np.any([x.own for x in self._late], axis=0))
            entries = entries_of(self._writing, number)
        self._numbers = entries
        self._entries = _entries_of_rows(self._writing, entries, number, self._columns)

    def spans(self) -> list[Span]:
        """The rows from the top; of rows that nobody wrote in there are none."""
        if not self._writing.solid.any():
            return []
        spans = self._unruled_rows() if self.is_unruled else self._ruled_rows()
        return with_late(spans, self._late, self._entries, self._height_of, self._border)

    @property
    def is_unruled(self) -> bool:
        """Whether no level lines part the rows."""
        if len(self._entries) < 2:
            return len(self._lines) < 3
        first, last = self._entries[0].y, self._entries[-1].y
        between = sum(first < self._height_of(x) < last for x in self._lines)
        return between < _FEW_LINES * (len(self._entries) - 1)

    def _height_of(self, line: RuledLine) -> float:
        """Height of a line at the number column, with the bend taken out."""
        return float(line.at[self._x] - self._half.bend[self._x])

    def _line(self, y: float) -> RuledLine:
        """A border where none was seen."""
        return RuledLine(self._half.bend + y, 0.0)

    def _border(self, y: float, reach: float, is_below: bool) -> RuledLine:
        """A border at a height: the nearest line that is seen so far above or below it, else one put there."""
        off = [(self._height_of(line) - y) * (1 if is_below else -1) for line in self._lines]
        near = [(d, line) for d, line in zip(off, self._lines, strict=True) if -2.0 <= d <= reach]
        return min(near, key=lambda x: x[0])[1] if reach and near else self._line(y)

    def _top_line(self) -> RuledLine:
        """The table's upper edge: its first level line, unless rows were written above it."""
        writing = self._writing
        if self._half.levels:
            first = self._half.levels[0]
            above = writing.solid & (writing.y < self._height_of(first))
            if len(np.unique(writing.column[above])) < _ROW_ABOVE:
                return first
        highest = float(writing.top[writing.solid].min()) if writing.solid.any() else 0.0
        return self._line(highest - 0.5 * self._letter)

    def _ruled_rows(self) -> list[Span]:
        lines = list(self._lines)
        foot = self._writing.foot_of(self._height_of(lines[-1]) + 0.3 * self._letter)
        if foot > self._height_of(lines[-1]) + self._letter:
            lines.append(self._line(foot + 0.3 * self._letter))
        lines = self._with_missed(lines)
        heights = np.array([self._height_of(x) for x in lines])
        filled = self._find_filled(heights)
        return self._join_spaces(lines, self._starts(heights, filled))

    def _with_missed(self, lines: list[RuledLine]) -> list[RuledLine]:
        """Lines with borders added between two entries in one space that is far higher than others."""
        heights = np.array([self._height_of(x) for x in lines])
        apart = np.diff([e.y for e in self._entries])
        usual = (
            float(min(np.median(np.diff(heights)), np.median(apart))) if len(apart) > 1 < len(heights) - 1 else np.inf
        )
        added = []
        for above, below in zip(self._entries, self._entries[1:], strict=False):
            i = int(np.searchsorted(heights, above.y))
            if not 0 < i < len(heights) or i != int(np.searchsorted(heights, below.y)):
                continue
            if heights[i] - heights[i - 1] > _TALL * usual and below.top - above.bottom > 0.5 * self._letter:
                added.append(self._line(self._writing.quiet_above(below.top)))
        return sorted([*lines, *added], key=self._height_of)

    def _find_filled(self, heights: Floats) -> Bools:
        """Which columns hold writing in which space, (spaces, columns)."""
        solid = self._writing.solid
        space = np.clip(np.searchsorted(heights, self._writing.y[solid]) - 1, 0, len(heights) - 2)
        inside = self._writing.y[solid] < heights[-1]
        filled = np.zeros((len(heights) - 1, self._columns), np.bool_)
        filled[space[inside], self._writing.column[solid][inside]] = True
        return filled

    def _find_used(self, heights: Floats) -> list[int]:
        """Spaces in which something is written: more than one thin stroke, which may be left of an upright line."""
        solid = self._writing.solid & (self._writing.y < heights[-1])
        space = np.clip(np.searchsorted(heights, self._writing.y[solid]) - 1, 0, len(heights) - 2)
        wide = (self._writing.right - self._writing.left)[solid] >= _LEAST_WIDE * self._letter
        return [int(s) for s in np.unique(space) if (space == s).sum() > 1 or wide[space == s].any()]

    def _starts(self, heights: Floats, filled: Bools) -> dict[int, bool]:
        """Spaces in which a row begins, and whether the number column says so."""
        written = filled.sum(axis=1) >= _LEAST_COLUMNS
        spaces = {int(np.clip(np.searchsorted(heights, e.y) - 1, 0, len(heights) - 2)) for e in self._entries}
        numbered = sorted(s for s in spaces if written[s])
        if not numbered:
            return {int(s): False for s in np.flatnonzero(written)}
        own = {int(np.clip(np.searchsorted(heights, e.y) - 1, 0, len(heights) - 2)) for e in self._numbers}
        starts = {s: s in own for s in numbered}
        beside = self._is_row(heights, filled, numbered)
        starts.update({int(s): False for s in np.flatnonzero(written & beside) if s not in starts})
        return starts

    def _is_row(self, heights: Floats, filled: Bools, numbered: Sequence[int]) -> Bools:
        """Which spaces without a number begin a row all the same: on boxed paper all, on feint paper those as full as
        the first line of a row.
        """
        between = np.diff(numbered)
        is_feint = len(between) > 0 and float(np.mean(between)) >= _FEINT_BETWEEN
        is_narrow = float(np.median(np.diff(heights))) < _FEINT_SPACE * self._letter
        anchors = self._anchors(filled, numbered)
        full = _ALMOST_FULL * float(np.mean(filled[list(numbered)].sum(axis=1)))
        as_full = (filled[:, anchors].sum(axis=1) >= _LEAST_ANCHORS) & (filled.sum(axis=1) >= full)
        high = np.diff(heights)
        below = (np.arange(len(filled)) > numbered[0]) & (high >= _LEAST_UNNUMBERED * float(np.median(high)))
        return np.asarray(as_full | (below & (not (is_feint and is_narrow)) & (not is_narrow)), np.bool_)

    def _anchors(self, filled: Bools, numbered: Sequence[int]) -> Ints:
        """Columns whose entries nearly always stand beside a number."""
        count = filled.sum(axis=0)
        share = filled[list(numbered)].sum(axis=0) / np.maximum(count, 1)
        good = (share >= _ANCHOR) & (count >= 3)
        # The number always stands beside itself, which tells nothing.
        good[self._number] = False
        return np.flatnonzero(good)

    def _join_spaces(self, lines: list[RuledLine], starts: dict[int, bool]) -> list[Span]:
        """Rows of spaces: each from its start to the last space with writing before the next."""
        used = self._find_used(np.array([self._height_of(x) for x in lines]))
        order = sorted(starts)
        spans: list[Span] = []
        before = [s for s in used if order and s < order[0]]
        if before and self._marks_above(lines[order[0]]) >= _LEAST_COLUMNS:
            spans.append(Span(lines[before[0]], lines[order[0]], numbered=False, continues=True))
        for start, behind in zip(order, [*order[1:], len(lines) - 1], strict=True):
            last = _end([s for s in used if start <= s < behind], start) + 1
            if behind != len(lines) - 1 and behind - last <= _BLANK_SPACES:
                last = behind
            spans.append(Span(lines[start], lines[last], numbered=starts[start]))
        return spans

    def _marks_above(self, line: RuledLine) -> int:
        """How many marks that are no specks lie above a border."""
        return int((self._writing.solid & (self._writing.y < self._height_of(line))).sum())

    def _unruled_rows(self) -> list[Span]:
        """Rows by entries alone: each begins in the quiet above its entry."""
        if not self._entries:
            return []
        writing, letter = self._writing, self._letter
        heights: list[float] = []
        entries: list[Entry] = []
        for entry in self._entries:
            y = writing.quiet_above(entry.top)
            if not heights or y - heights[-1] >= _LEAST_APART * letter:
                heights.append(y)
                entries.append(entry)
        numbered = [self._is_numbered(e) for e in entries]
        borders = [self._line(y) for y in heights]
        last = self._line(writing.foot_of(self._entries[-1].top - 1) + 0.4 * letter)
        spans = []
        first = self._entries[0].top
        above = writing.solid & (writing.bottom < first - 0.3 * letter) & (writing.y < first - 0.7 * letter)
        if above.sum() >= _LEAST_COLUMNS and writing.bottom[above].max() > first - _NEAR_ABOVE * letter:
            top = self._line(float(writing.top[above].min()) - 0.4 * letter)
            spans.append(Span(top, borders[0], numbered=False, continues=True))
        spans += [Span(a, b, n) for a, b, n in zip(borders, [*borders[1:], last], numbered, strict=True)]
        return spans

    def _is_numbered(self, entry: Entry) -> bool:
        """Whether the number column has an entry on the height of this one."""
        return _has_line(entry, self._numbers)


def _entries_of_rows(writing: Writing, numbers: list[Entry], number: int, columns: int) -> list[Entry]:
    """Where rows begin: the entries of the number column, or the lines that most columns share where it lacks many.

    A number column that lies in the fold of a book, or is cut off, tells of some rows alone. Lines of which three in
    five of the written columns have an entry are rows then; of rows of several lines hardly one fills so many columns.
    """
    others = [e for c in range(columns) if c != number and len(e := entries_of(writing, c)) >= _LEAST_LINES_OF_COLUMN]
    if len(others) < _LEAST_SHARING:
        return numbers
    lines = _shared_lines(others, writing.letter_px, _SHARING)
    if len(lines) < _LEAST_LINES_OF_COLUMN:
        return numbers
    if sum(_has_line(n, lines) for n in numbers) < _MOST_LACKING * len(lines):
        return lines
    # Of single rows without a number nearly all columns must tell.
    sure = _shared_lines(others, writing.letter_px, _NEARLY_ALL)
    numbers = _part_numbers(numbers, sure)
    more = [x for x in sure if not _has_line(x, numbers)]
    return sorted([*numbers, *more], key=lambda e: e.y)


def _part_numbers(numbers: Sequence[Entry], lines: Sequence[Entry]) -> list[Entry]:
    """Entries of the number column without those that ran into each other in the fold of a book.

    Numbers of several rows that are one piece are left out, and one that reaches into the number above it lies where
    the line of its row does. lines: those that nearly all other columns share.
    """
    high = float(np.median([n.bottom - n.top for n in numbers])) if numbers else 0.0
    found: list[Entry] = []
    for number in numbers:
        if number.bottom - number.top >= _JOINED * high and sum(number.top < x.y < number.bottom for x in lines) >= 2:
            continue
        if found and number.top < found[-1].bottom:
            number = next((x for x in lines if number.top < x.y < number.bottom), number)
        found.append(number)
    return found


def _has_line(entry: Entry, lines: Sequence[Entry]) -> bool:
    return any(entry.top < line.bottom and entry.bottom > line.top for line in lines)


def _shared_lines(columns: Sequence[Sequence[Entry]], letter_px: float, share: float) -> list[Entry]:
    """Lines of which such a share of the columns has an entry, from the top; columns: the entries of each."""
    every = sorted(((e.y, i, e) for i, own in enumerate(columns) for e in own), key=lambda x: x[0])
    groups: list[list[tuple[float, int, Entry]]] = []
    for one in every:
        if groups and one[0] - float(np.mean([x[0] for x in groups[-1]])) < _SAME_LINE * letter_px:
            groups[-1].append(one)
        else:
            groups.append([one])
    found = []
    for group in groups:
        if len({i for _, i, _ in group}) >= share * len(columns):
            top, bottom = (float(np.median([getattr(e, side) for _, _, e in group])) for side in ("top", "bottom"))
            found.append(Entry(top, bottom, float(np.median([e.area for _, _, e in group]))))
    return found


def _end(used: Sequence[int], start: int) -> int:
    """The last space of a row: writing that goes on without two blank spaces between."""
    last = start
    for space in used:
        if space - last > _BLANK_SPACES:
            break
        last = space
    return last
