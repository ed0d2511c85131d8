"""A whole legacy table to import files, by columns and in constant memory, without a workspace."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from digitize.targets.csv_folder import CsvFolder
from mappers.legacy import LegacyRow, LegacyTable
from mappers.mapping.apply import Application
from mappers.mapping.flat import Doubt, add_counts, flat_columns, left_over
from mappers.mapping.load import FormMapping, TableCells, takes_name
from mappers.mapping.mapped import Mapped
from mappers.names import romanise
from mappers.schema import Table, flat_header, form_tables
from mappers.sources.cells import TABLE, Sources
from mappers.sources.values import MapContext

CHUNK = 2_000
# How seldom the collector of cycles looks while tables are mapped; see `few_collections`.
FEW_COLLECTIONS = (100_000, 50, 100)
# Beside the import files, in a folder of its own: what is doubtful, and rows that were not mapped.
REPORT = "report"
DOUBTS = "doubts"
REPORTED = "reported"


@dataclass
class Applied:
    """What became of a table's rows: rows = mapped + reported. records: made of them, by form. left_over: column ->
    cells with text that the mapping does not account for. doubts: values that a person should look at.
    """

    rows: int = 0
    mapped: int = 0
    reported: int = 0
    doubts: int = 0
    records: dict[str, int] = field(default_factory=dict)
    left_over: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def apply_table(table: LegacyTable, mapping: FormMapping, context: MapContext, folder: Path) -> Applied:
    """Write the import files of a table into a folder, with a list of doubtful values and one of rows not mapped.

    Rows that are deleted or damaged in the source are not mapped and listed. Each file is whole or not there.
    """
    return apply_tables(((mapping, table),), context, folder)


def apply_tables(tables: Iterable[tuple[FormMapping, LegacyTable]], context: MapContext, folder: Path) -> Applied:
    """The same for several tables, such as the sheets of a workbook: their rows go into the same files.

    tables: each with its mapping; they are read one behind the other.
    """
    done = Applied()
    with CsvFolder(folder) as out, CsvFolder(folder / REPORT) as report, few_collections():
        for mapping, table in tables:
            _apply(mapping, table, context, (out, report), done)
            done.notes += [*table.notes, *(f"{mapping.file}: {note}" for note in mapping.notes)]
    done.reported = done.rows - done.mapped
    done.notes = list(dict.fromkeys(done.notes))
    return done


def _apply(
    mapping: FormMapping, table: LegacyTable, context: MapContext, folders: tuple[CsvFolder, CsvFolder], done: Applied
) -> None:
    out, report = folders
    works = {name: Application(m, context) for name, m in {"": mapping, **mapping.also}.items()}
    for rows in _chunks(table.rows):
        usable = [r for r in rows if not r.deleted and not r.problem]
        for row in rows:
            if row.deleted or row.problem:
                report.add(REPORTED, ("row", "why"), [[str(row.number), row.problem or "deleted"]])
        done.rows += len(rows)
        done.mapped += len(usable)
        if usable:
            sources = sources_of(mapping, table, usable)
            ids = [f"{table.name}-r{r.number:07d}" for r in usable]
            made_of = {name: work.map(sources) for name, work in works.items()}
            add_counts(done.left_over, left_over(made_of[""], [m for n, m in made_of.items() if n]))
            for name, mapped in made_of.items():
                write_mapped(mapped, name, ids, folders, done)


def write_mapped(
    mapped: Mapped, name: str, ids: Sequence[str], folders: tuple[CsvFolder, CsvFolder], done: Applied
) -> None:
    """Write what sources became. name: of another form that they make, "" for their own. folders: of the import files,
    and of the report, which takes the doubtful values.
    """
    out, report = folders
    form = mapped.mapping.form
    if name:
        needed = [at for at in range(mapped.sources.count) if mapped.is_needed(at)]
        mapped, ids = mapped.only(needed), [f"{ids[at]}+{name}" for at in needed]
    made = flat_columns(mapped, ids)
    tables = {t.name: t for t in form_tables(form).values()}
    for table, columns in made.tables.items():
        out.add(table, flat_header(tables[table]), _rows(tables[table], columns))
    done.doubts += len(made.doubts)
    done.records[form] = done.records.get(form, 0) + len(ids)
    report.add(DOUBTS, _DOUBT_HEAD, map(_doubt_row, made.doubts))


_DOUBT_HEAD = ("record_id", "table", "line", "field", "stored", "value", "confidence", "why")


def _doubt_row(d: Doubt) -> list[str]:
    why = " ".join(d.said.notes)
    return [d.record_id, d.table, d.line, d.field, d.said.raw, d.said.value or "", f"{d.said.confidence:.2f}", why]


def _rows(table: Table, columns: Mapping[str, list[str | None]]) -> Iterator[Sequence[str | None]]:
    """Rows in the order of the header; a name's spelling in Latin letters is worked out unless the source gave one."""
    empty: list[str | None] = [None] * len(columns["record_id"])
    whole = []
    for name in flat_header(table):
        own = columns.get(name)
        column = table.column(name)
        if own is None and column is not None and column.roman_of in columns:
            own = [romanise(v) if v else None for v in columns[column.roman_of]]
        whole.append(own or empty)
    return zip(*whole, strict=True)


def sources_of(mapping: FormMapping, table: LegacyTable, rows: Sequence[LegacyRow]) -> Sources:
    """Rows of a table as what a mapping takes."""
    width = max(len(table.columns), *(len(r.cells) for r in rows))
    # Cells behind the last column get names of their own, so that they are told as left over.
    names = [*table.columns, *(f"+{i}" for i in range(1, width - len(table.columns) + 1))]
    cells = [r.cells if len(r.cells) == width else (*r.cells, *[None] * (width - len(r.cells))) for r in rows]
    columns: dict[str, Sequence[bytes | str | None]] = dict(zip(names, zip(*cells, strict=True), strict=True))
    if takes_name(mapping):
        columns[TABLE] = [table.name] * len(rows)
    return Sources(len(rows), columns, TableCells(mapping, table.name, table.name))


def _chunks(rows: Iterator[LegacyRow]) -> Iterator[list[LegacyRow]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


@contextmanager
def few_collections() -> Iterator[None]:
    """Have the collector of cycles look less often: mapping makes millions of small things, and no cycles of them."""
    before = gc.get_threshold()
    gc.set_threshold(*FEW_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
