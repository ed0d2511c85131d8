"""Golden pairs of mappings: a source file, and the records that it must become."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitize.errors import InputError
from digitize.files.mapping.coverage import cover
from digitize.files.mapping.mandatory import missing_dates
from digitize.masking.cases import CaseMasks, build_masks
from digitize.masking.masks import MASK, list_masked_paths
from mappers.codes import place_lists
from mappers.encodings import encodings
from mappers.legacy import LegacyTable, ReadAs, named_cells, open_tables
from mappers.legacy.layout import read_layout
from mappers.mapping.column_encodings import settle_mapping
from mappers.mapping.load import FormMapping, map_rows
from mappers.record import FieldValue, Record
from mappers.sources.values import MapContext, RowValues
from mappers.states import load_state

_MEMOS = (".dbt", ".fpt")  # beside a source.dbf; no sources themselves
EXPECTED = "expected.jsonl"
_NOTHING = ""


@dataclass(frozen=True)
class GoldenDifference:
    """One cell that differs. path: "fir_no", "acts[0].section", or "" for the row itself. "" for an empty value."""

    row: int
    form: str
    path: str
    expected: str
    got: str


@dataclass(frozen=True)
class Golden:
    """One golden pair. rows: of the source, including reported ones. made: their records, as lines of the expected
    file. findings: rule findings of all of them.
    """

    mapping: str
    folder: Path
    rows: int
    differences: tuple[GoldenDifference, ...]
    made: tuple[Mapping[str, Any], ...]
    findings: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether everything is as expected."""
        return not self.differences


@dataclass(frozen=True)
class GoldenRow:
    """Result of one source row: records, or the reason for none."""

    number: int
    records: tuple[Record, ...] = ()
    reported: str = ""


def run_golden(mapping: FormMapping, folder: Path) -> Golden:
    """Map a pair's source and compare with the expected file; without one everything differs.

    folder: source.<ext> with its companions (memo, layout.toml), expected.jsonl; context.toml and stations.csv hold the
    metadata. Raises InputError if there is no source or no table with the mapping's columns.
    """
    if not mapping.match.columns:
        raise InputError(f"{mapping.id} maps printed forms; golden pairs are for tables only.")
    context = golden_context(folder)
    table = _source_table(mapping, folder)
    settled, table = settle_mapping(mapping, table, encodings(), context.state.encodings if context.state else ())
    rows = [_map(settled, table, row, context) for row in table.rows]
    expected = read_expected(folder)
    made = tuple(line for r in rows for line in plain_rows(r))
    findings = tuple(missing_dates(cover(record for r in rows for record in r.records), mapping))
    return Golden(mapping.id, folder, len(rows), tuple(compare_rows(rows, expected)), made, findings)


def accept(golden: Golden) -> None:
    """Save the result as the new expected file."""
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in golden.made)
    (golden.folder / EXPECTED).write_text(lines, encoding="utf-8", newline="\n")


def golden_context(folder: Path) -> MapContext:
    """Intake metadata from context.toml and stations.csv of a pair."""
    path = folder / "context.toml"
    metadata = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    state = load_state(metadata["state"]) if "state" in metadata else None
    lists = place_lists(state.code, folder / "stations.csv") if state else {}
    return MapContext(
        record_id="golden", state=state, language=metadata.get("language", ""), book_year=metadata.get("year"),
        station=metadata.get("station", ""), district=metadata.get("district", ""), lists=lists,
    )  # fmt: skip


def _source_table(mapping: FormMapping, folder: Path) -> LegacyTable:
    files = sorted(p for p in folder.glob("source.*") if p.suffix.lower() not in _MEMOS) if folder.is_dir() else []
    # Of two it could not be told which one the expected records are of.
    if len(files) != 1:
        found = "no source file" if not files else f"{len(files)} source files"
        raise InputError(
            f"{folder}: {found}. A golden pair is one source.<ext> and {EXPECTED}: put ten rows of the table there, "
            f"run digitize map test with --accept, and check what it wrote. To use another folder, give --golden."
        )
    layout = folder / "layout.toml"
    how = ReadAs(layout=read_layout(layout)) if layout.is_file() else ReadAs()
    for table in open_tables(files[0], how):
        if set(mapping.match.columns) <= set(table.columns):
            return table
    raise InputError(f"{files[0]}: no table has the columns that {mapping.id} needs.")


def _map(mapping: FormMapping, table: LegacyTable, row: Any, context: MapContext) -> GoldenRow:
    if row.deleted or row.problem:
        return GoldenRow(row.number, reported=row.problem or "deleted in the old system")
    values = RowValues("source", table.name, row.number, named_cells(table.columns, row))
    return GoldenRow(row.number, tuple(map_rows(mapping, [values], context)))


def plain_rows(row: GoldenRow) -> Iterator[dict[str, Any]]:
    """A row in the format of the expected file: non-empty values, without the state from intake."""
    if row.reported:
        yield {"row": row.number, "reported": row.reported}
    for record in row.records:
        fields = {n: v.value for n, v in record.fields.items() if v.value and not (n == "state" and v.by == "intake")}
        children = {
            t: [{n: v.value for n, v in r.items() if v.value} for r in rows] for t, rows in record.children.items()
        }
        yield {"row": row.number, "form": record.form, "fields": fields, "children": children}


def read_expected(folder: Path) -> Mapping[int, list[dict[str, Any]]]:
    """Lines of a pair's expected file by row. Raises InputError for an invalid line."""
    path = folder / EXPECTED
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found: dict[int, list[dict[str, Any]]] = {}
    for n, line in enumerate(lines, 1):
        try:
            made = json.loads(line)
            found.setdefault(int(made["row"]), []).append(made)
        except (ValueError, KeyError, TypeError) as e:
            raise InputError(f"{path}: line {n} is not a row of expected records ({type(e).__name__}).") from e
    return found


def compare_rows(rows: Sequence[GoldenRow], expected: Mapping[int, list[dict[str, Any]]]) -> Iterator[GoldenDifference]:
    """Cells that differ from the expected ones; those of protected persons are masked."""
    # Over all rows: who is masked in one record of a case is masked in its others.
    masks = build_masks(r for row in rows for r in row.records)
    for row in rows:
        wanted = expected.get(row.number, [])
        got = list(plain_rows(row))
        for i in range(max(len(wanted), len(got))):
            yield from _compare_one(
                row.number, wanted[i] if i < len(wanted) else {}, got[i] if i < len(got) else {},
                row.records[i] if i < len(row.records) else None, masks,
            )  # fmt: skip
    for number in sorted(expected.keys() - {r.number for r in rows}):
        yield GoldenDifference(number, "", "", "a row", _NOTHING)


def _compare_one(
    row: int, wanted: Mapping[str, Any], got: Mapping[str, Any], record: Record | None, masks: CaseMasks
) -> Iterator[GoldenDifference]:
    form = str(got.get("form") or wanted.get("form") or "")
    kinds = _kind(wanted), _kind(got)
    if kinds[0] != kinds[1]:
        yield GoldenDifference(row, form, "", *kinds)
        return
    hidden = _list_hidden_paths(row, wanted, record, masks)
    theirs, ours = dict(_cells(wanted)), dict(_cells(got))
    for path in dict.fromkeys([*theirs, *ours]):
        a, b = theirs.get(path, _NOTHING), ours.get(path, _NOTHING)
        if a != b:
            yield GoldenDifference(row, form, path, *(MASK if x and path in hidden else x for x in (a, b)))


def _kind(line: Mapping[str, Any]) -> str:
    if not line:
        return _NOTHING
    return f"reported: {line['reported']}" if "reported" in line else f"record of {line.get('form', 'no form')}"


def _cells(line: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((name, str(value)) for name, value in line.get("fields", {}).items())
    for table, rows in line.get("children", {}).items():
        for i, row in enumerate(rows):
            yield from ((f"{table}[{i}].{name}", str(value)) for name, value in row.items())


def _list_hidden_paths(row: int, wanted: Mapping[str, Any], record: Record | None, masks: CaseMasks) -> frozenset[str]:
    """Paths with data of protected persons, in the result or the expected record."""
    told = Record(
        id=f"expected-{row}",
        form=str(wanted.get("form", "")),
        fields={n: FieldValue(str(v), str(v)) for n, v in wanted.get("fields", {}).items()},
        children={
            t: tuple({n: FieldValue(str(v), str(v)) for n, v in r.items()} for r in rows)
            for t, rows in wanted.get("children", {}).items()
        },
    )
    ours = masks.list_masked_paths(record) if record is not None else frozenset()
    theirs = list_masked_paths(told) if told.form else frozenset()
    if not ours and not theirs:
        return frozenset()
    both = dict.fromkeys([p for p, _ in told.cells()] + ([p for p, _ in record.cells()] if record else []))
    hidden = ours | theirs
    names = {p.partition("]")[2] for p in hidden if "]" in p}
    return frozenset(p for p in both if p in hidden or (p.startswith("persons[") and p.partition("]")[2] in names))
