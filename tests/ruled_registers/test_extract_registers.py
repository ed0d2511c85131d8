"""Pages of registers in `digitize extract`: pages that are no form, read in order as one volume."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from digitize.cli.app import build
from digitize.exits import exit_code
from digitize.files.extract import ExtractSettings
from digitize.files.extract_files import extract_pages
from digitize.files.read_files import FilePage
from digitize.reading.job import PageDone, PageFailed, PageJob, PageReading
from digitize.reading.lexica import ListSource
from digitize.reading.page import read_page
from ocr.forms.settings import ReadSettings
from ocr.page import Box, Carried, Decided, Reading, Recognition, RowPlace, Scan
from ocr.plain import reading_to_plain, recognition_to_plain

SAMPLES = Path(__file__).parents[2] / "sample_data" / "registers"
SETTINGS = ExtractSettings(ReadSettings())
FORM = "iif1_en"
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def page(number, kind):
    label = f"{number}.png"
    scan = None if kind == "unread" else Scan(Path(label), "", 0, label)
    return FilePage(number, 0, Path("x"), number + 1, 9, scan, "broken" if scan is None else "")


def as_form(form=None):
    reading = {"form": form, "family": form, "part": 1, "zones": {}, "reason": "", "rows": []}
    return PageReading(recognition_to_plain(Recognition(form, 9, 9, reason="" if form else "no form agrees")), reading)


def came(job, reading=None, reason="no ruled columns", handed=None):
    """What a worker gives of a page that is no form, read as a register's or as none."""
    reading = reading or Reading(None, None, reason=reason)
    seen = Recognition(reading.form, 9, 9, reason=reading.reason, carried=handed or job.before)
    return PageDone(job.page, as_form(), PageReading(recognition_to_plain(seen), reading_to_plain(reading)))


class Workers:
    """Takes the place of the workers: pages by their numbers; those in hand at once, and what each was given."""

    def __init__(self, read):
        self.read = read
        self.begun, self.matched, self.most, self.before = [], [], 0, {}

    def run_jobs(self, work, jobs, workers, crashed, limit_s):
        hand = []
        while True:
            while len(hand) < 4 and (job := next(jobs, None)) is not None:
                hand.append(job)
                self.begun.append(job.name)
                self.matched += [job.name] if job.as_form is None else []
                self.before.setdefault(job.name, []).append(job.before)
            self.most = max(self.most, len(hand))
            if not hand:
                return
            job = hand.pop()  # the newest first: pages come back in any order
            yield job, self.read(job)


@pytest.fixture
def extracted(monkeypatch):
    """Reads pages of given kinds with given results, and gives what extract says of them, with the workers."""

    def extract(kinds, read):
        workers = Workers(read)
        monkeypatch.setattr("digitize.machine.pool.run_jobs", workers.run_jobs)
        monkeypatch.setattr("digitize.files.extract._is_sensitive", lambda *_: False)
        return list(extract_pages([page(n, kind) for n, kind in enumerate(kinds)], SETTINGS, 2)), workers

    return extract


def of_kinds(kinds):
    """Reads a page by its kind: form, other, blank, register, failing."""

    def read(job):
        kind = kinds[int(job.page)]
        if kind == "form":
            return PageDone(job.page, as_form(FORM))
        if kind == "failed":
            return PageFailed(job.page, "fault", f"{job.name}: broken", False)
        if kind == "register":
            return came(job, reading("7"), handed=Carried("reg_gd", ("sl",), ((0.0, float(job.page)),)))
        done = came(job)
        return PageDone(done.page, done.as_form, done.as_register, is_blank=kind == "blank")

    return read


kinds = st.lists(st.sampled_from(["form", "other", "blank", "unread", "register", "failed"]), max_size=24)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kinds)
def test_every_page_comes_once_and_in_order_whatever_comes_back_first(given_kinds):
    with pytest.MonkeyPatch.context() as patch:
        workers = Workers(of_kinds(given_kinds))
        patch.setattr("digitize.machine.pool.run_jobs", workers.run_jobs)
        patch.setattr("digitize.files.extract._is_sensitive", lambda *_: False)
        found = list(extract_pages([page(n, kind) for n, kind in enumerate(given_kinds)], SETTINGS, 2))
    assert [p.job.order for p in found] == list(range(len(given_kinds)))
    wanted = {"form": FORM, "register": "reg_gd"}
    assert [p.found.form if p.found else None for p in found] == [wanted.get(k) for k in given_kinds]
    before = None
    for number, kind in enumerate(given_kinds):
        if kind in ("other", "blank", "register"):
            assert workers.before[f"{number}.png"][-1] == before, "the last reading had what the page before handed on"
        if kind in ("form", "register"):
            before = Carried("reg_gd", ("sl",), ((0.0, float(number)),)) if kind == "register" else None


def test_pages_of_a_register_are_read_once_each_one_by_one(extracted):
    found, workers = extracted(["register"] * 6, of_kinds(["register"] * 6))
    assert workers.begun == [f"{n}.png" for n in range(6)] and workers.most == 1
    assert [p.found.part for p in found] == [1, 2, 3, 4, 5, 6]


def test_pages_of_forms_are_read_side_by_side_once_each(extracted):
    kinds = ["form", "form", "other", "form", "blank", "form", "other"]
    _, workers = extracted(kinds, of_kinds(kinds))
    assert sorted(workers.begun) == [f"{n}.png" for n in range(7)] and workers.most == 4


def test_a_register_within_a_book_of_forms_is_read_with_what_it_hands_on(extracted):
    kinds = ["form", "form", "register", "register", "form", "register"]
    found, workers = extracted(kinds, of_kinds(kinds))
    assert [p.found.form for p in found] == [FORM, FORM, "reg_gd", "reg_gd", FORM, "reg_gd"]
    assert workers.before["3.png"][-1] is not None and workers.before["5.png"] == [None]
    assert sorted(workers.matched) == [f"{n}.png" for n in range(6)], "no form is looked for twice"


def test_blank_pages_begin_no_volume_and_do_not_end_one(extracted):
    kinds = ["blank", "register", "blank", "register"]
    found, _ = extracted(kinds, of_kinds(kinds))
    assert [(p.found.kind, p.found.part) for p in found] == [("blank", 1), ("form", 1), ("blank", 1), ("form", 3)]
    assert found[0].found.reason == "no form agrees"


def reading(*texts, form="reg_gd", continues=False):
    places, zones = [], {}
    for n, text in enumerate(texts, 0 if continues else 1):
        name = f"r{n:02d}"
        places.append(RowPlace(name, (Box(0, n, 9, 9),), continues=continues and n == 0))
        notes = {"do": ("ditto",), "~": ("struck",)}.get("do" if text == "do" else text[:1], ())
        value = "" if "ditto" in notes else text.lstrip("~")
        zones[f"{name}.sl"] = Decided(f"{name}.sl", text, value, 0.95, Box(1, 2, 3, 4), notes=notes)
    return Reading(form, form, zones, rows=tuple(places))


def rows_of(extracted, *readings):
    """The rows that extract gives of pages with these readings."""

    def read(job):
        found = readings[int(job.page)]
        handed = Carried(found.form, ("sl",)) if found.form else None
        return came(job, found, handed=handed)

    return [p.found for p in extracted(["other"] * len(readings), read)[0]]


def cells(found, column="sl"):
    return [r["cells"][column] for r in found.rows]


def test_rows_stand_at_the_page_they_begin_on_and_the_pages_of_a_volume_count_on(extracted):
    first, second = rows_of(extracted, reading("7", "8"), reading("9"))
    assert [(e.form, e.part, len(e.rows)) for e in (first, second)] == [("reg_gd", 1, 2), ("reg_gd", 2, 1)]
    assert second.rows[0]["number"] == 3 and second.rows[0]["cells"]["sl"]["value"] == "9"
    assert second.rows[0]["boxes"] == [[0, 1, 9, 9]]


def test_what_of_a_row_goes_on_is_a_row_of_its_page_too_and_another_volume_has_its_own_form(extracted):
    nothing = Reading(None, None, reason="no header")
    first, second, third = rows_of(extracted, reading("7"), reading("more", "8", continues=True), nothing)
    assert [(r["number"], r["notes"]) for r in first.rows] == [(1, [])]
    assert [(r["number"], r["notes"], r["boxes"]) for r in second.rows] == [
        (1, ["continuation"], [[0, 0, 9, 9]]), (2, [], [[0, 1, 9, 9]])
    ]  # fmt: skip
    assert third.form is None and third.reason == "no form agrees; no register: no header"


def test_ditto_marks_take_what_stands_above_on_the_page_before_but_not_of_another_register(extracted):
    found = rows_of(extracted, reading("7", "do"), reading("do"), reading("do", form="reg_crime"))
    assert [c["value"] for e in found for c in cells(e)] == ["7", "7", "7", ""]


def test_a_ditto_mark_below_a_struck_entry_means_the_one_above_and_a_person_is_asked(extracted):
    (only,) = rows_of(extracted, reading("Misalpur", "~Galatpur", "do", form="reg_malkhana"))
    first, struck, ditto = cells(only)
    assert [r["reported"] for r in only.rows] == ["", "struck", ""]
    assert (ditto["value"], ditto["asked"]) == ("Misalpur", True) and "row-doubtful" in ditto["notes"]
    assert ditto["candidates"][0]["text"] == "Misalpur" and struck["asked"]


def test_a_ditto_mark_says_all_that_a_row_over_two_pages_says(extracted):
    _, second = rows_of(extracted, reading("Misalpur"), reading("East", "do", continues=True, form="reg_gd"))
    assert [c["value"] for c in cells(second)] == ["East", "Misalpur\nEast"]


def test_a_page_that_is_no_register_keeps_its_reason_and_a_fault_names_no_value(monkeypatch):
    def breaks(*given, **named):
        raise KeyError("राम कुमार")

    monkeypatch.setattr("digitize.reading.register.register_reader", breaks)
    monkeypatch.setattr("ocr.scans.scan.open_page", lambda *_: None)
    none = recognition_to_plain(Recognition(None, 0, 0))
    job = PageJob("0", Path("a"), "", 0, ReadSettings(), ListSource(None), as_form=none, name="a")
    failed = read_page(job)
    assert failed.message.startswith("a: a fault in the program (KeyError") and "राम" not in failed.message
    assert failed.as_form.form is None


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


@needs_tesseract
def test_a_page_that_is_none_of_the_register_named_cannot_be_read_and_a_blank_one_is_blank(tmp_path):
    for name, lines in (("letter", 20), ("blank", 0)):
        # Paper has a grain: of one shade all over is what could not be decoded.
        page = Image.fromarray(np.random.default_rng(1).normal(235, 3, (1700, 1200)).clip(0, 255).astype(np.uint8))
        for i in range(lines):
            ImageDraw.Draw(page).text((100, 60 + 50 * i), "a letter to the officer in charge", fill=40)
        page.save(tmp_path / f"{name}.png")
    read = ["extract", "--form", "reg_gd", "--lang", "en"]
    result = CliRunner().invoke(build(), [*read, str(tmp_path / "letter.png")])
    assert exit_code(result.exception) == 5
    assert "letter.png, page 1" in result.stderr and "scan the page whole, flat and sharp" in result.stderr
    result = CliRunner().invoke(build(), [*read, str(tmp_path / "blank.png")])
    assert result.exit_code == 0 and json.loads(result.stdout)["kind"] == "blank"
