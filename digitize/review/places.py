"""One place of one record, whether asked today or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from digitize.errors import NotFound
from digitize.machine.command_line import format_command
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.items import Item, cell_of, item_id, items_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.purges import require_source
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.run_context import RunContext
from mappers.binding.bound import FormMapping
from mappers.schema import form_tables

_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class PlaceToSettle:
    """A place to settle or reopen. base: its item's id; blank: the decision without its answer.

    fields: paths that depend on it. of: hash of its record. field: main field, without row numbers.
    """

    base: str
    blank: Decision
    fields: tuple[str, ...]
    of: str
    batch: str
    field: str


def strip_indexes(path: str) -> str:
    """A path without row numbers, under which fields of many records are counted."""
    return _INDEX.sub("", path)


def main_field(item: Item) -> str:
    """Main field of a place: the one its zone is named after, else the first; "" if none."""
    named = item.cell.rpartition("/")[2].rpartition(".")[2]
    return named if named in item.fields else next(iter(item.fields), "")


def find_place(ledger: Ledger, known: RunContext, record: str, field: str) -> PlaceToSettle:
    """Place on paper, or cell, of a field. field: a path. Raises NotFound."""
    stored = Records(ledger).find(record)
    if stored is None:
        raise NotFound(f"There is no record {record}. See: digitize status --json")
    require_source(ledger, record, stored.unit, is_paper=bool(stored.record.pages))
    item = find_item(ledger, known, stored, field)
    if item is None:
        # Not the field as it was typed: it may hold anything.
        raise NotFound(f"{record} has no such field. See: {format_command('show', 'DIR', record)}")
    blank = Decision(record, item.cell, item.reading, item.source, stored.record.form, VALUE, "", "")
    base = item_id(record, item.cell, item.reading, item.source)
    return PlaceToSettle(
        base, blank, item.fields, stored.hash[:16], stored.record.batch, strip_indexes(main_field(item))
    )


def find_item(
    ledger: Ledger, known: RunContext, stored: Stored, field: str, readings: Readings | None = None
) -> Item | None:
    """Item of a record's field, as it would be asked."""
    if field not in dict(stored.record.cells()) and field not in stored.open and not _is_field(stored, field):
        return None
    items = items_of(ledger, replace(stored, open=(field,)), known.mappings, readings)
    if not items:
        return None
    # Whatever else hangs on the same place is settled with it.
    return find_item_of_cell(ledger, known.mappings, stored, items[0].cell, readings) or items[0]


def _is_field(stored: Stored, path: str) -> bool:
    """Whether the record's form has a field of that path, even if it is empty."""
    head, _, name = path.rpartition("].")
    tables = form_tables(stored.record.form).values()
    return any(t.child == head.partition("[")[0] and t.column(name or path) is not None for t in tables)


def find_item_of_cell(
    ledger: Ledger, mappings: Mapping[str, FormMapping], stored: Stored, cell: str, readings: Readings | None = None
) -> Item | None:
    """Item of a record's cell, as it would be asked."""
    paths = tuple(sorted(p for p, v in stored.record.cells() if cell_of(p, v) == cell))
    if not paths:
        return None
    items = items_of(ledger, replace(stored, open=paths), mappings, readings)
    # What nothing on the paper feeds is asked under the zone that should: its cell is named otherwise there.
    return next((i for i in items if i.cell == cell), items[0] if len(items) == 1 else None)
