"""Rows of a table that its mapping leaves out on purpose: those the old system kept though they were deleted there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mappers.binding.bound import FormMapping
from mappers.binding.dialect import LeftRows
from mappers.legacy.table import LegacyRow, LegacyTable
from mappers.mapping.load import TableCells
from mappers.sources.cells import TABLE

_LEFT = "left out: "
_MOST_KEPT = 10_000


def leave_rows(mapping: FormMapping, table: LegacyTable) -> LegacyTable:
    """The table with the rows that the mapping leaves out marked as deleted, and why; its rows are read as a stream.

    They are reported with their number like any other row that makes no record. A damaged row keeps its damage.
    """
    return replace(table, rows=_mark(mapping, table)) if mapping.left_rows else table


def count_left(reported: Iterable[str]) -> dict[str, int]:
    """How many rows the mapping left out, by its reasons. reported: why each row made no record."""
    return dict(Counter(why.removeprefix(_LEFT) for why in reported if why.startswith(_LEFT)))


def _mark(mapping: FormMapping, table: LegacyTable) -> Iterator[LegacyRow]:
    cells = TableCells(mapping, table.name, table.name)
    wanted = dict.fromkeys(name for rule in mapping.left_rows for name in rule.columns)
    places = {name: table.columns.index(name) for name in wanted if name in table.columns}
    texts: dict[str, dict[bytes | str, str]] = {name: {} for name in places}

    def text(name: str, row: LegacyRow) -> str:
        stored = row.cells[places[name]] if places[name] < len(row.cells) else ""
        known = texts[name]
        if stored not in known:
            if len(known) >= _MOST_KEPT:
                known.clear()
            known[stored] = cells(name, [stored])[0].text
        return known[stored]

    for row in table.rows:
        if row.problem:
            yield row
            continue
        said = {name: text(name, row) for name in places} | {TABLE: table.name}
        rule = _find(mapping.left_rows, said)
        yield row if rule is None else row._replace(deleted=True, problem=f"{_LEFT}{rule.reason}")


def _find(rules: Iterable[LeftRows], said: dict[str, str]) -> LeftRows | None:
    return next((rule for rule in rules if rule.holds(said)), None)
