"""Preparing whole pages: upright, level, without black edges, one page each; every pixel finds its way back."""

import shutil

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from ocr.geometry.mapping import levelling, picture, quarter_turn
from ocr.page import Box
from ocr.pages import PageBend, PageMap, prepare_page

SENTENCE = "The officer in charge went to the place of occurrence and heard two witnesses there at noon"
WORDS = SENTENCE.split()


def page(width=1000, height=1400, lines=24, first=0):
    """A typed page, lines of uneven length."""
    sheet = Image.new("L", (width, height), 240)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(round(width / 38))
    step = (height - 240) // lines
    for i in range(lines):
        words = [WORDS[(first + i + j) % len(WORDS)] for j in range(7 + (i * 5) % 3)]
        pen.text((width * 0.1, 120 + i * step), " ".join(words), font=font, fill=30)
    return np.asarray(sheet, np.uint8).copy()


def askew(grey, angle, beyond=240):
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1)
    return cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(beyond,))


def angle_of(prepared):
    """Degrees by which a page was levelled."""
    return sum(float(s.removeprefix("levelled")) for s in prepared.steps if s.startswith("levelled"))


@pytest.mark.parametrize("angle", [-14.0, -6.3, -1.2, 0.0, 0.5, 3.7, 11.5])
def test_a_page_is_levelled_to_a_fifth_of_a_degree(angle):
    (made,) = prepare_page(askew(page(), angle))
    assert angle_of(made) == pytest.approx(-angle, abs=0.2)


def test_a_clean_upright_page_is_only_flattened():
    (made,) = prepare_page(page())
    assert made.steps == ("flattened",)
    assert made.image.shape == page().shape


def test_a_black_edge_is_cut_off_and_no_text_with_it():
    sheet = page()
    scan = np.pad(sheet, ((60, 20), (20, 45)), constant_values=15)
    (made,) = prepare_page(scan)
    assert "edges-cropped" in made.steps
    written = np.argwhere(sheet < 100)[::50, ::-1] + np.array([20, 60])
    there = np.round(made.from_source(written)).astype(int)
    assert (there >= 0).all() and (there < made.image.shape[::-1]).all()
    assert (made.image[there[:, 1], there[:, 0]] < 200).mean() > 0.95
    assert made.image[:, :3].mean() > 230 and made.image[:3].mean() > 230


def test_a_spread_becomes_two_pages_left_before_right_and_in_urdu_right_before_left():
    x = np.abs(np.arange(2000) - 1000)
    scan = (np.hstack([page(), page(first=3)]) * (1 - 0.5 * np.exp(-x / 25))).astype(np.uint8)
    left, right = prepare_page(scan)
    assert "spread-left" in left.steps and "spread-right" in right.steps
    assert left.image.shape[1] == pytest.approx(1000, abs=60)
    assert left.to_source([[0, 0]])[0, 0] < 5 and right.to_source([[0, 0]])[0, 0] == pytest.approx(1000, abs=60)
    assert [p.steps[0] for p in prepare_page(scan, ("ur",))] == ["spread-right", "spread-left"]


def test_a_landscape_page_of_one_column_stays_whole():
    assert len(prepare_page(page(1400, 1000, 16))) == 1


def test_steps_can_be_left_out():
    scan = np.pad(askew(page(), 3), 40, constant_values=10)
    (made,) = prepare_page(scan, skip=("edges", "level", "flatten", "orientation", "spread", "dewarp", "blank"))
    assert made.steps == ()
    assert np.array_equal(made.image, scan)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (40, 40), (300, 20)])
@pytest.mark.parametrize("fill", [0, 128, 255])
def test_bad_pictures_are_borne(shape, fill):
    made = prepare_page(np.full(shape, fill, np.uint8))
    assert made and all(p.image.size for p in made)


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_borne(seed):
    noise = np.random.default_rng(seed).integers(0, 256, (700, 500), dtype=np.uint8)
    assert prepare_page(noise)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_quarter_turn_moves_no_pixel_wrong(turn):
    scan = np.arange(35, dtype=np.uint8).reshape(5, 7)
    matrix, (height, width) = quarter_turn(scan.shape, turn)
    assert np.array_equal(picture(scan, PageMap(matrix, width, height)), np.rot90(scan, turn // 90))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([0, 90, 180, 270]),
    st.floats(-15, 15),
    st.floats(-40, 40),
    st.floats(-40, 40),
    st.lists(st.tuples(st.floats(-20, 900), st.floats(-20, 700)), min_size=1, max_size=20),
)
def test_points_mapped_to_the_scan_and_back_agree(turn, angle, top, bottom, points):
    matrix, shape = quarter_turn((700, 900), turn)
    level, (height, width) = levelling(shape, angle)
    x = np.linspace(0, 1, width) ** 3
    made = PageMap(matrix @ level, width, height, PageBend(top * x, bottom * x))
    assert made.from_source(made.to_source(points)) == pytest.approx(np.array(points), abs=1e-6)
    assert made.to_source(made.from_source(points)) == pytest.approx(np.array(points), abs=1e-6)


def test_the_picture_is_what_the_map_says():
    scan = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (300, 400), dtype=np.uint8), (0, 0), 6)
    matrix, (height, width) = levelling(scan.shape, 7.0)
    x = np.linspace(0, 1, width) ** 2
    for bend in (None, PageBend(12 * x, -9 * x)):
        page_map = PageMap(matrix, width, height, bend)
        made = picture(scan, page_map)
        at = np.array([(u, v) for u in range(80, 380, 31) for v in range(80, 250, 23)])
        there = np.round(page_map.to_source(at)).astype(int)
        assert np.abs(made[at[:, 1], at[:, 0]].astype(int) - scan[there[:, 1], there[:, 0]]).max() < 16


def test_boxes_come_back_around_what_they_hold():
    scan = np.full((1400, 1000), 255, np.uint8)
    scan[300:340, 500:620] = 0
    (made,) = prepare_page(askew(scan, 0), skip=("edges",))
    assert made.box_to_source(Box(500, 300, 620, 340)) == Box(500, 300, 620, 340)
    assert made.box_to_source(Box(-50, -50, -20, -20)) == Box(0, 0, 1, 1)


@pytest.mark.engine
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed; make setup installs it")
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_is_turned_upright_by_reading_it(turn):
    from ocr.engines import load_engine

    scan = np.ascontiguousarray(np.rot90(askew(page(1300, 1800), 2.0), turn // 90))
    (made,) = prepare_page(scan, ("en",), engine=load_engine("tesseract"))
    back = (360 - turn) % 360
    assert [s for s in made.steps if s.startswith("turned")] == ([f"turned+{back}"] if back else [])
    assert made.image.shape[0] > made.image.shape[1]
