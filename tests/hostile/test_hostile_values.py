"""A workspace whose names and values were made to break what shows them: every command goes on showing them."""

import csv
import shutil

import pytest
from openpyxl import load_workbook

MAPPING = """
format = 1
id = "left"
version = "1"
title = "left"
form = "iif1"
[match]
columns = ["PS", "NO", "DT", "GIST"]
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
[[map]]
from = "GIST"
to = "narrative"
clean = "text"
"""
BAD = (
    "[/]",
    "[red]Thana[link=http://x.example]",
    "\x1b[2J\x1b]0;title\x07x",
    "\u202eabc\u2066",
    "a\ufffeb\uffff",
    "＝1+1",
)
TOLD = ("[/]", "[red]x\x1b[31m\nTotals: 0")


@pytest.fixture(scope="module")
def place(digitize, samples, tmp_path_factory):
    place = tmp_path_factory.mktemp("values") / "ws"
    digitize("init", "wb", place, "--site", "test")
    shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    # What intake is told must be in a list, and lists hold anything.
    with (place / "lists" / "stations.csv").open("a", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([bad, bad, ""] for bad in (*TOLD, "Udaharan"))
    (place / "mappings" / "left.toml").write_text(MAPPING)
    table = place.parent / "bad\x1b[31m\u202e[red].csv"
    with table.open("w", encoding="utf-8", newline="") as f:
        rows = csv.writer(f)
        rows.writerow(["PS", "NO", "DT", "GIST"])
        rows.writerows([[bad, n, "31-31-1999", bad] for n, bad in enumerate(BAD, 1)])
        rows.writerow(["Kalpanapur", 9, "02-01-1999", "theft"])
    for bad in TOLD:
        digitize("intake", place, table, "--station", bad)
        digitize("intake", place, table, "--district", bad)
    digitize("run", place)
    for page, bad in zip(("bn_2014_063.jpg", "bn_2014_064.jpg"), TOLD, strict=True):
        digitize("intake", place, samples / "fir_book_2025" / page, "--station", bad)
    return place


def quiet(out):
    assert not any((c < " " and c != "\n") or c in "\u202e\u2066\x7f\ufffe" or "\x80" <= c <= "\x9f" for c in out)
    return out


def test_status_shows_brackets_and_steers_nothing(digitize, place):
    assert "[red]x" in quiet(digitize("status", place))
    assert "\nTotals: 0" not in digitize("status", place)
    quiet(digitize("status", place, "--json"))


def test_show_and_case_steer_nothing(digitize, place):
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.ledger.records import Records

    with Ledger(place / "ledger.sqlite") as ledger:
        names = [s.record.id for s in Records(ledger).all()]
    assert names
    for name in names:
        quiet(digitize("show", place, name))
        quiet(digitize("show", place, name, "--json"))


def test_review_is_not_blocked_by_a_character(digitize, place, tmp_path):
    quiet(digitize("review", "export", place, "--out", tmp_path / "sheet.xlsx"))
    cells = [c for row in load_workbook(tmp_path / "sheet.xlsx").active.iter_rows(min_row=2) for c in row if c.value]
    assert len(cells) > 5 and not any(c.data_type == "f" for c in cells)


def test_the_sheet_shows_where_a_character_was_that_it_cannot_hold(tmp_path):
    from digitize.review.sheet import write_sheet
    from digitize.workspace.decisions.items import Item

    item = Item("1", "r", "column:PS", ("station",), "a\ufffeb", "\x00\ud800=1", (), 0.0, (), (), "")
    write_sheet(tmp_path / "sheet.xlsx", [(item, None)])
    cells = [c.value for c in load_workbook(tmp_path / "sheet.xlsx").active[2]]
    assert "a\ufffdb" in cells and "\ufffd\ufffd=1" in cells


def test_no_cell_of_an_export_is_a_formula(digitize, place):
    digitize("export", place, "--all", "--unmask", "--reason", "a test of formulas", "--operator", "A")
    cells = []
    for file in (place / "exports" / "records").glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as f:
            cells += [c for row in csv.reader(f) for c in row]
    assert "'＝1+1" in cells and "＝1+1" not in cells


def test_inspect_validate_and_convert_steer_nothing(digitize, place, tmp_path):
    table = next(place.parent.glob("bad*.csv"))
    quiet(digitize("inspect", table))
    quiet(digitize("validate", table, "--form", "iif1", code=5))
    quiet(digitize("map", "coverage", place, code=0))
