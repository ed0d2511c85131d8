"""Layouts whose names exist: files read, and bound to the schema's tables and fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from mappers.errors import MappingError
from mappers.layouts.model import LayoutColumn, LayoutFile, LayoutTable
from mappers.layouts.ties import check_database
from mappers.schema import Column, Table, load_schemas
from mappers.toml import did_you_mean, read_model


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

    @property
    def has_own_tables(self) -> bool:
        """Whether its tables exist already and belong to somebody else."""
        return self.file.database is not None

    def columns(self, table: str) -> list[str]:
        """Names of a table's columns, record_id first: by it a row is found again, and taken back."""
        found = next(t for t in self.file.tables if t.name == table)
        return ["record_id", *found.columns]

    def tables_of(self, form: str) -> list[LayoutTable]:
        """The tables that rows of a form's records fill, in the order of the file."""
        # Tables of a form bear its name in front.
        return [t for t in self.file.tables if self.tables[t.name].name.split("_")[0] == form]

    def schema_of(self, table: LayoutTable) -> str:
        """The schema that a table of theirs stands in; "" where the tables are not theirs."""
        return table.schema_name or (self.file.database.schema_name if self.file.database else "")


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
            layout = read_layout(path)
            if layout.id in layouts:
                raise MappingError(f"{path.name}: id: must be the name of the file, and given once")
            layouts[layout.id] = layout
    return layouts


def read_layout(path: Traversable | Path) -> TableLayout:
    """The layout in one file. Raises MappingError naming file, table and column for what does not exist."""
    layout = bind_layout(path.name, read_model(path, LayoutFile))
    if path.name != f"{layout.id}.toml":
        raise MappingError(f"{path.name}: id: must be the name of the file, and given once")
    return layout


def _files(folder: Traversable | Path) -> list[Traversable | Path]:
    found: list[Traversable | Path] = []
    if folder.is_dir():
        found = [p for p in folder.iterdir() if p.name.endswith(".toml")]
    return sorted(found, key=lambda p: p.name)


def bind_layout(name: str, file: LayoutFile) -> TableLayout:
    """A layout whose tables and fields exist. name: of the file, for messages. Raises MappingError."""
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
    check_database(name, file, tables, {n: known[owners[t.name]] for n, t in tables.items()})
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
