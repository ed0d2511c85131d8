"""How much an error in a field does: of high impact where it changes whom or what a record is about, else of low."""

from __future__ import annotations

from dataclasses import dataclass

from mappers.schema import Column, Table, form_tables


@dataclass(frozen=True, slots=True)
class Impact:
    """A split of the fields, and how many errors of one case file are agreed.

    high, low: fields as "iif1_persons.name", or "name" in every table, over what the schema says (Column.high).
    """

    high: frozenset[str] = frozenset()
    low: frozenset[str] = frozenset()
    agreed_high: int = 0
    agreed_low: int = 2

    def is_high(self, table: Table, column: Column) -> bool:
        """Whether an error in this field is of high impact; the name with its table stands over the one without."""
        for name in (f"{table.name}.{column.name}", column.name):
            if name in self.high or name in self.low:
                return name in self.high
        return column.high

    def high_fields(self, form: str) -> frozenset[str]:
        """All fields of a form that are of high impact, as "iif1_persons.name"."""
        tables = form_tables(form).values()
        return frozenset(f"{t.name}.{c.name}" for t in tables for c in t.columns if self.is_high(t, c))
