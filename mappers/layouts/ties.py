"""What a layout says of a state's own tables: keys, ties between them, master tables; checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping

from mappers.errors import MappingError
from mappers.layouts.model import LayoutColumn, LayoutFile, LayoutTable
from mappers.schema import Table
from mappers.toml import did_you_mean


def check_database(name: str, file: LayoutFile, tables: Mapping[str, Table], parents: Mapping[str, Table]) -> None:
    """Raise MappingError for what cannot be meant of a state's own tables, or is said of tables that are none.

    tables: those of the schema by which each of the layout's is filled. parents: the form's own of each.
    """
    if file.database is None:
        _require_plain(name, file)
        return
    for field in file.database.fields:
        if not all(t.column(field) for t in parents.values()):
            raise MappingError(f"{name}: database.fields: not every form has a field {field}")
    before: dict[str, LayoutTable] = {}
    for table in file.tables:
        where = f"{name}: {table.name}"
        if table.name in before:
            raise MappingError(f"{where}: the table appears twice")
        if not table.key:
            raise MappingError(f"{where}: key: which column identifies a row of their table?")
        if table.sequence and (len(table.key) != 1 or table.key[0] in table.columns):
            raise MappingError(f"{where}: sequence: it gives a key of one column that no other line fills")
        for column, said in table.columns.items():
            _check_tie(f"{where}.{column}", said, table, before, tables)
            _check_lookup(f"{where}.{column}", said.lookup, file)
        before[table.name] = table
    _check_lookups(name, file, parents)


def _require_plain(name: str, file: LayoutFile) -> None:
    """A layout of tables that we make or write out says nothing of keys."""
    for table in file.tables:
        own = [c for c, said in table.columns.items() if said.is_own]
        if table.key or table.schema_name or table.sequence or own or file.lookups:
            what = f"{name}: {table.name}{f'.{own[0]}' if own else ''}"
            raise MappingError(f"{what}: keys, ties and lookups need [database]: whose tables are they?")


def _check_tie(
    key: str, said: LayoutColumn, table: LayoutTable, before: Mapping[str, LayoutTable], tables: Mapping[str, Table]
) -> None:
    if not said.key_of:
        return
    if said.key_of not in before:
        near = did_you_mean(said.key_of, before)
        raise MappingError(f"{key}: key_of: {said.key_of} is not a table before this one{near}")
    other, own, its = before[said.key_of], tables[table.name], tables[said.key_of]
    if own.name.split("_")[0] != its.name.split("_")[0]:
        raise MappingError(f"{key}: key_of: {said.key_of} is filled from another form")
    if len(other.key) != 1:
        raise MappingError(f"{key}: key_of: {said.key_of} has a key of several columns")
    if other.per_language and not table.per_language:
        raise MappingError(f"{key}: key_of: {said.key_of} has a row for each language; which one is meant?")
    if said.line and own.column(said.line) is None:
        raise MappingError(
            f"{key}: line: table {own.name} has no field {said.line}{did_you_mean(said.line, own.by_name)}"
        )
    if its.child and own.name != its.name and not said.line:
        raise MappingError(f"{key}: line: which field has the line of the row in {said.key_of}?")


def _check_lookup(key: str, lookup: str, file: LayoutFile) -> None:
    if lookup and lookup not in file.lookups:
        near = did_you_mean(lookup, file.lookups)
        raise MappingError(f"{key}: lookup: there is no [lookups.{lookup}]{near}")


def _check_lookups(name: str, file: LayoutFile, parents: Mapping[str, Table]) -> None:
    used = {c.lookup: parents[t.name] for t in file.tables for c in t.columns.values() if c.lookup}
    for lookup, said in file.lookups.items():
        for column, within in said.within.items():
            key = f"{name}: lookups.{lookup}.within.{column}"
            _check_lookup(key, within.lookup, file)
            if within.lookup and file.lookups[within.lookup].within:
                raise MappingError(f"{key}: lookup: {within.lookup} has a within of its own; only one step is known")
            if within.codes and within.codes not in file.codes:
                near = did_you_mean(within.codes, file.codes)
                raise MappingError(f"{key}: codes: there is no [codes.{within.codes}]{near}")
            table = used.get(lookup)
            if table is not None and table.column(within.parent) is None:
                near = did_you_mean(within.parent, table.by_name)
                raise MappingError(f"{key}: parent: table {table.name} has no field {within.parent}{near}")
