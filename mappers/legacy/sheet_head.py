"""Which rows of a sheet name its columns, and what the names are: titles above, merged groups, two rows of names."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from mappers.legacy.header import DOUBT, find_header, is_labelled
from mappers.legacy.sheet import TEXT, Merge, SheetCell, SheetRow
from mappers.legacy.sheet_words import are_column_numbers

_JOINED = " / "
_RARE = 0.05
_TOP_ROWS = 60
# What makes a row a header rather than one above it: shares of the columns that are in use, and how far below.
_USED, _MOST, _FEW, _NEAR = 0.2, 0.8, 0.5, 8


@dataclass(frozen=True, slots=True)
class SheetHead:
    """columns: places of the columns in the sheet. names: one for each, raw. data: index of the first row behind.

    rows: the rows that name columns, none when there is no header.
    """

    columns: tuple[int, ...]
    names: tuple[str, ...]
    data: int
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...]


def find_head(rows: Sequence[SheetRow], merges: Sequence[Merge]) -> SheetHead | None:
    """The names of the columns, told from the first filled rows of a sheet; None when there are no rows."""
    used = sorted({c for row in rows for c in row.cells})
    # Rows of one cell are titles and remarks: they say nothing of the width.
    filled = [len(r.cells) for r in rows if len(r.cells) > 1] or [1]
    table = [[row.cells[c].text if c in row.cells else "" for c in used] for row in rows[:_TOP_ROWS]]
    header = find_header(table, median_low(filled))
    if header is None:
        return None
    is_doubtful = False
    if (at := _better(rows[:_TOP_ROWS], merges, header.at)) >= 0:
        first, last = _extent(rows, merges, at)
    else:
        first, last = _extent(rows, merges, header.at) if header.is_there else (header.at, header.at - 1)
        is_doubtful = header.is_doubtful and first == last
    lines = [_Line(r, merges) for r in rows[first : last + 1]]
    columns = _columns(rows[first : last + 1], rows[last + 1 :], used)
    names = tuple(_name(lines, c) for c in columns)
    named = tuple(rows[first : last + 1])
    return SheetHead(
        columns, names, last + 1, named, (*_notes(rows, first, len(named)), *([DOUBT] if is_doubtful else []))
    )


def _notes(rows: Sequence[SheetRow], first: int, named: int) -> Iterator[str]:
    if not named:
        yield "no header: the first row looks like data; columns are called COLUMN_1, COLUMN_2 and so on"
    if first:
        above = f"the {first} rows above it are titles" if first > 1 else "the row above it is a title"
        yield f"the {'header' if named else 'table'} begins in row {rows[first].number}; {above}, not data"
    if named > 1:
        yield f"the header has {named} rows; their names are joined by a slash"


def _columns(named: Sequence[SheetRow], data: Sequence[SheetRow], used: Sequence[int]) -> tuple[int, ...]:
    """Columns with a name, and those that are filled in more than a stray row."""
    with_name = {c for row in named for c in row.cells}
    counts = Counter(c for row in data for c in row.cells)
    # One stray cell far out makes no column, unless there are hardly any rows.
    least = max(_RARE * len(data), 1 if len(data) < 3 else 2)
    return tuple(c for c in used if c in with_name or counts[c] >= least) or tuple(used)


def _better(rows: Sequence[SheetRow], merges: Sequence[Merge], at: int) -> int:
    """A row below the one found that is rather the header, -1 for none.

    It is if the columns are numbered below it; or if it names most columns and the one found, which names fewer, is
    set off from it, names few or has labels with values: a line such as "Station | Kotwali | Year | 1998" above the
    table, or "Date: 12/03/1998 | | Page 1".
    """
    numbered = next((i for i, r in enumerate(rows) if i > at and are_column_numbers(r.cells)), 0) - 1
    if numbered >= at and _are_names(rows[numbered]):
        return numbered
    if _extent(rows, merges, at) != (at, at):  # it has a second row
        return -1
    counts = Counter(c for r in rows for c in r.cells)
    core = [c for c, n in counts.items() if n >= max(2, _USED * len(rows))]
    found = _Line(rows[at], merges).share_covered(core) if core else 1.0
    is_low = found <= _FEW or any(is_labelled(c.text) for c in rows[at].cells.values())
    for i in range(at + 1, min(at + _NEAR, len(rows) - 1)):
        is_set_off = not _is_adjacent(rows, i - 1)
        named = _Line(rows[i], merges).share_covered(core) if core else 0.0
        if named >= _MOST and named > found and _are_names(rows[i]) and (is_set_off or is_low):
            return i
        if not is_set_off and not is_low:
            return -1
    return -1


def _are_names(row: SheetRow) -> bool:
    return len(row.cells) > 1 and all(map(_is_name, row.cells.values()))


def _extent(rows: Sequence[SheetRow], merges: Sequence[Merge], at: int) -> tuple[int, int]:
    """Indexes of the first and last row of a header of which one row is found."""
    if at and _is_adjacent(rows, at - 1) and _Line(rows[at - 1], merges).groups(rows[at]):
        return at - 1, at
    if _is_adjacent(rows, at) and _is_second(rows, _Line(rows[at], merges), at + 1):
        return at, at + 1
    return at, at


def _is_adjacent(rows: Sequence[SheetRow], at: int) -> bool:
    return at + 1 < len(rows) and rows[at + 1].number == rows[at].number + 1


def _is_second(rows: Sequence[SheetRow], above: _Line, at: int) -> bool:
    """Whether a row below a row of names is a second one: names that stand under groups or fill gaps."""
    if not all(map(_is_name, rows[at].cells.values())):
        return False
    if above.groups(rows[at]):
        return True
    follows = len(rows[at + 1].cells) if at + 1 < len(rows) else len(above.places)
    return follows > len(rows[at].cells) and above.leaves_open(rows[at])


def _is_name(cell: SheetCell) -> bool:
    return cell.kind == TEXT and not cell.text.strip().replace(".", "").isdecimal()


def _name(lines: Sequence[_Line], column: int) -> str:
    """What the rows of a header say of a column, one joined to the other."""
    parts: list[str] = []
    for line, below in zip(lines, (*lines[1:], None), strict=False):
        text = " ".join(line.name_over(column, below).split())
        if text and text not in parts:
            parts.append(text)
    return _JOINED.join(parts)


class _Line:
    """A row of names with the merged ranges that touch it."""

    def __init__(self, row: SheetRow, merges: Sequence[Merge]) -> None:
        self.row = row
        self.places = sorted(row.cells)
        self._merges = sorted((m for m in merges if m.top <= row.number <= m.bottom), key=lambda m: m.left)
        self._lefts = [m.left for m in self._merges]

    def name_over(self, column: int, below: _Line | None) -> str:
        """The name that stands over a column: its own, that of its merged range, or of the group left of it.

        A group spreads over columns without a merged range only where the row below has a name.
        """
        if column in self.row.cells:
            return self.row.cells[column].text
        if covering := self._merge_at(column):
            return self._text(covering.left) if covering.top == self.row.number else ""
        before = bisect_left(self.places, column) - 1
        if below is None or before < 0 or column not in below.row.cells or self._merge_at(self.places[before]):
            return ""
        return self._text(self.places[before])

    def groups(self, below: SheetRow) -> bool:
        """Whether it names groups of the columns below: merged cells, none of which spans the whole width."""
        under = sorted(below.cells)
        spans = [m for m in self._merges if m.top == self.row.number == m.bottom and m.left in self.row.cells]
        covered = [bisect_right(under, m.right) - bisect_left(under, m.left) for m in spans]
        return any(n > 1 for n in covered) and max(covered) < len({*under, *self.places})

    def share_covered(self, columns: Sequence[int]) -> float:
        """The share of these columns over which something stands."""
        return sum(c in self.row.cells or self._merge_at(c) is not None for c in columns) / len(columns)

    def leaves_open(self, below: SheetRow) -> bool:
        """Whether the row below fills gaps of this one, and beside them only what stands left of a gap."""
        gaps = [c for c in below.cells if c not in self.row.cells]
        if not gaps or not self.places or min(gaps) < self.places[0] or any(map(self._merge_at, gaps)):
            return False
        starts = {self.places[bisect_left(self.places, g) - 1] for g in gaps}
        return {*gaps, *starts}.issuperset(below.cells) and len(below.cells) < len(self.places) + len(gaps)

    def _merge_at(self, column: int) -> Merge | None:
        at = bisect_right(self._lefts, column) - 1
        return self._merges[at] if at >= 0 and self._merges[at].right >= column else None

    def _text(self, column: int) -> str:
        return self.row.cells[column].text if column in self.row.cells else ""
