"""The chart of the backlog: beside what is expected stands what is loaded of just that, and a lowered inventory is no progress."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.offices.charts import draw_burn_up
from digitize.offices.history import Point, Projection
from digitize.offices.measures import Counts
from digitize.offices.picture import withhold_few
from digitize.offices.words import LANGUAGES, load_words

NAMES = {n: n for n in ("expected", "records", "loaded", "of_expected")}
NONE = Projection(why="too-little-history")


def points(*rows):
    """(expected, loaded of it, loaded of all stations) of each month."""
    return [
        Point(date(2028, n + 1, 1), Counts(expected=e, of_expected=of, loaded=all_, records=all_), 1)
        for n, (e, of, all_) in enumerate(rows)
    ]


def lines(svg):
    """Name of a line -> its heights, the highest count last in the picture's upper end."""
    found = re.findall(r'<polyline class="(\w+)" points="([^"]+)"', str(svg))
    return {name: [float(p.split(",")[1]) for p in told.split(" ")] for name, told in found}


def share(drawn):
    """How much of what is expected the chart reads as loaded, at its end."""
    zero = 270.0
    return (zero - drawn["loaded"][-1]) / (zero - drawn["expected"][-1])


def test_the_chart_reads_as_the_tile_does():
    drawn = lines(draw_burn_up(points((1000, 200, 300), (1000, 325, 420)), NONE, NAMES, "title"))
    assert drawn.keys() == {"expected", "loaded"} and share(drawn) == pytest.approx(0.325, abs=0.002)


@given(st.integers(50, 10_000), st.integers(0, 100), st.integers(0, 10_000))
def test_the_line_is_the_share_of_stations_with_an_inventory(expected, percent, elsewhere):
    of = expected * percent // 100
    drawn = lines(draw_burn_up(points((expected, 0, 0), (expected, of, of + elsewhere)), NONE, NAMES, "title"))
    assert share(drawn) == pytest.approx(of / expected, abs=0.01)


def test_a_lowered_inventory_is_no_progress_until_it_is_answered():
    rows = points((1000, 200, 200), (211, 200, 200))
    cut = Projection(why="inventory-cut")
    whole = Projection(without=(("mh", "inventory-cut"),))
    for projection, told in ((cut, 0.2), (whole, 0.2), (NONE, 200 / 211)):
        assert share(lines(draw_burn_up(rows, projection, NAMES, "title"))) == pytest.approx(told, abs=0.01)


def test_without_an_inventory_all_stations_are_drawn():
    assert lines(draw_burn_up(points((None, 0, 5), (None, 0, 9)), NONE, NAMES, "title")).keys() == {"records", "loaded"}


@pytest.mark.parametrize(
    "told", [Projection(date(2029, 3, 4), date(2029, 9, 4)), Projection(why="done")], ids=["day", "done"]
)
def test_a_date_of_two_stations_of_many_is_none(told):
    for inventoried, is_withheld in ((2, True), (20, True), (21, False), (23, False)):
        counts = Counts(expected=100, of_expected=40)
        place = SimpleNamespace(
            counts=counts, net=counts, coverage=SimpleNamespace(in_scope=23, inventoried=inventoried), level="state",
            report=None, cut_on="", doubled=0, parts=[], each_of_level=lambda level: [],
        )  # fmt: skip
        ends = withhold_few(told, place)
        assert (ends.why == "few-inventories" and ends.last is None) == is_withheld and (ends == told) != is_withheld
    for language in LANGUAGES:
        assert load_words(language)("why.few-inventories") and load_words(language)("end.few-inventories")


def test_what_gave_no_date_says_its_own_reason():
    place = SimpleNamespace(counts=None)
    for why in ("standing-still", "no-report", "too-little-history"):
        assert withhold_few(Projection(why=why), place).why == why
