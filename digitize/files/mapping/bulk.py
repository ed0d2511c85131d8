"""Map a whole legacy table to import files, column by column in constant memory, without a workspace."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from digitize.machine.placing import default_workers
from digitize.machine.pool import in_order, run_jobs
from digitize.machine.shared_payload import pack_payload, unpack_payload
from digitize.targets.csv_columns import columns_text
from digitize.targets.csv_folder import CsvFolder, write_rows
from mappers.legacy import LegacyRow, LegacyTable
from mappers.mapping.apply import Application
from mappers.mapping.flat import RECORD_ID, Doubt, add_counts, flat_columns, left_over
from mappers.mapping.left_rows import count_left
from mappers.mapping.load import FormMapping, legacy_sources
from mappers.mapping.mapped import Mapped
from mappers.names import romanise_all
from mappers.schema import Table, flat_header, form_tables
from mappers.sources.values import MapContext

CHUNK = 2_000
# How seldom the collector of cycles looks while tables are mapped; see `few_collections`.
FEW_COLLECTIONS = (100_000, 50, 100)
# Beside the import files, in a folder of its own: what is doubtful, and rows that were not mapped.
REPORT = "report"
DOUBTS = "doubts"
REPORTED = "reported"
_FEW = 3
"""So many lots are mapped before workers would have begun."""
RowLot = tuple[int, list[LegacyRow]]


@dataclass
class Applied:
    """Result for a table: rows = mapped + reported. records: by form. left_over: column -> non-empty cells that the
    mapping ignores. doubts: values to be checked. left_rows: reported rows that the mapping leaves out, by its reasons.
    """

    rows: int = 0
    mapped: int = 0
    reported: int = 0
    doubts: int = 0
    records: dict[str, int] = field(default_factory=dict)
    left_over: dict[str, int] = field(default_factory=dict)
    left_rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, more: Applied) -> None:
        """Add the result of further rows."""
        self.rows += more.rows
        self.mapped += more.mapped
        self.doubts += more.doubts
        add_counts(self.left_over, more.left_over)
        add_counts(self.left_rows, more.left_rows)
        for form, count in more.records.items():
            self.records[form] = self.records.get(form, 0) + count


def apply_tables(
    tables: Iterable[tuple[FormMapping, LegacyTable]], context: MapContext, folder: Path, jobs: int = 0
) -> Applied:
    """Write import files of tables to a folder, with a list of doubtful values and one of unmapped rows.

    Rows deleted or damaged in the source are listed and not mapped. Files are written atomically.

    tables: each with its mapping, e.g. the sheets of a workbook, read one after another into the same files. jobs:
    processes, 0 for one per core; the output does not depend on it.
    """
    done = Applied()
    with CsvFolder(folder) as out, CsvFolder(folder / REPORT) as report:
        for mapping, table in tables:
            work = TableApply(mapping, replace(table, rows=iter(())), context)
            for lot in in_order(
                apply_lots(work, _chunks(table.rows), jobs or default_workers()), lambda lot: lot.number
            ):
                lot.write(out, report)
                done.add(lot.done)
            done.notes += [*table.notes, *(f"{mapping.file}: {note}" for note in mapping.notes)]
    done.reported = done.rows - done.mapped
    done.notes = list(dict.fromkeys(done.notes))
    return done


@dataclass
class TextTables:
    """Rows of import files as UTF-8, table by table. texts: table -> its header and pieces of its rows' text."""

    texts: dict[str, tuple[Sequence[str], list[bytes]]] = field(default_factory=dict)

    def add(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table, as `CsvFolder` does."""
        text = StringIO(newline="")
        write_rows(text, rows)
        self.add_text(name, head, text.getvalue().encode())

    def add_text(self, name: str, head: Sequence[str], text: bytes) -> None:
        """Add rows that are text already."""
        self.texts.setdefault(name, (head, []))[1].append(text)


@dataclass
class AppliedLot:
    """Result of a lot of rows. number: its position in the table."""

    number: int
    out: TextTables = field(default_factory=TextTables)
    report: TextTables = field(default_factory=TextTables)
    done: Applied = field(default_factory=Applied)

    def write(self, out: CsvFolder, report: CsvFolder) -> None:
        """Add it to the files."""
        for folder, tables in ((out, self.out), (report, self.report)):
            for name, (head, text) in tables.texts.items():
                folder.add_text(name, head, b"".join(text))


@dataclass(frozen=True)
class TableApply:
    """Mapping inputs of a table's lots; sent to workers. table: without its rows."""

    mapping: FormMapping
    table: LegacyTable
    context: MapContext

    @cached_property
    def applications(self) -> dict[str, Application]:
        """The mapping and its other forms, with their caches of equal cells."""
        return {n: Application(m, self.context) for n, m in {"": self.mapping, **self.mapping.also}.items()}

    def lot(self, job: RowLot) -> AppliedLot:
        """Result of a lot of rows."""
        number, rows = job
        made, done = AppliedLot(number), Applied()
        usable = [r for r in rows if not r.deleted and not r.problem]
        unlike = [[str(r.number), r.problem or "deleted"] for r in rows if r.deleted or r.problem]
        if unlike:
            made.report.add(REPORTED, ("row", "why"), unlike)
        done.left_rows = count_left(why for _, why in unlike)
        done.rows, done.mapped, made.done = len(rows), len(usable), done
        if usable:
            sources = legacy_sources(self.mapping, self.table.name, self.table.name, self.table.columns, usable)
            ids = [f"{self.table.name}-r{r.number:07d}" for r in usable]
            made_of = {name: work.map(sources) for name, work in self.applications.items()}
            add_counts(done.left_over, left_over(made_of[""], [m for n, m in made_of.items() if n]))
            for name, mapped in made_of.items():
                write_mapped(mapped, name, ids, (made.out, made.report), done)
        return made


def apply_lots(work: TableApply, lots: Iterator[RowLot], workers: int) -> Iterator[AppliedLot]:
    """Results of lots in any order; uses workers if there are enough lots."""
    first = list(islice(lots, _FEW)) if workers > 1 else []
    coming = next(lots, None)
    if coming is None or workers < 2:
        with few_collections():
            yield from map(work.lot, chain(first, () if coming is None else (coming,), lots))
        return
    jobs = chain(first, (coming,), lots)
    yield from (lot for _, lot in run_jobs(partial(_lot_there, pack_payload(work)), jobs, workers, _raise_crash))


def _lot_there(work: bytes, job: RowLot) -> AppliedLot:
    with few_collections():
        own: TableApply = unpack_payload(work)
        return own.lot(job)


def _raise_crash(job: RowLot) -> AppliedLot:
    raise RuntimeError(f"mapping lot {job[0]} crashed its worker twice")


def write_mapped(
    mapped: Mapped, name: str, ids: Sequence[str], folders: tuple[_Tables, _Tables], done: Applied
) -> None:
    """Write mapping results. name: of a secondary form, "" for the main one. folders: for import files, and for the
    report with doubtful values.
    """
    out, report = folders
    form = mapped.mapping.form
    if name:
        needed = [at for at in range(mapped.sources.count) if mapped.is_needed(at)]
        mapped, ids = mapped.keep_only(needed), [f"{ids[at]}+{name}" for at in needed]
    made = flat_columns(mapped, ids)
    tables = {t.name: t for t in form_tables(form).values()}
    for table, columns in made.tables.items():
        text = columns_text(_in_order(tables[table], columns), len(columns[RECORD_ID]))
        out.add_text(table, flat_header(tables[table]), text.encode())
    done.doubts += len(made.doubts)
    done.records[form] = done.records.get(form, 0) + len(ids)
    report.add(DOUBTS, _DOUBT_HEAD, map(_doubt_row, made.doubts))


class _Tables(Protocol):
    def add(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None: ...

    def add_text(self, name: str, head: Sequence[str], text: bytes) -> None: ...


_DOUBT_HEAD = ("record_id", "table", "line", "field", "stored", "value", "confidence", "why")


def _doubt_row(d: Doubt) -> list[str]:
    why = " ".join(d.said.notes)
    return [d.record_id, d.table, d.line, d.field, d.said.raw, d.said.value or "", f"{d.said.confidence:.2f}", why]


def _in_order(table: Table, columns: Mapping[str, list[str | None]]) -> list[list[str | None] | None]:
    """Columns in header order, None for empty ones; a name is romanised unless the source gives a Latin spelling."""
    whole: list[list[str | None] | None] = []
    for name in flat_header(table):
        own = columns.get(name)
        column = table.column(name)
        if own is None and column is not None and column.roman_of in columns:
            own = romanise_all(columns[column.roman_of])
        whole.append(own)
    return whole


def _chunks(rows: Iterator[LegacyRow]) -> Iterator[RowLot]:
    number = 0
    while chunk := list(islice(rows, CHUNK)):
        yield number, chunk
        number += 1


@contextmanager
def few_collections() -> Iterator[None]:
    """Run the garbage collector less often: mapping creates millions of small objects without cycles."""
    before = gc.get_threshold()
    gc.set_threshold(*FEW_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
