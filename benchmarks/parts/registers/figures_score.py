"""How well rows and cells of a table of figures were found: by content and in order, digits alone compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Cells = list[list[tuple[str, float]]]
"""Rows of cells, each a text with its confidence."""
_SURE = 0.9
_LAST, _LEAST_ALIKE = 3, 8
"""A row is found where so many of its cells agree in their last figures: the first may be cut off."""


@dataclass
class FigureScore:
    """Counts over pages; the first column, which numbers the rows, is not compared."""

    pages: int = 0
    rows: int = 0
    found: int = 0
    cells: int = 0
    exact: int = 0
    sure: int = 0
    sure_right: int = 0

    def add(self, truth: Sequence[Sequence[str]], read: Cells) -> None:
        """Add a page. truth: what stands in its rows; read: what was made of them."""
        wanted = [[_digits(c) for c in row] for row in truth if row and _digits(row[0])]
        got = [[(_digits(text), confidence) for text, confidence in row] for row in read]
        self.pages += 1
        self.rows += len(wanted)
        self.cells += sum(len(row) - 1 for row in wanted)
        pairs = _pair_rows(wanted, got)
        self.found += len(pairs)
        for j, row in enumerate(got):
            right = wanted[pairs[j]] if j in pairs else [""] * len(row)
            for value, (text, confidence) in list(zip(right, row, strict=False))[1:]:
                is_right = j in pairs and text == value
                self.exact += is_right
                is_sure = bool(text) and confidence >= _SURE
                self.sure, self.sure_right = self.sure + is_sure, self.sure_right + (is_sure and is_right)

    def figures(self, before: str) -> dict[str, float | None]:
        """Shares 0..1 under the names of the benchmark; sure_right None where nothing is sure."""
        return {
            f"{before}rows_found": round(self.found / max(1, self.rows), 4),
            f"{before}cells_exact": round(self.exact / max(1, self.cells), 4),
            f"{before}sure": round(self.sure / max(1, self.cells), 4),
            f"{before}sure_right": round(self.sure_right / self.sure, 4) if self.sure else None,
        }

    def summary(self) -> str:
        """Rows and cells in a line."""
        return f"rows {self.found / max(1, self.rows):.3f} cells {self.exact / max(1, self.cells):.3f}"


def _pair_rows(wanted: Sequence[Sequence[str]], got: Sequence[Sequence[tuple[str, float]]]) -> dict[int, int]:
    """Number of a row read -> number of the row it is."""
    pairs: dict[int, int] = {}
    for i, row in enumerate(wanted):
        hits = [(_count_alike(row, g), -abs(j - i), j) for j, g in enumerate(got) if j not in pairs]
        if hits and max(hits)[0] >= min(_LEAST_ALIKE, len(row) - 1):
            pairs[max(hits)[2]] = i
    return pairs


def _count_alike(row: Sequence[str], got: Sequence[tuple[str, float]]) -> int:
    pairs = zip(row[1:], got[1:], strict=False)
    return sum(value[-_LAST:] == text[-_LAST:] != "" for value, (text, _) in pairs)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text.split("\n")[0])
