"""Checking import files: every row accounted for, every fault with its line, never a silent pass."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from digitize.errors import InputError
from digitize.files.validating.validate import CheckReport, validate_file
from validators.checking.settings import make_settings
from validators.rulebook.given import CheckSettings

HEAD = "record_id,state,district,police_station,year,fir_no,fir_date,narrative"
GOOD = "a,wb,Howrah,Bally,2009,78,2009-03-12,A cow was lost"
SETTINGS = make_settings(date(2026, 1, 31), policy="import")


def check(path: Path, form_settings: CheckSettings = SETTINGS) -> CheckReport:
    return validate_file(path, "iif1", form_settings)


def write(folder: Path, *lines: str, name: str = "firs.csv", encoding: str = "utf-8", end: str = "\n") -> Path:
    path = folder / name
    path.write_bytes(end.join(lines).encode(encoding))
    return path


def said(report: CheckReport, *, severity: str = "reject") -> list[tuple[int, str, str]]:
    return [(f.line, f.field, f.code) for f in report.findings if f.severity == severity]


def counts(report: CheckReport) -> tuple[int, int]:
    return report.rows_checked, report.rows_unreadable


def test_a_clean_file_has_rows_and_no_rejection(tmp_path: Path) -> None:
    report = check(write(tmp_path, HEAD, GOOD))
    assert (counts(report), said(report)) == ((1, 0), [])


def test_findings_carry_line_and_key(tmp_path: Path) -> None:
    bad = GOOD.replace("2009-03-12", "2009-02-31").replace("a,", "k7,", 1)
    report = check(write(tmp_path, HEAD, GOOD.replace(",78,", ",77,"), "", bad))
    assert [(f.file, f.line, f.table, f.key, f.field, f.code) for f in report.findings if f.severity == "reject"] == [
        ("firs.csv", 4, "iif1", "k7", "fir_date", "F008")
    ]


def test_a_cell_too_long_is_told_whatever_else_the_process_has_read(tmp_path: Path) -> None:
    old = csv.field_size_limit(1 << 23)
    try:
        report = check(write(tmp_path, HEAD, GOOD + "x" * 200_000))
    finally:
        csv.field_size_limit(old)
    assert said(report) == [(2, "", "S008")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_read_over(tmp_path: Path, encoding: str) -> None:
    report = check(write(tmp_path, HEAD, GOOD, encoding=encoding))
    assert (counts(report), said(report)) == ((1, 0), [])


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_kind(tmp_path: Path, end: str) -> None:
    report = check(write(tmp_path, HEAD, GOOD, GOOD.replace("a,", "b,", 1).replace(",78,", ",79,"), end=end))
    assert (counts(report), said(report)) == ((2, 0), [])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (GOOD + ",extra", "S002"),
        ("a,wb,Howrah", "S002"),
        (GOOD.replace("cow", "c\x00w"), "S003"),
        (GOOD.replace("A cow", '"A cow" was'), "S004"),
        (GOOD.replace("A cow", '"A cow'), "S004"),
        (GOOD + "x" * 200_000, "S008"),
        (GOOD + "x" * 5_000_000, "S008"),
    ],
)
def test_broken_rows_are_told_and_the_next_row_is_checked(tmp_path: Path, line: str, code: str) -> None:
    report = check(write(tmp_path, HEAD, line, GOOD.replace("2009-03-12", "soon")))
    assert counts(report) == (1, 1)
    assert said(report) == [(2, "", code), (3, "fir_date", "F008")]


def test_bytes_of_another_code_page_are_told(tmp_path: Path) -> None:
    path = tmp_path / "firs.csv"
    path.write_bytes(HEAD.encode() + b"\n" + GOOD.encode() + b"\xe9\n" + GOOD.encode())
    report = check(path)
    assert (counts(report), said(report)) == ((1, 1), [(2, "", "S001")])


def test_a_quoted_cell_may_run_over_lines(tmp_path: Path) -> None:
    long = GOOD.replace("A cow was lost", '"A cow\nwas ""lost"""')
    bad = GOOD.replace("2009-03-12", "soon").replace("a,", "b,", 1).replace(",78,", ",79,")
    report = check(write(tmp_path, HEAD, long, bad))
    assert (counts(report), said(report)) == ((2, 0), [(4, "fir_date", "F008")])


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_a_wrong_delimiter_is_an_error_that_names_it(tmp_path: Path, mark: str) -> None:
    with pytest.raises(InputError, match="separated by"):
        check(write(tmp_path, HEAD.replace(",", mark), GOOD.replace(",", mark)))


@pytest.mark.parametrize(
    ("lines", "match"),
    [
        ((), "empty"),
        (("", "", ""), "no rows"),
        ((HEAD,), "header but no rows"),
        (("नाम,पता", "x,y"), "no column is a field"),
        (("PK\x03\x04zzz",), "not a CSV"),
        (("a\x00b,c", "x,y"), "header cannot be read"),
    ],
)
def test_nothing_to_check_is_an_error_with_its_reason(tmp_path: Path, lines: Iterable[str], match: str) -> None:
    with pytest.raises(InputError, match=match):
        check(write(tmp_path, *lines))


def test_missing_files_and_other_kinds(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        check(tmp_path / "not.csv")
    with pytest.raises(InputError, match="only CSV, XLSX, Parquet"):
        check(write(tmp_path, HEAD, name="firs.txt"))
    with pytest.raises(InputError, match="there is no iif1.csv"):
        check(tmp_path)


def test_unknown_and_double_columns_are_told(tmp_path: Path) -> None:
    report = check(write(tmp_path, HEAD + ",fir_nmuber,year", GOOD + ",78,1999"))
    assert said(report) == [(1, "fir_nmuber", "S005"), (1, "year", "S006")]


def test_child_tables_are_tied_to_their_records(tmp_path: Path) -> None:
    write(tmp_path, HEAD, GOOD, name="iif1.csv")
    write(tmp_path, "record_id,line,act,section", "a,1,IPC,379", "z,1,IPC,612", name="iif1_acts.csv")
    write(tmp_path, "record_id,role,age", "a,accused,5", name="iif1_persons.csv")
    write(tmp_path, "x,y", name="iif1_acts_old.csv")
    report = check(tmp_path)
    assert counts(report) == (4, 0)
    assert [(f.file, f.line, f.key, f.code) for f in report.findings if f.severity == "reject"] == [
        ("iif1_acts.csv", 3, "z", "T019"),
        ("iif1_acts.csv", 3, "z", "L003"),
        ("iif1_acts_old.csv", 0, "", "S009"),
        ("iif1_persons.csv", 2, "a", "X014"),
    ]


def test_a_record_without_acts_is_told_only_where_acts_were_given(tmp_path: Path) -> None:
    write(tmp_path, HEAD, GOOD, name="iif1.csv")
    assert "L001" not in check(tmp_path).by_code()
    write(tmp_path, "record_id,act,section", name="iif1_acts.csv")
    assert check(tmp_path).by_code()["L001"] == 1


def test_a_child_table_alone_is_checked_by_its_name(tmp_path: Path) -> None:
    report = check(write(tmp_path, "act,section", "IPC,612", "BNS,303(2)", name="iif1_acts.csv"))
    assert said(report) == [(1, "record_id", "S007"), (2, "section", "L003")]


def test_two_rows_of_one_id(tmp_path: Path) -> None:
    report = check(write(tmp_path, HEAD, GOOD, GOOD.replace(",78,", ",79,")))
    assert said(report) == [(2, "record_id", "T025"), (3, "record_id", "T025")]


def book(folder: Path, **sheets: list[list[object]]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "firs.xlsx"
    made.save(path)
    return path


def test_a_workbook_gives_the_same_findings(tmp_path: Path) -> None:
    head = ["record_id", "state", "district", "police_station", "year", "fir_no", "fir_date", "fir_time"]
    rows: list[list[object]] = [
        head,
        ["a", "wb", "Howrah", "Bally", 2009, 78.0, date(2009, 3, 12), time(9, 5)],
        [],
        ["b", "wb", "Howrah", "Bally", 2009, "7B8", "31/02/2009", None],
        ["c", "wb", "Howrah", "Bally", 2009, 80, date(2009, 3, 12), None, "astray"],
    ]
    acts: list[list[object]] = [["record_id", "act", "section"], ["a", "IPC", 379], ["b", "IPC", "411"]]
    report = check(book(tmp_path, iif1=rows, iif1_acts=acts, notes=[["x"]]))
    assert counts(report) == (4, 1)
    assert sorted(said(report)) == [(0, "", "S009"), (4, "fir_date", "F008"), (4, "fir_no", "F005"), (5, "", "S002")]


@pytest.mark.parametrize("content", [b"PK\x03\x04 and no more", b"nothing of the kind", b""])
def test_a_damaged_workbook_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "firs.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError):
        check(path)


def test_the_report_as_plain_values(tmp_path: Path) -> None:
    plain = check(write(tmp_path, HEAD, GOOD.replace(",78,", ",,"))).to_plain()
    assert plain["rows_checked"] == 1
    assert plain["counts"]["reject"] == 1
    assert "Howrah" not in str(plain["findings"])


CELL = st.text(st.sampled_from('ab7,";\n\r\x00 क\t'), max_size=8)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=9).map(",".join), min_size=1, max_size=6))
def test_garbage_never_ends_in_a_traceback(tmp_path_factory: pytest.TempPathFactory, rows: list[str]) -> None:
    """Whatever stands below the header: a report that counts every row it saw, or an error with a reason."""
    folder = tmp_path_factory.mktemp("garbage")
    path = folder / "firs.csv"
    path.write_bytes("\n".join([HEAD, *rows]).encode())
    try:
        report = check(path)
    except InputError as e:
        assert "firs.csv" in str(e)  # noqa: PT017
        return
    assert report.rows_checked + report.rows_unreadable > 0
    broken = [f for f in report.findings if f.code in ("S001", "S002", "S003", "S004", "S008")]
    assert len(broken) == report.rows_unreadable
