"""What stands in a state's own tables, read back as fields of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mappers.layouts.bound import TableLayout
from mappers.layouts.laying import is_english, is_name
from mappers.layouts.model import LayoutColumn
from mappers.layouts.own import Masters, RowId
from mappers.schema import Column, Table, form_tables
from mappers.schema.parts.table import ROMAN


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A row as it stands in a table of theirs. keys: of its key columns; values: of the layout's columns, as text."""

    id: RowId
    keys: tuple[str, ...]
    values: Mapping[str, str | None]


def carried_fields(layout: TableLayout, form: str) -> Mapping[str, frozenset[str]]:
    """The fields of each table of a form that a layout's tables can give back."""
    found: dict[str, set[str]] = {}
    for table in layout.tables_of(form):
        own = layout.tables[table.name]
        for said in table.columns.values():
            for language in layout.languages if table.per_language else ("",):
                if place := _place(said, own, form, language):
                    found.setdefault(place[0], set()).add(place[1])
                if said.lookup and place is not None:
                    found.setdefault(form, set()).update(
                        w.parent for w in layout.file.lookups[said.lookup].within.values()
                    )
        found.setdefault(own.name, set()).update(table.where)
    if layout.file.database is not None and form in found:
        found[form] |= set(layout.file.database.fields)
    return {name: frozenset(fields) for name, fields in found.items()}


def read_back(
    form: str, record: str, rows: Sequence[StandingRow], layout: TableLayout, masters: Masters
) -> dict[str, list[dict[str, Any]]]:
    """What stands in their tables as flat rows, by table: record_id, line, and the fields that the layout carries."""
    found = _Back(form, rows, layout, masters)
    for row in rows:
        found.hear(row)
    fields = layout.file.database.fields if layout.file.database else {}
    for cells in found.made.get(form, {}).values():
        for name, value in fields.items():
            cells.setdefault(name, value)
    return {
        name: [_flat(record, form, name, line, lines[line]) for line in sorted(lines)]
        for name, lines in found.made.items()
    }


class _Back:
    """What the rows of one record say. made: table of the schema -> line -> fields."""

    def __init__(self, form: str, rows: Sequence[StandingRow], layout: TableLayout, masters: Masters) -> None:
        self._form, self._layout, self._masters = form, layout, masters
        self._lines = {(row.id[0], row.keys[0]): row.id[1] for row in rows}
        self._tables = {t.name: t for t in layout.tables_of(form)}
        self.made: dict[str, dict[int, dict[str, Any]]] = {}

    def hear(self, row: StandingRow) -> None:
        """Take in what one row says."""
        table, own = self._tables[row.id[0]], self._layout.tables[row.id[0]]
        self._say(own.name, row.id[1], dict(table.where))
        for name, said in table.columns.items():
            place, value = _place(said, own, self._form, row.id[2]), row.values.get(name)
            if place is None or value is None:
                continue
            # A field of the form's own may stand in its child tables, too.
            line = row.id[1] if place[0] == own.name else 1
            if said.key_of:
                tied = self._lines.get((said.key_of, value))
                text = None if tied is None else str(tied)
            else:
                of = form_tables(self._form)[place[0]].by_name[place[1]]
                text = _decode_value(value, said, of, self._layout, self._masters)
                self._say(self._form, 1, _read_parents(value, said, self._layout, self._masters))
            self._say(place[0], line, {} if text is None else {place[1]: text})

    def _say(self, table: str, line: int, cells: Mapping[str, str]) -> None:
        # The first that says a field is heard.
        there = self.made.setdefault(table, {}).setdefault(line, {})
        there |= {name: value for name, value in cells.items() if name not in there}


def _read_parents(value: str, said: LayoutColumn, layout: TableLayout, masters: Masters) -> dict[str, str]:
    """The fields of the record that a code of theirs tells besides its own: the district of a station."""
    if not said.lookup or value not in masters[said.lookup].key_of:
        return {}
    found: dict[str, str] = {}
    parts = masters[said.lookup].key_of[value][1:]
    for within, part in zip(layout.file.lookups[said.lookup].within.values(), parts, strict=True):
        text: str | None = part
        if within.lookup:
            text = masters[within.lookup].key_of.get(part, ("",))[0] or None
        if within.codes and text is not None:
            text = _ours(text, layout.file.codes[within.codes])
        if text is not None:
            found[within.parent] = text
    return found


def _ours(theirs: str, codes: Mapping[str, str]) -> str | None:
    return next((ours for ours, code in codes.items() if code == theirs), None)


def _flat(record: str, form: str, table: str, line: int, cells: Mapping[str, Any]) -> dict[str, Any]:
    return {"record_id": record, **({} if table == form else {"line": line}), **cells}


def _place(said: LayoutColumn, own: Table, form: str, language: str) -> tuple[str, str] | None:
    """The table and field that a column gives back, None for what tells nothing of the record."""
    if said.key_of:
        return (own.name, said.line) if said.line else None
    if not (said.field or said.parent):
        return None
    tables = form_tables(form)
    name, table = (said.field, own) if said.field else (said.parent, tables[form])
    if is_english(language, said) and is_name(name, [table]) and not name.endswith(ROMAN):
        name += ROMAN
    return (table.name, name)


def _decode_value(value: str, said: LayoutColumn, of: Column, layout: TableLayout, masters: Masters) -> str | None:
    """A value of theirs as ours."""
    if value == said.absent:
        return None
    found: str | None = value
    if said.lookup:
        found = masters[said.lookup].key_of.get(value, ("",))[0] or None
    if said.codes and found is not None:
        found = _ours(found, layout.file.codes[said.codes])
    if found is None:
        return None
    return _canonical(_day(found, said.day) if said.day else found, of.kind)


def _day(value: str, written: str) -> str:
    if len(value) != len(written):
        return value
    parts = {word: value[written.index(word) : written.index(word) + len(word)] for word in ("YYYY", "MM", "DD")}
    return f"{parts['YYYY']}-{parts['MM']}-{parts['DD']}"


def _canonical(value: str, kind: str) -> str:
    """A value as the schema spells it: a database writes seconds and decimals that nobody gave."""
    if kind == "date":
        return value.removesuffix("+05:30").removesuffix(" 00:00:00")
    if kind == "time" and value.count(":") == 2:
        return value.removesuffix(":00")
    if kind in ("money", "decimal", "int", "year") and "." in value and not value.rpartition(".")[2].strip("0"):
        return value.rpartition(".")[0]
    return value
