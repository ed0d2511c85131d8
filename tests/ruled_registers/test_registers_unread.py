"""Cells that hold ink do not pass as blank: pale ditto marks, writing beyond an edge nobody drew, rows out of step."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruled_paper import ASK, EDGES, Paper, boxed

from ocr.page import Box, ZoneReading
from ocr.registers.agree import disagreeing
from ocr.registers.between import TOTAL, kind_of
from ocr.registers.cell_reader import column_of, decide_cell, marks_of
from ocr.registers.cells import Cell
from ocr.registers.grid import Grid, HalfGrid
from ocr.registers.ink import Marks
from ocr.registers.line import RuledLine
from ocr.registers.span import Span
from ocr.registers.table import read_table
from ocr.registers.unread import Faint

ROW = 120


def with_blank(row, ink=None):
    """Boxed rows, in one of which the note is wiped out; ink(draw, x, y) draws there at the height of its first line."""
    paper = boxed()
    y = 100 + ROW * row
    paper.draw.rectangle((EDGES[3] + 3, y + 3, EDGES[4] - 3, y + ROW - 3), fill=240)
    if ink is not None:
        ink(paper.draw, (EDGES[3] + EDGES[4]) // 2, y + 24)
    return read_table(paper.grey, ASK).rows


def test_a_clean_blank_cell_is_surely_blank_and_no_other_cell_is_unread():
    rows = with_blank(2)
    assert rows[2].cells["note"].blank
    assert not any(cell.unread for row in rows for cell in row.cells.values())


@pytest.mark.parametrize("grey", [80, 110])
def test_a_small_flat_blot_on_the_first_line_may_be_a_ditto_mark_and_is_asked(grey):
    def strokes(draw, x, y):
        draw.rectangle((x, y, x + 6, y + 2), fill=grey)

    cell = with_blank(2, strokes)[2].cells["note"]
    assert cell.blank and cell.unread


def test_a_speck_away_from_the_first_line_leaves_a_cell_blank():
    rows = with_blank(2, lambda draw, x, y: draw.rectangle((x, y + 60, x + 3, y + 63), fill=60))
    assert rows[2].cells["note"].blank and not rows[2].cells["note"].unread


def cell(*, unseen_right=False, unsure_bottom=False):
    lines = RuledLine(np.full(200, 50.0), 0.9), RuledLine(np.full(200, 100.0), 0.0 if unseen_right else 0.9)
    borders = RuledLine(np.full(200, 40.0), 0.9), RuledLine(np.full(200, 80.0), 0.2 if unsure_bottom else 0.9)
    return Cell(0, 0, (*lines, *borders), Box(50, 40, 100, 80), True, np.zeros(0, np.int64), False, False)


def faint(x, y, wide, high):
    return Faint(*(np.array([float(v)]) for v in (x, y, wide, high)), 10.0)


@given(x=st.integers(54, 96), y=st.integers(42, 79), size=st.integers(5, 40))
def test_ink_as_large_as_a_letter_is_asked_wherever_it_lies_in_a_cell(x, y, size):
    assert faint(x, y, size, size).may_be_written(cell(), None)


@settings(max_examples=60)
@given(x=st.integers(0, 199), y=st.integers(0, 199), size=st.integers(1, 40))
def test_ink_outside_a_cell_whose_edges_were_seen_is_no_ink_of_it(x, y, size):
    if not (50 <= x <= 100 and 40 < y <= 80):
        assert not faint(x, y, size, size).may_be_written(cell(), 50.0)


def test_letters_shortly_beyond_an_edge_that_was_not_seen_may_be_the_cells_own():
    assert not faint(115, 60, 9, 9).may_be_written(cell(), None)
    assert faint(115, 60, 9, 9).may_be_written(cell(unseen_right=True), None)
    assert not faint(75, 86, 9, 9).may_be_written(cell(), None)
    assert faint(75, 86, 9, 9).may_be_written(cell(unsure_bottom=True), None)


def test_an_unread_cell_has_no_value_and_no_confidence_and_is_no_writing_of_a_total():
    marks = marks_of(replace(cell(), unread=True))
    assert marks == ("unread",)
    unread = ZoneReading("note", Box(0, 0, 1, 1), (), blank=False, marks=marks)
    decided = decide_cell(unread, column_of(None, "note"), ("en",), {})
    assert (decided.value, decided.confidence, decided.blank, decided.notes) == ("", 0.0, False, ("unread",))
    said = ZoneReading("sl", Box(0, 0, 1, 1), decided.candidates, blank=False)
    assert kind_of([unread] * 5 + [said]) == ""
    total = replace(said, candidates=(decided_candidate("Total 7"),))
    assert kind_of([unread] * 5 + [total]) == TOTAL


def decided_candidate(text):
    from ocr.page import Candidate

    return Candidate(text, 0.9, "tesseract")


def spread(shift_px=0.0, rows=6, written_right=None):
    """Two halves of 200 x 400 with rows 50 high; writing stands 15 below each border, on the right shifted."""
    width, level = 400, [RuledLine(np.full(400, 20.0 + 50 * i), 0.9) for i in range(rows + 1)]
    halves, spans, boxes = [], [], []
    for left, number in ((0, 0), (200, 1)):
        uprights = tuple(RuledLine(np.full(500, left + 10.0 + 45 * i), 0.9) for i in range(5))
        halves.append(HalfGrid(left, left + 200, uprights, tuple(level), np.zeros(width)))
        spans.append([Span(a, b) for a, b in zip(level, level[1:], strict=False)])
        for row in range(rows):
            if number and written_right is not None and row not in written_right:
                continue
            y = 35 + 50 * row + (shift_px if number else 0)
            boxes += [(left + 25 + 45 * c, y - 5, left + 40 + 45 * c, y + 5) for c in range(4)]
    x0, y0, x1, y1 = (np.array(v).astype(np.int64) for v in zip(*boxes, strict=True))
    labels = np.zeros((500, width), np.int32)
    marks = Marks(x0, y0, x1, y1, (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) * 10, 10.0, labels)
    return Grid(tuple(halves), 20, 480), marks, spans


def test_halves_whose_entries_stand_under_their_borders_alike_agree():
    assert not any(disagreeing(*spread(), None))


@pytest.mark.parametrize("shift", [-15, 35])
def test_halves_out_of_step_by_half_a_row_disagree(shift):
    assert all(disagreeing(*spread(shift), None))


def test_rows_of_which_the_last_is_written_on_the_left_alone_disagree():
    assert all(disagreeing(*spread(written_right=range(5)), None))


def test_a_row_in_the_middle_that_has_nothing_on_the_right_is_no_disagreement():
    assert not any(disagreeing(*spread(written_right=(0, 1, 2, 4, 5)), None))


def test_a_single_page_has_no_halves_to_disagree():
    table = read_table(boxed().grey, ASK)
    assert not any(row.doubtful for row in table.rows)
    grid, marks, spans = spread()
    assert disagreeing(Grid(grid.halves[:1], 20, 480), marks, spans[:1], None) == [False] * 6


def test_paper_without_writing_has_no_rows_to_doubt():
    paper = Paper()
    paper.grid([100 + ROW * i for i in range(7)])
    assert read_table(paper.grey, ASK).rows == ()
