"""Records as rows of the flat layout, and content hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from mappers.names import romanise
from mappers.record import Record, Row
from mappers.schema import Column, form_tables
from mappers.schema.capture import captured_rows

# Every row_hash that targets hold was made with these: other signs would turn all their records into changed ones.
FIELD_END, ROW_END = "\x1f", "\x1e"


def flat_rows(record: Record) -> Mapping[str, list[dict[str, Any]]]:
    """A record as rows of the flat layout: table name -> rows of canonical values; every row has its record_id.

    Child rows have their line, from 1. Fields without a value are None. Latin spellings of names are computed here
    unless the source gave one, so records stay small. Rows with nothing captured are omitted.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, table in form_tables(record.form).items():
        sources = captured_rows(record.children.get(table.child, ())) if table.child else [record.fields]
        for line, source in enumerate(sources, start=1):
            row: dict[str, Any] = {"record_id": record.id}
            if table.child:
                row["line"] = line
            row |= {c.name: _flat_value(source, c) for c in table.columns}
            rows.setdefault(name, []).append(row)
    return rows


def _flat_value(source: Row, column: Column) -> str | None:
    cell = source.get(column.name)
    if column.roman_of and not (cell and cell.value):
        name = source.get(column.roman_of)
        return romanise(name.value) if name and name.value else None
    return cell.value if cell else None


def roman_names(record: Record) -> Mapping[str, str]:
    """Path of a name -> Latin spelling, for every name without one from the source."""
    tables = {t.child: t for t in form_tables(record.form).values()}
    rows = [("", record.fields, tables[""])]
    rows += [
        (f"{child}[{i}].", row, tables[child]) for child, of in record.children.items() for i, row in enumerate(of)
    ]
    names = ((head + c.roman_of, row, c) for head, row, table in rows for c in table.columns if c.roman_of)
    asked = ((path, row, c) for path, row, c in names if not (c.name in row and row[c.name].value))
    return {path: spelled for path, row, c in asked if (spelled := _flat_value(row, c))}


def row_hash(record: Record) -> str:
    """Hash of the canonical values of a record with its children, independent of origin and confidence.

    Fields without a value do not count, so a new schema field changes no record.
    """
    rows = flat_rows(record)
    # By name, not in the schema's order. The form's own table comes first: its children's names begin with its own.
    return text_hash(ROW_END.join(row_text(name, row) for name in sorted(rows) for row in rows[name]))


def row_text(table: str, row: Mapping[str, Any]) -> str:
    """A row as text for hashing: its table, then its values by name."""
    # Neither the id nor the line: ids are what hashes are compared by, and the order of the rows tells the lines.
    names = sorted(n for n, v in row.items() if v and n not in ("record_id", "line"))
    return FIELD_END.join([table, *(f"{n}={row[n]}" for n in names)])


def text_hash(text: str) -> str:
    """Hash of a text, 32 hex digits."""
    # Records may hold half characters: a database refuses those (UNSTORABLE), the hash must not.
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
