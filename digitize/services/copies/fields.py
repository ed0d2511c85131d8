"""What all parts of a form are made with: fields of a record in words, labels, boxes and tables."""

from __future__ import annotations

from collections.abc import Sequence

from digitize.services.copies.parts import FormBox, FormGrid
from digitize.services.copies.values import CopyValues
from digitize.services.copies.words import CopyWords
from mappers.record import Record, Row


class FormFields:
    """The fields of one record in one language."""

    def __init__(self, record: Record, words: CopyWords, values: CopyValues) -> None:
        """record: of form iif1, as it may be shown."""
        self._record, self._words, self._values = record, words, values

    def show(self, name: str) -> str:
        """A field of the record in words."""
        return self._values.show(self._record.fields, name)

    def time(self, name: str) -> str:
        """A time of the record with the word behind it."""
        return self._values.time(self._record.fields, name)

    def label(self, name: str, item: str = "") -> str:
        """A label with the number of its item."""
        return f"{item} {self._words.label(name)}".strip()

    def box(self, item: str, label: str, value: str, share: float = 1.0) -> FormBox:
        """A box under a label of forms, such as "district"."""
        return FormBox(self.label(f"fir.{label}", item), value, share)

    def serials(self) -> tuple[str, float]:
        """The column of row numbers."""
        return self.label("fir.sl"), 0.65

    def table(self, columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]]) -> FormGrid:
        """A table with numbered rows; one empty row where there is none, as on paper."""
        numbered = [(self._values.number(str(at + 1)), *texts) for at, texts in enumerate(rows)]
        return FormGrid(tuple(columns), tuple(numbered) or (tuple("" for _ in columns),))

    def rows(self, child: str) -> Sequence[Row]:
        """The rows of a child table."""
        return self._record.children.get(child, ())

    def child(self, row: Row, child: str, name: str) -> str:
        """A field of a row of a child table in words."""
        return self._values.show(row, name, child)
