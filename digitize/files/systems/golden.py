"""Golden systems: a folder of old tables, and the records that its heads must become."""

from __future__ import annotations

from pathlib import Path

from digitize.errors import InputError
from digitize.files.mapping.golden import Golden, GoldenRow, compare_rows, golden_context, plain_rows, read_expected
from digitize.files.systems.apply import SystemApplied, take_tables
from digitize.files.systems.bonds import find_owners
from digitize.files.systems.find import read_system
from digitize.files.systems.joining import CaseJoiner
from digitize.files.systems.store import RowStore
from mappers.mapping.load import records_of

SOURCE = "source"


def run_golden_system(where: Path, folder: Path) -> Golden:
    """Map a golden system and compare its records, by row of the head, with the expected ones.

    where: folder of its mappings; folder: "source" (a folder) or source.<ext>, expected.jsonl, context.toml. Raises
    InputError, MappingError, TableError.
    """
    system, mappings = read_system(where)
    found = sorted(folder.glob(f"{SOURCE}*")) if folder.is_dir() else []
    if len(found) != 1:
        raise InputError(f"{folder}: {len(found)} sources; a golden system is one source and expected.jsonl.")
    context = golden_context(folder)
    rows: list[GoldenRow] = []
    with RowStore() as store:
        tables = take_tables(found[0], system, mappings, context, store, SystemApplied())
        find_owners(store, system, tables)
        joining = CaseJoiner(store, system, tables)
        for head in (t for t in tables if t.name == system.heads[0]):
            kept = list(store.firsts(head.number))
            rows += [GoldenRow(r.number, reported=r.problem) for r in kept if r.problem]
            good = [r for r in kept if not r.problem]
            for families in joining.lots(good):
                numbers = [r.number for r in families[0].rows]
                ids = [f"golden-{n}" for n in numbers]
                records = records_of(joining.map(families, context), ids, numbers, context)
                by_row = {i: [x for x in records if x.id.partition("+")[0] == i] for i in ids}
                rows += [GoldenRow(n, tuple(by_row[i])) for n, i in zip(numbers, ids, strict=True)]
    rows.sort(key=lambda r: r.number)
    differences = tuple(compare_rows(rows, read_expected(folder)))
    return Golden(system.id, folder, len(rows), differences, tuple(line for r in rows for line in plain_rows(r)))
