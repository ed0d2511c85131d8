"""Profiles of completeness: what is asked of records and files, and how a workspace chooses one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from digitize.errors import OptionsError
from digitize.files.validating.validate import validate_file
from digitize.workspace.options import load_options
from mappers.record import Record
from mappers.schema import load_schemas
from validators.checking.check import check_records
from validators.checking.examples import make_record
from validators.checking.settings import make_settings

FORMS = sorted(load_schemas())
TODAY = date(2026, 1, 31)


def codes(record: Record, profile: str) -> set[tuple[str, str]]:
    settings_of = make_settings(TODAY, profile=profile)
    return {(f.field, f.code) for f in check_records([record], settings_of) if f.severity != "note"}


INDEX = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "1998", "fir_no": "7"}


def test_an_index_is_asked_for_no_more_than_an_index_has() -> None:
    record = make_record("r1", INDEX)
    assert codes(record, "index-only") == set()
    assert codes(record, "") == {("acts[0].act", "L001")}
    lacking = codes(record, "register-only")
    assert lacking == {
        ("acts[0].act", "L001"),
        ("fir_date", "F047"),
        ("acts[0].section", "F047"),
        ("persons[0].name", "F047"),
    }
    assert ("narrative", "F047") in codes(record, "full")


def test_a_profile_asks_of_every_form() -> None:
    for form in FORMS:
        assert [f for f, c in codes(make_record("r1", INDEX, form), "full") if c == "F047"], form


def test_files_are_asked_for_the_fields_of_their_profile(tmp_path: Path) -> None:
    path = tmp_path / "ncr.csv"
    path.write_text("record_id,state,district,police_station,year,report_no\na,wb,Howrah,Bally,1998,7\n", "utf-8")
    lacking = [
        [(f.line, f.key, f.field) for f in validate_file(path, "ncr", make_settings(TODAY, profile=p)).findings]
        for p in ("index-only", "register-only")
    ]
    assert lacking == [[], [(2, "a", "gist")]]


def test_a_workspace_says_how_complete_its_records_must_be(digitize, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    digitize("init", "wb", tmp_path / "w")
    path = tmp_path / "w" / "digitize.toml"
    text = path.read_text(encoding="utf-8")
    assert load_options(tmp_path / "w").check.profile == ""
    path.write_text(text.replace("# profile =", "profile ="), encoding="utf-8")
    assert load_options(tmp_path / "w").check.profile == "register-only"
    path.write_text(text.replace('# profile = "register-only"', 'profile = "half"'), encoding="utf-8")
    with pytest.raises(OptionsError, match="profile"):
        load_options(tmp_path / "w")
