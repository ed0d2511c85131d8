"""Pages of registers in `digitize extract`: runs of pages that are no form, read in order as one volume."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from digitize.cli.app import build
from digitize.files import extract_registers
from digitize.files.extract import Extract, ExtractSettings
from digitize.files.extract_registers import _Read, with_registers
from digitize.files.read_files import PageDone, PageJob
from ocr.forms.settings import ReadSettings
from ocr.page import Box, Carried, Decided, Reading, RowPlace, Scan

SAMPLES = Path(__file__).parents[2] / "sample_data" / "registers"
SETTINGS = ExtractSettings(ReadSettings())
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def page(number, kind):
    scan = Scan(Path(f"{number}.png"), "", 0, f"{number}.png")
    found = None if kind == "unread" else Extract("f" if kind == "form" else None, kind)
    return PageDone(PageJob(number, 0, Path("x"), number + 1, 9, scan), found, "broken" if found is None else "")


def jobs_of(asked, read):
    """Takes the place of the workers: a page of a run is read here and now, and its name is listed."""

    def run_jobs(work, jobs, workers, crashed, limit_s):
        asked.append([])
        while (job := next(jobs, None)) is not None:
            assert next(jobs, None) is None, "one page at a time"
            asked[-1].append(job.scan.label)
            yield job, read(job)

    return run_jobs


def no_register(job):
    return _Read(None, "no ruled columns", job.before)


@pytest.fixture
def runs(monkeypatch):
    asked = []
    monkeypatch.setattr("digitize.machine.pool.run_jobs", jobs_of(asked, no_register))
    return asked


kinds = st.lists(st.sampled_from(["form", "other", "blank", "unread"]), max_size=12)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kinds)
def test_every_page_comes_once_and_in_order_and_no_form_is_in_a_run(given_kinds):
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitize.machine.pool.run_jobs", jobs_of(asked, no_register))
        pages = [page(n, kind) for n, kind in enumerate(given_kinds)]
        found = list(with_registers(pages, SETTINGS))
    names = [name for run in asked for name in run]
    assert [p.job.order for p in found] == list(range(len(given_kinds)))
    assert not any(given_kinds[int(label.split(".")[0])] in ("form", "unread") for label in names)
    assert all(f"{n}.png" in names for n, kind in enumerate(given_kinds) if kind == "other")


def test_blank_pages_do_not_end_a_volume_and_begin_none(runs):
    list(with_registers([page(n, k) for n, k in enumerate(["blank", "other", "blank", "other", "form"])], SETTINGS))
    assert runs == [["1.png", "2.png", "3.png"]]


def test_a_page_is_given_on_before_the_next_one_is_asked_for(runs):
    drawn = []

    def pages():
        for n in range(3):
            drawn.append(n)
            yield page(n, "other")

    found = with_registers(pages(), SETTINGS)
    next(found)
    assert drawn == [0] and runs == [["0.png"]]
    assert len(list(found)) == 2


def reading(*texts, form="reg_gd", continues=False):
    places, zones = [], {}
    for n, text in enumerate(texts, 0 if continues else 1):
        name = f"r{n:02d}"
        places.append(RowPlace(name, (Box(0, n, 9, 9),), continues=continues and n == 0))
        notes = ("ditto",) if text == "do" else ()
        zones[f"{name}.sl"] = Decided(f"{name}.sl", text, "" if notes else text, 0.9, Box(1, 2, 3, 4), notes=notes)
    return Reading(form, form, zones, rows=tuple(places))


def rows_of(monkeypatch, *readings):
    given = iter(readings)

    def read(job):
        found = next(given)
        return _Read(found, found.reason, Carried(found.form, ("sl",)))

    monkeypatch.setattr("digitize.machine.pool.run_jobs", jobs_of([], read))
    return [p.found for p in with_registers([page(n, "other") for n in range(len(readings))], SETTINGS)]


def test_rows_stand_at_the_page_they_begin_on_and_the_pages_of_a_volume_count_on(monkeypatch):
    first, second = rows_of(monkeypatch, reading("7", "8"), reading("9"))
    assert [(e.form, e.part, len(e.rows)) for e in (first, second)] == [("reg_gd", 1, 2), ("reg_gd", 2, 1)]
    assert second.rows[0]["number"] == 3 and second.rows[0]["cells"]["sl"]["value"] == "9"
    assert second.rows[0]["boxes"] == [[0, 1, 9, 9]]


def test_what_of_a_row_goes_on_is_a_row_of_its_page_too_and_another_volume_has_its_own_form(monkeypatch):
    nothing = Reading(None, None, reason="no header")
    first, second, third = rows_of(monkeypatch, reading("7"), reading("more", "8", continues=True), nothing)
    assert [(r["number"], r["notes"]) for r in first.rows] == [(1, [])]
    assert [(r["number"], r["notes"], r["boxes"]) for r in second.rows] == [
        (1, ["continuation"], [[0, 0, 9, 9]]), (2, [], [[0, 1, 9, 9]])
    ]  # fmt: skip
    assert third.form is None and third.reason == "no register: no header"


def test_ditto_marks_take_what_stands_above_on_the_page_before_but_not_of_another_register(monkeypatch):
    first, second, third = rows_of(monkeypatch, reading("7", "do"), reading("do"), reading("do", form="reg_crime"))
    values = [r["cells"]["sl"]["value"] for e in (first, second, third) for r in e.rows]
    assert values == ["7", "7", "7", ""]


def test_a_page_that_is_no_register_keeps_its_reason_and_a_fault_names_no_value(monkeypatch):
    def breaks(*given, **named):
        raise KeyError("राम कुमार")

    monkeypatch.setattr("digitize.reading.page.register_reader", breaks)
    said = extract_registers._read_page(extract_registers._Job(Scan(Path("a"), "", 0, "a"), SETTINGS, None)).reason
    assert said.startswith("a: a fault in the program (KeyError") and "राम" not in said


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
