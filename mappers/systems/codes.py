"""Cells that hold codes of a lookup table: opened as what the codes stand for, with the code as their raw text."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from mappers.sources.cells import SourceCell

UNKNOWN_CODE = "code-not-in-lookup"
"""Note of a code that its lookup table has not, or has with two meanings."""
Meaning = Callable[[str], "str | None"]
"""A code -> its text; "" where it says that there is nothing, None where it is not known."""
Open = Callable[[str, Sequence[Hashable]], Sequence[SourceCell]]


class TypedText(str):
    """What a person typed for a cell with a code: the value itself, and no code."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Unlike the code of the same text: they mean different things."""
        return isinstance(other, TypedText) and str.__eq__(self, other)

    def __hash__(self) -> int:
        """As of a text of its own kind."""
        return hash((TypedText, str(self)))


class CodedCells:
    """Opens the stored cells of one table. coded: column -> the meaning of its codes."""

    def __init__(self, plain: Open, coded: Mapping[str, Meaning]) -> None:
        self._plain, self._coded = plain, coded

    def __call__(self, column: str, stored: Sequence[Hashable]) -> Sequence[SourceCell]:
        """The cells that are stored so in a column."""
        cells = self._plain(column, stored)
        meaning = self._coded.get(column)
        if meaning is None:
            return cells
        return [
            cell if isinstance(s, TypedText) else _translate_cell(cell, meaning)
            for s, cell in zip(stored, cells, strict=True)
        ]


def _translate_cell(cell: SourceCell, meaning: Meaning) -> SourceCell:
    if cell.blank:
        return cell
    text = meaning(cell.text)
    if text is None:
        return cell._replace(text="", confidence=0.0, notes=(*cell.notes, UNKNOWN_CODE))
    return cell._replace(text=text, blank=not text.strip())
