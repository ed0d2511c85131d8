"""A record as the rows of a layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mappers.layouts.bound import TableLayout
from mappers.layouts.model import LayoutColumn, LayoutTable
from mappers.names import romanise
from mappers.record import FieldValue, Record, Row
from mappers.schema import Table, load_schemas

ENGLISH = "english"


@dataclass
class Laid:
    """A record in a layout. rows: table -> its rows; gaps: (table, column) of values for which it has no code."""

    rows: dict[str, list[dict[str, str | None]]] = field(default_factory=dict)
    gaps: list[tuple[str, str]] = field(default_factory=list)


def lay_out(record: Record, layout: TableLayout) -> Laid:
    """A record as a layout's rows. A value for which the layout has no code is left empty and told as a gap."""
    laid = Laid()
    for table in layout.tables_of(record.form):
        for at in rows_of(record, table, layout):
            laid.rows.setdefault(table.name, []).append(_row(at, table, layout, laid))
    return laid


@dataclass(frozen=True)
class RowAt:
    """One row of a record on its way. source: the record's fields or one of its child rows. line: from 1.

    language: of [languages], "" in a table without a row for each.
    """

    record: Record
    source: Row
    line: int
    language: str


def rows_of(record: Record, table: LayoutTable, layout: TableLayout) -> Iterator[RowAt]:
    """The rows of a record that a table of the layout takes."""
    child = layout.tables[table.name].child
    sources = record.children.get(child, ()) if child else (record.fields,)
    for line, source in enumerate(sources, 1):
        if _is_wanted(source, table):
            for language in layout.languages if table.per_language else ("",):
                yield RowAt(record, source, line, language)


def _is_wanted(source: Row, table: LayoutTable) -> bool:
    return all((cell := source.get(name)) is not None and cell.value == value for name, value in table.where.items())


def _row(at: RowAt, table: LayoutTable, layout: TableLayout, laid: Laid) -> dict[str, str | None]:
    row: dict[str, str | None] = {"record_id": at.record.id}
    for name, column in table.columns.items():
        value = value_at(at, column, layout)
        if value is not None and column.codes:
            code = layout.file.codes[column.codes].get(value)
            if code is None and (table.name, name) not in laid.gaps:
                laid.gaps.append((table.name, name))
            value = code
        row[name] = value
    return row


def value_at(at: RowAt, column: LayoutColumn, layout: TableLayout) -> str | None:
    """What a column holds in a row, before any code is looked up; None for what only a database knows."""
    if column.constant is not None:
        return column.constant
    if column.is_line:
        return str(at.line)
    if column.is_language:
        return layout.languages.get(at.language)
    source, name = (at.source, column.field) if column.field else (at.record.fields, column.parent)
    value = _text(source.get(name))
    if is_english(at.language, column) and value is not None:
        value = _text(source.get(f"{name}_roman")) or (romanise(value) if _is_name(at, column) else value)
    return _format_day(value, column)


def is_english(language: str, column: LayoutColumn) -> bool:
    """Whether a column of a row in a language holds the spelling in Latin letters."""
    return column.language == ENGLISH or (not column.language and language == ENGLISH)


def _is_name(at: RowAt, column: LayoutColumn) -> bool:
    return is_name(column.field or column.parent, load_schemas()[at.record.form].values())


def is_name(field_name: str, tables: Iterable[Table]) -> bool:
    """Whether a field is a name, of which there are two spellings."""
    return any((found := t.column(field_name)) is not None and found.kind == "name" for t in tables)


def _text(cell: FieldValue | None) -> str | None:
    return cell.value if cell is not None else None


def _format_day(value: str | None, column: LayoutColumn) -> str | None:
    """A day as the target writes it."""
    # Only a whole day is written anew; anything else stays as it is.
    if value is None or not column.day or len(value) != len("2000-01-31"):
        return value
    year, month, day = value.split("-")
    return column.day.replace("YYYY", year).replace("MM", month).replace("DD", day)
