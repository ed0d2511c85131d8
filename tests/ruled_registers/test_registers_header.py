"""Headers of ruled pages: without lines around them, cut by a line, over several lines, with the columns' numbers."""

import shutil

import numpy as np
import pytest
from PIL import ImageFont
from ruled_paper import ASK, EDGES, Paper

from ocr.engines import load_engine
from ocr.registers.table import Ask, read_table
from ocr.registers.volume import print_reader

SMALL = ImageFont.load_default(10)
LABELS = ("Serial No.", "Name", "Place", "Remarks")
pytestmark = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed; make setup installs it"
)


@pytest.fixture(scope="module")
def ask():
    return Ask(ASK.form, ("en",), print_reader(load_engine("tesseract")))


def labelled(paper, y, labels=LABELS):
    for left, right, label in zip(EDGES, EDGES[1:], labels, strict=False):
        wide = paper.draw.textlength(label, font=ImageFont.load_default(20))
        paper.draw.text(((left + right - wide) / 2, y), label, font=ImageFont.load_default(20), fill=40)


def rows(paper, first, count=5, apart=120):
    for i in range(count):
        paper.row(i + 1, first + apart * i)


def tops(table):
    return [row.boxes[0].y0 for row in table.rows]


def test_a_header_without_any_level_line_is_no_row(ask):
    paper = Paper()
    for x in EDGES:
        paper.rule((x, 100), (x, 900))
    labelled(paper, 112)
    rows(paper, 170)
    table = read_table(paper.grey, ask)
    assert table.heading is not None and table.heading.texts[1:] == LABELS[1:]
    assert len(table.rows) == 5 and np.allclose(tops(table), [165 + 120 * i for i in range(5)], atol=26)


def test_a_header_of_two_lines_with_a_stroke_between_them_is_no_row(ask):
    paper = Paper()
    paper.grid([100, 136, *(170 + 120 * i for i in range(6))])
    labelled(paper, 108, ("Serial", "Name of", "Place of", "Remarks"))
    labelled(paper, 142, ("Number", "accused", "occurrence", ""))
    rows(paper, 190)
    table = read_table(paper.grey, ask)
    assert table.heading is not None
    # The sheet is larger than the small page.
    foot = table.sheet.box_on_scan(np.array([[600.0, table.heading.feet[0].middle]]))
    assert abs(foot.y0 - 170) < 4
    assert np.allclose(tops(table), [170 + 120 * i for i in range(5)], atol=6)


def test_a_line_through_the_words_of_a_header_does_not_hide_it(ask):
    paper = Paper()
    paper.grid([100, 124, 150, *(150 + 120 * i for i in range(1, 6))])
    labelled(paper, 113)
    rows(paper, 170)
    table = read_table(paper.grey, ask)
    assert len(table.rows) == 5 and table.heading is not None


def test_small_numbers_of_columns_below_the_header_are_no_row(ask):
    paper = Paper()
    paper.grid([100, 150, 180, *(180 + 120 * i for i in range(1, 6))])
    labelled(paper, 113)
    for i, (left, right) in enumerate(zip(EDGES, EDGES[1:], strict=False)):
        paper.draw.text(((left + right) / 2 - 3, 158), str(i + 1), font=SMALL, fill=60)
    rows(paper, 200)
    table = read_table(paper.grey, ask)
    assert len(table.rows) == 5 and table.heading is not None


def test_a_row_that_is_read_as_labels_is_no_part_of_a_header_that_says_all(ask):
    paper = Paper()
    paper.grid([100, 136, *(136 + 120 * i for i in range(1, 6))])
    # The last column of the form has no label.
    labels = (*LABELS[:3], "Name")
    labelled(paper, 108, labels)
    labelled(paper, 170, ("1", "Name", "Place", "river"))
    rows(paper, 290, count=4)
    table = read_table(paper.grey, ask)
    assert table.heading is not None and table.heading.texts == labels
    foot = table.sheet.box_on_scan(np.array([[600.0, table.heading.feet[0].middle]]))
    assert abs(foot.y0 - 136) < 6


def test_a_first_row_is_no_header(ask):
    paper = Paper()
    paper.grid([100 + 120 * i for i in range(6)])
    for i in range(5):
        for x, text in zip(EDGES, (str(i + 1), "Kalpana", "river", "none"), strict=False):
            paper.write((x + 10, 120 + 120 * i), text)
    table = read_table(paper.grey, ask)
    assert table.heading is None and len(table.rows) == 5
