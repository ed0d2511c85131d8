"""`validate --format xlsx`: an overview, a sheet a rule, the wrong cells marked in their rows."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from digitize.files.check_reports import as_xlsx, load_writer, write_report
from digitize.files.check_reports.as_xlsx import title_of
from digitize.files.check_reports.samples import Cap, Sample
from digitize.files.validating.validate import validate_file
from validators.checking.settings import make_settings
from validators.rulebook.rule import every_rule
from validators.rulebook.structure import STRUCTURE

HEAD = "record_id,state,district,police_station,year,fir_no,fir_date,narrative,info_type"
ROWS = (
    "a,wb,Howrah,Bally,2009,78,12-03-2009,A cow was lost,shouted",
    "=b<i>,wb,Howrah,Bally,2010,079,2010-02-31,=1+1,oral",
    "c,wb,,Bally,2010,80,2010-03-01,A cow was lost,oral",
)
PERSONS = "record_id,line,role,name,age,birth_date\na,1,complainant,Qarla,999,2001-02-03\na,2,accused,Vint,3,2001-02-30"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "tables"
    made.mkdir()
    (made / "iif1.csv").write_text("\n".join([HEAD, *ROWS]), encoding="utf-8")
    (made / "iif1_persons.csv").write_text(PERSONS, encoding="utf-8")
    return made


@pytest.fixture
def book(digitize, folder, tmp_path):
    def made(*flags):
        digitize("validate", folder, "--format", "xlsx", "--out", tmp_path / "r.xlsx", *flags, code=3)
        return load_workbook(tmp_path / "r.xlsx")

    return made


def rows_of(sheet):
    head, *rows = sheet.iter_rows()
    return [dict(zip([c.value for c in head], row, strict=True)) for row in rows]


def sheet_of(book, code):
    return next(s for s in book if s.title.startswith(code))


def test_the_overview_comes_first_and_names_every_rule_with_its_count(digitize, folder, book):
    made = book()
    told = {r["Rule"].value: r["How often"].value for r in rows_of(made.worksheets[0]) if r["What to do"].value}
    counted = digitize.json("validate", folder, code=3)["findings"]
    assert {name[:4]: n for name, n in told.items()} == {
        code: sum(f["code"] == code for f in counted) for code in {f["code"] for f in counted}
    }
    assert [s.title for s in made.worksheets[1:]] == list(told)
    links = {r["Rule"].hyperlink.location for r in rows_of(made.worksheets[0]) if r["What to do"].value}
    assert links == {f"'{title}'!A1" for title in told}


def test_the_wrong_cell_is_marked_in_its_row_with_what_is_expected(book):
    sheet = sheet_of(book(), "F008")
    rows = rows_of(sheet)
    assert [(r["File"].value, r["Line"].value, r["Field"].value) for r in rows] == [
        ("iif1.csv", 2, "fir_date"),
        ("iif1.csv", 3, "fir_date"),
        ("iif1_persons.csv", 3, "birth_date"),
    ]
    assert rows[0]["police_station"].value == "Bally" and rows[1]["fir_no"].value == "079"
    for row in rows:
        marked = {name for name, cell in row.items() if cell.comment}
        assert marked == {row["Field"].value}
        cell = row[row["Field"].value]
        assert "YYYY-MM-DD" in cell.comment.text and "2009-03-12" in cell.comment.text
        assert cell.fill.fgColor.rgb == "00FFC7CE"
    assert sheet.freeze_panes == "D2" and sheet.auto_filter.ref.startswith("A1:") and sheet.column_dimensions["A"].width


def test_an_empty_cell_is_marked_as_well(book):
    row = rows_of(sheet_of(book(), "F001"))[0]
    assert row["district"].value is None and row["district"].comment


def test_a_rule_on_rows_marks_the_row(folder, book):
    (folder / "iif1_acts.csv").write_text("record_id,line,act,section\na,1,IPC,379\n", encoding="utf-8")
    rows = rows_of(sheet_of(book(), "L001"))
    assert [(r["Line"].value, r["record_id"].comment is not None) for r in rows] == [(3, True), (4, True)]


def test_values_of_persons_are_masked_unless_a_reason_is_given(book):
    def texts(made):
        return {str(c.value) for s in made for row in s.iter_rows() for c in row}

    masked = texts(book())
    assert not masked & {"Qarla", "Vint", "A cow was lost"} and "[masked]" in masked
    assert {"Qarla", "A cow was lost", "Personal values are shown, for this reason: court order 12"} <= texts(
        book("--unmask", "--reason", "court order 12", "--operator", "A")
    )


def test_no_cell_is_a_formula(book):
    made = book("--unmask", "--reason", "a test of reports", "--operator", "A")
    cells = [c for s in made for row in s.iter_rows() for c in row]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    assert {"'=b<i>", "'=1+1"} <= {c.value for c in cells}


def test_a_workbook_needs_a_file(digitize, folder):
    digitize("validate", folder, "--format", "xlsx", code=4)


def test_of_many_rows_a_sheet_says_how_many_more_there_are(tmp_path, monkeypatch):
    monkeypatch.setattr(as_xlsx, "CAP", Cap(most=5, of_a_rule=5))
    path = tmp_path / "iif1.csv"
    rows = (f"r{i},wb,Howrah,Bally,2009,{i + 1},31-12-2009,A cow,oral" for i in range(30))
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    made = workbook(path, tmp_path)
    rows = rows_of(sheet_of(made, "F008"))
    assert [r["Line"].value for r in rows[:-1]] == [2, 3, 4, 5, 6]
    assert rows[-1]["File"].value.startswith("25 more")


def workbook(path, tmp_path):
    report = validate_file(path, "iif1", make_settings(date(2026, 1, 31), policy="import"))
    write_report(report, load_writer("xlsx"), tmp_path / "r.xlsx")
    return load_workbook(tmp_path / "r.xlsx")


def test_urdu_is_written_from_right_to_left(book):
    assert [s.sheet_view.rightToLeft for s in book("--lang", "ur")][0]
    assert not [s.sheet_view.rightToLeft for s in book("--lang", "hi")][0]


@pytest.mark.parametrize("code", [*every_rule(), *STRUCTURE])
def test_names_of_sheets_are_short_and_hold_no_forbidden_sign(code):
    slug = every_rule()[code].slug if code in every_rule() else STRUCTURE[code].slug
    title = title_of(Sample(code, slug, "note", "", "", "", "", 0))
    assert len(title) <= 31 and not re.search(r"[\[\]:*?/\\']", title)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_whatever_stands_in_a_cell_the_workbook_opens(texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("x")
    path = folder / "iif1.jsonl"
    rows = [{"record_id": f"r{i}", "info_type": text, "state": text} for i, text in enumerate(texts)]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    made = workbook(path, folder)
    assert made.worksheets[0].title == "Overview"
    assert not [c for s in made for row in s.iter_rows() for c in row if c.data_type == "f"]
