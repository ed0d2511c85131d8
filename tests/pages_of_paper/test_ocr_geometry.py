"""What skew, gutter and bend share: angles by sharp rows, quiet gaps, a fit that leaves out what is wrong."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.geometry.bend import Robust, fit_bend, powers, waves
from ocr.geometry.gutter import QuietGap, gaps, mask_between, runs, widest
from ocr.geometry.skew import LINE, PAGE, SHEET, find_skew


def inked(angle: float, lines: int = 12, width: int = 800) -> np.ndarray:
    """Lines of small marks, turned anticlockwise."""
    page = np.zeros((lines * 40 + 120, width), np.uint8)
    for number in range(lines):
        for x in range(80, width - 80, 14):
            cv2.rectangle(page, (x, 60 + 40 * number), (x + 7, 70 + 40 * number), (255,), -1)
    matrix = cv2.getRotationMatrix2D((width / 2, page.shape[0] / 2), angle, 1.0)
    return (cv2.warpAffine(page, matrix, page.shape[::-1]) > 127).astype(np.uint8) * 255


@pytest.mark.parametrize("angle", [-13.2, -4.0, 0.0, 0.6, 7.7])
def test_one_search_finds_the_angle_of_a_page(angle):
    assert find_skew(inked(angle)) == pytest.approx(-angle, abs=0.1)


@pytest.mark.parametrize(("how", "angle"), [(SHEET, 9.5), (LINE, 4.0), (replace(PAGE, limit_deg=2.0), 6.0)])
def test_no_search_goes_beyond_its_limit(how, angle):
    assert abs(find_skew(inked(angle), how)) <= how.limit_deg


@pytest.mark.parametrize("angle", [-2.5, -0.5, 0.0, 1.25])
def test_a_line_alone_is_levelled_in_quarters_of_a_degree(angle):
    found = find_skew(inked(angle, lines=1, width=600), LINE)
    assert found == pytest.approx(-angle, abs=0.26)
    assert found % 0.25 == 0


def test_nothing_lies_level():
    nothing = np.zeros((60, 200), np.uint8)
    assert [find_skew(nothing, how) for how in (PAGE, SHEET, LINE)] == [0.0, 0.0, 0.0]


@given(st.lists(st.booleans(), max_size=60))
def test_gaps_are_what_is_quiet_and_nothing_else(quiet):
    found = gaps(np.array(quiet, bool))
    again = np.zeros(len(quiet), bool)
    for gap in found:
        assert gap.width > 0 and not again[max(0, gap.first - 1) : gap.behind].any()
        again[gap.first : gap.behind] = True
    assert again.tolist() == quiet


def test_the_gap_nearer_to_the_middle_may_be_a_little_narrower():
    some = [QuietGap(10, 22), QuietGap(48, 58)]
    assert widest(some) == QuietGap(10, 22)
    assert widest(some, off_cost=0.25, middle=50) == QuietGap(48, 58)
    assert widest([]) is None
    assert gaps(mask_between(np.ones(100, bool), (0.4, 0.6))) == [QuietGap(40, 60)]


def test_runs_are_parted_where_a_step_is_too_long():
    assert [r.tolist() for r in runs(np.array([1, 2, 5, 6, 20]), 3)] == [[1, 2, 5, 6], [20]]
    assert runs(np.array([], int)) == []


def test_a_bend_is_found_though_a_third_of_what_was_seen_is_wrong():
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-1, 1, (2, 300))
    terms = powers(x, y, ((0, 0), (1, 0), (0, 1), (2, 0)))
    true = np.array([2.0, -3.0, 1.0, 6.0])
    seen = terms @ true + rng.normal(0, 0.2, 300)
    seen[::3] += rng.uniform(20, 60, 100)
    assert fit_bend(terms, seen, Robust((16.0, 8.0, 4.0, 2.0, 1.0, 1.0)), first=np.zeros(4)) == pytest.approx(
        true, abs=0.3
    )


def test_of_lines_the_shape_is_fitted_and_not_where_they_lie():
    x = np.tile(np.linspace(0, 400, 80), 5)
    line = np.repeat(np.arange(5), 80)
    terms = waves(x, 0, 400, 3)
    true = np.array([4.0, -2.0, 1.0])
    seen = terms @ true + 100.0 * line
    assert fit_bend(terms, seen, Robust((0.3,) * 6, medians=2.0), lines=line) == pytest.approx(true, abs=0.01)


def test_nothing_seen_is_no_bend():
    assert fit_bend(np.zeros((0, 3)), np.zeros(0), Robust(()), stiffness=np.eye(3)).tolist() == [0.0, 0.0, 0.0]
