"""`digitize read`: languages, outputs and their places, files that cannot be read, and the real thing once."""

import contextlib
import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import types
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from lxml import etree
from PIL import Image
from typer.testing import CliRunner

from digitize.cli.app import build
from digitize.errors import DiskFull, OptionsError
from digitize.files import write_text as module_of_outputs
from digitize.files.read_files import FilePage, FilePageDone, parse_languages, read_pages
from digitize.machine.pool import in_order
from ocr.errors import EngineFailed, EngineMissing, ScanError
from ocr.outputs import OutputPage
from ocr.page import Box, Line, PageText, Word

ROOT = Path(__file__).parents[2]
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


@dataclass(frozen=True)
class Settings:
    languages: tuple = ("hi", "en")
    layout: str = "page"
    dpi: int = 300
    seconds_per_page: float = 180
    text_layer: bool = True
    effort: str = "usual"


def read_all(files):
    """The pages of some files, by the stand-in for reading."""
    from ocr.print.text import read_text

    return read_pages(files, partial(read_text, settings=Settings()), 1, seconds_per_page=180, least_px=32)


def answer(scan, settings):
    """What the stand-in for reading says: the file's name and page."""
    words = f"{scan.path.stem} page {scan.index + 1}".split()
    placed = tuple(Word(w, 0.9, Box(10 + 100 * n, 10, 100 + 100 * n, 40)) for n, w in enumerate(words))
    return PageText(600, 400, (Line(" ".join(words), 0.9, Box(10, 10, 400, 40), placed),), 0.9)


@pytest.fixture
def reading(monkeypatch):
    """Reading replaced by answers; answers.asked holds (label, settings) of each page."""
    stub = types.ModuleType("ocr.print.text")
    stub.asked, stub.answer = [], answer
    stub.TextSettings = Settings

    def read_text(scan, settings):
        stub.asked.append((scan, settings))
        return stub.answer(scan, settings)

    def run_here(work, jobs, workers, crashed, limit_s):
        stub.limit_s = limit_s
        return ((job, work(job)) for job in jobs)

    stub.read_text = read_text
    monkeypatch.setitem(sys.modules, "ocr.print.text", stub)
    monkeypatch.setattr("digitize.machine.pool.run_jobs", run_here)
    return stub


@pytest.fixture
def scans(tmp_path):
    """A PNG, a TIFF of two pages and a file that is no scan."""
    leaf = Image.new("L", (600, 400), 255)
    leaf.save(tmp_path / "one.png")
    leaf.save(tmp_path / "two.tif", save_all=True, append_images=[leaf])
    (tmp_path / "bad.png").write_bytes(b"not a picture")
    return tmp_path


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("given", "codes"),
    [("hi,en", ("hi", "en")), ("hin,eng", ("hi", "en")), (" TAM + en ", ("ta", "en")), ("mr,mar", ("mr",))],
)
def test_languages_have_two_letters_or_three(given, codes):
    assert parse_languages(given) == codes


@pytest.mark.parametrize("given", ["xx", "hi,klingon", "", ","])
def test_an_unknown_language_is_refused_with_the_list(given):
    with pytest.raises(OptionsError, match=r"hi \(hin\), "):
        parse_languages(given)


def test_an_unknown_language_is_exit_4(digitize, scans, reading):
    digitize("read", scans / "one.png", "--lang", "xx", code=4)


def test_json_has_a_line_for_each_page_in_order(digitize, scans, reading):
    out = digitize("read", scans / "two.tif", scans / "one.png", "--lang", "hin,eng", "--format", "json", "--jobs", 1)
    assert [(Path(r["file"]).name, r["page"], r["text"]) for r in rows(out)] == [
        ("two.tif", 1, "two page 1"), ("two.tif", 2, "two page 2"), ("one.png", 1, "one page 1"),
    ]  # fmt: skip
    scan, settings = reading.asked[1]
    assert settings == Settings()
    assert scan.index == 1 and scan.label.endswith("two.tif, page 2") and len(scan.sha256) == 64


def test_settings_reach_reading(digitize, scans, reading):
    digitize("read", scans / "one.png", "--lang", "ta", "--layout", "line", "--dpi", 200, "--no-text-layer",
             "--seconds-per-page", 9, "--effort", "quick", "--jobs", 1)  # fmt: skip
    assert reading.asked[0][1] == Settings(("ta",), "line", 200, 9, False, "quick")


def test_one_worker_too_is_watched_when_a_page_never_ends(digitize, scans, reading):
    digitize("read", scans / "one.png", "--jobs", 1, "--seconds-per-page", 9)
    assert reading.limit_s == 48


def test_a_picture_of_one_line_may_be_low(digitize, scans, reading):
    Image.new("L", (600, 30), 255).save(scans / "line.png")
    digitize("read", scans / "line.png", "--jobs", 1, code=5)
    assert digitize("read", scans / "line.png", "--layout", "line", "--jobs", 1) == "line page 1\n"


def test_text_parts_pages_by_form_feeds(digitize, scans, reading):
    assert digitize("read", scans / "two.tif", scans / "one.png", "--jobs", 1) == (
        "two page 1\n\ftwo page 2\n\fone page 1\n"
    )


def test_what_cannot_be_read_is_named_and_the_others_go_on(scans, reading):
    names = [str(scans / n) for n in ("bad.png", "gone.png", "one.png")]
    done = CliRunner().invoke(build(), ["read", *names, "--format", "json", "--jobs", "1"])
    assert [r["text"] for r in rows(done.stdout)] == ["one page 1"]
    assert "bad.png: this is neither JPEG" in done.stderr and "gone.png: the file cannot be opened" in done.stderr
    assert "2 of 3 files could not be read completely" in str(done.exception)
    from digitize.exits import exit_code

    assert exit_code(done.exception) == 5


def test_a_page_that_fails_is_an_empty_page_of_text_and_no_line_of_json(digitize, scans, reading):
    def fails(scan, settings):
        if scan.index == 0:
            raise EngineFailed("reading took longer than a page may take")
        return answer(scan, settings)

    reading.answer = fails
    assert digitize("read", scans / "two.tif", "--jobs", 1, code=5) == "\n\ftwo page 2\n"
    out = digitize("read", scans / "two.tif", "--jobs", 1, "--format", "json", code=5)
    assert [r["page"] for r in rows(out)] == [2]


def test_a_fault_of_ours_says_its_place_and_no_value(scans, reading):
    def breaks(scan, settings):
        raise KeyError("राम कुमार")

    reading.answer = breaks
    (read,) = read_all([scans / "one.png"])
    assert "a fault in the program (KeyError at test_cli_read.py:" in read.reason and "राम" not in read.reason


def test_a_missing_language_pack_is_exit_6_with_what_to_install(scans, reading):
    def lacks(scan, settings):
        raise EngineMissing("Tesseract has no language data for Tamil. Install tesseract-ocr-tam.")

    reading.answer = lacks
    done = CliRunner().invoke(build(), ["read", str(scans / "one.png"), "--jobs", "1"])
    from digitize.exits import exit_code

    assert exit_code(done.exception) == 6 and "tesseract-ocr-tam" in str(done.exception) and done.stdout == ""


def test_a_folder_gets_a_document_for_each_file(digitize, scans, reading):
    (scans / "sub").mkdir()
    shutil.copy(scans / "one.png", scans / "sub" / "ONE.png")
    out = scans / "out"
    digitize("read", scans / "one.png", scans / "sub" / "ONE.png", scans / "two.tif", "--format", "alto", "--out", out,
             "--jobs", 1)  # fmt: skip
    assert sorted(p.name for p in out.iterdir()) == ["ONE-2.alto.xml", "one.alto.xml", "two.alto.xml"]
    for path in out.iterdir():
        etree.parse(path)


def test_text_into_a_folder_is_a_file_for_each_too(digitize, scans, reading):
    out = scans / "out"
    out.mkdir()
    digitize("read", scans / "one.png", scans / "two.tif", "--out", out, "--jobs", 1)
    assert {p.name: p.read_text() for p in out.iterdir()} == {
        "one.txt": "one page 1\n", "two.txt": "two page 1\n\ftwo page 2\n",
    }  # fmt: skip


def test_one_file_for_all_holds_all_text(digitize, scans, reading):
    out = scans / "all.txt"
    digitize("read", scans / "one.png", scans / "two.tif", "--out", out, "--jobs", 1)
    assert out.read_text() == "one page 1\n\ftwo page 1\n\ftwo page 2\n"
    assert not list(scans.glob("*.part"))


def test_hocr_of_one_file_goes_to_standard_output(digitize, scans, reading):
    assert digitize("read", scans / "two.tif", "--format", "hocr", "--jobs", 1).count("ppageno") == 2


def test_a_searchable_pdf_is_written(digitize, scans, reading):
    out = scans / "two.pdf"
    digitize("read", scans / "two.tif", "--format", "pdf", "--out", out, "--jobs", 1)
    pdf = pdfium.PdfDocument(out)
    assert [p.get_textpage().get_text_range() for p in pdf] == ["two page 1", "two page 2"]


def test_an_original_is_never_written_over(digitize, scans, reading):
    path = scans / "a.pdf"
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(400, 600))
    pdf.save(path)
    before = path.read_bytes()
    digitize("read", path, "--format", "pdf", "--out", path, "--jobs", 1, code=4)
    digitize("read", path, "--format", "pdf", "--out", scans, "--jobs", 1, code=4)
    assert path.read_bytes() == before


def test_documents_of_several_files_need_a_folder(digitize, scans, reading):
    digitize("read", scans / "one.png", scans / "two.tif", "--format", "hocr", "--jobs", 1, code=4)
    digitize("read", scans / "one.png", "--out", scans / "no" / "where.txt", "--jobs", 1, code=5)


def test_nothing_half_is_left_when_the_run_stops(scans, reading):
    def lacks(scan, settings):
        if scan.index:
            raise EngineMissing("gone")
        return answer(scan, settings)

    reading.answer = lacks
    CliRunner().invoke(build(), ["read", str(scans / "two.tif"), "--out", str(scans / "a.txt"), "--jobs", "1"])
    assert not list(scans.glob("a.txt*"))


needs_devices = pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")


@needs_devices
def test_a_full_disk_is_exit_7_and_the_device_stays_one(digitize, scans, reading):
    digitize("read", scans / "one.png", "--out", "/dev/full", "--jobs", 1, code=7)
    assert Path("/dev/full").is_char_device()


@needs_devices
def test_standard_output_on_a_full_disk_is_exit_7(scans, reading, monkeypatch):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        target = module_of_outputs.TextTarget("text", [scans / "one.png"], None)
        target.begin(scans / "one.png", 0)
        with pytest.raises(DiskFull, match="standard output: no room left"):
            target.page(OutputPage("one.png", 1, PageText(1, 1), None, ("en",), 300))
        monkeypatch.undo()
        with contextlib.suppress(OSError):
            full.close()


def test_an_out_folder_that_cannot_be_written_is_exit_9_and_no_fault(digitize, scans, reading, monkeypatch):
    def refuses(path, *rest, **more):
        raise PermissionError(errno.EACCES, "Permission denied")

    out = scans / "out"
    out.mkdir()
    monkeypatch.setattr(Path, "mkdir", refuses)
    digitize("read", scans / "one.png", scans / "two.tif", "--out", out, "--jobs", 1, code=9)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_or_a_folder_is_named_and_not_waited_for(scans, reading):
    os.mkfifo(scans / "pipe.png")
    pipe, folder = read_all([scans / "pipe.png", scans])
    assert "pipe or device" in pipe.reason and "this is a folder. Name the files in it." in folder.reason


def test_pages_come_in_order_whoever_is_done_first():
    reads = [FilePageDone(FilePage(n, 0, Path("a"))) for n in (2, 0, 3, 1)]
    assert [r.job.order for r in in_order(reads, lambda r: r.job.order)] == [0, 1, 2, 3]


def test_a_scan_that_cannot_be_shown_is_named(digitize, scans, reading):
    def unlinks(scan, settings):
        scan.path.write_bytes(b"\x89PNG\r\n\x1a\n")
        return answer(scan, settings)

    reading.answer = unlinks
    digitize("read", scans / "one.png", "--format", "pdf", "--out", scans / "x.pdf", "--jobs", 1, code=5)
    assert not (scans / "x.pdf").exists()


def test_errors_of_a_page_begin_with_its_name(scans, reading):
    def broken(scan, settings):
        raise ScanError(f"{scan.label}: the file ends too early. Copy it again.", kind="truncated")

    reading.answer = broken
    (read,) = read_all([scans / "one.png"])
    assert read.reason == f"{scans / 'one.png'}: the file ends too early. Copy it again."


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """A page of English as a picture."""
    import cv2
    import numpy as np

    leaf = np.full((600, 1600), 255, np.uint8)
    for n, text in enumerate(("FIRST INFORMATION REPORT", "Police Station Kalpanapur", "Case No 42 of 1987")):
        cv2.putText(leaf, text, (60, 120 + 140 * n), cv2.FONT_HERSHEY_DUPLEX, 2, (0,), 4, cv2.LINE_AA)
    path = tmp_path_factory.mktemp("printed") / "page.png"
    Image.fromarray(leaf).save(path, dpi=(300, 300))
    return path


@pytest.mark.engine
@needs_tesseract
def test_a_printed_page_is_read_by_workers_and_comes_back_searchable(printed):
    command = [sys.executable, "-m", "digitize.cli", "read", printed, "--lang", "en", "--jobs", "2"]
    said = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    (row,) = rows(said)
    assert "Police Station Kalpanapur" in row["text"] and row["words"][0]["text"] == "FIRST"
    pdf = subprocess.run([*command, "--format", "pdf"], capture_output=True, cwd=ROOT, check=True).stdout
    text = pdfium.PdfDocument(io.BytesIO(pdf))[0].get_textpage().get_text_range()
    assert "Case No 42 of 1987" in text


@pytest.mark.engine
@needs_tesseract
def test_ctrl_c_is_exit_130(printed):
    command = [sys.executable, "-m", "digitize.cli", "read", *[printed] * 200, "--lang", "en", "--format", "json"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert running.stdout.readline().startswith(b"{")
    running.send_signal(signal.SIGINT)
    begun = time.monotonic()
    running.communicate(timeout=600)
    assert running.returncode == 130 and time.monotonic() - begun < 20
