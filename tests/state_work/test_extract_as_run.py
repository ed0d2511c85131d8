"""One way for a page: opened, hashed and matched once, and `extract` says of it what `run` says, field by field."""

import shutil

import pytest
from PIL import Image
from test_digitize_registers import book, records_of, run, seen

from digitize.files.extract import ExtractSettings
from digitize.files.extract_files import extract_pages
from digitize.files.read_files import FilePage
from ocr.forms.settings import ReadSettings
from ocr.page import Scan
from tools.house.extract import compare_samples

__all__ = ["book"]
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
STRUCK_BETWEEN = [
    ("1", "10:20", "Theft", "Cash", "Misalpur", "Enquiry"),
    ("~2", "~11:00", "~Petition", "~About a path", "~Galatpur", "~Filed"),
    ("3", "11:40", "Patrol", "Left", '"', "None"),
]


def test_a_ditto_mark_below_a_struck_entry_is_the_same_for_both_and_asked(digitize, book, monkeypatch, tmp_path):
    place, reader = book(seen(STRUCK_BETWEEN))
    run(digitize, place)
    named = records_of(place)["wb-test-0001-0001-r03"].fields["officer_name"]
    assert named.value == "Misalpur" and not named.is_sure()

    def run_jobs(work, jobs, workers, crashed, limit_s):
        while (job := next(jobs, None)) is not None:
            yield job, reader.work(job)

    monkeypatch.setattr("digitize.machine.pool.run_jobs", run_jobs)
    Image.new("L", (400, 400), 0).save(tmp_path / "page.png")
    page = FilePage(0, 0, tmp_path / "page.png", 1, 1, Scan(tmp_path / "page.png", "", 0, "page.png"))
    (done,) = extract_pages([page], ExtractSettings(ReadSettings(languages=("en",))), 1)
    cells = [row["cells"]["officer"] for row in done.found.rows]
    assert [r["reported"] for r in done.found.rows] == ["", "struck", ""]
    assert (cells[2]["value"], cells[2]["asked"]) == ("Misalpur", True) and "row-doubtful" in cells[2]["notes"]


def test_pages_of_a_register_are_opened_hashed_and_matched_once(digitize, samples, tmp_path, monkeypatch):
    from digitize.reading import page as module
    from ocr.forms import read
    from ocr.scans import scan

    place, counts = tmp_path / "ws", {}
    digitize("init", "wb", place, "--site", "test")
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    pages = sorted((samples / "registers").glob("reg_gd_*"))
    digitize("intake", place, *pages, "--kind", "reg_gd")

    def counted(where, name):
        own = getattr(where, name)

        def call(*given, **named):
            counts[name] = counts.get(name, 0) + 1
            return own(*given, **named)

        monkeypatch.setattr(where, name, call)

    def run_jobs(work, jobs, workers, crashed, limit_s):
        while (job := next(jobs, None)) is not None:
            yield job, work(job)

    counted(scan, "open_page")
    counted(module, "_check_content")
    counted(read, "match_page")
    monkeypatch.setattr("digitize.steps.read.run_jobs", run_jobs)
    report = digitize.json("run", place, "--only", "read")
    assert report["read"]["read"] == 2
    assert counts == {"open_page": 2, "_check_content": 2, "match_page": 2}
    assert digitize.json("run", place, "--only", "read")["todo"] == {"read": 0}


@pytest.mark.engine
@pytest.mark.slow
@needs_tesseract
def test_extract_says_of_sample_pages_and_a_register_what_run_says():
    """Of every sample page: tools.house.extract.py."""
    found = compare_samples(quick=True)
    assert found.differing == []
    assert found.visits == found.pages == 3 and found.fields > 60
