"""Columns of figures, told by their own cells: what does not look like its column is read once more, for figures alone.

Where nearly all cells of a column hold so many digits and no letters, "9·74)" is a 1 read as a bracket, and "9·98" lost
its last digit. What the second look gives is a guess that a person is asked about. A printed figure that fits its
column is surer than its engine says where a second look, larger and for figures alone, sees the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ocr.languages.script import fold_digits
from ocr.page import Candidate, ZoneReading

MOST_SURE = 0.5
"""The most that a figure of a second look is sure of."""
AGREED = 0.95
"""How sure a printed figure is that two looks agree on: .987 of such cells are right on 24 pages of one real book
(`python -m benchmarks.real_paper --only ruled`), on six of which this was chosen."""
_LEAST_CELLS, _LEAST_SHARE, _LEAST_DIGITS = 8, 0.6, 2
_SEPARATORS = frozenset(".,:;-'°·•* ")
_MOST_SEPARATORS = 2
_FALLS = 0.5


def usual_digits(cells: Sequence[ZoneReading]) -> int | None:
    """How many digits a column of figures has in most of its cells; None for any other column.

    cells: of one column, as they were read first.
    """
    texts = [z.candidates[0].text for z in cells if not z.blank and z.candidates]
    counts = Counter(n for n in map(count_digits, texts) if n is not None)
    if len(texts) < _LEAST_CELLS or not counts:
        return None
    digits, cells_of_it = counts.most_common(1)[0]
    return digits if digits >= _LEAST_DIGITS and cells_of_it >= _LEAST_SHARE * len(texts) else None


def count_digits(text: str) -> int | None:
    """How many digits a text has that holds nothing but figures and signs between them; None for any other text."""
    plain = fold_digits(text.strip())
    others = [c for c in plain if not c.isdecimal()]
    if not plain or len(others) > _MOST_SEPARATORS or not all(c in _SEPARATORS for c in others):
        return None
    return len(plain) - len(others)


def look_again(cell: ZoneReading, found: Sequence[Candidate], digits: int) -> ZoneReading:
    """A cell after a second look; found: what each picture of it showed, digits: those of its column."""
    if count_digits(cell.candidates[0].text) != digits:
        return _add_figures(cell, found, digits)
    same = [c for c in found if _digits_of(c.text) == _digits_of(cell.candidates[0].text)]
    return _confirm(cell) if same else cell


def _confirm(cell: ZoneReading) -> ZoneReading:
    first, *others = cell.candidates
    return replace(cell, candidates=(replace(first, confidence=max(AGREED, first.confidence)), *others))


def _add_figures(cell: ZoneReading, found: Sequence[Candidate], digits: int) -> ZoneReading:
    """The first text that has the digits of its column; without one the cell is doubted: heads are read surely, too."""
    best = next((c for c in found if count_digits(c.text) == digits), None)
    if best is None:
        capped = (replace(c, confidence=min(c.confidence, MOST_SURE)) for c in cell.candidates)
        return replace(cell, candidates=tuple(capped))
    sure = min(MOST_SURE, max([best.confidence, *(c.confidence for c in cell.candidates)]))
    fallen = tuple(replace(c, confidence=round(min(c.confidence, sure) * _FALLS, 4)) for c in cell.candidates)
    return replace(cell, candidates=(replace(best, confidence=round(sure, 4)), *fallen))


def _digits_of(text: str) -> str:
    return "".join(c for c in fold_digits(text) if c.isdecimal())
