"""Open and read tables in a separate worker: a malicious file costs only that worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.machine.limits import seconds_for
from digitize.machine.stream import WorkerBroke, stream

if TYPE_CHECKING:
    from mappers.legacy import LegacyRow, LegacyTable, ReadAs

_AT_ONCE = 500
Job = tuple[Path, int, "ReadAs"]


def open_guarded(path: Path, index: int, how: ReadAs) -> LegacyTable:
    """As `mappers.legacy.open_table`: one table of a file by index, with rows streamed.

    Raises TableError as that does, and with kind "breaks-reader" if the worker died or hung.
    """
    values = _or_told(path, stream(_read, (path, index, how), seconds_for([path])))
    head: LegacyTable = next(values)
    notes = list(head.notes)
    return replace(head, rows=_rows(values, notes), notes=notes)


def _rows(values: Iterator[Any], notes: list[str]) -> Iterator[LegacyRow]:
    for kind, found in values:
        if kind == "rows":
            yield from found
        else:
            # In place: who holds the table holds this list.
            notes[:] = found


def _or_told(path: Path, values: Iterator[Any]) -> Iterator[Any]:
    from mappers.errors import TableError

    try:
        yield from values
    except WorkerBroke as e:
        what = "reading it crashed the worker or timed out. It is damaged or malicious: export it again"
        raise TableError(f"{path.name}: {what}", kind="breaks-reader") from e


def _read(job: Job) -> Iterator[Any]:
    from mappers.legacy import open_table

    table = open_table(*job)
    yield replace(table, rows=iter(()), notes=list(table.notes), fonts=dict(table.fonts))
    rows = iter(table.rows)
    while some := list(islice(rows, _AT_ONCE)):
        yield "rows", some
    yield "notes", list(table.notes)
