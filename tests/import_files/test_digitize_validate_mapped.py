"""Old tables checked through a mapping: what `map apply` and `validate` say after one another, told of the old rows."""

from __future__ import annotations

import json
from datetime import date

import pytest

from digitize.files.mapping.find import table_context
from digitize.files.validating.mapped_rows import ANY, Legacy
from digitize.files.validating.validate import CheckOptions, validate_files
from validators.checking.settings import make_settings

SETTINGS = make_settings(date(2026, 1, 31), policy="import")
FORMATS = ("mp_ccis_iif1_iscii", "dl_fir_list_english", "in_cipa_fir_unicode", "ka_policeit_nudi", "mp_ccis_iif3_iscii")
FORM = {"mp_ccis_iif3_iscii": "iif3"}


def source(samples, name):
    return next((samples / "formats" / name).glob("source.*"))


def told(out):
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("name", FORMATS)
def test_a_mapped_table_gives_the_findings_of_its_import_files(digitize, samples, tmp_path, name):
    form, state = FORM.get(name, "iif1"), name[:2]
    given = ["--state", state] if state != "in" else []
    digitize("map", "apply", source(samples, name), "--out", tmp_path / "made", "--mapping", name, *given)
    known = ["--form", form, "--format", "jsonl", "--max-rejects", "100%", *given]
    flat = told(digitize("validate", tmp_path / "made", *known))
    mapped = told(digitize("validate", source(samples, name), "--mapping", name, *known))
    assert {f["file"] for f in mapped} == {source(samples, name).name}

    def places(found):
        return {(f["table"], f["key"], f["field"], f["code"]) for f in found}

    assert places(flat) <= places(mapped)
    unread = places(mapped) - places(flat)
    told_of = [f for f in mapped if (f["table"], f["key"], f["field"], f["code"]) in unread]
    assert all(f["value"] for f in told_of if f["code"] != "S011")
    assert name != "mp_ccis_iif1_iscii" or unread


@pytest.mark.parametrize("name", FORMATS[:3])
def test_in_parts_it_says_the_same(samples, name):
    paths, form = [source(samples, name)], FORM.get(name, "iif1")
    legacy = Legacy(ANY, table_context(name[:2] if name[:2] != "in" else "", None, 0))
    whole, parts = (
        validate_files(paths, form, SETTINGS, CheckOptions(parts=n, legacy=legacy, unmasked="to compare"))
        for n in (1, 3)
    )
    assert [(f.line, f.key, f.field, f.code) for f in whole.findings if f.code[0] != "P"] == [
        (f.line, f.key, f.field, f.code) for f in parts.findings if f.code[0] != "P"
    ]
    assert (whole.rows_checked, whole.rows_unreadable) == (parts.rows_checked, parts.rows_unreadable)


def test_lines_are_those_of_a_text_file(digitize, samples, tmp_path):
    old = source(samples, "ka_policeit_nudi")
    lines = old.read_bytes().split(b"\n")
    known = ("--mapping", "ka_policeit_nudi", "--state", "ka", "--format", "json", "--max-rejects", "100%")
    asked = ("--unmask", "--reason", "to compare lines", "--operator", "A. Rao", "--out", tmp_path / "r.json")
    digitize("validate", old, *known, *asked)
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    found = [f for f in report["findings"] if f["code"] == "F002" and f["value"].isascii() and f["value"]]
    assert all(f["value"].encode() in lines[f["line"] - 1] for f in found)
    assert {f["line"] for f in report["findings"]} <= set(range(2, len(lines) + 1))


def test_a_damaged_row_is_told_and_counted(digitize, samples, tmp_path):
    name = "ka_policeit_nudi"
    old = tmp_path / source(samples, name).name
    lines = source(samples, name).read_bytes().split(b"\n")
    lines[2] = lines[2].rstrip(b"\r") + b",one,too,many,cells"
    old.write_bytes(b"\n".join(lines))
    known = ("--mapping", name, "--state", "ka", "--max-rejects", "100%")
    before = digitize.json("validate", source(samples, name), *known)
    after = digitize.json("validate", old, *known)
    rows = before["rows_checked"] + before["rows_unreadable"]
    assert after["rows_checked"] + after["rows_unreadable"] == rows
    assert [f["line"] for f in after["findings"] if f["code"] == "S011"] == [3]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--mapping", "no_such_mapping"), 4),
        (("--mapping", "mp_ccis_iif3_iscii"), 4),
        (("--mapping", "auto", "--fix", "x"), 4),
        (("--table", "x"), 4),
        (("--mapping", "auto", "--table", "x"), 5),
    ],
)
def test_what_cannot_be_mapped_is_refused(digitize, samples, arguments, code):
    digitize("validate", source(samples, "mp_ccis_iif1_iscii"), *arguments, code=code)


def test_a_folder_cannot_be_mapped(digitize, samples):
    digitize("validate", samples / "formats", "--mapping", "auto", code=5)
