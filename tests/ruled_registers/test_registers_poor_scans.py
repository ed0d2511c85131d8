"""Ruled pages as offices and telephones bring them: mended where that can be done, and found at their places."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from ruled_paper import ASK, EDGES, FORM, Paper, boxed

from ocr.engines import load_engine
from ocr.geometry.mapping import PageMap, picture
from ocr.geometry.slant import find_slant
from ocr.registers.form import RegisterForm, package_registers
from ocr.registers.grid import find_grid
from ocr.registers.sheet import SLANT_MENDED, open_sheet
from ocr.registers.table import Ask, read_table
from ocr.registers.volume import print_reader
from sample_data.makers import poor_scans

SAMPLES = Path(__file__).parents[2] / "sample_data" / "registers"
MENDED = ("half of the pixels", "slant", "strong slant", "photograph", "tilt", "pale", "shadow", "shining through")


@pytest.fixture(scope="module")
def engine():
    return load_engine("tesseract")


def holds_all_cells(table, scan):
    """Whether all cells of boxed() lie where the scan shows them."""
    places = [[(a + b) / 2, 160 + 120 * i] for i in range(6) for a, b in zip(EDGES, EDGES[1:], strict=False)]
    points = scan.to_scan(np.array(places, np.float64)).reshape(6, 4, 2)
    boxes = [[row.cells[name].box for name in FORM.ids] for row in table.rows]
    return all(
        box.x0 < x < box.x1 and box.y0 < y < box.y1
        for row, there in zip(boxes, points, strict=True)
        for box, (x, y) in zip(row, there, strict=True)
    )


@pytest.mark.parametrize("kind", MENDED)
def test_rows_of_a_poor_scan_are_found_at_their_places(kind):
    scan = poor_scans.KINDS[kind](boxed().grey)
    table = read_table(scan.grey, ASK)
    assert table.columns == FORM.ids and len(table.rows) == 6 and holds_all_cells(table, scan)


def test_a_flat_page_is_not_bent_by_the_search_for_its_slant():
    for grey in (boxed().grey, poor_scans.tilt(boxed().grey, 4.0).grey):
        assert SLANT_MENDED not in open_sheet(grey).page.steps


def test_a_page_seen_at_a_slant_is_squared_again():
    scan = poor_scans.slant(boxed().grey, 0.06)
    slant = find_slant(scan.grey)
    assert slant is not None and slant.off > 0.02 and slant.narrowed < 0.95
    corners = np.array([[80, 100], [1120, 100], [1120, 820], [80, 820]], np.float64)
    height, width = slant.shape
    flat = PageMap(slant.matrix, width, height).from_source(scan.to_scan(corners))
    sides = np.roll(flat, -1, axis=0) - flat
    assert np.abs((sides * np.roll(sides, -1, axis=0)).sum(axis=1)).max() < 0.01 * (sides**2).sum(axis=1).min()


def test_too_few_strokes_tell_no_slant():
    assert find_slant(np.full((1600, 1200), 255, np.uint8)) is None


def test_the_map_of_a_page_seen_at_a_slant_leads_there_and_back():
    matrix = np.array([[1.1, 0.02, 5], [-0.03, 0.95, 9], [1e-4, -5e-5, 1]])
    page = PageMap(matrix, 900, 700)
    points = np.array([[0, 0], [899, 10], [450, 699]], np.float64)
    there = page.to_source(points)
    assert np.allclose(there, cv2.perspectiveTransform(points[None], matrix)[0])
    assert np.allclose(page.from_source(there), points)
    source = np.full((900, 1300), 255, np.uint8)
    x, y = np.round(page.to_source(np.array([[300.0, 200.0]]))[0]).astype(int)
    cv2.circle(source, (int(x), int(y)), 6, 0, -1)
    seen = picture(source, page)
    dark = np.argwhere(seen < 100)
    assert np.abs(dark.mean(axis=0) - (200, 300)).max() < 1.5


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_upside_down_or_on_its_side_is_turned(quarters, engine):
    grey = cv2.imread(str(SAMPLES / "reg_vcnb_en_light_5_0.jpg"), cv2.IMREAD_GRAYSCALE)
    form = package_registers().forms["reg_vcnb"]
    ask = Ask(form, ("en",), print_reader(engine), engine=engine)
    table = read_table(poor_scans.turn(grey, quarters).grey, ask)
    assert table.sheet.turn_deg == 360 - 90 * quarters and len(table.rows) == 8 and table.columns == form.ids
    boxes = [row.boxes[0] for row in table.rows]
    at = [box.x0 if quarters == 1 else -box.y0 if quarters == 2 else -box.x0 for box in boxes]
    assert at == sorted(at)


def test_a_later_page_upside_down_is_turned_by_the_columns_of_its_volume(engine):
    ask = Ask(FORM, ("en",), lambda pictures, code: [""] * len(pictures), engine=engine)
    layout = read_table(boxed().grey, ASK).layout
    upright = read_table(boxed().grey, ask, layout)
    turned = read_table(poor_scans.turn(boxed().grey, 2).grey, ask, layout)
    assert upright.sheet.turn_deg == 0 and turned.sheet.turn_deg == 180
    assert turned.columns == FORM.ids and [row.numbered for row in turned.rows] == [True] * 6


def test_a_page_too_small_to_be_read_is_refused_with_what_to_do():
    table = read_table(poor_scans.shrink(boxed().grey, 0.35).grey, ASK)
    assert table.form is None and "too small" in table.reason and "at 300 dpi" in table.reason


def diary(rulings, notes=12):
    """A page of two or three columns with rulings between them alone."""
    paper = Paper()
    for x in rulings:
        paper.rule((x, 60), (x, 1540))
    for i in range(12):
        paper.write((100, 100 + 120 * i), str(i + 1))
        paper.write((240, 100 + 120 * i), "Specimen Kalpana of Misalpur")
        paper.write((240, 140 + 120 * i), "was near the river at night")
        if len(rulings) > 1 and i < notes:
            paper.write((920, 100 + 120 * i), "no further notes")
    return paper.grey


@pytest.mark.parametrize(("rulings", "notes"), [((220, 900), 12), ((220, 900), 3), ((220,), 0)])
def test_one_ruling_or_two_with_open_edges_part_the_columns_of_a_diary(rulings, notes):
    columns = FORM.columns[: len(rulings) + 1]
    form = RegisterForm(id="reg_d", title="D", row_start="sl", column=columns)
    table = read_table(diary(rulings, notes), Ask(form))
    assert table.columns == form.ids and len(table.rows) == 12
    assert all(abs(row.cells["sl"].box.x1 - 220) < 4 and not row.cells["name"].blank for row in table.rows)


def test_rulings_that_shine_through_from_the_other_side_are_none_of_the_page():
    grey = cv2.imread(str(SAMPLES / "reg_vcnb_en_light_5_0.jpg"), cv2.IMREAD_GRAYSCALE)
    own, through = (find_grid(open_sheet(g)).halves[0] for g in (grey, poor_scans.shine_through(grey, 0.45).grey))
    assert len(through.uprights) == len(own.uprights) == 10
    assert np.allclose([u.middle for u in through.uprights], [u.middle for u in own.uprights], atol=3)
