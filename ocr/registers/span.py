"""One row on one half of a sheet, between its borders."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.registers.line import RuledLine

INSERTED, HEADING = "inserted", "heading"


@dataclass(frozen=True, slots=True)
class Span:
    """One row on one half, from its upper to its lower border.

    numbered: the number column has an entry. continues: the row began on the page before. kind: INSERTED when it was
    squeezed in between two rows later, HEADING when it is no entry but a year or the like, "" as usual.
    """

    top: RuledLine
    bottom: RuledLine
    numbered: bool = True
    continues: bool = False
    kind: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether a border was not surely seen."""
        return not (self.top.sure and self.bottom.sure)
