"""Pages of registers in `digitize extract`: runs of pages that are no form, read in order as one volume."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from digitize import extract_registers
from digitize.cli.app import build
from digitize.extract import Extract, ExtractSettings
from digitize.extract_registers import with_registers
from digitize.read_files import PageDone, PageJob
from ocr.page import Box, Decided, Scan
from ocr.read import ReadSettings
from ocr.registers import RegisterReading, Row
from ocr.registers.read import PageNote, Part

SAMPLES = Path(__file__).parent.parent / "sample_data" / "registers"
SETTINGS = ExtractSettings(ReadSettings())
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def page(number, kind):
    scan = Scan(Path(f"{number}.png"), "", 0, f"{number}.png")
    found = None if kind == "unread" else Extract("f" if kind == "form" else None, kind)
    return PageDone(PageJob(number, 0, Path("x"), number + 1, 9, scan), found, "broken" if found is None else "")


@pytest.fixture
def runs(monkeypatch):
    """Runs are read here and now; what was asked stands in the list."""
    asked = []

    def run_jobs(work, jobs, workers, crashed, limit_s):
        for job in jobs:
            asked.append([scan.label for scan in job.scans])
            yield job, [f"run {len(asked)}"] * len(job.scans)

    monkeypatch.setattr("digitize.pool.run_jobs", run_jobs)
    return asked


kinds = st.lists(st.sampled_from(["form", "other", "blank", "unread"]), max_size=12)


@given(kinds)
def test_every_page_comes_once_and_in_order_and_no_form_is_in_a_run(given_kinds):
    asked = []

    def run_jobs(work, jobs, workers, crashed, limit_s):
        for job in jobs:
            asked.extend(scan.label for scan in job.scans)
            yield job, ["said"] * len(job.scans)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitize.pool.run_jobs", run_jobs)
        pages = [page(n, kind) for n, kind in enumerate(given_kinds)]
        found = list(with_registers(pages, SETTINGS))
    assert [p.job.order for p in found] == list(range(len(given_kinds)))
    assert not any(given_kinds[int(label.split(".")[0])] in ("form", "unread") for label in asked)
    assert all(f"{n}.png" in asked for n, kind in enumerate(given_kinds) if kind == "other")


def test_blank_pages_do_not_end_a_volume_and_begin_none(runs):
    list(with_registers([page(n, k) for n, k in enumerate(["blank", "other", "blank", "other", "form"])], SETTINGS))
    assert runs == [["1.png", "2.png", "3.png"]]


def test_rows_stand_at_the_page_they_begin_on_and_the_pages_of_a_volume_count_on(monkeypatch):
    cell = Decided("sl", "7", "7", 0.9, Box(1, 2, 3, 4))
    rows = tuple(Row(n + 1, p, (Box(0, 0, 9, 9),), {"sl": cell}, False) for n, p in enumerate((0, 0, 1)))
    reading = RegisterReading(
        "reg_gd", rows, ("sl",), (PageNote(2, True, "", "reg_gd"), PageNote(1, False, "", "reg_gd"))
    )
    monkeypatch.setattr("ocr.registers.read_register", lambda *a, **k: reading)
    scans = (Scan(Path("a"), "", 0, "a"), Scan(Path("b"), "", 0, "b"))
    first, second = extract_registers._read_run(extract_registers._Run(scans, SETTINGS))
    assert [(e.form, e.part, len(e.rows)) for e in (first, second)] == [("reg_gd", 1, 2), ("reg_gd", 2, 1)]
    assert second.rows[0]["cells"]["sl"]["value"] == "7" and second.rows[0]["boxes"] == [[0, 0, 9, 9]]


def test_what_of_a_row_goes_on_is_a_row_of_its_page_too_and_another_volume_has_its_own_form(monkeypatch):
    cell = Decided("sl", "7", "7", 0.9, Box(1, 2, 3, 4))
    more = (Part(1, (Box(0, 1, 9, 5),), {"sl": cell}),)
    row = Row(1, 0, (Box(0, 0, 9, 9),), {"sl": cell}, False, ("continued",), more)
    notes = (PageNote(1, True, "", "reg_gd"), PageNote(1, False, "", "reg_gd"), PageNote(0, False, "no header"))
    reading = RegisterReading("reg_gd", (row,), ("sl",), notes)
    monkeypatch.setattr("ocr.registers.read_register", lambda *a, **k: reading)
    scans = tuple(Scan(Path(x), "", 0, x) for x in "abc")
    first, second, third = extract_registers._read_run(extract_registers._Run(scans, SETTINGS))
    assert [r["notes"] for r in first.rows] == [["continued"]]
    assert [(r["number"], r["notes"], r["boxes"]) for r in second.rows] == [(1, ["continuation"], [[0, 1, 9, 5]])]
    assert third == "no register: no header"


def test_a_run_that_is_no_register_keeps_its_reason_and_a_fault_names_no_value(monkeypatch):
    def breaks(*given, **named):
        raise KeyError("राम कुमार")

    monkeypatch.setattr("ocr.registers.read_register", breaks)
    (said,) = extract_registers._read_run(extract_registers._Run((Scan(Path("a"), "", 0, "a"),), SETTINGS))
    assert said.startswith("no register: a: a fault in the program (KeyError") and "राम" not in said


@pytest.mark.engine
@needs_tesseract
def test_a_register_of_two_pages_is_found_by_its_header_and_its_rows_count_on():
    gold = [json.loads(x) for x in (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    files = [SAMPLES / "reg_gd_hi_light_3_0.jpg", SAMPLES / "reg_gd_hi_light_3_1.jpg"]
    result = CliRunner().invoke(build(), ["extract", *map(str, files), "--lang", "hi,en"])
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["form"] == second["form"] == "reg_gd" and first["group"]["number"] == second["group"]["number"] == 1
    assert len(gold) >= 2 and len(first["rows"]) >= 3
    assert second["rows"][0]["number"] == len(first["rows"]) + 1
