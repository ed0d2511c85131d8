"""Golden pairs of old formats: each source becomes its expected records, and no cell of any row is lost.

The expected halves are written by sample_data/formats.py from what it invented, not by the mappings.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappers.binding.bound import FormMapping
from mappers.codes import place_lists
from mappers.encodings import decode_cell, encodings
from mappers.legacy import LegacyTable, ReadAs, named_cells, open_tables
from mappers.legacy.layout import read_layout
from mappers.mapping.column_encodings import settle_mapping
from mappers.mapping.load import find_mapping, load_mappings, map_rows
from mappers.record import Record
from mappers.schema import form_tables
from mappers.sources.values import MapContext, RowValues
from mappers.states import load_state
from sample_data import formats

FOLDER = Path(__file__).parents[2] / "sample_data" / "formats"
CASES = sorted(p.name for p in FOLDER.iterdir() if p.is_dir())
mappings = cache(load_mappings)
TABLES = sorted(m.id for m in mappings().values() if m.match.columns)


def source_of(folder: Path) -> LegacyTable:
    """The table of a folder's source."""
    (path,) = (p for p in folder.glob("source.*") if p.suffix != ".DBT")
    layout = folder / "layout.toml"
    (table,) = open_tables(path, ReadAs(layout=read_layout(layout) if layout.exists() else None))
    return table


def context_of(folder: Path) -> MapContext:
    """What was said at intake."""
    said = tomllib.loads((folder / "context.toml").read_text("utf-8"))
    lists = place_lists(said["state"], folder / "stations.csv")
    return MapContext(
        record_id="t",
        state=load_state(said["state"]),
        station=said.get("station", ""),
        book_year=said.get("year"),
        lists=lists,
    )


def found_mapping(folder: Path, table: LegacyTable) -> tuple[FormMapping, LegacyTable]:
    """The mapping that a workspace of that state takes for the table."""
    context = context_of(folder)
    assert context.state is not None
    mapping = find_mapping(mappings(), columns=table.columns, state=context.state.code)
    return settle_mapping(mapping, table, encodings(), context.state.encodings)


@cache
def made(name: str) -> list[tuple[int, Record | str]]:
    """Each row of a source with the records it becomes, or why it becomes none."""
    folder = FOLDER / name
    mapping, table = found_mapping(folder, source_of(folder))
    rows: list[tuple[int, Record | str]] = []
    for row in table.rows:
        if row.deleted or row.problem:
            rows.append((row.number, row.problem or "deleted in the old system"))
            continue
        values = RowValues("source", table.name, row.number, named_cells(table.columns, row))
        rows += [(row.number, record) for record in map_rows(mapping, [values], context_of(folder))]
    return rows


def plain(row: int, made: Record | str) -> dict[str, Any]:
    """A record as the expected file has it: what has a value, what intake knew for the state alone left out."""
    if isinstance(made, str):
        return {"row": row, "reported": made}
    fields = {n: v.value for n, v in made.fields.items() if v.value and not (n == "state" and v.by == "intake")}
    children = {t: [{n: v.value for n, v in r.items() if v.value} for r in rows] for t, rows in made.children.items()}
    return {"row": row, "form": made.form, "fields": fields, "children": children}


def expected(name: str) -> list[dict[str, Any]]:
    return [json.loads(x) for x in (FOLDER / name / "expected.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", CASES)
def test_the_mapping_of_a_table_is_found_by_its_columns(name):
    folder = FOLDER / name
    assert found_mapping(folder, source_of(folder))[0].id == name


@pytest.mark.parametrize("name", CASES)
def test_every_row_becomes_its_expected_record_or_is_reported(name):
    assert [plain(row, record) for row, record in made(name)] == expected(name)


@pytest.mark.parametrize("name", CASES)
def test_the_samples_leave_no_cell_over(name):
    """But for empty ones of a form that the row does not make."""
    records = [r for _, r in made(name) if isinstance(r, Record)]
    assert not [column for r in records for column, text in r.left_over.items() if text]


def test_every_mapping_of_tables_has_a_golden_pair_and_there_are_twelve_at_least():
    assert TABLES == CASES
    assert len(CASES) >= 12


def test_the_generator_writes_what_is_committed(tmp_path):
    formats.build(tmp_path)
    for path in sorted(p for p in tmp_path.rglob("*") if p.is_file()):
        assert path.read_bytes() == (FOLDER / path.relative_to(tmp_path)).read_bytes(), path.name


GARBAGE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "-", "NIL", "0", "-1", "9999", "00/00/00", "12/03/98", "379/411 IPC", "1) A 2) B and 3 others"]
    ),
    st.binary(max_size=20),
)


@pytest.mark.parametrize("name", TABLES)
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mapped_and_ignored_and_left_over_are_all_cells(name, data):
    """A cell that says nothing may give way to what intake knows, or to a row of persons that is not made."""
    mapping = mappings()[name]
    columns = [*dict.fromkeys(r.source for r in mapping.all_rules), *sorted(mapping.ignored), "NOBODY_KNOWS"]
    cells = {c: data.draw(GARBAGE, label=c) for c in columns}
    record, *others = map_rows(mapping, [RowValues("f", "t", 1, cells)], MapContext(record_id="t", book_year=2001))
    found = [v for r in (record, *others) for _, v in r.cells() if v.origin.column]
    mapped = {v.origin.column for v in found}
    left, ignored = set(record.left_over), set(record.ignored)
    nothing = {c for c in columns if says_nothing(mapping, c, cells[c])}
    assert mapped | left | ignored | nothing == set(columns)
    assert ignored == set(mapping.ignored)
    assert left >= {"NOBODY_KNOWS"}
    assert not left & (mapped | ignored)
    assert all(v.raw or v.blank or "unread" in v.notes for v in found)


def says_nothing(mapping: FormMapping, column: str, stored: str | bytes) -> bool:
    """Whether a cell is empty, holds strokes and dots alone, or one of the source's spellings of nothing."""
    text = decode_cell(mapping.encodings.get(column), stored).text
    rules = [r for r in mapping.all_rules if r.source == column]
    return not text.strip("-–—_./*=~ \t\r\n") or not text.strip() or any(r.dialect.is_null(text) for r in rules)


@pytest.mark.parametrize("name", CASES)
def test_what_a_mapping_fills_are_fields_of_its_form(name):
    for line in expected(name):
        tables = {t.child: {c.name for c in t.columns} for t in form_tables(line.get("form", "iif1")).values()}
        assert set(line.get("fields", ())) <= tables[""]
        for child, rows in line.get("children", {}).items():
            assert all(set(r) <= tables[child] for r in rows)
