"""A printed table of figures, as books have them: dense columns beside their rulings, rows without lines between them,
a number column in the fold, a title above the header."""

import numpy as np
import pytest

from ocr.page import Box, Candidate, ZoneReading
from ocr.registers.figure_columns import count_digits, look_again, usual_digits
from ocr.registers.form import RegisterColumn, RegisterForm, Registers
from ocr.registers.grid import find_grid
from ocr.registers.labels import columns_by_labels, columns_by_widths
from ocr.registers.line import RuledLine, snap_to_rulings
from ocr.registers.rows import _part_numbers
from ocr.registers.sheet import open_sheet
from ocr.registers.table import Ask, read_table
from ocr.registers.writing import Entry
from sample_data.makers.figures_table import EDGES, HOURS, ROWS, SIZE, draw_figures

IDS = ("day", *(f"h{i}" for i in range(1, HOURS + 1)))
FORM = RegisterForm(
    id="reg_hours",
    title="Hours",
    row_start="day",
    column=tuple(RegisterColumn(id=i, width=9 if i == "day" else 13, labels={"en": (i.lstrip("h"),)}) for i in IDS),
)


@pytest.mark.parametrize("broken", [False, True])
def test_a_column_of_equal_figures_is_no_second_stroke_of_its_ruling(broken):
    sheet = open_sheet(draw_figures(gaps=0.35 if broken else 0.0).grey)
    half = find_grid(sheet).halves[0]
    assert len(half.uprights) == len(EDGES)
    scale = sheet.width / SIZE[0]
    assert np.allclose([u.middle for u in half.uprights], np.array(EDGES) * scale, atol=4)
    # What lies between two strokes is wiped out: here it would be a figure of each cell.
    assert max(u.reach_px for u in half.uprights) <= 3


def test_rows_follow_from_all_columns_where_the_number_column_lies_in_the_fold():
    table = read_table(draw_figures(days=False).grey, Ask(FORM))
    written = [row for row in table.rows if sum(not c.blank for c in row.cells.values()) >= HOURS - 1]
    assert len(written) in (ROWS, ROWS + 1)  # the header of figures is told by its labels alone
    assert all(row.doubtful for row in table.rows)


def test_rows_with_numbers_are_those_rows():
    table = read_table(draw_figures().grey, Ask(FORM))
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
    grey = draw_figures().grey
    x = EDGES[4]
    grey[:, x - 2 : x + 4] = 240
    # Over the widened column both labels are read as one.
    shown = ["1", "2", "34", *(str(i) for i in range(5, HOURS + 1))]

    def read(pictures, code):
        return shown[: len(pictures)]

    table = read_table(grey, Ask(FORM, ("en",), read, Registers(forms={FORM.id: FORM}, labels={})))
    assert table.columns == IDS
    assert all(row.doubtful for row in table.rows)
    assert all(cell.misplaced for row in table.rows for cell in row.cells.values())


def test_columns_cut_off_or_merged_are_told_by_their_widths():
    widths = [c.width for c in FORM.columns]
    cut = columns_by_widths(FORM, [10.0, *widths[2:]])
    assert cut is not None and cut[1:] == IDS[2:]
    merged = columns_by_widths(FORM, [*widths[:4], widths[4] + widths[5], *widths[6:]])
    assert merged == (*IDS[:4], "_column_5", *IDS[6:])


def test_widths_that_are_another_registers_name_nothing():
    assert columns_by_widths(FORM, [9, 40, 13, 5, 60, 13, 4, 13, 30, 13]) is None


def lines_at(*spans):
    return [Entry(top, bottom, 100.0) for top, bottom in spans]


def test_numbers_that_ran_into_each_other_are_parted_by_the_lines_of_the_other_columns():
    lines = lines_at((10, 30), (36, 56), (62, 82), (88, 108), (114, 134))
    joined = lines_at((10, 30), (36, 82), (88, 108), (103, 136))
    parted = _part_numbers(joined, lines)
    assert [(e.top, e.bottom) for e in parted] == [(10, 30), (88, 108), (114, 134)]


def test_a_number_that_stands_alone_stays_where_it_is():
    numbers = lines_at((10, 30), (60, 84), (110, 130))
    assert _part_numbers(numbers, lines_at((12, 32), (36, 56), (62, 82))) == numbers


def test_a_line_that_was_followed_through_figures_is_laid_on_its_ruling():
    image = np.full((120, 900), 255, np.uint8)
    image[60:62, 100:800] = 90
    # Figures close to it, on which the path ran for half of its way.
    for x in range(100, 800, 46):
        image[66:78, x : x + 18] = 40
    at = np.full(900, 61.0)
    at[400:700] = 70.0
    (line,) = snap_to_rulings(image, [RuledLine(at, 0.6)], 100, 800)
    assert np.abs(line.at[100:800] - 60.5).max() < 1.5


def test_a_line_of_which_nothing_is_seen_stays_where_it_is():
    at = np.full(900, 61.0)
    (line,) = snap_to_rulings(np.full((120, 900), 255, np.uint8), [RuledLine(at, 0.3)], 100, 800)
    assert np.array_equal(line.at, at)


def cell(text, confidence=0.7, blank=False):
    return ZoneReading("h1", Box(0, 0, 9, 9), (Candidate(text, confidence),) if text else (), blank=blank)


@pytest.mark.parametrize(
    ("text", "digits"),
    [("9·570", 4), ("9 570", 4), ("12", 2), ("९.५७", 3), ("9°74)", None), ("Ins.", None), ("", None)],
)
def test_figures_are_told_from_what_holds_a_letter_or_a_bracket(text, digits):
    assert count_digits(text) == digits


def test_a_column_of_names_or_of_few_cells_is_none_of_figures():
    assert usual_digits([cell("Specimen")] * 20) is None
    assert usual_digits([cell("9.570")] * 5) is None
    assert usual_digits([cell("9.570")] * 9 + [cell("9.57)")] * 3) == 4


def test_a_second_look_is_a_guess_that_is_asked_and_the_first_stays_beside_it():
    again = look_again(cell("9.57)", 0.95), [Candidate("957", 0.9), Candidate("9.571", 0.9)], 4)
    assert [c.text for c in again.candidates] == ["9.571", "9.57)"]
    assert again.candidates[0].confidence <= 0.5
    unexplained = look_again(cell("Ins.", 0.95), [Candidate("957", 0.9)], 4)
    assert [(c.text, c.confidence) for c in unexplained.candidates] == [("Ins.", 0.5)]


def test_a_printed_figure_is_sure_where_a_second_look_sees_the_same():
    assert look_again(cell("9.571", 0.3), [Candidate("9571", 0.2)], 4).candidates[0].confidence >= 0.9
    assert look_again(cell("9.571", 0.3), [Candidate("9577", 0.9)], 4) == cell("9.571", 0.3)
    assert look_again(cell("9.571", 0.3), [], 4) == cell("9.571", 0.3)
