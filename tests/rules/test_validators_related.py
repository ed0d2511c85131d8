"""Rules that look at other rows: child rows, the FIR of an arrest, and what happens where these are not at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.files.validating.validate import validate_file
from mappers.record import FieldValue, Record
from mappers.schema import form_tables, load_schemas
from sample_data.makers.rule_examples import make_record
from validators.checking.check import check_records, tables_compared
from validators.checking.settings import make_settings

TODAY = date(2026, 1, 31)
SETTINGS = make_settings(TODAY)
STRICT = make_settings(TODAY, overrides={"T002": "reject", "X009": "reject"})
KEY: dict[str, Any] = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_no": "78"}


def fir(number: str = "78", **fields: Any) -> Record:
    return make_record(f"f{number}", {**KEY, "fir_no": number, "fir_date": "2009-03-12", **fields})


def arrest(**fields: Any) -> Record:
    return make_record("a", {**KEY, "arrest_date": "2009-03-14", **fields}, "iif3")


def codes(*records: Record, of: str = "T") -> set[tuple[str, str]]:
    return {(f.record, f.code) for f in check_records(records, SETTINGS) if f.code[0] in of}


def test_an_arrest_is_compared_with_its_own_fir_alone() -> None:
    early = arrest(arrest_date="2009-03-01")
    assert codes(early, fir()) == {("a", "T002")}
    assert codes(early) == set()
    assert codes(early, fir("79")) == set()


@pytest.mark.parametrize(
    "changes", [{"police_station": "Lake Town"}, {"year": "2010"}, {"fir_part": "II"}, {"fir_no": None}]
)
def test_another_key_is_another_fir(changes: dict[str, Any]) -> None:
    assert codes(arrest(arrest_date="2009-03-01"), fir(**changes)) == set()


def test_of_two_firs_with_one_key_neither_is_believed() -> None:
    assert codes(arrest(arrest_date="2009-03-01"), fir(), replace(fir(place="Bridge"), id="g")) == set()


def test_an_arrest_is_an_orphan_only_inside_the_book_at_hand() -> None:
    assert codes(arrest(), fir("77"), fir("79")) == {("a", "T001")}
    assert codes(arrest(), fir("77"), fir("78"), fir("79")) == set()
    assert codes(arrest(), fir("1"), fir("77")) == set()
    assert codes(arrest(), fir("1"), fir("77"), fir("79")) == set()
    assert codes(arrest(fir_no=None), fir("77"), fir("79")) == set()


def test_what_another_record_says_never_rejects() -> None:
    (found,) = (f for f in check_records([arrest(arrest_date="2009-03-01"), fir()], STRICT) if f.code == "T002")
    assert found.severity == "review"


def test_a_doubtful_child_row_lowers_a_rejection() -> None:
    sure = fir(property_value="12000", property=[{"value": "500"}, {"value": "700"}])
    doubtful = sure.with_value("property[1].value", FieldValue("700", "700", confidence=0.3, accept=0.9))
    severities = [next(f.severity for f in check_records([r], STRICT) if f.code == "X009") for r in (sure, doubtful)]
    assert severities == ["reject", "review"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], False),
        ([{"value": "500"}, {"description": "Cow"}], False),
        ([{"value": "500"}, {"value": "700.50"}], False),
        ([{"value": "500"}], True),
    ],
)
def test_a_sum_is_compared_only_when_every_line_has_a_value(lines: list[dict[str, str]], found: bool) -> None:  # noqa: FBT001
    assert (("f78", "X009") in codes(fir(property_value="1200", property=lines), of="X")) is found


FIRS = st.lists(st.sampled_from(["76", "77", "78", "79"]), unique=True)
DAYS = st.sampled_from(["2009-03-01", "2009-03-11", "2009-03-12", "2009-04-01", None])


@settings(max_examples=25, deadline=None)
@given(numbers=FIRS, day=DAYS, data=st.data())
def test_the_order_of_forms_and_records_changes_nothing(
    numbers: list[str], day: str | None, data: st.DataObject
) -> None:
    records = [*(fir(n) for n in numbers), arrest(arrest_date=day)]
    assert check_records(records, SETTINGS) == check_records(data.draw(st.permutations(records)), SETTINGS)


@settings(max_examples=25, deadline=None)
@given(numbers=FIRS, day=DAYS)
def test_records_of_another_form_add_findings_only_on_what_is_compared(numbers: list[str], day: str | None) -> None:
    firs, one = [fir(n) for n in numbers], arrest(arrest_date=day)
    alone = {*check_records(firs, SETTINGS), *check_records([one], SETTINGS)}
    together = set(check_records([*firs, one], SETTINGS))
    assert alone <= together
    assert {f.code for f in together - alone} <= {"T001", "T002"}


def write(folder: Path, name: str, *rows: str) -> None:
    (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


ARRESTS = "record_id,state,district,police_station,year,fir_no,accused_code,arrest_date"
FIRS_HEAD = "record_id,state,district,police_station,year,fir_no,fir_date"


def test_a_folder_of_files_is_checked_with_the_firs_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "iif3", ARRESTS, "a,wb,Howrah,Bally,2009,78,A1,2008-12-01")
    assert "T002" not in validate_file(tmp_path, "iif3", SETTINGS).by_code()
    write(tmp_path, "iif1", FIRS_HEAD, "f,wb,Howrah,Bally,2009,78,2009-03-12")
    report = validate_file(tmp_path, "iif3", SETTINGS)
    assert report.by_code()["T002"] == 1
    assert (report.rows_checked, report.files, report.other_forms) == (1, ("iif3.csv",), ("iif1.csv",))


def test_a_broken_file_of_another_form_does_not_stop_the_check(tmp_path: Path) -> None:
    write(tmp_path, "iif3", ARRESTS, "a,wb,Howrah,Bally,2009,78,A1,2008-12-01")
    write(tmp_path, "iif1", "x,y", "1,2")
    assert "T002" not in validate_file(tmp_path, "iif3", SETTINGS).by_code()


def test_only_the_tables_that_are_compared_are_read() -> None:
    assert tables_compared("iif3", SETTINGS) == {"iif1": {"iif1"}}
    assert tables_compared("iif1", SETTINGS) == {}


JUNK = ("x", "1", "2009-03-12", "16:05", "[masked]", "A1", "accused", "IPC", "१२", "charge_sheet", "\x00", "9" * 40)


def filled(form: str, text: str) -> Record:
    """A record of a form in which every field, in one row of every table, holds the same text."""
    rows = {t.child: {c.name: text for c in t.columns} for t in form_tables(form).values()}
    own = rows.pop("")
    return make_record(f"{form}-{text}", {**own, **{child: [row] for child, row in rows.items()}}, form)


@pytest.mark.parametrize("text", JUNK)
def test_no_text_in_any_field_of_any_form_stops_a_check(text: str) -> None:
    records = [filled(form, text) for form in load_schemas()]
    alone = {f for r in records for f in check_records([r], SETTINGS)}
    assert {f.record for f in check_records(records, SETTINGS)} >= {f.record for f in alone}
    assert all(text not in f.message for f in alone if len(text) > 6)
