"""Reading without a form: whole pages however they lie, lines, text layers; boxes on the scan as delivered."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.errors import EngineFailed, FormError
from ocr.page import Scan
from ocr.print.text import TextSettings, read_picture, read_text

LINES = Path(__file__).parents[2] / "sample_data" / "lines"
engine = pytest.mark.engine
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
ENGLISH = TextSettings(("en",))
SENTENCES = ("The shop was found open", "at six in the morning.", "Crime number 224 of 1987", "was entered in the book",
             "and sent to the court", "on the same evening.")  # fmt: skip


def page(sentences=SENTENCES, height=900, width=1000):
    paper = np.full((height, width), 235, np.uint8)
    for i, text in enumerate(sentences):
        cv2.putText(paper, text, (90, 150 + 90 * i), cv2.FONT_HERSHEY_DUPLEX, 1.6, (40,), 2, cv2.LINE_AA)
    return paper


@engine
@needs_tesseract
def test_a_page_is_read_in_order_with_boxes_around_its_ink():
    read = read_picture(page(), ENGLISH)
    assert [line.text for line in read.lines] == list(SENTENCES)
    assert (read.width, read.height, read.source) == (1000, 900, "picture")
    for i, line in enumerate(read.lines):
        assert abs(line.box.y1 - (150 + 90 * i)) < 25 and 80 <= line.box.x0 <= 100
        assert " ".join(w.text for w in line.words) == line.text
    assert 0.5 < read.confidence <= 1.0


@engine
@needs_tesseract
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_or_head_is_turned_and_its_boxes_are_not(quarters):
    read = read_picture(np.ascontiguousarray(np.rot90(page(), quarters)), ENGLISH)
    assert [line.text for line in read.lines] == list(SENTENCES)
    assert any(note.startswith("turned+") for note in read.notes)
    ink = np.zeros((900, 1000), np.uint8)
    ink[90:170, 80:900] = 1  # where the first line stands
    box = read.lines[0].box
    inside = np.rot90(ink, quarters)[box.y0 : box.y1, box.x0 : box.x1]
    assert inside.mean() > 0.95


@engine
@needs_tesseract
@pytest.mark.parametrize("paper", [255, 0, 128], ids=["white", "black", "grey"])
def test_a_page_with_nothing_on_it_has_no_lines(paper):
    assert read_picture(np.full((600, 400), paper, np.uint8), ENGLISH).text == ""


@engine
@needs_tesseract
@pytest.mark.parametrize("name", ["hin", "tam", "ben", "eng"])
def test_a_picture_of_one_line_is_read_as_one(name):
    scan = Scan(LINES / f"{name}_light.jpg", "", label=name)
    read = read_text(scan, TextSettings((name,), layout="line"))
    assert len(read.lines) == 1 and read.lines[0].calibrated
    digits = "".join(str(int(c)) for c in read.text if c.isdecimal())
    assert digits == "2241987379"


@engine
@needs_tesseract
def test_effort_buys_passes_over_lines_in_doubt(monkeypatch):
    from ocr.print import text as module

    counts = {}
    real = module.read_mixed

    def counting(engine, crops, languages, depth=9, seen=()):
        counts[depth] = counts.get(depth, 0) + len(crops)
        return real(engine, crops, languages, depth, seen)

    monkeypatch.setattr(module, "read_mixed", counting)
    noise = np.random.default_rng(1).normal(0, 45, (900, 1000))
    worn = np.clip(page().astype(np.float64) + noise, 0, 255).astype(np.uint8)
    for effort in ("quick", "usual", "careful"):
        read_picture(worn, TextSettings(("en",), effort=effort))
    assert counts.get(1, 0) == 0 and counts[5] >= counts[2]


def test_time_that_is_up_fails_the_page():
    with pytest.raises(EngineFailed, match="not read within 0 seconds"):
        read_picture(page(), TextSettings(("en",), seconds_per_page=0.0))


def test_an_unknown_language_is_named():
    with pytest.raises(FormError, match="no language 'xx'"):
        read_picture(page(), TextSettings(("xx",)))


@engine
@needs_tesseract
def test_a_line_that_the_page_s_reading_passed_over_is_put_where_it_stands(monkeypatch):
    from ocr.engines.tesseract import Tesseract

    whole = Tesseract.read_page

    def forgetful(self, image, languages):
        return [line for line in whole(self, image, languages) if "court" not in line.text]

    monkeypatch.setattr(Tesseract, "read_page", forgetful)
    read = read_picture(page(), ENGLISH)
    assert [line.text for line in read.lines] == list(SENTENCES)
    assert all(line.calibrated for line in read.lines)


@engine
@needs_tesseract
def test_noise_gives_no_lines_that_were_passed_over():
    noise = np.random.default_rng(2).normal(128, 60, (800, 700)).clip(0, 255).astype(np.uint8)
    assert len(read_picture(noise, ENGLISH).text) < 20
