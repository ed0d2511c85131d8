"""Rows of a table that its mapping leaves out on purpose are counted with the reason, and none else is lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.binding.bind import bind_file
from mappers.errors import MappingError
from mappers.legacy.table import LegacyRow, LegacyTable
from mappers.mapping.left_rows import count_left, leave_rows

MAPPING = """
format = 1
id = "xx_small"
version = "1"
title = "Small"
form = "iif1"

[match]
columns = ["NO", "DEL"]

[[map]]
from = "NO"
to = "fir_no"
clean = "int"

[[ignore]]
from = "DEL"
reason = "says which rows were deleted"

[[leave_rows]]
when = { DEL = ["1", "y"] }
reason = "deleted there"
"""
UNLESS = MAPPING.replace('when = { DEL = ["1", "y"] }', 'unless = { DEL = ["", "0"] }')


def mapping_of(folder: Path, text: str = MAPPING):
    path = folder / "xx_small.toml"
    path.write_text(text, encoding="utf-8")
    return bind_file(path)


def rows_of(mapping, *flags: str) -> list[LegacyRow]:
    rows = (LegacyRow(n, -1, (str(n), flag)) for n, flag in enumerate(flags, 1))
    return list(leave_rows(mapping, LegacyTable("t", ("NO", "DEL"), rows)).rows)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    return mapping_of(tmp_path_factory.mktemp("when")), mapping_of(tmp_path_factory.mktemp("unless"), UNLESS)


@given(flags=st.lists(st.sampled_from(["", "0", "1", "Y", " 1 ", "N", "?"]), max_size=30))
def test_every_row_is_kept_or_says_why_it_is_not(both, flags):
    for mapping, is_left in (
        (both[0], lambda f: f.strip().lower() in ("1", "y")),
        (both[1], lambda f: f not in ("", "0")),
    ):
        rows = rows_of(mapping, *flags)
        assert [r.number for r in rows] == list(range(1, len(flags) + 1))
        assert [r.deleted for r in rows] == [is_left(f) for f in flags]
        left = sum(map(is_left, flags))
        assert count_left(r.problem for r in rows) == ({"deleted there": left} if left else {})


def test_a_damaged_row_keeps_its_damage_and_a_short_one_has_empty_cells(both):
    table = LegacyTable(
        "t", ("NO", "DEL"), iter([LegacyRow(1, -1, ("1", "1"), problem="cut"), LegacyRow(2, -1, ("2",))])
    )
    assert [(r.deleted, r.problem) for r in leave_rows(both[0], table).rows] == [(False, "cut"), (False, "")]


def test_a_row_is_left_by_the_name_of_its_table(tmp_path):
    mapping = mapping_of(tmp_path, MAPPING.replace('DEL = ["1", "y"]', '"@table" = "old"'))
    for name, left in (("old", True), ("new", False)):
        (row,) = leave_rows(mapping, LegacyTable(name, ("NO", "DEL"), iter([LegacyRow(1, -1, ("1", ""))]))).rows
        assert row.deleted is left


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('when = { DEL = ["1", "y"] }', "", "give when or unless"),
        ("when = { DEL =", "when = { DELL =", "DELL is neither mapped nor ignored; did you mean DEL"),
        ('reason = "deleted there"', "", "reason"),
        ('columns = ["NO", "DEL"]', 'families = ["iif1_print"]', "rows of tables are left out"),
    ],
)
def test_a_rule_that_would_leave_out_all_or_nothing_is_refused(tmp_path, was, now, said):
    with pytest.raises(MappingError, match=said):
        mapping_of(tmp_path, MAPPING.replace(was, now))


@pytest.fixture
def place(tmp_path):
    mapping_of(tmp_path)
    (tmp_path / "small.csv").write_text("NO,DEL\n1,\n2,1\n3,0\n4,Y\n", encoding="utf-8")
    return tmp_path


def test_map_apply_lists_the_rows_and_says_how_many(digitize, place):
    asked = ("map", "apply", place / "small.csv", "--mapping", place / "xx_small.toml", "--out")
    said = digitize(*asked, place / "out")
    assert "4 rows: 2 mapped" in said and "Left out by the mapping: 2 rows, deleted there." in said
    found = digitize.json(*asked, place / "again")
    assert (found["rows"], found["mapped"], found["reported"]) == (4, 2, 2)
    assert found["left_rows"] == {"deleted there": 2}
    with (place / "out" / "report" / "reported.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(r["row"], r["why"]) for r in csv.DictReader(file)] == [
            ("2", "left out: deleted there"), ("4", "left out: deleted there"),
        ]  # fmt: skip


def test_a_workspace_counts_them_apart_from_rows_that_were_damaged(digitize, place):
    work = place / "work"
    digitize("init", "wb", work)
    (work / "mappings").mkdir(exist_ok=True)
    mapping_of(work / "mappings")
    digitize("intake", work, place / "small.csv")
    digitize("run", work, code=tuple(range(10)))
    totals = digitize.json("status", work)["totals"]
    assert (totals["records"], totals["rows_left"], totals["rows_reported"]) == (2, 2, 0)
    assert "Rows that a mapping leaves out, each with its reason: 2." in digitize("status", work)


def test_the_page_for_the_officer_names_them(digitize, place):
    said = digitize("map", "explain", place / "xx_small.toml")
    assert "Rows that make no record" in said and "where DEL is 1 or y" in said and "deleted there" in said
