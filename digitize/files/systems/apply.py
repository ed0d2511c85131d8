"""Map a whole system to import files, in bounded memory and without a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from digitize.errors import InputError
from digitize.files.mapping.bulk import REPORT, REPORTED, Applied, few_collections, write_mapped
from digitize.files.systems.bonds import JOINED, REASONS, find_owners
from digitize.files.systems.delivered import DeliveredTable, take_in
from digitize.files.systems.find import wanted_mapping
from digitize.files.systems.joining import CaseJoiner, Family
from digitize.files.systems.store import RowStore
from digitize.targets.csv_folder import CsvFolder
from mappers.encodings import encodings
from mappers.errors import TableError
from mappers.legacy import LegacyRow, LegacyTable, is_surely_table, open_tables
from mappers.mapping.column_encodings import settle_mapping
from mappers.mapping.flat import add_counts, left_over
from mappers.mapping.load import FormMapping
from mappers.sources.values import MapContext
from mappers.systems.system import System, lookup_table

_CHUNK = 1_000
_HIDDEN = (".", "~$")
# Beside a .dbf: its memo texts, indexes and the catalogue, none of them a table.
_BESIDE = frozenset({".dbt", ".fpt", ".cdx", ".idx", ".ntx", ".mdx", ".dcx", ".dct", ".ldb"})


@dataclass
class TableDone:
    """Result of one table. role: in the system. orphans: reason -> rows that belong to no record."""

    table: str
    role: str
    rows: int = 0
    joined: int = 0
    orphans: dict[str, int] = field(default_factory=dict)
    reason: str = ""


@dataclass
class SystemApplied(Applied):
    """Result of a system: the head's rows, and each of its tables."""

    tables: list[TableDone] = field(default_factory=list)


def table_files(path: Path) -> list[Path]:
    """Files of a system: the single file, or those of a folder that may hold tables.

    Raises InputError if there are none.
    """
    if path.is_file():
        return [path]
    found = sorted(p for p in path.glob("*") if p.is_file() and not p.name.startswith(_HIDDEN)
                   and not _goes_beside(p)) if path.is_dir() else []  # fmt: skip
    if not found:
        raise InputError(f"{path}: there is no file with tables.")
    return found


def _goes_beside(path: Path) -> bool:
    """Whether a file name is that of a companion of tables, not a table."""
    ending = path.suffix.lower()
    return ending == ".toml" or (ending in _BESIDE and not is_surely_table(path))


def apply_system(
    path: Path, system: System, mappings: Mapping[str, FormMapping], context: MapContext, folder: Path
) -> SystemApplied:
    """Write import files of a system's records to a folder, with lists of doubtful values and of orphans.

    path: a folder of tables, or a file that holds them all. Raises TableError, MappingError, InputError.
    """
    done = SystemApplied()
    folder.mkdir(parents=True, exist_ok=True)
    with RowStore(folder) as store, CsvFolder(folder) as out, CsvFolder(folder / REPORT) as report, few_collections():
        tables = take_tables(path, system, mappings, context, store, done)
        heads = [t for t in tables if t.name == system.heads[0]]
        if not heads:
            raise InputError(f"{path}: the head of {system.file}, {system.heads[0]}, is missing.")
        find_owners(store, system, tables)
        joining = CaseJoiner(store, system, tables)
        for head in heads:
            _apply_head(store, joining, head, context, (out, report), done)
        _report_orphans(store, tables, done, report)
    done.notes += [f"{t.table}: {note}" for t in tables for note in t.notes]
    done.notes += _missing(system, tables)
    return done


def take_tables(
    path: Path, system: System, mappings: Mapping[str, FormMapping], context: MapContext, store: RowStore,
    done: SystemApplied,
) -> list[DeliveredTable]:  # fmt: skip
    """Store the rows of all tables of a system in a path; done: receives the role and rows of each table."""
    known = encodings()

    def settle(legacy: LegacyTable, wanted: str) -> tuple[FormMapping, LegacyTable]:
        state = context.state.code if context.state else ""
        mapping = wanted_mapping(mappings, wanted, legacy, state, system)
        return settle_mapping(mapping, legacy, known, context.state.encodings if context.state else ())

    tables: list[DeliveredTable] = []
    for file in table_files(path):
        for legacy in _open_tables(file, path.is_file(), done):
            role = system.role(legacy.name)
            line = TableDone(legacy.name, role, reason=system.why_left(legacy.name))
            done.tables.append(line)
            if role in ("left", "unknown"):
                continue
            told = DeliveredTable(
                len(tables) + 1, system.name_of(legacy.name), legacy.name, file.name, (str(file), "", "")
            )
            tables.append(take_in(store, system, told, _count_rows(legacy, line), settle, known))
    return tables


def _open_tables(file: Path, is_only: bool, done: SystemApplied) -> Iterator[LegacyTable]:
    """Tables of one file; in a folder, a file without tables is reported and skipped."""
    try:
        yield from open_tables(file)
    except TableError as e:
        if is_only or e.kind != "not-a-table":
            raise
        done.notes.append(str(e))


def _count_rows(legacy: LegacyTable, line: TableDone) -> LegacyTable:
    """The table with its rows counted as they go by."""

    def rows() -> Iterator[LegacyRow]:
        for row in legacy.rows:
            line.rows += 1
            yield row

    return replace(legacy, rows=rows())


_REPORTED_HEAD = ("table", "row", "why")


def _apply_head(
    store: RowStore, joining: CaseJoiner, head: DeliveredTable, context: MapContext,
    folders: tuple[CsvFolder, CsvFolder],
    done: SystemApplied,
) -> None:  # fmt: skip
    rows = (r for r in store.firsts(head.number) if not r.problem)
    while chunk := list(islice(rows, _CHUNK)):
        done.mapped += len(chunk)
        for families in joining.lots(chunk):
            made = joining.map(families, context)
            add_counts(done.left_over, left_over(made[""], [m for n, m in made.items() if n]))
            ids = [f"{head.table}-r{r.first[1]:07d}" for r in families[0].rows]
            for name, mapped in made.items():
                write_mapped(mapped, name, ids, folders, done)
            _count_parts(families[1:], done)


def _count_parts(families: Sequence[Family], done: SystemApplied) -> None:
    lines = {t.table: t for t in done.tables}
    for family in families:
        lines[family.table.table].joined += len(family.rows)


def _report_orphans(store: RowStore, tables: Sequence[DeliveredTable], done: SystemApplied, report: CsvFolder) -> None:
    """List every row that gives nothing, with the reason."""
    lines = {t.table: t for t in done.tables}
    sql = """SELECT r.number, r.problem, b.state FROM rows r LEFT JOIN bonds b ON b.row = r.id
             WHERE r.source = ? AND (r.problem <> '' OR b.state <> ?) ORDER BY r.number"""
    for table in tables:
        counts = lines[table.table].orphans
        for number, problem, state in store.ask(sql, (table.number, JOINED)):
            why = problem or REASONS[state]
            counts[why] = counts.get(why, 0) + 1
            report.add(REPORTED, _REPORTED_HEAD, [[table.table, str(number), why]])
    done.rows = sum(t.rows for t in done.tables if t.role == "head")
    done.reported = sum(sum(t.orphans.values()) for t in done.tables)


def _missing(system: System, tables: Sequence[DeliveredTable]) -> Iterator[str]:
    """Tables named by the system and not delivered."""
    there = {t.name for t in tables}
    for tie in system.ties:
        if tie.table not in there:
            yield f"{system.file}: the part {tie.table} was not delivered; its rows are in no record"
    for name, rule in system.lookups.items():
        table = lookup_table(name)
        if table not in there:
            codes = ", ".join(rule.columns)
            yield f"{system.file}: the lookup {table} was not delivered; the codes in {codes} have no value"
