"""Layouts: how one target names its tables and columns, codes its lists, and repeats rows for its languages.

The records are the same for all; a state's own database costs a file here (or in a workspace's `layouts/`), not code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from mappers.errors import MappingError
from mappers.layouts.model import LayoutColumn, LayoutFile, LayoutTable
from mappers.names import romanise
from mappers.record import FieldValue, Record, Row
from mappers.schema import Column, Table, load_schemas
from mappers.toml import did_you_mean, read_model

NATIVE, ENGLISH = "native", "english"


@dataclass(frozen=True)
class TableLayout:
    """A layout whose names exist. tables: those of the schema by which each of its tables is filled."""

    file: LayoutFile
    tables: Mapping[str, Table]

    @property
    def id(self) -> str:
        """Its name."""
        return self.file.id

    @property
    def languages(self) -> Mapping[str, str]:
        """Language -> the target's code for it."""
        return {str(name): code for name, code in self.file.languages.items()}

    def columns(self, table: str) -> list[str]:
        """Names of a table's columns, record_id first: by it a row is found again, and taken back."""
        found = next(t for t in self.file.tables if t.name == table)
        return ["record_id", *found.columns]


@dataclass
class Laid:
    """A record in a layout. rows: table -> its rows; gaps: (table, column) of values for which it has no code."""

    rows: dict[str, list[dict[str, str | None]]] = field(default_factory=dict)
    gaps: list[tuple[str, str]] = field(default_factory=list)


@cache
def package_layouts() -> Mapping[str, TableLayout]:
    """The layouts of this package by id."""
    return load_layouts()


def load_layouts(folders: Iterable[Path] = ()) -> Mapping[str, TableLayout]:
    """The layouts of this package and of the given folders by id.

    Raises MappingError naming file, table and column for what does not exist, or for an id given twice.
    """
    layouts: dict[str, TableLayout] = {}
    for folder in (resources.files("mappers.layouts"), *folders):
        for path in _files(folder):
            layout = _bind(path.name, read_model(path, LayoutFile))
            if layout.id in layouts or path.name != f"{layout.id}.toml":
                raise MappingError(f"{path.name}: id: must be the name of the file, and given once")
            layouts[layout.id] = layout
    return layouts


def _files(folder: Traversable | Path) -> list[Traversable | Path]:
    found: list[Traversable | Path] = []
    if folder.is_dir():
        found = [p for p in folder.iterdir() if p.name.endswith(".toml")]
    return sorted(found, key=lambda p: p.name)


def _bind(name: str, file: LayoutFile) -> TableLayout:
    known = {t.name: t for form in load_schemas().values() for t in form.values()}
    owners = {t: form for form, tables in load_schemas().items() for t in tables}
    tables: dict[str, Table] = {}
    for table in file.tables:
        key = f"{name}: {table.name}"
        if table.of not in known:
            raise MappingError(f"{key}: of: there is no table {table.of}{did_you_mean(table.of, known)}")
        tables[table.name] = known[table.of]
        parent = known[owners[table.of]]
        for column_name, column in table.columns.items():
            _check(f"{key}.{column_name}", column, file, known[table.of], parent)
        for wanted in table.where:
            _field(f"{key}: where", wanted, known[table.of])
    return TableLayout(file, tables)


def _check(key: str, column: LayoutColumn, file: LayoutFile, own: Table, parent: Table) -> None:
    if column.field:
        found = _field(key, column.field, own)
    elif column.parent:
        found = _field(key, column.parent, parent)
    else:
        return
    if column.codes and column.codes not in file.codes:
        raise MappingError(f"{key}: codes: there is no [codes.{column.codes}]{did_you_mean(column.codes, file.codes)}")
    if column.language and found.kind != "name":
        raise MappingError(f"{key}: language: only names have two spellings; {found.name} is a {found.kind}")


def _field(key: str, name: str, table: Table) -> Column:
    found = table.column(name)
    if found is None:
        raise MappingError(f"{key}: table {table.name} has no field {name}{did_you_mean(name, table.by_name)}")
    return found


def lay_out(record: Record, layout: TableLayout) -> Laid:
    """A record as a layout's rows. A value for which the layout has no code is left empty and told as a gap."""
    laid = Laid()
    for table in layout.file.tables:
        own = layout.tables[table.name]
        # Tables of a form bear its name in front.
        if own.name.split("_")[0] != record.form:
            continue
        sources = record.children.get(own.child, ()) if own.child else (record.fields,)
        kept = [(line, s) for line, s in enumerate(sources, 1) if _is_wanted(s, table)]
        for line, source in kept:
            for language in layout.languages if table.per_language else ("",):
                row = _row(_At(record, source, line, language), table, layout, laid)
                laid.rows.setdefault(table.name, []).append(row)
    return laid


def _is_wanted(source: Row, table: LayoutTable) -> bool:
    return all((cell := source.get(name)) is not None and cell.value == value for name, value in table.where.items())


@dataclass(frozen=True)
class _At:
    """One row of a record on its way. line: from 1."""

    record: Record
    source: Row
    line: int
    language: str


def _row(at: _At, table: LayoutTable, layout: TableLayout, laid: Laid) -> dict[str, str | None]:
    row: dict[str, str | None] = {"record_id": at.record.id}
    for name, column in table.columns.items():
        value = _value(at, column, layout)
        if value is not None and column.codes:
            code = layout.file.codes[column.codes].get(value)
            if code is None and (table.name, name) not in laid.gaps:
                laid.gaps.append((table.name, name))
            value = code
        row[name] = value
    return row


def _value(at: _At, column: LayoutColumn, layout: TableLayout) -> str | None:
    if column.constant is not None:
        return column.constant
    if column.is_line:
        return str(at.line)
    if column.is_language:
        return layout.languages.get(at.language)
    source, name = (at.source, column.field) if column.field else (at.record.fields, column.parent)
    value = _text(source.get(name))
    in_english = column.language == ENGLISH or (not column.language and at.language == ENGLISH)
    if in_english and value is not None:
        value = _text(source.get(f"{name}_roman")) or (romanise(value) if _is_name(at, column) else value)
    return _formatted(value, column)


def _is_name(at: _At, column: LayoutColumn) -> bool:
    name = column.field or column.parent
    tables = load_schemas()[at.record.form].values()
    return any((found := t.column(name)) is not None and found.kind == "name" for t in tables)


def _text(cell: FieldValue | None) -> str | None:
    return cell.value if cell is not None else None


def _formatted(value: str | None, column: LayoutColumn) -> str | None:
    """A day as the target writes it."""
    # Only a whole day is written anew; anything else stays as it is.
    if value is None or not column.day or len(value) != len("2000-01-31"):
        return value
    year, month, day = value.split("-")
    return column.day.replace("YYYY", year).replace("MM", month).replace("DD", day)
