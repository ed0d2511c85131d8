"""A printed table of figures, as books have them: dense columns beside their rulings, rows without lines between them,
a number column in the fold, a title above the header."""

import random

import numpy as np
import pytest
from ruled_paper import Paper

from ocr.registers.form import RegisterColumn, RegisterForm, Registers
from ocr.registers.grid import find_grid
from ocr.registers.labels import columns_by_labels
from ocr.registers.sheet import open_sheet
from ocr.registers.table import Ask, read_table

HOURS = 10
IDS = ("day", *(f"h{i}" for i in range(1, HOURS + 1)))
FORM = RegisterForm(
    id="reg_hours",
    title="Hours",
    row_start="day",
    column=tuple(RegisterColumn(id=i, labels={"en": (i.lstrip("h"),)}) for i in IDS),
)
ROWS, TOP, HIGH = 20, 160, 46
EDGES = (60, *(150 + 132 * i for i in range(HOURS + 1)))


def figures(*, days=True, broken=False):
    """A page of figures whose first digit is a 9 close behind its column's ruling in every row."""
    paper, rng = Paper((1560, 1240)), random.Random(5)
    foot = TOP + 70 + ROWS * HIGH
    for y in (TOP, TOP + 60, foot):
        paper.rule((EDGES[0], y), (EDGES[-1], y))
    for x in EDGES:
        paper.rule((x, TOP), (x, foot), gaps=0.35 if broken else 0.0, seed=x)
    for i in range(HOURS):
        paper.write((EDGES[i + 1] + 50, TOP + 15), str(i + 1))
    for row in range(ROWS):
        y = TOP + 72 + row * HIGH
        if days:
            paper.write((EDGES[0] + 30, y), str(row + 1))
        for x in EDGES[1:-1]:
            paper.write((x + 9, y), f"9.{rng.randrange(100, 999)}")
    return paper.grey


@pytest.mark.parametrize("broken", [False, True])
def test_a_column_of_equal_figures_is_no_second_stroke_of_its_ruling(broken):
    sheet = open_sheet(figures(broken=broken))
    half = find_grid(sheet).halves[0]
    assert len(half.uprights) == len(EDGES)
    scale = sheet.width / 1560
    assert np.allclose([u.middle for u in half.uprights], np.array(EDGES) * scale, atol=4)
    # What lies between two strokes is wiped out: here it would be a figure of each cell.
    assert max(u.reach_px for u in half.uprights) <= 3


def test_rows_follow_from_all_columns_where_the_number_column_lies_in_the_fold():
    table = read_table(figures(days=False), Ask(FORM))
    written = [row for row in table.rows if sum(not c.blank for c in row.cells.values()) >= HOURS - 1]
    assert len(written) in (ROWS, ROWS + 1)  # the header of figures is told by its labels alone
    assert all(row.doubtful for row in table.rows)


def test_rows_with_numbers_are_those_rows():
    table = read_table(figures(), Ask(FORM))
    assert len(table.rows) in (ROWS, ROWS + 1)


def test_columns_are_named_by_their_labels_where_the_first_ones_are_cut_off():
    matched = ("", "h3", "", "h5", "h6", "h7", "", "h9", "h10")
    assert columns_by_labels(FORM, matched) == IDS[2:]


def test_too_few_labels_name_no_column():
    assert columns_by_labels(FORM, ("", "h3", "", "", "", "h7", "", "", "")) is None


def test_a_column_that_the_page_has_and_the_register_lacks_keeps_no_name():
    named = columns_by_labels(FORM, ("day", "h1", "", "h2", "h3", "h4", "h5"))
    assert named is not None and named[2] == "_column_3" and named[3:] == IDS[2:6]


def test_a_line_that_was_not_seen_is_put_where_labels_say_that_one_is_lacking():
    grey = figures()
    x = EDGES[4]
    grey[:, x - 2 : x + 4] = 240
    # Over the widened column both labels are read as one.
    shown = ["1", "2", "34", *(str(i) for i in range(5, HOURS + 1))]

    def read(pictures, code):
        return shown[: len(pictures)]

    table = read_table(grey, Ask(FORM, ("en",), read, Registers(forms={FORM.id: FORM}, labels={})))
    assert table.columns == IDS
    assert all(row.doubtful for row in table.rows)
