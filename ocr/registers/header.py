"""What is printed above the columns: where the header ends, and what its cells say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ocr.engine import Image
from ocr.languages.lexicon import fold_text
from ocr.registers.cells import cut_level
from ocr.registers.form import RegisterForm, Registers
from ocr.registers.grid import Grid
from ocr.registers.header_cells import cells_in, share_centred, whole_cells_in
from ocr.registers.header_spaces import Space, cut_spaces, header_spaces, space_below
from ocr.registers.ink import Marks
from ocr.registers.labels import LIKE, Heading, all_labels, likeness
from ocr.registers.line import RuledLine
from ocr.registers.sheet import LevelSheet

Reader = Callable[[Sequence[Image], str], list[str]]
"""Reads pictures, each perhaps of several lines, in one language."""

_SHORT = 3
_LEAST_CELLS = 2
_LEAST_SHARE = 0.3
_NUMBERED_SHARE = 0.8
_MAYBE_SHARE, _READ_SHARE = 0.45, 0.35
_LEAST_READ, _BOTH = 0.14, 0.95
_MOST_NUMBERS = 0.25
_NUMBER_WIDE = 2.6
_NUMBER_SPACE = 3.6
# The numbers of the columns are small beside the writing: a third of a letter is high enough.
_LEAST_NUMBER = 0.33
_LEAST_FILLED = 0.34
_TITLE_ABOVE = 12.0


def find_heading(
    sheet: LevelSheet,
    grid: Grid,
    marks: Marks,
    registers: Registers,
    languages: Sequence[str],
    read: Reader,
    *,
    form: RegisterForm | None = None,
    first: bool = False,
) -> Heading | None:
    """The header of a sheet, None where its first rows are entries.

    languages: two-letter codes, best first; English is tried as well. read: reads pictures of print. form: the
    register, if it is known. first: whether it is a volume's first sheet; then words in the middle of every column are
    a header though no label is known.
    """
    forms = [form] if form is not None else list(registers.forms.values())
    look = _Look(sheet, grid, marks, all_labels(forms, registers, languages), _codes(languages), read)
    spaces = header_spaces(grid, marks)
    centred_cells: _Cells | None = None
    for space in spaces:
        cells = look.words(space)
        if len(cells.filled) < max(_LEAST_CELLS, _LEAST_FILLED * cells.columns) or look.are_entries(cells):
            continue
        if look.is_labelled(cells):
            return look.heading(cells, spaces)
        if first and centred_cells is None and _is_centred(grid, marks, space):
            centred_cells = cells
    # Without a label: a title above the table may stand in the middle of its columns as well.
    if centred_cells is not None:
        return look.heading(centred_cells, spaces)
    # A volume's first page has a header, though wear or a line through its words may hide it from the search above.
    if first and form is not None:
        for space in cut_spaces(grid, marks.letter_px):
            cells = look.words(space, whole=True)
            if look.is_labelled(cells) and not look.are_entries(cells):
                return look.heading(cells, spaces)
    return None


@dataclass(frozen=True, slots=True)
class _Cells:
    """What was read in the columns of a space: filled are the numbers of those with print, texts what it says."""

    space: Space
    columns: int
    filled: tuple[int, ...]
    texts: tuple[str, ...]

    @property
    def full(self) -> tuple[str, ...]:
        """The texts of all columns from the left, "" where nothing is printed."""
        said = dict(zip(self.filled, self.texts, strict=True))
        return tuple(said.get(i, "") for i in range(self.columns))


@dataclass(frozen=True, slots=True)
class _Look:
    """A sheet whose header is looked for. labels: folded. codes: of the languages tried."""

    sheet: LevelSheet
    grid: Grid
    marks: Marks
    labels: Sequence[str]
    codes: Sequence[str]
    read: Reader

    def words(self, space: Space, *, whole: bool = False) -> _Cells:
        """What stands in a space. whole: whole cells are read, whether or not marks were seen in them."""
        cut = whole_cells_in if whole else cells_in
        pictures = cut(self.sheet, self.grid, self.marks, *space)
        filled = tuple(i for i, p in enumerate(pictures) if p is not None)
        texts = _best_texts([p for p in pictures if p is not None], self.codes, self.labels, self.read)
        return _Cells(space, len(pictures), filled, tuple(texts))

    def is_labelled(self, cells: _Cells) -> bool:
        """Whether enough of the texts are labels."""
        return self._count_labels(cells) >= max(_LEAST_CELLS, _LEAST_SHARE * len(cells.filled))

    def _is_complete(self, cells: _Cells) -> bool:
        """Whether every column has a label."""
        return self._count_labels(cells) == cells.columns

    def _count_labels(self, cells: _Cells) -> int:
        return sum(likeness(t, self.labels) >= LIKE for t in cells.texts)

    def are_entries(self, cells: _Cells) -> bool:
        """Whether texts are a row's: numbers of two digits and more, that are no labels, stand in a quarter of them."""
        numbers = [sum(c.isdecimal() for c in t) >= 2 and fold_text(t) not in self.labels for t in cells.texts]
        return float(np.mean(numbers)) > _MOST_NUMBERS

    def heading(self, cells: _Cells, spaces: Sequence[Space]) -> Heading:
        """The header that begins with some cells; labels that go on below belong to it, as numbers of columns do."""
        tops, feet = cells.space
        after = space_below(spaces, feet[0])
        # Below a header that says all columns, handwriting that is read as labels is a row's.
        while after is not None and not self._is_complete(cells) and self._goes_on(after):
            feet = after[1]
            cells = self._better(cells, self.words((tops, feet)))
            after = space_below(spaces, feet[0])
        if after is not None and _are_numbers(self.sheet, self.grid, self.marks, after, self.read):
            feet = after[1]
        title = _title(self.sheet, self.grid, self.marks, tops, self.codes, self.read)
        return Heading(cells.full, tuple(feet), title, cells.space)

    def _goes_on(self, space: Space) -> bool:
        """Whether labels go on in a space: a line ran through them, or some take more lines than others."""
        cells = self.words(space)
        return self.is_labelled(cells) and not self.are_entries(cells)

    def _better(self, one: _Cells, two: _Cells) -> _Cells:
        return max(one, two, key=lambda c: sum(likeness(t, self.labels) for t in c.texts))


def _codes(languages: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*languages, "en"]))[:3]


def _best_texts(pictures: Sequence[Image], codes: Sequence[str], labels: Sequence[str], read: Reader) -> list[str]:
    """The texts in the language that gives the most labels; a second language is tried only where the first fails."""
    best: list[str] = []
    worth = -1.0
    for code in codes:
        texts = read(pictures, code)
        sum_of = sum(x for x in (likeness(t, labels) for t in texts) if x >= LIKE)
        if sum_of > worth:
            best, worth = texts, sum_of
        if worth >= 0.6 * len(pictures):
            break
    return best


def _are_numbers(sheet: LevelSheet, grid: Grid, marks: Marks, space: Space, read: Reader) -> bool:
    """Whether a low space holds the numbers of the columns: small in the middle of nearly each, or read as such."""
    if float(np.median(space[1][0].at - space[0][0].at)) > _NUMBER_SPACE * marks.letter_px:
        return False
    share = share_centred(grid, marks, space, _NUMBER_WIDE * marks.letter_px, _LEAST_NUMBER)
    # Only what lies between is worth reading.
    if share >= _NUMBERED_SHARE or share < _MAYBE_SHARE:
        return share >= _NUMBERED_SHARE
    pictures = cells_in(sheet, grid, marks, *space, least=1)
    filled = [i for i, p in enumerate(pictures) if p is not None]
    texts = read([p for p in pictures if p is not None], "en")
    right = [fold_text(t.partition("\n")[0]) == str(i + 1) for i, t in zip(filled, texts, strict=True)]
    read_share = sum(right) / len(pictures)
    return read_share >= _READ_SHARE or (read_share >= _LEAST_READ and share + read_share >= _BOTH)


def _is_centred(grid: Grid, marks: Marks, space: Space) -> bool:
    """Whether something stands in the middle of nearly every column of a space, as print does and entries do not."""
    return share_centred(grid, marks, space, np.inf) >= _NUMBERED_SHARE


def _title(
    sheet: LevelSheet, grid: Grid, marks: Marks, tops: Sequence[RuledLine], codes: Sequence[str], read: Reader
) -> str:
    """What is printed above the table, in all languages asked for."""
    x = np.clip(marks.x.astype(int), 0, sheet.width - 1)
    half = np.clip(np.searchsorted([h.right for h in grid.halves], marks.x, side="right"), 0, len(grid.halves) - 1)
    top = np.array([t.at for t in tops])[half, x]
    own = np.flatnonzero((marks.y1 < top + 2) & (marks.y > top - _TITLE_ABOVE * marks.letter_px))
    if len(own) < _SHORT:
        return ""
    order = own[np.argsort(marks.x[own])]
    parts = np.split(order, np.flatnonzero(np.diff(marks.x[order]) > 6 * marks.letter_px) + 1)
    pad = 0.6 * marks.letter_px
    pictures = [
        cut_level(
            sheet,
            float(marks.x0[p].min()) - pad,
            float(marks.y0[p].min()) - pad,
            float(marks.x1[p].max()) + pad,
            float(marks.y1[p].max()) + pad,
        )
        for p in parts
        if len(p) >= _SHORT
    ]
    if not pictures:
        return ""
    return " | ".join(t for code in codes for t in read(pictures, code) if t)
