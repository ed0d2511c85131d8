"""`digitize case`: an FIR list and an arrest register of one station, taken in apart, shown together."""

import pytest

FIRS = """
format = 1
id = "case_firs"
version = "1"
title = "List of FIRs"
form = "iif1"
[match]
columns = ["PS", "FIRNO", "FIRYR", "FIRDT", "ACC"]
[set]
district = "Kalpana"
[rows.accused]
table = "persons"
set = { role = "accused" }
[[map]]
from = "PS"
to = "police_station"
clean = "station"
[[map]]
from = "FIRNO"
to = "fir_no"
clean = "int"
[[map]]
from = "FIRYR"
to = "year"
clean = "year"
[[map]]
from = "FIRDT"
to = "fir_date"
clean = "date"
[[map]]
from = "ACC"
into = "accused"
to = { name = "name" }
clean = "persons"
"""
ARRESTS = (
    FIRS.replace("case_firs", "case_arrests").replace("iif1", "iif3").replace('"ACC"]', '"ACC", "ARRDT"]')
    + """
[[map]]
from = "ARRDT"
to = "arrest_date"
clean = "date"
"""
)


@pytest.fixture(scope="module")
def place(digitize, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases")
    digitize("init", "wb", folder / "ws", "--site", "test")
    (folder / "ws" / "lists" / "stations.csv").write_text(
        "station,district,aliases\nKalpanapur,Kalpana,\n", encoding="utf-8"
    )
    for name, text in (("case_firs", FIRS), ("case_arrests", ARRESTS)):
        (folder / "ws" / "mappings" / f"{name}.toml").write_text(text, encoding="utf-8")
    (folder / "firs.csv").write_text(
        "PS,FIRNO,FIRYR,FIRDT,ACC\nKalpanapur,7,1999,02-01-1999,A Sample\nKalpanapur,8,1999,03-01-1999,B Example\n",
        encoding="utf-8",
    )
    (folder / "arrests.csv").write_text(
        "PS,FIRNO,FIRYR,FIRDT,ACC,ARRDT\nKalpanapur,7,1999,05-01-1999,C Imaginary,06-01-1999\n"
        "Kalpanapur,9,1999,05-01-1999,D Sample,06-01-1999\n",
        encoding="utf-8",
    )
    digitize("intake", folder / "ws", folder / "firs.csv", folder / "arrests.csv")
    digitize("run", folder / "ws")
    return folder / "ws"


def test_what_registers_say_differently_is_listed(digitize, place):
    found = digitize.json("case", place)
    (case,) = found["cases"]
    assert [(c["kind"], c["fact"]) for c in case["conflicts"]] == [("conflict", "fir_date"), ("change", "accused")]
    assert found["counts"] == {
        "cases": 3, "with_conflicts": 1, "with_changes": 1, "without_fir": 1, "records": 4, "apart": 0, "purged": 0,
    }  # fmt: skip


def test_a_case_is_found_by_its_number_and_by_any_of_its_records(digitize, place):
    by_number = digitize.json("case", place, "kalpanapur/7/1999")
    assert [r["form"] for r in by_number["cases"][0]["records"]] == ["iif1", "iif3"]
    record = by_number["cases"][0]["records"][1]["record"]
    assert digitize.json("case", place, record) == by_number
    assert "conflict: fir_date: 1999-01-02" in digitize("case", place, "Kalpanapur/7/1999")


def test_a_case_that_is_not_there_is_said(digitize, place):
    digitize("case", place, "Kalpanapur/70/1999", code=5)
