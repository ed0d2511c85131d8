"""Rows and cells of ruled pages: boxed, feint, unruled, bent, broken, hand-drawn, over two pages; nothing invented."""

import json
import random
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruled_paper import ASK, EDGES, FORM, Paper, boxed

from ocr.geometry.ruled_bend import ruled_bend
from ocr.geometry.ruled_paths import find_paths, strengths
from ocr.registers.cells import is_written, lines_of
from ocr.registers.facing import is_level, match_right_rows
from ocr.registers.form import RegisterColumn, RegisterForm, package_registers
from ocr.registers.grid import find_grid
from ocr.registers.ink import find_marks
from ocr.registers.sheet import open_sheet
from ocr.registers.table import Ask, read_table

SAMPLES = Path(__file__).parents[2] / "sample_data"


def tops(table):
    return [row.boxes[0].y0 for row in table.rows]


@pytest.mark.parametrize(("gaps", "grey"), [(0.0, 120), (0.0, 195), (0.35, 120), (0.3, 180)])
def test_boxed_rows_are_found_though_lines_are_faint_or_broken(gaps, grey):
    table = read_table(boxed(gaps, grey).grey, ASK)
    assert table.columns == FORM.ids
    assert np.allclose(tops(table), [100 + 120 * i for i in range(6)], atol=6)
    assert all(row.numbered and not row.continues for row in table.rows)


def test_a_line_seen_twice_makes_no_low_row():
    paper = boxed()
    paper.rule((EDGES[0], 358), (EDGES[-1], 358))
    table = read_table(paper.grey, ASK)
    assert np.allclose(tops(table), [100 + 120 * i for i in range(6)], atol=6)
    assert all(row.numbered for row in table.rows)


def test_what_is_left_of_level_lines_and_of_an_upright_one_is_no_row():
    paper = boxed()
    paper.grid([100 + 120 * i for i in range(8)])
    for left, right in zip(EDGES, EDGES[1:], strict=False):
        paper.draw.rectangle((left + 20, 870, right - 20, 875), fill=60)
    paper.draw.rectangle((500, 895, 502, 907), fill=60)
    table = read_table(paper.grey, ASK)
    assert np.allclose(tops(table), [100 + 120 * i for i in range(6)], atol=6)
    assert abs(table.rows[-1].boxes[0].y1 - 820) < 8


def test_rows_nobody_wrote_in_are_no_rows():
    paper = boxed(rows=9)
    paper.draw.rectangle((83, 103 + 120 * 5, 1117, 1600), fill=240)
    paper.grid([100 + 120 * i for i in range(10)])
    table = read_table(paper.grey, ASK)
    assert len(table.rows) == 5


def test_on_feint_paper_a_row_takes_the_lines_up_to_the_next_number():
    paper = Paper()
    levels = [100 + 44 * i for i in range(26)]
    paper.grid(levels)
    at, begun = 0, []
    for number, lines in ((11, 3), (12, 1), (13, 4), (14, 2), (15, 3)):
        paper.row(number, levels[at] + 12, lines)
        begun.append(levels[at])
        at += lines
    table = read_table(paper.grey, ASK)
    assert np.allclose(tops(table), begun, atol=6)
    assert all(row.numbered for row in table.rows)


def test_what_stands_above_the_first_number_continues_the_page_before():
    paper = Paper()
    levels = [100 + 44 * i for i in range(26)]
    paper.grid(levels)
    paper.write((EDGES[2] + 20, levels[0] + 12), "of the village")
    paper.write((EDGES[2] + 20, levels[1] + 12), "of Misalpur")
    for i in range(5):
        paper.row(21 + i, levels[2 + 3 * i] + 12, 3)
    first, *others = read_table(paper.grey, ASK).rows
    assert first.continues and not first.numbered and first.doubtful
    assert len(others) == 5 and not any(row.continues for row in others)


def test_without_level_lines_rows_begin_above_their_numbers_and_are_doubtful():
    paper = Paper()
    for x in EDGES:
        paper.rule((x, 90), (x, 1400))
    for i, lines in enumerate((2, 3, 1, 2, 3)):
        paper.row(i + 1, 120 + 170 * i, lines)
    table = read_table(paper.grey, ASK)
    assert np.allclose(tops(table), [120 + 170 * i for i in range(5)], atol=26)
    assert all(row.doubtful for row in table.rows)


def test_a_row_without_its_number_is_kept_and_doubtful():
    paper = Paper()
    paper.grid([100 + 120 * i for i in range(7)])
    for i in range(6):
        paper.row(0 if i == 3 else i + 1, 120 + 120 * i)
    rows = read_table(paper.grey, ASK).rows
    assert [row.numbered for row in rows] == [True, True, True, False, True, True]
    assert rows[3].doubtful and not rows[2].doubtful


@pytest.mark.parametrize("angle", [-3.0, 1.4, 3.0])
def test_a_page_askew_is_found_at_its_place_on_the_scan(angle):
    grey = boxed().grey
    turn = cv2.getRotationMatrix2D((600, 800), angle, 1.0)
    table = read_table(cv2.warpAffine(grey, turn, (1200, 1600), borderValue=240), ASK)
    assert len(table.rows) == 6
    for i, row in enumerate(table.rows):
        x, y = turn @ np.array([EDGES[1] + 100, 160 + 120 * i, 1])
        box = row.cells["name"].box
        assert box.x0 < x < box.x1 and box.y0 < y < box.y1


def test_a_page_bent_at_the_gutter_keeps_its_rows():
    grey = boxed().grey
    shift = 26 * np.exp(-np.arange(1200) / 150)
    rows = np.arange(1600, dtype=np.float32)[:, None] - shift[None].astype(np.float32)
    columns = np.repeat(np.arange(1200, dtype=np.float32)[None], 1600, axis=0)
    table = read_table(cv2.remap(grey, columns, rows, cv2.INTER_LINEAR, borderValue=240), ASK)
    assert len(table.rows) == 6
    assert all(not row.cells["sl"].blank for row in table.rows)


def test_blank_cells_are_told_from_written_ones_and_specks_are_no_writing():
    paper = boxed()
    rng = random.Random(4)
    for _ in range(300):
        x, y = rng.randrange(90, 1110), rng.randrange(110, 800)
        paper.draw.rectangle((x, y, x + 1, y + 1), fill=90)
    paper.draw.rectangle((490, 110, 750, 210), fill=240)
    rows = read_table(paper.grey, ASK).rows
    assert rows[0].cells["place"].blank
    assert not any(cell.blank for row in rows[1:] for cell in row.cells.values())


def test_a_line_through_writing_is_noticed():
    paper = boxed()
    paper.draw.line((495, 136, 690, 138), fill=40, width=3)
    rows = read_table(paper.grey, ASK).rows
    assert rows[0].cells["place"].struck
    assert [row.cells["place"].struck for row in rows[1:]] == [False] * 5


def test_a_page_without_columns_is_no_table():
    paper = Paper()
    for i in range(20):
        paper.write((100, 100 + 60 * i), "a letter to the officer in charge of the station")
    table = read_table(paper.grey, ASK)
    assert table.rows == () and table.reason.startswith("no ruled columns were found: scan the page whole")
    # It may be a letter where no register was named.
    assert read_table(paper.grey, Ask()).reason == "no ruled columns were found"


def spread(right_tops):
    """Two pages with a gutter between; rows of the right-hand page begin at heights of their own."""
    paper = Paper((2200, 1600))
    left, right = (60, 180, 600, 1040), (1160, 1500, 1800, 2140)
    levels = [100 + 120 * i for i in range(7)]
    paper.grid(levels, left)
    paper.grid([*right_tops, right_tops[-1] + 120], right)
    for i in range(6):
        paper.write((left[0] + 40, levels[i] + 20), str(i + 1))
        paper.write((left[1] + 20, levels[i] + 20), "Specimen Kalpana")
        paper.write((left[2] + 20, levels[i] + 20), "near the river")
        for x in right[:3]:
            paper.write((x + 20, right_tops[i] + 20), "an entry")
    return paper.grey


SPREAD = RegisterForm(
    id="reg_y",
    title="Y",
    row_start="sl",
    spread_from="d",
    column=tuple(RegisterColumn(id=x) for x in ("sl", "b", "c", "d", "e", "f")),
)


@pytest.mark.parametrize("apart", [False, True])
def test_rows_run_across_the_gutter_by_line_or_by_order(apart):
    right = [100, 260, 380, 560, 690, 810] if apart else [100 + 120 * i for i in range(6)]
    table = read_table(spread(right), Ask(SPREAD))
    assert table.columns == SPREAD.ids
    assert len(table.rows) == 6
    assert np.allclose([row.boxes[1].y0 for row in table.rows], right, atol=8)
    assert not any(cell.blank for row in table.rows for cell in row.cells.values())


def test_columns_are_carried_to_a_page_on_which_a_line_is_lost():
    first = read_table(boxed().grey, ASK)
    paper = boxed()
    paper.draw.rectangle((476, 95, 484, 830), fill=240)
    for i in range(7):
        paper.rule((470, 100 + 120 * i), (490, 100 + 120 * i))
    second = read_table(paper.grey, ASK, first.layout)
    assert second.columns == FORM.ids
    box = second.rows[2].cells["name"].box
    assert abs(box.x1 - 480) < 14


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(60, 140), min_size=3, max_size=9), st.integers(-6, 6))
def test_paths_follow_any_set_of_lines_with_any_slant(gaps, slant):
    image = np.full((200 + sum(gaps), 900), 240, np.uint8)
    at = np.cumsum(gaps)
    for y in at:
        cv2.line(image, (0, int(y)), (899, int(y) + slant), 110, 2)
    strength = strengths(image)
    paths = find_paths(strength, 0.5)
    assert len(paths) == len(gaps)
    assert np.allclose([p.at[0] for p in paths], at, atol=4)
    assert np.abs(np.diff(ruled_bend(strength))).max() < 2


@pytest.mark.parametrize("name", ["reg_crime_en_worn_1_1.jpg", "reg_gd_hi_light_3_1.jpg"])
def test_sample_pages_without_header(name):
    gold = {}
    for line in (SAMPLES / "registers" / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        gold[page["file"]] = page
    grey = cv2.imread(str(SAMPLES / "registers" / name), cv2.IMREAD_GRAYSCALE)
    page = gold[name]
    table = read_table(grey, Ask(package_registers().forms[page["form"]]))
    assert abs(len(table.rows) - len(page["rows"])) <= 1
    assert table.rows[0].continues == page["rows"][0]["continues"]


def test_marks_and_lines_of_a_page():
    sheet = open_sheet(boxed().grey)
    grid = find_grid(sheet)
    assert [len(h.uprights) for h in grid.halves] == [5]
    marks = find_marks(sheet, grid)
    everything = np.arange(len(marks))
    assert is_written(marks, everything) and not is_written(marks, everything[:0])
    assert len(lines_of(marks, everything)) == 6
    assert is_level(grid.halves[0], grid.halves[0])
    assert match_right_rows([], grid.halves[0], grid.halves[0], None) == []


def test_a_register_kept_on_one_page_may_be_ruled_across_two():
    one_page = RegisterForm(
        id="reg_z",
        title="Z",
        row_start="sl",
        column=tuple(RegisterColumn(id=x) for x in ("sl", "b", "c", "d", "e", "f")),
    )
    table = read_table(spread([100 + 120 * i for i in range(6)]), Ask(one_page))
    assert table.columns == one_page.ids and len(table.rows) == 6
    assert not any(cell.blank for row in table.rows for cell in row.cells.values())


def test_two_tables_beside_each_other_are_not_read_as_one():
    table = read_table(np.hstack([boxed().grey, boxed().grey]), ASK)
    assert table.form is None and table.reason.startswith("it shows two tables")
    assert not set(FORM.ids) & set(table.columns)


def test_a_page_without_header_is_read_by_the_register_that_was_named():
    table = read_table(boxed().grey, Ask(FORM, ("en",), lambda pictures, code: ["12/98"] * len(pictures)))
    assert table.heading is None and table.columns == FORM.ids and len(table.rows) == 6


@pytest.mark.parametrize(("more", "doubtful"), [((), False), ((RegisterColumn(id="more"),), True)])
def test_rows_are_doubtful_where_a_column_had_to_be_put_that_was_not_seen(more, doubtful):
    form = RegisterForm(id="reg_y", title="Y", row_start="sl", column=(*FORM.columns, *more))
    table = read_table(boxed().grey, Ask(form))
    assert len(table.rows) == 6 and {row.doubtful for row in table.rows} == {doubtful}


@given(st.integers(20, 200), st.integers(20, 200), st.sampled_from((0, 180)), st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_a_tiny_picture_has_no_table_and_breaks_nothing(width, height, turn, strokes):
    """A thumbnail among the scans is refused in words."""
    grey = np.full((height, width), 255, np.uint8)
    for i in range(strokes):
        cv2.line(grey, (4 + i * 3, 4), (4 + i * 3, 12 + i % 3), 0)
    find_grid(open_sheet(grey, turn))
