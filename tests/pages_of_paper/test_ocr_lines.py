"""Lines: one pass where it is sure, more passes in stages where it is not, votes and boxes on the picture given."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.calibration.lines import LineWeights
from ocr.engine import EngineText
from ocr.page import Box, Word
from ocr.print import lines as module
from ocr.print.lines import STAGES, LinePictures, Pass, read_lines, read_mixed
from ocr.tesseract import models

SURE, UNSURE = 0.96, 0.4


def picture(text="Hello world 1987", ink=30):
    page = np.full((70, 500), 255, np.uint8)
    cv2.putText(page, text, (20, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (ink,), 3, cv2.LINE_AA)
    return page


class Scripted:
    """An engine that answers by a function of the question, and keeps the questions."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def name_and_version(self):
        return "scripted 1"

    def languages(self):
        return frozenset({"en", "hi"})

    def read(self, lines):
        self.asked += lines
        return [self._text(*self.answer(line)) for line in lines]

    @staticmethod
    def _text(text, confidence):
        words = tuple(Word(w, confidence, Box(10 * i, 2, 10 * i + 9, 30)) for i, w in enumerate(text.split()))
        return EngineText(text, confidence if text else 0.0, words)


@pytest.fixture(autouse=True)
def two_models(monkeypatch):
    monkeypatch.setattr(models, "find_model", lambda name: Path(name) if "best" not in name else None)
    known = LineWeights((0.0, 2.0, 1.0, 0, 0, 0), (-2.0, 0.5, 0.0, 0.5, 3.0, 0), (0.0,) * 6, frozenset({"en", "hi"}))
    monkeypatch.setattr(module, "load_model", lambda: known)


def test_a_sure_line_is_looked_at_once():
    engine = Scripted(lambda line: ("Hello world", 0.99))
    (read,) = read_lines(engine, [picture()], "en")
    assert (read.text, len(engine.asked)) == ("Hello world", 1)
    assert read.confidence >= 0.97 and read.calibrated and read.language == "en"


def test_a_doubtful_line_is_looked_at_in_every_way_and_voted():
    answers = iter(["He1lo", "Hello", "Hello", "HeIlo", *["Hello"] * 9])
    engine = Scripted(lambda line: (next(answers), UNSURE))
    (read,) = read_lines(engine, [picture()], "hi")
    assert read.text == "Hello"
    passes = [one for stage in STAGES for one in stage if one.model < 2]
    assert len(engine.asked) == len(passes)
    assert {line.model for line in engine.asked} == {"hin", "Devanagari"}
    assert [c.text for c in read.candidates].count("Hello") == len(passes) - 2


def test_a_line_that_becomes_sure_is_left_alone_while_others_go_on():
    engine = Scripted(lambda line: ("sure", SURE) if line.image.mean() > 245 else ("odd", UNSURE))
    bright, dark = picture("i"), picture("MMMMMMMMM")
    both = read_lines(engine, [bright, dark], "en")
    assert [r.text for r in both] == ["sure", "odd"]
    assert both == read_lines(engine, [bright], "en") + read_lines(engine, [dark], "en")


def test_an_empty_line_has_no_confidence():
    (read,) = read_lines(Scripted(lambda line: ("", 0.0)), [picture()], "en")
    assert (read.text, read.confidence, read.words) == ("", 0.0, ())


def test_a_language_that_was_not_measured_is_not_calibrated(monkeypatch):
    monkeypatch.setattr(module, "load_model", lambda: LineWeights((0.0,) * 6, (0.0,) * 6, (0.0,) * 6, frozenset()))
    (read,) = read_lines(Scripted(lambda line: ("text", SURE)), [picture()], "en")
    assert not read.calibrated


def test_a_line_with_an_empty_box_is_never_sure():
    boxed = picture("12 06 1987")
    cv2.rectangle(boxed, (400, 20), (416, 48), (30,), 2)
    (read,) = read_lines(Scripted(lambda line: ("12806", 0.99)), [boxed], "en")
    assert read.confidence <= 0.2


def test_a_line_that_reads_badly_is_tried_in_the_next_language():
    rubbish = iter(["gart", "xU1", "=m", "Tol", "q", "W%i"])
    engine = Scripted(lambda line: ("थाना", 0.97) if line.languages == ("hi",) else (next(rubbish), 0.3))
    (read,) = read_mixed(engine, [picture()], ["en", "hi"])
    assert (read.text, read.language) == ("थाना", "hi")


def test_a_line_that_nothing_can_read_stays_in_its_own_language_with_what_the_other_says_among_its_candidates():
    rubbish = iter(f"{i}{'xqz' * i}" for i in range(99))
    engine = Scripted(lambda line: (f"थ{next(rubbish)}", 0.05) if line.languages == ("hi",) else (next(rubbish), 0.3))
    (read,) = read_mixed(engine, [picture()], ["hi", "en"])
    assert read.language == "hi" and read.confidence < 0.3
    assert {c.text[:1] == "थ" for c in read.candidates} == {True, False}


@pytest.mark.parametrize("name", sorted({look.picture for stage in STAGES for look in stage}))
def test_every_picture_maps_back_to_the_one_given(name):
    page = picture("I")
    ink = np.argwhere(page < 128)
    middle = ink.mean(axis=0)[::-1]
    shown = LinePictures(page).get(name)
    seen = np.argwhere(shown.image < 128).mean(axis=0)[::-1]
    back = shown.to_given @ np.array([*seen, 1.0])
    assert np.abs(back - middle).max() < 2.0


@pytest.mark.parametrize("shape", [(1, 1), (9, 3), (16, 2000), (400, 12)])
def test_odd_crops_are_read_calmly(shape):
    engine = Scripted(lambda line: ("", 0.0))
    assert read_lines(engine, [np.zeros(shape, np.uint8)], "en")[0].text == ""


def test_words_lie_on_the_picture_given():
    engine = Scripted(lambda line: ("one two", UNSURE))
    (read,) = read_lines(engine, [picture()], "en", stages=((Pass("large"),),))
    assert [w.text for w in read.words] == ["one", "two"]
    first = read.words[0].box
    assert 0 <= first.x0 <= 1 and 5 <= first.x1 <= 8
