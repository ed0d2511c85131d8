"""The rows of a sheet behind its header: records, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mappers.legacy.damage import RowDamage
from mappers.legacy.header import is_labelled
from mappers.legacy.header_words import known_share
from mappers.legacy.sheet import CUT, DAY, DOUBTFUL, LOST, UNSTYLED, Merge, SheetCell, SheetRow, column_letters
from mappers.legacy.sheet_words import are_column_numbers, is_number, is_total, total_label
from mappers.legacy.table import LegacyRow

_FEW_CELLS = 3
_LONGEST_NUMBER = 19
_TOLD, _MOST = 5, 0.5
_SPOILT = {LOST: "text-lost", UNSTYLED: "format-lost", CUT: "cell-too-long"}
_CONTINUED = "a row continues the one above, with which its first cell is merged; both are one,"
_REPEATED = "the value of merged cells, which applies to several rows, is repeated"


def _pair_with_next(source: Iterable[SheetRow]) -> Iterator[tuple[SheetRow, SheetRow | None]]:
    """Each row with the one behind it, None behind the last."""
    rows = iter(source)
    row = next(rows, None)
    while row is not None:
        below = next(rows, None)
        yield row, below
        row = below


def _is_head(row: SheetRow, below: SheetRow) -> bool:
    """Whether a row set off from those above it names the columns of another table: words, and below them numbers.

    Those words are of headers, at least one of them, or stand over two numbers; where no number stands below, most are.
    """
    if below.number != row.number + 1 or len(row.cells) < 2 or len(below.cells) < 2:
        return False
    if any(is_number(c) or is_labelled(c.text) for c in row.cells.values()):
        return False
    numbers = sum(c in row.cells and is_number(cell) for c, cell in below.cells.items())
    known = known_share([c.text for c in row.cells.values()])
    if numbers:
        return known > 0 or numbers > 1
    return known > _MOST and known > known_share([c.text for c in below.cells.values()])


def _join_below(above: bytes | str, below: str) -> bytes | str:
    """A cell with what a row below adds to it, in a line of its own."""
    return f"{above}\n{below}" if below and isinstance(above, str) else above


@dataclass(slots=True)
class _Sum:
    """What the numbers of a column add up to. since: behind the last total; count: how many numbers."""

    whole: int = 0
    since: int = 0
    count: int = 0


@dataclass
class SheetBody:
    """How the rows of one table are read.

    columns: their places in the sheet; names: one for each. heads: the rows of the header. of_numbers: places of the
    columns that no date belongs to. usual: cells filled in the fuller rows. fonts: column -> its font. is_numbered: the
    first column holds numbers in nearly all rows.
    """

    columns: Sequence[int]
    names: Sequence[str]
    heads: Sequence[SheetRow]
    merges: Sequence[Merge]
    of_numbers: frozenset[int]
    usual: int
    fonts: Mapping[str, str] = field(default_factory=dict)
    is_numbered: bool = False
    damage: RowDamage = field(default_factory=RowDamage)
    _held: dict[int, tuple[Merge, SheetCell]] = field(default_factory=dict)
    _seen_merges: int = 0
    _by_top: dict[int, list[Merge]] = field(default_factory=dict)
    _sums: dict[int, _Sum] = field(default_factory=dict)
    _others: list[int] = field(default_factory=list)
    _is_other: bool = False
    _is_set_off: bool = False

    def __post_init__(self) -> None:
        """Index what is looked up for each row."""
        self._places = frozenset(self.columns)
        self._name = dict(zip(self.columns, self.names, strict=True))

    def rows(self, source: Iterable[SheetRow], notes: list[str]) -> Iterator[LegacyRow]:
        """The rows of the table; notes grow when the last has been taken."""
        empty = pending = 0
        is_first, last = True, 0
        whole: LegacyRow | None = None
        for row, below in _pair_with_next(source):
            if not row.cells:
                pending += 1
                continue
            empty, pending = empty + pending, 0
            self._is_set_off |= bool(last) and row.number > last + 1
            made, added = self._row(row, below, is_first=is_first), self._continuation(row)
            is_first, last = False, row.number
            if whole is not None and added and not (whole.problem or made.problem):
                whole = whole._replace(cells=tuple(map(_join_below, whole.cells, (*added, *[""] * len(whole.cells)))))
                self.damage.add(_CONTINUED, row.number)
                continue
            if whole is not None:
                yield whole
            whole = made
        if whole is not None:
            yield whole
        if self._others:
            at = ", ".join(map(str, self._others[:_TOLD]))
            notes.append(
                f"another table begins in row {at}; its rows are delivered with a problem: put it into a sheet of its"
                " own"
            )
        if empty:
            notes.append(f"{empty} rows have nothing in any cell and are not delivered")
        notes += self.damage.sentences()

    def _row(self, row: SheetRow, below: SheetRow | None, *, is_first: bool) -> LegacyRow:
        cells = self._with_merged(row)
        problem = self._problem(row, len(cells), is_first=is_first)
        if self._is_set_off and problem in ("", "too-many-cells") and below is not None and _is_head(row, below):
            self._others.append(row.number)
            problem = "other-header"
        elif self._is_other and problem in ("", "too-many-cells"):
            problem = "other-table"
        self._is_other = (self._is_other or problem == "other-header") and problem != "header-again"
        self._is_set_off &= problem == "lone-cell"
        self._add_up(row, problem)
        texts = [cells[c].text if c in cells else "" for c in self.columns]
        surplus = [c for c in row.cells if c not in self._places]
        if surplus:
            self.damage.add(
                f"cells outside of the table, the first in column {column_letters(min(surplus))},", row.number
            )
        self._say_doubtful(row)
        return LegacyRow(row.number, -1, (*texts, *(row.cells[c].text for c in surplus)), False, problem)

    def _problem(self, row: SheetRow, filled: int, *, is_first: bool) -> str:
        """The word for what makes a row no record, "" for a record. filled: cells, with those merged from above."""
        if row.is_cut:
            return "cut"
        if any(self._is_head(row, h) for h in self.heads):
            return "header-again"
        if is_first and are_column_numbers(row.cells):
            return "column-numbers"
        if (label := total_label(row.cells.values())) and (is_total(label) or self._sums_up(row)):
            return "total"
        if filled == 1 and self.usual >= _FEW_CELLS:
            return "lone-cell"
        kinds = {c.kind for c in row.cells.values()}
        if kinds & _SPOILT.keys():
            return next(word for kind, word in _SPOILT.items() if kind in kinds)
        if any(row.cells[c].kind == DAY for c in self.of_numbers if c in row.cells):
            return "date-for-number"
        return "" if self._places.issuperset(row.cells) else "too-many-cells"

    def _continuation(self, row: SheetRow) -> tuple[str, ...]:
        """The cells that a row adds to the one above; () for a row of its own.

        It adds to it where its first cell is merged with that above, and it has not half of what other rows have: the
        second accused of an FIR, written below the first.
        """
        is_held = self.columns[0] in self._held and self.columns[0] not in row.cells
        if not is_held or 2 * len(row.cells) > self.usual:
            return ()
        return tuple(row.cells[c].text if c in row.cells else "" for c in self.columns)

    def _sums_up(self, row: SheetRow) -> bool:
        """Whether a row has no number of its own where the others have one, or what is above it adds up to it."""
        first = row.cells.get(self.columns[0])
        if self.is_numbered and (first is None or not is_number(first)):
            return True
        found = [(int(x.text), self._sums.get(c, _Sum())) for c, x in row.cells.items() if x.text.isdecimal()]
        return bool(found) and all(n and s.count > 1 and n in (s.whole, s.since) for n, s in found)

    def _add_up(self, row: SheetRow, problem: str) -> None:
        if problem == "total":
            for s in self._sums.values():
                s.since = 0
        elif not problem:
            for c, cell in row.cells.items():
                if cell.text.isdecimal() and len(cell.text) < _LONGEST_NUMBER:
                    s = self._sums.setdefault(c, _Sum())
                    n = int(cell.text)
                    s.whole, s.since, s.count = s.whole + n, s.since + n, s.count + 1

    def _is_head(self, row: SheetRow, head: SheetRow) -> bool:
        return len(row.cells) > 1 and {c: x.text for c, x in row.cells.items()} == {
            c: x.text for c, x in head.cells.items()
        }

    def _say_doubtful(self, row: SheetRow) -> None:
        for c, cell in row.cells.items():
            if cell.kind in DOUBTFUL:
                column = self._name.get(c) or column_letters(c)
                self.damage.add(f"column {column}: {DOUBTFUL[cell.kind]},", row.number)

    def _with_merged(self, row: SheetRow) -> Mapping[int, SheetCell]:
        """The cells of a row with those that a range merged downwards, one column wide, holds for it."""
        self._take_up_merges()
        for m in self._by_top.pop(row.number, ()):
            if m.left in row.cells:
                self._held[m.left] = m, row.cells[m.left]
        if not self._held:
            return row.cells
        self._held = {c: (m, cell) for c, (m, cell) in self._held.items() if m.bottom >= row.number}
        held = {c: cell for c, (m, cell) in self._held.items() if c not in row.cells and m.top < row.number}
        for c in held:
            self.damage.add(f"column {self._name[c]}: {_REPEATED}", row.number)
        return {**held, **row.cells}

    def _take_up_merges(self) -> None:
        for m in self.merges[self._seen_merges :]:
            if m.left == m.right and m.top < m.bottom and m.left in self._places:
                self._by_top.setdefault(m.top, []).append(m)
        self._seen_merges = len(self.merges)
