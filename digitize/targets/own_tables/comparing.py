"""Compare a layout with the existing tables: list everything missing or unfit before a row is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from digitize.targets.own_tables.catalogue import OwnTable, OwnTables, TableName, read_own_tables, table_sql
from digitize.targets.own_tables.kinds_of_value import OwnColumn
from digitize.targets.own_tables.rights import missing_rights
from mappers.layouts import TableLayout
from mappers.layouts.back import carried_fields
from mappers.layouts.model import LayoutColumn, LayoutLookup, LayoutTable
from mappers.layouts.own import CodeMaster, Masters
from mappers.schema import form_tables
from mappers.toml import did_you_mean

# What a field's kind can be written into without a format; of other types of column a person decides.
_DAYS = ("date", "timestamp", "timestamptz")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "date": (*_DAYS, "varchar", "text", "bpchar"),
    "time": ("time", "varchar", "text", "bpchar"),
    "int": ("int2", "int4", "int8", "numeric", "varchar", "text", "bpchar"),
    "year": ("int2", "int4", "int8", "numeric", "varchar", "text", "bpchar"),
    "money": ("numeric", "varchar", "text"),
    "decimal": ("numeric", "varchar", "text"),
}
_TEXTS = ("varchar", "text", "bpchar")


@dataclass
class TableComparison:
    """A layout compared with a catalogue. problems: must be corrected before loading; remarks: for information."""

    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    tables: OwnTables = field(default_factory=dict)
    masters: Masters = field(default_factory=dict)


def table_names(layout: TableLayout) -> dict[str, TableName]:
    """Table of the layout -> schema and table."""
    return {t.name: (layout.schema_of(t), t.name) for t in layout.file.tables}


def compare_layout(db: psycopg.Connection[Any], layout: TableLayout) -> TableComparison:
    """List everything missing or unfit. Takes about 50 ms; changes nothing."""
    names = table_names(layout)
    masters = {n: master_name(layout, lookup) for n, lookup in layout.file.lookups.items()}
    made = TableComparison(tables=read_own_tables(db, [*names.values(), *masters.values()]))
    for table in layout.file.tables:
        found = made.tables.get(names[table.name])
        if found is None:
            made.problems.append(f"{_dotted_name(names[table.name])}: there is no such table")
            continue
        made.problems += _table(names[table.name], table, found, layout)
        made.remarks += [
            f"{_dotted_name(names[table.name])}: {what} exists and may change rows" for what in found.acting
        ]
    made.problems += _masters(layout, masters, made.tables)
    made.problems += missing_rights(db, layout, names, set(masters.values()), made.tables)
    if not made.problems:
        made.masters = read_masters(db, layout)
        made.problems += _codes(layout, made.masters, names, made.tables)
        made.problems += _foreign_codes(db, layout, names, made.tables)
    made.remarks += _not_carried(layout)
    return made


def _dotted_name(name: TableName) -> str:
    return ".".join(name)


def _table(name: TableName, table: LayoutTable, found: OwnTable, layout: TableLayout) -> Iterator[str]:
    where, own = _dotted_name(name), layout.tables[table.name]
    for column in [*table.columns, *(k for k in table.key if k not in table.columns)]:
        if column not in found.columns:
            yield f"{where}: there is no column {column}{did_you_mean(column, found.columns)}"
    for column, said in table.columns.items():
        if column in found.columns:
            yield from _column(f"{where}.{column}", said, found.columns[column], table, layout)
    for column, there in found.columns.items():
        is_filled = column in table.columns or (table.sequence and column in table.key) or there.has_default
        if there.is_not_null and not is_filled:
            yield f"{where}.{column}: {there.spelled} NOT NULL without a default, and the layout does not fill it"
    if not any(unique <= set(table.key) for unique in found.unique):
        yield f"{where}: nothing prevents two rows with the same key ({', '.join(table.key)}); it must be unique"
    if own.child and not any(c.key_of or c.parent for c in table.columns.values()):
        yield f"{where}: no column links its rows to the record (key_of or parent)"


def _column(key: str, said: LayoutColumn, there: OwnColumn, table: LayoutTable, layout: TableLayout) -> Iterator[str]:
    if there.is_fixed:
        yield f"{key}: it is a computed column; it cannot be written"
    of = _field(said, table, layout)
    kind = of.kind if of else ""
    if kind in _KINDS and not said.codes and not said.lookup and there.type not in _KINDS[kind]:
        yield f"{key}: a field of kind {kind} cannot be stored in {there.spelled}"
    if said.day and there.type not in _TEXTS:
        yield f"{key}: day is only for text columns; this column is {there.spelled}, omit it"
    fixed = [v for v in (said.constant, said.absent) if v is not None]
    if said.codes and not said.lookup:
        fixed += layout.file.codes[said.codes].values()
    if said.is_language:
        fixed += layout.languages.values()
    for value in fixed:
        fits = there.fit(value)
        if fits is None:
            yield f"{key}: '{value}' does not fit into {there.spelled}"
        elif fits != value:
            yield f"{key}: '{value}' is '{fits}' in their database; write it like this"


def _field(said: LayoutColumn, table: LayoutTable, layout: TableLayout) -> Any:
    own = layout.tables[table.name]
    if said.field:
        return own.column(said.field)
    form = own.name.split("_")[0]
    return form_tables(form)[form].column(said.parent) if said.parent else None


def _masters(layout: TableLayout, masters: Mapping[str, TableName], tables: OwnTables) -> Iterator[str]:
    for name, lookup in layout.file.lookups.items():
        found = tables.get(masters[name])
        if found is None:
            yield f"lookups.{name}: there is no table {_dotted_name(masters[name])}"
            continue
        for column in master_columns(lookup):
            if column not in found.columns:
                near = did_you_mean(column, found.columns)
                yield f"lookups.{name}: {_dotted_name(masters[name])} has no column {column}{near}"


def _codes(layout: TableLayout, masters: Masters, names: Mapping[str, TableName], tables: OwnTables) -> Iterator[str]:
    """Codes without a row in their master table, or whose code does not fit the column."""
    told: set[tuple[str, str]] = set()
    for table in layout.file.tables:
        for column, said in table.columns.items():
            if not said.lookup:
                continue
            master = masters[said.lookup]
            if said.codes and (said.codes, said.lookup) not in told:
                told.add((said.codes, said.lookup))
                yield from _without_row(said, layout, master)
            there = tables[names[table.name]].columns[column]
            odd = next((c for c in master.key_of if there.fit(c) != c), None)
            if odd is not None:
                at = f"{_dotted_name(names[table.name])}.{column}"
                yield f"{at}: code {odd} of {said.lookup} does not fit {there.spelled}"


def _without_row(said: LayoutColumn, layout: TableLayout, master: CodeMaster) -> Iterator[str]:
    known = {key[0] for key in master.code_of}
    doubled = {key[0] for key in master.doubled}
    where = layout.file.lookups[said.lookup].table
    for ours, theirs in layout.file.codes[said.codes].items():
        if theirs in doubled:
            yield f"codes.{said.codes}.{ours}: '{theirs}' has several rows in {where}; which is meant?"
        elif theirs not in known:
            yield f"codes.{said.codes}.{ours}: '{theirs}' has no row in {where}{did_you_mean(theirs, known)}"


def _foreign_codes(
    db: psycopg.Connection[Any], layout: TableLayout, names: Mapping[str, TableName], tables: OwnTables
) -> Iterator[str]:
    """Codes and constants that the state's foreign keys would refuse."""
    for table in layout.file.tables:
        for column, said in table.columns.items():
            foreign = tables[names[table.name]].foreign.get(column)
            given = [v for v in (said.constant, said.absent) if v is not None]
            if said.codes and not said.lookup:
                given += layout.file.codes[said.codes].values()
            if foreign is None or not given or not _may_read(db, foreign[0]):
                continue
            query = sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(foreign[1]), table_sql(foreign[0]))
            rows = {code for (code,) in db.execute(query)}
            for code in sorted(set(given) - rows):
                at = f"{_dotted_name(names[table.name])}.{column}"
                yield f"{at}: code '{code}' has no row in {_dotted_name(foreign[0])}"


def _may_read(db: psycopg.Connection[Any], name: TableName) -> bool:
    # In this order: a table in a schema that may not be used cannot be asked about.
    query = "SELECT CASE WHEN has_schema_privilege(%s, 'USAGE') THEN has_table_privilege(%s, 'SELECT') END"
    return db.execute(query, (name[0], f'"{name[0]}"."{name[1]}"')).fetchone() == (True,)


def _not_carried(layout: TableLayout) -> Iterator[str]:
    """Fields without a column in the layout, by table of the schema."""
    for form in sorted({t.name.split("_")[0] for t in layout.tables.values()}):
        carried = carried_fields(layout, form)
        for name, table in form_tables(form).items():
            # The spelling in Latin letters is worked out where it is not given.
            lacking = [c.name for c in table.columns if c.name not in carried.get(name, ()) and not c.roman_of]
            if lacking and name not in carried:
                yield f"not carried: {name}, no table of the layout has its rows"
            elif lacking:
                yield f"not carried: {name}: {', '.join(lacking)}"


def master_name(layout: TableLayout, lookup: LayoutLookup) -> TableName:
    """Schema and table of a master table."""
    schema, dot, table = lookup.table.partition(".")
    return (schema, table) if dot else (layout.file.database.schema_name if layout.file.database else "", schema)


def master_columns(lookup: LayoutLookup) -> list[str]:
    """Columns of a master table that are used."""
    return [lookup.name, lookup.code, *lookup.within, *lookup.where]


def read_masters(db: psycopg.Connection[Any], layout: TableLayout) -> Masters:
    """Master tables of a layout by name. They are small, so reading them once avoids a query per value."""
    return {name: _read(db, layout, lookup) for name, lookup in layout.file.lookups.items()}


def _read(db: psycopg.Connection[Any], layout: TableLayout, lookup: LayoutLookup) -> CodeMaster:
    wanted = [lookup.code, lookup.name, *lookup.within]
    columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(c)) for c in wanted)
    where = [sql.SQL("{}::text = {}").format(sql.Identifier(c), sql.Literal(v)) for c, v in lookup.where.items()]
    query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
        columns, table_sql(master_name(layout, lookup)), sql.SQL(" AND ").join([sql.SQL("true"), *where])
    )
    return _master(db.execute(query).fetchall())


def _master(rows: Sequence[tuple[str, ...]]) -> CodeMaster:
    code_of: dict[tuple[str, ...], str] = {}
    key_of: dict[str, tuple[str, ...]] = {}
    doubled: set[tuple[str, ...]] = set()
    for code, *key in rows:
        names = tuple(key)
        if None in (code, *names):
            continue
        if code_of.setdefault(names, code) != code:
            doubled.add(names)
        key_of[code] = names
    for names in doubled:
        del code_of[names]
    return CodeMaster(code_of, key_of, frozenset(doubled))
