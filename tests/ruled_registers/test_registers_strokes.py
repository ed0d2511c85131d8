"""Strokes: over whole rows, through cells and words; underlined writing and rows of letters are none."""

import numpy as np
import pytest
from PIL import ImageDraw
from ruled_paper import ASK, EDGES, Paper, boxed

from ocr.page import Box, Candidate, ZoneReading
from ocr.registers.cell_reader import decide_cell, marks_of
from ocr.registers.form import RegisterColumn
from ocr.registers.strike import HEIGHT, struck_shares
from ocr.registers.table import read_table


def struck(paper):
    rows = read_table(paper.grey, ASK).rows
    return [[cell.struck for cell in row.cells.values()] for row in rows]


def test_nothing_is_struck_on_a_page_without_strokes():
    assert not np.any(struck(boxed()))


@pytest.mark.parametrize("how", ["slant", "cross", "level"])
def test_a_stroke_over_a_whole_row_strikes_its_cells_and_parts_no_rows(how):
    paper = boxed()
    if how == "level":
        paper.draw.line((EDGES[0] + 10, 377, EDGES[-1] - 10, 378), fill=40, width=3)
    else:
        paper.draw.line((EDGES[0] + 20, 395, EDGES[-1] - 40, 352), fill=40, width=3)
    if how == "cross":
        paper.draw.line((EDGES[0] + 20, 352, EDGES[-1] - 40, 395), fill=40, width=3)
    found = struck(paper)
    assert len(found) == 6
    assert all(found[2])
    assert not np.any(found[:2]) and not np.any(found[3:])


def test_underlined_writing_is_not_struck():
    paper = boxed()
    for row in range(6):
        y = 120 + 120 * row + 30
        ImageDraw.Draw(paper.image).line((EDGES[1] + 18, y, EDGES[1] + 220, y), fill=40, width=2)
    assert not np.any(struck(paper))


def test_a_word_struck_out_is_told_from_a_cell_struck_out():
    paper = boxed()
    paper.draw.line((EDGES[1] + 16, 377, EDGES[1] + 126, 378), fill=40, width=3)
    paper.draw.line((EDGES[2] + 16, 497, EDGES[2] + 196, 498), fill=40, width=3)
    rows = read_table(paper.grey, ASK).rows
    word, whole = rows[2].cells["name"], rows[3].cells["place"]
    assert (word.struck, word.struck_in_part) == (False, True)
    assert (whole.struck, whole.struck_in_part) == (True, False)
    assert marks_of(word) == ("struck-in-part",) and marks_of(whole) == ("struck",)


@pytest.mark.parametrize("mark", ["struck", "struck-in-part"])
def test_what_is_struck_keeps_its_text_and_is_doubtful(mark):
    reading = ZoneReading("name", Box(0, 0, 9, 9), (Candidate("Kalpana", 0.99),), marks=(mark,))
    decided = decide_cell(reading, RegisterColumn(id="name"), ("en",), {})
    assert decided.raw == "Kalpana" and decided.confidence <= 0.5 and mark in decided.notes


def test_empty_lines_have_no_struck_share():
    assert struck_shares([]) == []
    assert struck_shares([np.full((HEIGHT, 40), 255, np.uint8)]) == [0.0]


def test_a_page_of_rows_of_letters_without_lines_has_no_strokes():
    paper = Paper()
    for x in EDGES:
        paper.rule((x, 90), (x, 1400))
    for i in range(8):
        paper.row(i + 1, 120 + 90 * i)
    assert not np.any(struck(paper))
