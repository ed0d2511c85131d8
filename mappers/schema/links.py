"""Which fields of a record's rows name other rows of it, by their line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mappers.schema import Table, form_tables

PERSON_LINE, OF_LINE, OF_TABLE = "person_line", "of_line", "of_table"
NO_ROW = "line "
"""Before a line that names no row of the record, so that it is not taken for the place of another row."""


@dataclass(frozen=True, slots=True)
class RowReference:
    """A field that names a row of another child table of its record.

    table, column: where it stands. of: the table whose row it names. named_by: the field that says which table is
    meant, by one of the names; "" where it is always the same.
    """

    table: str
    column: str
    of: str
    named_by: str = ""
    names: tuple[str, ...] = ()


@cache
def row_references(form: str) -> Sequence[RowReference]:
    """All references between the child rows of a form."""
    tables = [t for t in form_tables(form).values() if t.child]
    return tuple(link for table in tables for link in _find_references(table, tables))


@cache
def named_first(form: str) -> Sequence[str]:
    """The tables of a form, one whose rows are named by others before these: rows go in so, and out the other way."""
    named = {link.of for link in row_references(form) if not link.named_by}
    tables = form_tables(form)
    return sorted(tables, key=lambda name: (tables[name].child != "", name not in named))


def _find_references(table: Table, tables: Sequence[Table]) -> Sequence[RowReference]:
    found = []
    if table.column(PERSON_LINE):
        found += [RowReference(table.name, PERSON_LINE, other.name) for other in tables if other.child == "persons"]
    if table.column(OF_LINE):
        found += [
            RowReference(table.name, OF_LINE, other.name, OF_TABLE, (other.child, other.name)) for other in tables
        ]
    return found
