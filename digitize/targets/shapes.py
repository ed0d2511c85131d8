"""Tables and columns in which records are written: the canonical flat layout, or a target's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from digitize.targets.flat import flat_rows
from mappers.layouts import TableLayout, lay_out
from mappers.record import Record
from mappers.schema import flat_header, form_tables, load_schemas


class Shape(Protocol):
    """Tables with their columns, and the rows of a record in them. gaps: "table.column" -> values without a code."""

    gaps: Counter[str]

    def tables(self, form: str) -> Mapping[str, list[str]]:
        """Tables of a form, each with its columns."""
        ...

    def all_tables(self) -> Sequence[str]:
        """All tables."""
        ...

    def rows(self, record: Record) -> Mapping[str, list[dict[str, Any]]]:
        """Rows of one record, by table."""
        ...


class FlatShape:
    """One table per form and child, headers are field ids: the format of every import file."""

    def __init__(self) -> None:
        self.gaps: Counter[str] = Counter()

    def tables(self, form: str) -> Mapping[str, list[str]]:
        """Names of the tables of a form, each with its columns."""
        return {t.name: flat_header(t) for t in form_tables(form).values()}

    def all_tables(self) -> Sequence[str]:
        """Every table."""
        return [t for form in load_schemas().values() for t in form]

    def rows(self, record: Record) -> Mapping[str, list[dict[str, Any]]]:
        """The rows of one record, by table."""
        return flat_rows(record)


class LayoutShape:
    """Tables of a target as described by its layout file."""

    def __init__(self, layout: TableLayout) -> None:
        self._layout = layout
        self.gaps: Counter[str] = Counter()

    def tables(self, form: str) -> Mapping[str, list[str]]:
        """Names of the tables of a form, each with its columns."""
        own = [n for n, t in self._layout.tables.items() if t.name in form_tables(form)]
        return {name: self._layout.columns(name) for name in own}

    def all_tables(self) -> Sequence[str]:
        """Every table."""
        return list(self._layout.tables)

    def rows(self, record: Record) -> Mapping[str, list[dict[str, Any]]]:
        """Rows of one record, by table; values without a code are counted as gaps."""
        laid = lay_out(record, self._layout)
        self.gaps.update(f"{table}.{column}" for table, column in laid.gaps)
        return {**laid.rows}
