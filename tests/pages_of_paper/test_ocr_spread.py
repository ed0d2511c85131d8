"""A scan of several pages is cut where they meet, and a page never is."""

import shutil

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engine import Image
from ocr.engines import load_engine
from ocr.forms.zones import find_form, load_models
from ocr.page import Scan
from ocr.registers.form import package_registers
from ocr.registers.look import Ask
from ocr.registers.spread import cut_at_gutter, find_pages
from ocr.registers.table import read_table
from ocr.registers.volume import print_reader
from ocr.scans.parts import (
    MOST_PICTURES,
    STEPS,
    PagePlace,
    cut_picture,
    format_place,
    format_places,
    index_of,
    parse_places,
    place_of,
)
from ocr.scans.scan import open_page
from sample_data.makers.poor_scans import tilt, turn
from sample_data.makers.spreads import SPREADS, lay_loose, lay_open

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
MODELS = load_models()
_FORMS = ("mr_2017_007.png", "gu_2016_171.png")
_NO_HEADS = Ask(None, ("en",), None)
"""Heads are not read, which takes seconds: registers are known by their columns alone."""


def grey(samples, name):
    return cv2.imread(str(samples / name), cv2.IMREAD_GRAYSCALE)


def ruled(columns, rows=14, size=(900, 640), seed=0):
    """A page of a table with letters in its cells. columns: their widths."""
    page = np.full(size, 240, np.uint8)
    edges = 40 + np.cumsum([0, *columns]) * (size[1] - 80) / sum(columns)
    for x in edges:
        cv2.line(page, (int(x), 60), (int(x), size[0] - 60), 40, 2)
    rng = np.random.default_rng(seed)
    for y in np.linspace(60, size[0] - 60, rows + 1):
        cv2.line(page, (40, int(y)), (size[1] - 40, int(y)), 40, 2)
        for x in edges[:-1]:
            cv2.putText(page, str(rng.integers(10, 99)), (int(x) + 5, int(y) - 12), 0, 0.5, 50, 1)
    return page


def written(size=(900, 640), seed=1):
    """A page of lines of letters."""
    page, rng = np.full(size, 240, np.uint8), np.random.default_rng(seed)
    for y in range(80, size[0] - 60, 32):
        text = "".join(map(chr, rng.integers(97, 123, 26)))
        cv2.putText(page, text, (60, y), 0, 0.9, 40, 2)
    return page


places = st.builds(
    lambda picture, ends, way: PagePlace(picture, min(ends), max(ends), is_from_end=way and set(ends) != {0, STEPS}),
    st.integers(0, MOST_PICTURES - 1),
    st.lists(st.integers(0, STEPS), min_size=2, max_size=2, unique=True),
    st.booleans(),
)


@given(st.lists(places, min_size=1))
def test_a_place_is_one_number_that_databases_hold_and_a_text_that_tells_it_again(some):
    indices = tuple(map(index_of, some))
    assert [place_of(i) for i in indices] == some
    assert all(0 <= i < 2**31 for i in indices)
    assert parse_places(format_places(indices)) == indices


@given(st.floats(0.36, 0.64), st.floats(0, 0.02), st.booleans(), st.integers(100, 4000), st.integers(100, 4000))
def test_two_parts_hold_every_pixel_and_are_read_in_order(at, lean, is_from_end, width, height):
    shares = [(0.0, at + lean), (at, 1.0)]
    indices = cut_picture(3, shares[::-1] if is_from_end else shares)
    seen = np.zeros((height, width), np.uint8)
    for box in (place_of(i).box(width, height) for i in indices):
        seen[box.y0 : box.y1, box.x0 : box.x1] = 1
    assert seen.all()
    assert sorted(indices[::-1], key=lambda i: place_of(i).order) == list(indices)
    assert [format_place(i) for i in indices] == ["page 4, first part", "page 4, last part"]


@pytest.mark.parametrize("text", ["", "0", "1:0-0", "1:5-5", "1:0-600", "x", "1 y", "99999:0-256"])
def test_a_text_that_names_no_place_gives_none(text):
    assert parse_places(text) == ()


def test_a_whole_picture_keeps_its_number_beside_others_that_are_cut():
    assert parse_places("1 2:0-256 2:255-512 3") == (0, index_of(PagePlace(1, 0, 256)), index_of(PagePlace(1, 255)), 2)
    assert format_place(1) == "page 2"


@pytest.mark.parametrize("kind", SPREADS)
def test_the_gutter_is_found_where_two_pages_meet(kind):
    pages = [written(), written(seed=2)]
    height, width = pages[0].shape
    scan = SPREADS[kind](pages)
    ends = [scan.pages[0](np.array([[width, height / 2]]))[0], scan.pages[1](np.array([[0, height / 2]]))[0]]
    is_tall = scan.grey.shape[0] > scan.grey.shape[1]
    low, high = sorted(end[1 if is_tall else 0] / max(scan.grey.shape) for end in ends)
    (begin, behind), (first, end) = cut_at_gutter(scan.grey)
    assert (begin, end) == (0.0, 1.0)
    # Without a shadow the middle of what is white is all that can be known.
    off = 0.05 if kind == "no shadow" else 0.01
    assert low - off <= (behind + first) / 2 <= high + off


def test_ink_that_crosses_the_fold_leaves_no_gutter():
    scan = lay_open([written(), written(seed=2)]).grey
    for y in range(60, 840, 40):
        cv2.line(scan, (500, y), (780, y), 60, 2)
    assert cut_at_gutter(scan) == ()


def test_two_forms_on_a_scan_upside_down_are_two_pages_in_reading_order(samples, tmp_path):
    scan = SPREADS["upside down"]([grey(samples, f"iif1_languages/{name}") for name in _FORMS])
    indices = cut_picture(0, find_pages(scan.grey, MODELS))
    cv2.imwrite(str(tmp_path / "scan.png"), scan.grey)
    assert [place_of(i).is_from_end for i in indices] == [True, True]
    found = [find_form(open_page(Scan(tmp_path / "scan.png", "", i)).grey, MODELS).form for i in indices]
    assert [form and form.id for form in found] == ["iif1_mr", "iif1_gu"]


def test_a_book_that_is_read_from_the_right_begins_at_the_right(samples):
    page = grey(samples, "iif1_languages/ur_2020_335.png")
    (first, _), (second, _) = find_pages(lay_open([page, page]).grey, MODELS)
    assert second < first


def test_a_form_beside_a_written_page_keeps_it(samples):
    form = grey(samples, f"iif1_languages/{_FORMS[1]}")
    letter = cv2.resize(written(), form.shape[::-1])
    assert len(find_pages(lay_open([form, letter]).grey, MODELS)) == 2


def test_two_pages_that_are_ruled_alike_are_two():
    columns = (1, 4, 2, 3, 6)
    assert len(find_pages(lay_open([ruled(columns), ruled(columns, seed=5)]).grey, MODELS, _NO_HEADS)) == 2


@pytest.mark.engine
@needs_tesseract
def test_a_register_whose_rows_run_over_both_pages_is_one_page_with_rows_over_the_gutter(samples):
    engine = load_engine("tesseract")
    ask = Ask(None, ("en",), print_reader(engine), engine=engine)
    scan = grey(samples, "registers/reg_crime_en_worn_1_0.png")
    assert find_pages(scan, MODELS, ask) == ()
    table = read_table(scan, ask)
    assert table.form is not None and table.form.id == "reg_crime"
    assert len(table.rows) == 10
    middle = scan.shape[1] / 2
    assert all(left.x1 < middle < right.x0 for left, right in (row.boxes for row in table.rows))


@pytest.mark.engine
@needs_tesseract
def test_pages_of_a_register_on_its_side_are_read_as_they_stand(samples):
    engine = load_engine("tesseract")
    page = grey(samples, "registers/reg_history_hi_light_7_0.jpg")
    scan = SPREADS["on its side"]([page, page]).grey
    (first, _), (second, _) = find_pages(scan, MODELS, Ask(None, ("hi",), print_reader(engine), engine=engine))
    # Turned anticlockwise, the left-hand page lies at the foot.
    assert second < first


def test_of_a_register_that_is_known_to_run_over_both_pages_nothing_is_looked_at():
    columns = (1, 4, 2, 3, 6)
    scan = lay_open([ruled(columns), ruled(columns, seed=5)]).grey
    over_both = Ask(package_registers().find("reg_crime"), ("en",), None)
    assert find_pages(scan, MODELS, over_both) == ()


def fold(page, at=0.5):
    """The page with a dark line where it was folded, from top to bottom."""
    folded, x = page.copy(), round(at * page.shape[1])
    shade = 0.5 * np.exp(-np.abs(np.arange(page.shape[1]) - x) / 8)
    return (folded * (1 - shade)).astype(np.uint8)


def single(samples) -> dict[str, Image]:
    """Scans of one page, though they are wide, folded or have bands of white paper."""
    form = grey(samples, f"iif1_languages/{_FORMS[1]}")
    desk = np.full_like(form, 200)
    return {
        "a form on a wide desk": np.hstack([form, desk]),
        "a form, folded": fold(form),
        "a form on its side, folded across": turn(fold(form.T.copy()).T.copy(), 1).grey,
        "a wide table, folded": fold(ruled((1, 4, 2, 5, 3, 6), size=(640, 900))),
        "a table over two pages": lay_open([ruled((1, 4, 2)), ruled((5, 3, 3, 6), seed=5)]).grey,
        "a table over two pages, as many columns": lay_open([ruled((1, 4, 2, 3, 5)), ruled((5, 3, 3, 6, 2))]).grey,
        "two columns of letters": np.hstack([written((640, 420)), written((640, 420), 3)]),
        "a letter on wide paper, folded": fold(cv2.resize(written(), (1200, 900))),
        "paper alone": tilt(np.full((600, 900), 240, np.uint8), 0.5).grey,
    }


@pytest.mark.parametrize("kind", [
    "a form on a wide desk", "a form, folded", "a form on its side, folded across", "a wide table, folded",
    "a table over two pages", "a table over two pages, as many columns", "two columns of letters",
    "a letter on wide paper, folded", "paper alone",
])  # fmt: skip
def test_a_page_is_never_cut(samples, kind):
    assert find_pages(single(samples)[kind], MODELS, _NO_HEADS) == ()


def test_somebody_who_says_so_has_every_gutter_cut_and_no_page_without_one():
    assert len(cut_at_gutter(lay_loose([written(), written(seed=2)]).grey)) == 2
    assert cut_at_gutter(written()) == ()
