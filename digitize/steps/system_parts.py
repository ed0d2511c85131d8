"""Orphan parts: each is stored as its own record with its key, until its head is delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from digitize.files.systems.delivered import DeliveredTable, tie_of
from digitize.files.systems.joining import CaseJoiner
from digitize.files.systems.store import KeptRow
from digitize.steps.system_decisions import Decisions, Over, decided_rows, sign
from mappers.mapping.load import records_of
from mappers.record import FieldValue, Origin, Record
from mappers.schema import form_tables
from mappers.sources.values import MapContext
from mappers.systems.keys import cell_text
from mappers.systems.system import System

_KEY = "legacy_key"


def waiting(
    joining: CaseJoiner, system: System, rows: Sequence[KeptRow], decisions: Decisions, context: MapContext,
    mapped: Mapping[int, str],
) -> Iterator[Record]:  # fmt: skip
    """The records of rows of a part that wait. mapped: number of a table -> when it was mapped first."""
    for family in joining.iter_unjoined(rows):
        over = Over(joining, decided_rows(joining, [family], decisions, mapped))
        numbers = [r.number for r in family.rows]
        made = records_of(joining.map([family], context, over), family.ids, numbers, context)
        cells = dict(zip(family.ids, (r.cells for r in family.rows), strict=True))
        for record in made:
            signed = sign(record, over, context)
            yield _with_key(signed, family.table, system, cells[record.id.partition("+")[0]])


def _with_key(record: Record, table: DeliveredTable, system: System, cells: Sequence[bytes | str]) -> Record:
    """Key of an orphan part as a field, by which a person finds its head."""
    if _KEY in record.fields or _KEY not in form_tables(record.form)[record.form].by_name:
        return record
    tie = tie_of(system, table.name)
    wanted = {k.casefold() for k in tie.key} if tie else set()
    places = [at for at, c in enumerate(table.columns) if c.casefold() in wanted]
    text = "/".join(filter(None, (cell_text(cells[at]) for at in places if at < len(cells))))
    names = " ".join(table.columns[at] for at in places)
    assert table.mapping is not None
    origin = Origin(file=table.file, table=table.table, column=names)
    value = FieldValue(text, text or None, origin=origin, by=table.mapping.by, blank=not text)
    return replace(record, fields={**record.fields, _KEY: value})
