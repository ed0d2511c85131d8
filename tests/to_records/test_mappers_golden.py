"""Golden pairs: a source and the records it becomes, one folder a mapping.

Run this file as a program to write the expected halves anew; read the difference before committing it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mappers.mapping.load import find_mapping, load_mappings, map_page_rows, map_readings, map_rows
from mappers.record import Record
from mappers.sources.values import MapContext, PageRow, PageValues, PlacedValue, RowValues, ZoneValue
from mappers.states import load_state

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(p.parent.name for p in GOLDEN.glob("*/input.json"))


def context(case: dict[str, Any], **more: Any) -> MapContext:
    given = dict(case["context"])
    return MapContext(state=load_state(given.pop("state")), **given, **more)


def map_case(name: str, case: dict[str, Any]) -> list[Record]:
    mapping = load_mappings()[name]
    if "rows" in case:
        rows = [RowValues("old.dbf", "old", i, r) for i, r in enumerate(case["rows"], 1)]
        return map_rows(mapping, rows, context(case, record_id="t"))
    if "entries" in case:
        return map_page_rows(
            mapping, [entry(i, e) for i, e in enumerate(case["entries"], 1)], context(case, record_id="")
        )
    records = []
    for given in case["records"]:
        pages = [
            PageValues(
                p["page"], p["family"], {k: ZoneValue(v, confidence=0.9, blank=not v) for k, v in p["zones"].items()}
            )
            for p in given["pages"]
        ]
        records += map_readings(mapping, pages, context(case, record_id=given["id"], language=given["language"]))
    return records


def entry(number: int, texts: dict[str, str]) -> PageRow:
    """A row of a register; a text of "" is a blank cell."""
    zone = f"r{number:02d}"
    values = {c: ZoneValue(t, t or None, 0.9, blank=not t) for c, t in texts.items()}
    return PageRow(f"p-{zone}", ("p",), {c: PlacedValue("p", f"{zone}.{c}", v) for c, v in values.items()})


def plain(record: Record) -> dict[str, Any]:
    """A record as a reader checks it: values, with the raw text and the notes where there are any."""
    cells: dict[str, Any] = {}
    for path, cell in record.cells():
        doubt = [f"raw: {cell.raw}"] if cell.value is None and not cell.blank else []
        shown = [*doubt, *cell.notes, *([cell.by] if cell.by == "intake" else [])]
        cells[path] = [cell.value, *shown] if shown else cell.value
    return {"id": record.id, "cells": cells, "left_over": dict(record.left_over), "ignored": list(record.ignored)}


@pytest.mark.parametrize("name", CASES)
def test_a_golden_source_becomes_its_golden_records(name: str) -> None:
    case = json.loads((GOLDEN / name / "input.json").read_text("utf-8"))
    expected = json.loads((GOLDEN / name / "expected.json").read_text("utf-8"))
    assert [plain(r) for r in map_case(name, case)] == expected


def test_every_mapping_has_a_golden_pair() -> None:
    """Here, or among the tables of sample_data/formats/ (test_mappers_formats.py)."""
    tables = {p.name for p in (Path(__file__).parents[2] / "sample_data" / "formats").iterdir()}
    assert set(load_mappings()) == set(CASES) | tables


def test_a_golden_table_is_found_by_its_columns() -> None:
    rows = json.loads((GOLDEN / "up_firmast_krutidev" / "input.json").read_text("utf-8"))["rows"]
    assert find_mapping(load_mappings(), columns=list(rows[0]), state="up").id == "up_firmast_krutidev"


if __name__ == "__main__":
    for one in CASES:
        source = json.loads((GOLDEN / one / "input.json").read_text("utf-8"))
        text = json.dumps([plain(r) for r in map_case(one, source)], ensure_ascii=False, indent=1)
        (GOLDEN / one / "expected.json").write_text(text + "\n", encoding="utf-8", newline="\n")
