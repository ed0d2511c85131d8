"""Codes on scans of every kind, and none where there is none."""

import cv2
import numpy as np
import pytest
from drawn_sheets import HEIGHT, WIDTH, code, half_tone, page, sheet, spoiled, text_of, turned

from ocr.scans.codes import find_codes

TEXT = text_of("wb-sample", 12, "FIR book 1987/2")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s[::-1, ::-1], lambda s: np.rot90(s), lambda s: turned(s, 7), lambda s: turned(s, -28),
        lambda s: cv2.GaussianBlur(s, (0, 0), 2), half_tone, lambda s: half_tone(turned(s, 3)),
        lambda s: cv2.resize(s, None, fx=3, fy=3), lambda s: (s * np.linspace(0.4, 1, WIDTH)).astype(np.uint8),
        lambda s: (170 + s.astype(int) * 60 // 255).astype(np.uint8),
    ],
    ids=["upside-down", "on-its-side", "skew", "far-askew", "blur", "half-tone", "half-tone-skew", "large", "shade", "pale"],
)  # fmt: skip
def test_a_sheet_is_read_however_it_was_scanned(spoil):
    found = find_codes(np.ascontiguousarray(spoil(sheet(TEXT))))
    assert {c.text for c in found if c.text} == {TEXT}


def test_a_box_lies_where_the_code_is():
    blank = np.full((HEIGHT * 2, WIDTH * 2), 255, np.uint8)
    blank[200:600, 300:700] = code(TEXT, 400)
    (found,) = find_codes(blank)
    assert np.allclose(found.box, (343, 243, 657, 557), atol=12)


def test_a_code_that_cannot_be_read_is_found_all_the_same():
    found = find_codes(spoiled(sheet(TEXT)))
    assert found and not any(c.text for c in found)


def test_written_pages_and_empty_ones_hold_none(samples):
    form = cv2.imread(str(next((samples / "fir_book_2025").glob("hi_2016_045*"))), cv2.IMREAD_GRAYSCALE)
    for grey in (page(1), np.full((HEIGHT, WIDTH), 255, np.uint8), form):
        assert find_codes(grey) == ()
