"""A column that no mapping accounts for is one question about the mapping, however many rows the table has."""

import shutil

import pytest

from digitize.workspace.decisions.left_over import LeftOver

MAPPING = """
format = 1
id = "left"
version = "1"
title = "left"
form = "iif1"
[match]
columns = ["PS", "NO", "DT"]
[[map]]
from = "PS"
to = "police_station"
clean = "station"
[[map]]
from = "NO"
to = "fir_no"
clean = "int"
[[map]]
from = "DT"
to = "fir_date"
clean = "date"
"""
REST = """
[[ignore]]
from = "SrNo"
reason = "a running number of the list"
[[ignore]]
from = "Blah"
reason = "unknown, and empty but once"
"""
ROWS = "SrNo,PS,NO,DT,Blah\n1,Kalpanapur,7,02-01-1999,\n2,Kalpanapur,8,31-31-1999,x\n3,Kalpanapur,9,03-01-1999,\n"


@pytest.fixture(scope="module")
def done(digitize, tmp_path_factory):
    folder = tmp_path_factory.mktemp("left")
    digitize("init", "wb", folder / "ws", "--site", "test")
    (folder / "ws" / "lists" / "stations.csv").write_text("station,district,aliases\nKalpanapur,Kalpana,\n")
    (folder / "ws" / "mappings" / "left.toml").write_text(MAPPING, encoding="utf-8")
    (folder / "list.csv").write_text(ROWS, encoding="utf-8")
    digitize("intake", folder / "ws", folder / "list.csv", "--year", "1999")
    digitize("run", folder / "ws")
    return folder / "ws"


def test_it_is_said_once_with_its_rows_and_the_file_to_mend(digitize, done):
    said = "Column SrNo of table list is not in the mapping, 3 rows hold something and wait: map it, or ignore it with"
    assert said in digitize("status", done) and said in digitize("run", done)
    left = digitize.json("status", done)["left_over"]
    assert [(c["column"], c["rows"], c["mapping"]) for c in left] == [
        ("Blah", 1, "left.toml"),
        ("SrNo", 3, "left.toml"),
    ]
    assert digitize.json("run", done)["left_over"] == left
    assert (
        LeftOver("list", "Blah", 1, "left.toml").line().startswith("Column Blah of table list is not in the mapping, 1")
    )


def test_records_wait_and_are_asked_only_what_is_their_own(digitize, done):
    from openpyxl import load_workbook

    status = digitize.json("status", done)
    assert (status["totals"]["records"], status["totals"]["loaded"], status["totals"]["columns_left"]) == (3, 0, 2)
    assert "left-over" not in status["review_reasons"]
    assert digitize.json("review", "export", done)["items"] == status["totals"]["open_fields"]
    head, *rows = load_workbook(done / "review" / "review.xlsx")["review"].iter_rows(values_only=True)
    asked = [row[head.index("path")] for row in rows]
    assert not [path for path in asked if "left_over" in path] and asked.count("fir_date") == 1
    shown = digitize.json("show", done, "wb-test-t0001-r0000002")["record"]
    assert (shown["verdict"] in ("review", "reject"), shown["left_over"]) == (True, {"SrNo": "2", "Blah": "x"})


def test_once_the_mapping_says_where_it_goes_nothing_is_left(digitize, done, tmp_path):
    place = shutil.copytree(done, tmp_path / "ws")
    (place / "mappings" / "left.toml").write_text(MAPPING + REST, encoding="utf-8")
    digitize("run", place)
    status = digitize.json("status", place)
    assert (status["left_over"], status["totals"]["columns_left"]) == ([], 0)
    assert "is not in the mapping" not in digitize("status", place)


def test_cell_that_a_rule_leaves_in_one_row_is_asked_in_that_row(digitize, done, tmp_path):
    """The mapping knows the column; why it has no use for this cell, a person sees only in the row."""
    place = shutil.copytree(done, tmp_path / "ws")
    rule = '[[map]]\nfrom = "Blah"\nto = "fir_part"\nclean = "text"\nwhen = { NO = "9" }\n'
    (place / "mappings" / "left.toml").write_text(MAPPING + rule, encoding="utf-8")
    digitize("run", place)
    status = digitize.json("status", place)
    assert [c["column"] for c in status["left_over"]] == ["SrNo"]
    assert status["review_reasons"]["left-over"] == 1
