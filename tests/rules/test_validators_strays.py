"""A stray date or number is one finding on its own row, however many rows stand behind it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_data.makers.rule_examples import check_frames
from validators.checking.settings import make_settings
from validators.rulebook.strays import keeps_order, longest_in_order

SETTINGS = make_settings(date(2026, 1, 31))
BOOK = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009"}
VALUES = st.lists(st.integers(0, 40), max_size=25)


def strays(values: list[int], slack: int = 0) -> list[int]:
    frame = pl.DataFrame(
        {"b": ["x"] * len(values), "p": range(len(values)), "v": values}, schema_overrides={"v": pl.Int64}
    )
    kept = frame.select(k=keeps_order([pl.col("b")], pl.col("p"), pl.col("v"), slack=slack))["k"]
    return [i for i, good in enumerate(kept) if not good]


def lines(form: str, code: str, rows: list[dict[str, str]]) -> list[int]:
    """Lines of the rows that a rule finds; the rows stand on lines 0, 1, ..."""
    full = [{"_record": str(i), "_line": i, **BOOK, **row} for i, row in enumerate(rows)]
    frame = pl.DataFrame(full, schema_overrides={"_line": pl.Int64})
    return [f.line for f in check_frames(form, {form: frame}, SETTINGS) if f.code == code]


def firs(days: list[int]) -> list[dict[str, str]]:
    first = date(2009, 1, 1)
    return [{"fir_no": str(i + 1), "fir_date": (first + timedelta(d)).isoformat()} for i, d in enumerate(days)]


def test_planted_strays_are_found_and_nothing_else() -> None:
    """Before, each stray into the future made a finding of every row until its date was reached."""
    days = [i // 3 for i in range(900)]
    planted = list(range(10, 900, 60))
    for n, at in enumerate(planted):
        days[at] = 350 - n if at < 450 else n
    assert lines("iif1", "R004", firs(days)) == planted


def test_of_two_that_contradict_each_other_the_later_number_is_told() -> None:
    assert lines("iif1", "R004", firs([30, 10])) == [1]


def test_one_diary_number_out_of_place_is_one_finding() -> None:
    rows = [
        {"gd_date": "2009-03-12", "gd_time": f"{10 + i // 4}:{i % 4 * 15:02}", "gd_no": str(i + 1)} for i in range(20)
    ]
    rows[3]["gd_no"] = "40"
    assert lines("gd", "R007", rows) == [3]


def test_one_malkhana_date_out_of_place_is_one_finding() -> None:
    rows = [{"fir_no": str(i), "malkhana_no": str(i + 1), "malkhana_date": f"2009-03-{i + 1:02}"} for i in range(20)]
    rows[3]["malkhana_date"] = "2009-11-04"
    assert lines("property", "R014", rows) == [3]


@settings(max_examples=200, deadline=None)
@given(values=VALUES)
def test_the_series_kept_is_in_order_and_none_is_longer(values: list[int]) -> None:
    kept = [values[i] for i in sorted(longest_in_order(values))]
    assert all(a <= b for a, b in pairwise(kept))
    best = [0] * len(values)
    for i, v in enumerate(values):
        best[i] = 1 + max((best[j] for j in range(i) if values[j] <= v), default=0)
    assert len(kept) == max(best, default=0)


@settings(max_examples=100, deadline=None)
@given(values=VALUES.map(sorted), changes=st.dictionaries(st.integers(0, 24), st.integers(0, 40), max_size=5))
def test_there_are_never_more_findings_than_values_that_were_changed(
    values: list[int], changes: dict[int, int]
) -> None:
    changed = [changes.get(i, v) for i, v in enumerate(values)]
    assert len(strays(changed)) <= len(changes)


@settings(max_examples=100, deadline=None)
@given(values=VALUES, slack=st.integers(0, 3))
def test_what_is_in_order_within_the_slack_has_no_finding_and_what_is_not_has_one(
    values: list[int], slack: int
) -> None:
    in_order = all(b >= max(values[:i]) - slack for i, b in enumerate(values) if i)
    assert (strays(values, slack) == []) == in_order


@pytest.mark.parametrize("values", [[], [5], [5, 5, 5]])
def test_few_values(values: list[int]) -> None:
    assert strays(values) == []
