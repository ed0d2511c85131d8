"""Broken files through the command: a finding with its line or exit code 5 with the reason, never a silent pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from digitize.cli.app import run

HEAD = "record_id,state,district,police_station,year,fir_no,fir_date"
GOOD = "a,wb,Howrah,Bally,2009,78,2009-03-12"
NEXT = "b,wb,Howrah,Bally,2009,79,2009-03-13"


def text(*lines, encoding="utf-8"):
    return "\n".join(lines).encode(encoding)


BROKEN_ROWS = {
    "a row too short": (text(HEAD, GOOD, "x,wb", NEXT), [(3, "S002")]),
    "a row too long": (text(HEAD, GOOD, GOOD + ",more", NEXT), [(3, "S002")]),
    "a zero byte": (text(HEAD, GOOD, "x,w\0b,Howrah,Bally,2009,80,2009-03-14", NEXT), [(3, "S003")]),
    "a row in another encoding": (
        text(HEAD, GOOD) + b"\nx,wb,H\xe9,Bally,2009,80,2009-03-14\n" + text(NEXT),
        [(3, "S001")],
    ),
    "a quote that never closes": (text(HEAD, GOOD, 'x,"wb,Howrah,Bally,2009,80,2009-03-14', NEXT), [(3, "S004")]),
    "a row of blobs": (text(HEAD, GOOD) + b"\n\xff\xfe\x00\x80,\x9d\n" + text(NEXT), [(3, "S003")]),
    "a cell of 200,000 letters": (
        text(HEAD, GOOD, f"{'x' * 200_000},wb,Howrah,Bally,2009,80,2009-03-14", NEXT),
        [(3, "S008")],
    ),
    "the end cut off": (text(HEAD, GOOD, NEXT, 'c,wb,"How'), [(4, "S004")]),
}


@pytest.mark.parametrize("what", BROKEN_ROWS)
def test_a_broken_row_is_told_by_its_line_and_the_others_are_checked(digitize, tmp_path, what):
    content, expected = BROKEN_ROWS[what]
    path = tmp_path / "firs.csv"
    path.write_bytes(content)
    report = digitize.json("validate", path, code=3)
    assert [(f["line"], f["code"]) for f in report["findings"] if f["code"][0] == "S"] == expected
    assert (report["rows_checked"], report["rows_unreadable"]) == (2, len(expected))
    assert [(f["file"], f["line"]) for f in report["findings"]] == sorted(
        (f["file"], f["line"]) for f in report["findings"]
    )


WHOLE = {
    "a byte order mark": b"\xef\xbb\xbf" + text(HEAD, GOOD, NEXT),
    "UTF-16": text(HEAD, GOOD, NEXT, encoding="utf-16"),
    "line ends of DOS": text(HEAD, GOOD, NEXT).replace(b"\n", b"\r\n"),
    "line ends of old Macs": text(HEAD, GOOD, NEXT).replace(b"\n", b"\r"),
    "blank lines": text("", HEAD, "", GOOD, "", NEXT, "", ""),
}


@pytest.mark.parametrize("what", WHOLE)
def test_what_only_looks_odd_is_read(digitize, tmp_path, what):
    path = tmp_path / "firs.csv"
    path.write_bytes(WHOLE[what])
    report = digitize.json("validate", path)
    assert (report["rows_checked"], report["rows_unreadable"], report["counts"]["reject"]) == (2, 0, 0)


REFUSED = {
    "nothing": (b"", "empty"),
    "a header alone": (text(HEAD), "header but no rows"),
    "blank lines alone": (b"\n\n\n", "not even a header"),
    "semicolons": (text(HEAD, GOOD).replace(b",", b";"), "semicolons"),
    "tabs": (text(HEAD, GOOD).replace(b",", b"\t"), "tabs"),
    "bars": (text(HEAD, GOOD).replace(b",", b"|"), "bars"),
    "a header in Hindi": (
        text("राज्य,जिला,थाना,वर्ष,प्राथमिकी संख्या", "wb,Howrah,Bally,2009,78"),
        '"थाना" would be police_station',
    ),
    "no header": (text("wb,Howrah,Qarla Vint,2009,78", "wb,Howrah,Bally,2009,79"), "no column is a field"),
    "a header of another code page": (b"r\xe9cord,\xe9tat\n" + text(GOOD), "header cannot be read"),
    "a program": (b"\x7fELF" + bytes(range(256)) * 20, ""),
    "an archive": (b"PK\x03\x04" + bytes(200), "not a CSV file"),
    "a scan": (b"\xff\xd8\xff\xe0" + bytes(200), "not a CSV file"),
    "UTF-16 cut off": (text(HEAD, GOOD, encoding="utf-16")[:-1], "UTF-16"),
    "every row broken": (text(HEAD, "a,b", "c"), "none of 2 rows"),
}


APART = ("nothing", "no header", "every row broken")


@pytest.fixture
def same_rights():
    """What a command line does to the rights of new files is undone."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_checked_is_exit_five_with_the_reason(tmp_path, capfd, same_rights, what):
    """Some in a process of their own: this is what a script sees."""
    content, reason = REFUSED[what]
    path = tmp_path / "firs.csv"
    path.write_bytes(content)
    command = [sys.executable, "-m", "digitize.cli", "validate", str(path)]
    if what in APART:
        assert subprocess.run(command, timeout=1200, check=False).returncode == 5
    else:
        assert run(command[3:]) == 5
    said = capfd.readouterr().err
    assert reason in said and "firs.csv" in said or what == "every row broken"
    assert "Traceback" not in said
    assert "Qarla" not in said and str(tmp_path) not in said


@pytest.mark.parametrize("name", ["iif1.xlsx", "iif1.parquet", "iif1.jsonl", "iif1.dbf", "iif1.sqlite"])
@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"not what it is called\n" * 300])
def test_a_file_of_any_kind_that_is_none_is_exit_five(digitize, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    digitize("validate", path, code=5)


def test_a_column_named_twice_and_one_that_is_unknown_are_told(digitize, tmp_path):
    path = tmp_path / "firs.csv"
    path.write_bytes(text(f"{HEAD},fir_no,fir_numbr", f"{GOOD},9,9"))
    found = [(f["line"], f["code"], f["field"]) for f in digitize.json("validate", path, code=3)["findings"]]
    assert [f for f in found if f[1][0] == "S"] == [(1, "S006", "fir_no"), (1, "S005", "fir_numbr")]


def test_no_rule_is_exit_four(digitize, tmp_path):
    path = tmp_path / "firs.csv"
    path.write_bytes(text(HEAD, GOOD))
    digitize("validate", path, "--ignore", "F,L,R,T,X,P", code=4)


def test_findings_of_several_files_stand_by_file_and_line(digitize, tmp_path):
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_bytes(text(HEAD, GOOD, "x,wb", NEXT, "y,wb,Howrah,Bally,2009,x,2009-03-13"))
    told = digitize("validate", tmp_path / "b.csv", tmp_path / "a.csv", "--format", "jsonl", code=3)
    places = [(f["file"], f["line"]) for f in map(json.loads, told.splitlines())]
    assert places == sorted(places) and {file for file, _ in places} == {"a.csv", "b.csv"}


def test_what_is_not_there_or_packed_is_told_first_and_alone(tmp_path, capsys):
    packed = tmp_path / "iif1.csv.gz"
    packed.write_bytes(b"x")
    told = {
        tmp_path / "gone.csv": "gone.csv: there is no such file",
        packed: "unpack it first, e.g. with gunzip -k FILE",
    }
    for path, text in told.items():
        for command in (["validate"], ["load", "--target", str(tmp_path / "t.sqlite")]):
            assert run([*command, str(path)]) == 5
            said = capsys.readouterr().err
            assert text in said and "--state" not in said


def test_what_is_wrong_with_rules_and_policies_is_said(tmp_path, capsys):
    path, policy = tmp_path / "firs.csv", tmp_path / "own.toml"
    path.write_bytes(text(HEAD, GOOD))
    policy.write_text('[severity]\nR001 = "loud"\n')
    for name, said in (("nope", "no severity policy nope"), (str(policy), "R001: loud is not one of note")):
        assert run(["validate", str(path), "--policy", name]) == 4
        assert said in capsys.readouterr().err
