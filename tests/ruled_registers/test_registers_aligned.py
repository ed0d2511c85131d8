"""The columns of a volume laid over the lines that are seen on a later page."""

import numpy as np
import pytest

from ocr.registers.aligned import align_columns, other_gutter
from ocr.registers.grid import HalfGrid
from ocr.registers.line import RuledLine

SHARES = np.array([0.0, 0.1, 0.24, 0.33, 0.52, 0.63, 0.8, 1.0])


def half(at, left=0, right=1000):
    lines = tuple(RuledLine(np.full(50, float(x)), 0.8) for x in at)
    return HalfGrid(left, right, lines, (), np.zeros(2000))


def middles(found):
    return [round(u.middle) for u in found.uprights]


@pytest.mark.parametrize("lost", [(), (0,), (0, 7), (3,), (0, 4, 7), (1, 2)])
def test_lines_that_are_not_seen_are_put_where_they_lay(lost):
    edges = 60 + 880 * SHARES
    found = align_columns(half(np.delete(edges, lost)), SHARES)
    assert np.allclose(middles(found), edges, atol=1)
    assert [i for i, u in enumerate(found.uprights) if u.support == 0] == list(lost)


def test_a_line_that_is_no_column_is_left_out():
    edges = 60 + 880 * SHARES
    found = align_columns(half(sorted([*edges[1:7], 510])), SHARES)
    assert np.allclose(middles(found), edges, atol=1)


def test_another_table_does_not_fit():
    assert align_columns(half([100, 150, 480, 505, 900]), SHARES) is None
    assert align_columns(half([100, 600]), SHARES) is None


def test_a_page_with_all_its_columns_keeps_them_where_they_do_not_fit_the_first_page():
    other = 60 + 880 * np.array([0.0, 0.1, 0.24, 0.33, 0.52, 0.63, 0.73, 1.0])
    assert align_columns(half(other), SHARES) is None


def test_the_gutter_is_where_the_columns_of_both_pages_fit():
    left, right = 40 + 900 * SHARES, 1040 + 900 * SHARES[::-1].max() - 900 * SHARES[::-1]
    halves = (half(left[:6], 0, 760), half([*left[6:], *right], 760, 2000))
    cut = other_gutter(halves, (SHARES, np.sort(1 - SHARES)))
    assert left[-1] < cut < right[0]
