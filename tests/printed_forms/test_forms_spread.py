"""Two forms on one scan: none of them is lost without a word."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.forms.read import match_page
from ocr.forms.settings import ReadSettings
from ocr.forms.zones import find_form, find_two, load_models
from ocr.scans.time_limit import TimeLimit

PAGES = Path(__file__).parents[2] / "sample_data" / "iif1_languages"
MODELS = load_models()


def grey(name):
    return cv2.imread(str(PAGES / name), cv2.IMREAD_GRAYSCALE)


def beside(one, two, gap=60):
    high = max(one.shape[0], two.shape[0])
    pages = [cv2.copyMakeBorder(p, 0, high - p.shape[0], 0, gap, cv2.BORDER_CONSTANT, value=255) for p in (one, two)]
    return np.hstack(pages)


@pytest.mark.parametrize("turn", [None, cv2.ROTATE_90_CLOCKWISE])
def test_a_scan_of_two_forms_is_refused_with_what_to_do(turn):
    scan = beside(grey("mr_2017_007.png"), grey("gu_2016_171.png"))
    scan = scan if turn is None else cv2.rotate(scan, turn)
    match, _ = match_page(scan, ReadSettings(languages=("mr",)), TimeLimit(60))
    assert match.form is None
    assert "two forms" in match.reason and "cut it" in match.reason
    assert "iif1_mr" in match.reason and "iif1_gu" in match.reason


def test_two_pages_of_one_form_hide_each_other_and_are_two_forms_as_well():
    page = grey("mr_2017_007.png")
    scan = beside(page, page)
    found = find_two(scan, find_form(scan, MODELS), MODELS)
    assert found is not None and [form.id for form in found] == ["iif1_mr", "iif1_mr"]


def test_a_form_beside_a_letter_is_refused_with_what_to_do_and_the_letter_is_not_lost():
    page, letter = grey("gu_2016_171.png"), np.full((2351, 1666), 240, np.uint8)
    for y in range(200, 2200, 80):
        cv2.putText(letter, "a letter without a printed form", (150, y), cv2.FONT_HERSHEY_SIMPLEX, 2, 40, 4)
    match, _ = match_page(beside(letter, page), ReadSettings(languages=("gu",)), TimeLimit(60))
    assert match.form is None
    assert "beside the form iif1_gu lies another page" in match.reason and "cut it" in match.reason


def test_a_form_alone_on_a_wide_desk_is_read():
    page = grey("mr_2017_007.png")
    scan = beside(page, np.full_like(page, 200))
    match, _ = match_page(scan, ReadSettings(languages=("mr",)), TimeLimit(60))
    assert match.form is not None and match.form.id == "iif1_mr"
