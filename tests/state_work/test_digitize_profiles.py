"""Capture profiles: what is asked of records and files, and how a workspace chooses one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from digitize.errors import OptionsError
from digitize.files.validating.validate import validate_file
from digitize.targets.flat import flat_rows
from digitize.workspace.capture_choice import capture_choice
from digitize.workspace.ledger.verdict import judge
from digitize.workspace.options import load_options
from mappers.errors import MappingError
from mappers.record import FieldValue, Origin, Record, from_plain, to_plain
from mappers.schema import load_schemas
from mappers.schema.capture import CaptureChoice, capture
from mappers.schema.profiles import PROFILES, required_fields
from sample_data.makers.rule_examples import make_record
from validators.checking.check import check_records
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
    assert not capture_choice(load_options(tmp_path / "w"))
    path.write_text(text.replace("# profile =", "profile ="), encoding="utf-8")
    assert capture_choice(load_options(tmp_path / "w")).profile == "core"
    path.write_text(text.replace('# profile = "core"', 'profile = "half"'), encoding="utf-8")
    with pytest.raises(OptionsError, match="profile"):
        load_options(tmp_path / "w")


def test_the_older_place_of_the_profile_means_the_same_and_may_not_contradict(tmp_path: Path) -> None:
    head = '[workspace]\nstate = "wb"\nsite_id = "x"\n[check]\nprofile = "index-only"\n'
    path = tmp_path / "digitize.toml"
    path.write_text(head, encoding="utf-8")
    assert capture_choice(load_options(tmp_path)).profile == "index-only"
    path.write_text(head + '[capture]\nprofile = "core"\n', encoding="utf-8")
    with pytest.raises(OptionsError, match="remove the first"):
        load_options(tmp_path)
    path.write_text(head + '[capture.form.iif1]\npicture = ["gossip"]\n', encoding="utf-8")
    with pytest.raises(MappingError, match="no gossip"):
        capture_choice(load_options(tmp_path))


def cell(value: str | None, *, sure: bool, zone: str = "z") -> FieldValue:
    return FieldValue("raw", value, 0.95 if sure else 0.4, Origin("p", zone, (1, 2, 3, 4)), accept=0.9)


def page_record() -> Record:
    read = {"fir_no": "7", "fir_date": "2009-03-12", "gd_no": "4", "beat": "2", "narrative": "Qarla told."}
    fields = {n: cell(v, sure=n in ("beat", "narrative")) for n, v in read.items()}
    people = [{"role": FieldValue(r, r), "name": cell("Qarla", sure=False), "age": cell("34", sure=False)}
              for r in ("complainant", "accused")]  # fmt: skip
    things = ({"description": cell("a cow", sure=False)},)
    children = {"persons": tuple(people), "property": things}
    return Record("r", "iif1", fields, children, pages=("p",), left_over={"stamp": "seen"})


def test_what_is_not_captured_keeps_its_place_and_is_not_taken_for_blank() -> None:
    record = capture(page_record(), CaptureChoice("core"))
    gone = {"gd_no", "narrative", "persons[0].age", "persons[1].age", "property[0].description"}
    assert set(record.not_captured()) == gone
    narrative = record.fields["narrative"]
    assert (narrative.value, narrative.blank, narrative.raw, narrative.origin.box) == (None, False, "raw", (1, 2, 3, 4))
    # A thing of which nothing was captured is no row of the target, and a zone that no rule takes is left out.
    assert (record.value("beat"), record.left_over, record.ignored) == ("2", {}, ("stamp",))
    assert not flat_rows(record).get("iif1_property")
    assert from_plain(to_plain(record)) == record
    found = check_records([record], make_settings(TODAY, profile="core"))
    assert {f.field for f in found if f.code == "F052"} == gone
    assert {f.severity for f in found if f.field in gone} == {"note"}
    assert not gone & {*judge(record, found).fields}
    assert {"fir_no", "fir_date", "persons[1].name"} <= {*judge(record, found).fields}


def test_narrower_profiles_ask_less_and_an_office_moves_single_fields() -> None:
    asked_by = {p: set(judge(capture(page_record(), CaptureChoice(p)), []).fields) for p in ("", *PROFILES)}
    assert asked_by["index-only"] == {"fir_no"}
    assert asked_by["register-only"] == {"fir_no", "fir_date", "persons[0].name"}
    assert asked_by["core"] == asked_by["register-only"] | {"persons[1].name"}
    assert asked_by["full"] == asked_by["core"] | {"gd_no", "property[0].description"}
    assert asked_by[""] > asked_by["full"]
    moved = (("iif1", "if_sure", "fir_date"), ("iif1", "key", "gd_no"))
    own = CaptureChoice("index-only", moved).lay_over(CaptureChoice("core", (("iif1", "wanted", "fir_date"),)))
    assert (own.profile, set(judge(capture(page_record(), own), []).fields)) == ("index-only", {"fir_no", "gd_no"})
    assert {str(a) for a in required_fields("iif1", "core", moved)} >= {"gd_no", "fir_no"}
    assert "fir_date" not in {str(a) for a in required_fields("iif1", "core", moved)}


def test_what_a_person_typed_and_what_is_surely_blank_is_never_thrown_away() -> None:
    typed = replace(cell("Told.", sure=True), by="operator A")
    blank = replace(cell(None, sure=True), blank=True)
    record = capture(Record("r", "iif1", {"narrative": typed, "gd_no": blank}), CaptureChoice("index-only"))
    assert record.not_captured() == () and record.fields["narrative"] == typed
