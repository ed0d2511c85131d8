"""How long the work that is left takes: at the newest level, with the swing of the year, without months of no work."""

import math
from datetime import date

import numpy as np
import pytest

from digitize.offices.history import Point, project_end
from digitize.offices.measures import Counts
from digitize.offices.pace import estimate_months_left
from sample_data.makers.national_worlds import judge


def noisy(paces, seed=1):
    return list(np.asarray(paces) * np.random.default_rng(seed).lognormal(0, 0.1, len(paces)))


def test_an_even_pace_goes_on():
    assert estimate_months_left([100.0] * 24, 1200) == pytest.approx(12)
    assert estimate_months_left([100.0] * 7, 50) == pytest.approx(0.5)


def test_the_newest_level_counts_and_not_the_mean_of_the_years():
    halved = noisy([100.0] * 30 + [50.0] * 8)
    assert estimate_months_left(halved, 1000) == pytest.approx(20, rel=0.15)
    # Three months more than before may be chance.
    assert estimate_months_left(noisy([100.0] * 36 + [115.0] * 2), 1000) == pytest.approx(10, rel=0.15)


def test_a_stop_is_no_pace():
    stopped = noisy([100.0] * 20 + [0.0] * 6 + [100.0] * 8)
    assert estimate_months_left(stopped, 1000) == pytest.approx(10, rel=0.15)
    assert estimate_months_left([0.0, 0.0, -5.0, *([100.0] * 10)], 1000) == pytest.approx(10)


def test_the_season_that_comes_counts():
    swing = [100 * (1 + 0.5 * math.sin(2 * math.pi * m / 12)) for m in range(36)]
    # The good half of the year comes now, and the bad half before it.
    assert estimate_months_left(swing, 300) < 300 / 100
    assert estimate_months_left(swing[:30], 300) > 300 / 100
    assert estimate_months_left(swing, 1200) == pytest.approx(12, abs=0.5)


def test_who_worked_a_few_months_alone_has_no_level():
    assert estimate_months_left([100.0] * 5, 500) is None
    assert estimate_months_left([0.0] * 40, 500) is None
    assert estimate_months_left([], 500) is None


def points(paces, expected):
    days = [date(2020 + m // 12, m % 12 + 1, 28) for m in range(len(paces) + 1)]
    sums = [0, *np.cumsum(paces).astype(int)]
    return [Point(d, Counts(expected=expected, of_expected=int(n)), 1) for d, n in zip(days, sums, strict=True)]


def test_who_works_slowly_has_a_place_among_the_others_though_no_date():
    slow = project_end(points([100] * 26, 10_000_000))
    assert (slow.why, slow.first, slow.likely is None) == ("standing-still", None, False)
    assert project_end(points([100] * 22 + [0] * 4, 10_000)).likely is None
    dated = project_end(points([100] * 26, 10_000))
    assert dated.first <= dated.likely <= dated.last < slow.likely


def test_invented_worlds_are_told_well_enough_to_be_worth_telling():
    """A few of the worlds that `benchmarks/national.py` judges by hundreds."""
    found = judge(3, seed=7)
    assert found["lag_found_in_top"] == 1.0
    assert found["finish_error_3_years"] < 2
