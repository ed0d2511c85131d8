"""Lines of a prepared page: found in reading order, straightened near a gutter, cut out, traced to the scan."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.page import Box
from ocr.pages import prepare_page
from ocr.pages.lines import cut_line, drop_covered, find_lines

FONT = ImageFont.load_default(26)
TEXT = "received at the station and entered in the diary by the officer"


def written(boxes, size=(1000, 1400)):
    """Text that fills boxes of (x, y, letters)."""
    sheet = Image.new("L", size, 245)
    pen = ImageDraw.Draw(sheet)
    for x, y, letters in boxes:
        pen.text((x, y), TEXT[:letters], font=FONT, fill=30)
    return np.asarray(sheet, np.uint8).copy()


def bent(grey, px):
    """Bent down towards the left edge at the top of the page, up at its foot."""
    height, width = grey.shape
    near = np.exp(-np.arange(width) / (0.16 * width)) * px
    rows = np.arange(height)[:, None]
    back = (rows - near) / (1 - 1.6 * near / (height - 1))
    columns = np.repeat(np.arange(width, dtype=np.float32)[None], height, axis=0)
    return cv2.remap(grey, columns, back.astype(np.float32), cv2.INTER_CUBIC, borderValue=(245,)), near


def test_lines_come_from_the_top_and_all_of_them():
    (page,) = prepare_page(written([(100, 120 + 50 * i, 40 + i % 9) for i in range(22)]))
    lines = find_lines(page.image)
    assert len(lines) == 22
    assert [line.box.y0 for line in lines] == sorted(line.box.y0 for line in lines)


@pytest.mark.parametrize("right_to_left", [False, True])
def test_columns_are_read_one_after_the_other(right_to_left):
    heading = [(100, 60, 60)]
    sides = [(x, 160 + 50 * i, 24) for x in (100, 560) for i in range(18)]
    (page,) = prepare_page(written(heading + sides), skip=("spread",))
    lines = find_lines(page.image, right_to_left=right_to_left)
    assert len(lines) == 37
    first, last = lines[1:19], lines[19:]
    assert all((line.box.x0 > 500) is right_to_left for line in first)
    assert all((line.box.x0 > 500) is not right_to_left for line in last)
    assert len({line.block for line in lines}) == 3


def test_a_page_without_writing_has_no_lines():
    assert find_lines(np.full((800, 600), 255, np.uint8)) == ()
    assert find_lines(np.full((5, 5), 0, np.uint8)) == ()


def test_a_line_that_was_not_read_is_missed():
    (page,) = prepare_page(written([(100, 120 + 50 * i, 50) for i in range(12)]))
    lines = find_lines(page.image)
    assert drop_covered(lines, [line.box for line in lines]) == ()
    assert drop_covered(lines, [line.box for line in lines[:-1]]) == lines[-1:]


def test_a_bent_page_is_straightened_and_still_traced_to_the_scan():
    sheet = written([(90, 120 + 48 * i, 50 + i % 12) for i in range(24)])
    scan, near = bent(sheet, 30)
    (page,) = prepare_page(scan)
    assert "dewarped" in page.steps
    height = sheet.shape[0]
    for y in (150, 700, 1200):
        x = np.linspace(110, 800, 20)
        on_scan = np.column_stack([x, y + near[x.astype(int)] * (1 - 1.6 * y / (height - 1))])
        level = page.from_source(on_scan)
        assert np.ptp(level[:, 1]) < 0.25 * np.ptp(on_scan[:, 1]) + 3.0
        assert page.to_source(level) == pytest.approx(on_scan, abs=1e-6)


def test_a_flat_page_is_not_bent():
    (page,) = prepare_page(written([(90, 120 + 48 * i, 50 + i % 12) for i in range(24)]))
    assert "dewarped" not in page.steps


def test_a_cut_line_knows_where_it_lies():
    (page,) = prepare_page(written([(100, 120 + 50 * i, 50) for i in range(12)]))
    crop = cut_line(page, Box(100, 320, 700, 352), height_px=64)
    assert crop.image.shape[0] == 64
    assert crop.to_source([[0, 0]]) == pytest.approx(np.array([[92, 312]]), abs=0.5)
    low, high = crop.box_to_source(Box(0, 0, crop.image.shape[1], 64))[:2], crop.box.x1
    assert low == (92, 312) and high == 708
    assert cut_line(page, Box(-20, -20, -10, -10)).image.size
    assert cut_line(page, Box(5000, 5000, 5001, 5001)).image.size
