"""Pages without writing are told from those with little on them; a white-on-black page is turned to black on white."""

import cv2
import numpy as np
import pytest

from ocr.engine import EngineText
from ocr.page import Box, Word
from ocr.pages import prepare_page


class Says:
    """An engine that reads every sample alike."""

    def __init__(self, confidence):
        self.confidence = confidence
        self.asked = 0

    def name_and_version(self):
        return "says 1"

    def languages(self):
        return frozenset({"en"})

    def read(self, lines):
        self.asked += len(lines)
        return [EngineText("word", self.confidence, (Word("word", self.confidence, Box(0, 0, 9, 9)),)) for _ in lines]


def paper(shade=238, noise=4):
    grain = np.random.default_rng(5).normal(0, noise, (1400, 1000))
    return np.clip(shade + grain, 0, 255).astype(np.uint8)


def texted(sheet, depth=200, lines=14):
    """Lines of letters, darker than the paper by so much."""
    ink = np.zeros(sheet.shape, np.uint8)
    for i in range(lines):
        where = (90, 150 + 80 * i)
        cv2.putText(ink, "two cycles were taken from the market", where, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (255,), 2)
    return (sheet - np.minimum(sheet, depth * (ink / 255.0))).astype(np.uint8)


def ruled(sheet):
    for y in range(120, 1350, 60):
        cv2.line(sheet, (60, y), (940, y + 6), (120,), 2)
    cv2.line(sheet, (140, 20), (140, 1380), (120,), 2)
    return sheet


def holed(sheet):
    for y in (450, 950):
        cv2.circle(sheet, (50, y), 26, (20,), -1)
    return sheet


def stained(sheet):
    y, x = np.mgrid[0:1400, 0:1000]
    return (sheet * (1 - 0.4 * np.exp(-(((x - 600) / 160) ** 2) - ((y - 500) / 200) ** 2))).astype(np.uint8)


def edged(sheet):
    return np.pad(sheet, ((40, 0), (0, 60)), constant_values=12)


@pytest.mark.parametrize(
    "wear", [lambda s: s, ruled, holed, stained, edged], ids=["bare", "ruled", "holed", "stained", "edged"]
)
def test_a_page_without_writing_is_said(wear):
    (made,) = prepare_page(wear(paper()))
    assert made.is_unwritten and made.steps[-1] == "blank"


@pytest.mark.parametrize("lines", [1, 14])
def test_a_page_with_a_line_on_it_is_written(lines):
    assert not prepare_page(texted(ruled(paper()), lines=lines))[0].is_unwritten


def test_a_page_number_alone_is_writing():
    sheet = paper()
    cv2.putText(sheet, "214", (480, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40,), 2)
    assert not prepare_page(sheet)[0].is_unwritten


def test_faint_marks_are_writing_until_an_engine_cannot_read_them():
    faint = texted(paper(noise=2), depth=55)
    assert not prepare_page(faint)[0].is_unwritten
    assert not prepare_page(faint, ("en",), engine=Says(0.9))[0].is_unwritten
    assert prepare_page(faint, ("en",), engine=Says(0.1))[0].is_unwritten


def test_a_page_read_surely_is_not_read_upside_down():
    engine = Says(0.9)
    prepare_page(texted(paper()), ("en",), engine=engine)
    assert engine.asked == 1


def test_a_page_read_neither_way_is_left_upright():
    (made,) = prepare_page(texted(paper()), ("en",), engine=Says(0.1))
    assert not any(step.startswith("turned") for step in made.steps)


def test_white_on_black_becomes_black_on_white():
    (made,) = prepare_page(255 - texted(paper()))
    assert made.steps[0] == "inverted"
    assert np.median(made.image) > 240 and made.image.min() < 80
