"""Masking: no name of a protected person survives anywhere in the plain form of a masked record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.masking.masks import MASK, list_masked_paths, mask_record
from digitize.masking.sensitive import is_sensitive
from mappers.record import FieldValue, Origin, Record, from_plain, to_plain
from sample_data.makers.rule_examples import make_record

VICTIM = {"role": "complainant", "name": "Qarla Vintobhe", "relative_name": "Dhumra Vintobhe", "phone": "9000000001"}
ACCUSED = {"role": "accused", "name": "Zorab Nekhtan", "age": "40", "address": "Hut 4, Purbo Ghat"}


def case(section: str = "376", act: str = "IPC", **more: object) -> Record:
    plain = {"year": "2015", "police_station": "Bally", "io_name": "Ulupi Sarthe", "narrative": "Qarla came and said"}
    return make_record("r", {**plain, "acts": [{"act": act, "section": section}], "persons": [VICTIM, ACCUSED], **more})


@pytest.mark.parametrize(
    ("act", "section", "sensitive"),
    [
        ("IPC", "376", True), ("IPC", "376DB", True), ("IPC", "354A", True), ("IPC", "509", True), ("IPC", "377", True),
        ("BNS", "64(1)", True), ("BNS", "79", True), ("POCSO", "6", True), ("POCSO", "", True),
        ("IPC", "379", False), ("IPC", "420", False), ("BNS", "303(2)", False), ("IPC", "64", False), ("MV", "177", False),
    ],
)  # fmt: skip
def test_sections_decide(act: str, section: str, sensitive: bool) -> None:
    assert is_sensitive(case(section, act)) is sensitive


@pytest.mark.parametrize("role", ["victim", "complainant", "accused", "witness"])
def test_a_child_in_any_role_makes_a_record_sensitive(role: str) -> None:
    assert is_sensitive(case("379", persons=[{"role": role, "name": "Qarla", "age": "17"}]))
    assert is_sensitive(case("379", persons=[{"role": role, "name": "Qarla", "birth_year": "1999"}]))
    assert not is_sensitive(case("379", persons=[{"role": role, "name": "Qarla", "age": "18"}]))


def doubtful(raw: str, *candidates: str, value: str | None = None) -> FieldValue:
    return FieldValue(raw=raw, value=value, confidence=0.3, accept=0.9, candidates=candidates)


@pytest.mark.parametrize(
    "row",
    [
        {"section": doubtful("3?6", "376", "316")},
        {"section": doubtful("37b IPC")},
        {"section": doubtful("६४", value="64"), "act": doubtful("?")},
        {"act": doubtful("Pocso", "PC Act"), "section": doubtful("6", value="6")},
        {"act": doubtful("IPC", value="IPC"), "section": doubtful("316", "376", value="316")},
    ],
)
def test_doubtful_sections_count_by_raw_text_and_candidates(row: dict[str, FieldValue]) -> None:
    record = Record("r", "iif1", {}, {"acts": (row,), "persons": ({"name": FieldValue("Qarla", "Qarla")},)})
    assert is_sensitive(record)


def test_section_of_an_old_record_without_act_is_not_taken_for_the_new_code() -> None:
    row = {"section": doubtful("64", value="64")}
    old = Record("r", "iif1", {"year": FieldValue("1994", "1994")}, {"acts": (row,)})
    assert not is_sensitive(old)
    assert is_sensitive(replace(old, fields={}))


@pytest.mark.parametrize("text", ["नाबालिग लड़की", "ধর্ষণের অভিযোগ", "outraging the MODESTY of", "छेड़खानी", "பாலியல் தொல்லை"])
def test_words_of_the_narrative_hint(text: str) -> None:
    assert is_sensitive(case("363", narrative=text))
    assert is_sensitive(replace(case("363"), left_over={"remarks": text}))


def test_an_act_that_was_only_inferred_narrows_no_section_down() -> None:
    row = {"act": "IPC", "section": "64"}
    plain = {"year": "2025", "police_station": "Bally", "persons": [ACCUSED]}
    assert not is_sensitive(make_record("r", {**plain, "acts": [row]}))
    assert is_sensitive(make_record("r", {**plain, "acts": [{**row, "act_is_inferred": "yes"}]}))
    assert not is_sensitive(make_record("r", {**plain, "acts": [{**row, "act_is_inferred": "no"}]}))


def test_a_birth_that_is_no_year_is_nobodys_age() -> None:
    for birth in ("unkn", "c.1999", "19"):
        assert not is_sensitive(case("379", persons=[{"role": "accused", "name": "Zorab", "birth_year": birth}]))


@pytest.mark.parametrize("field", ["beat", "io_name", "ud_case_no", "place", "narrative", "action_taken"])
def test_a_hint_counts_in_whatever_field_it_stands(field: str) -> None:
    assert is_sensitive(case("379", **{"narrative": "", field: "the rape of last year"}))
    assert not is_sensitive(case("379", **{"narrative": "", field: "the theft of last year"}))


def test_a_hint_counts_in_a_row_of_any_table() -> None:
    for told, is_hint in (("dress torn at the rape", True), ("dress torn at the fair", False)):
        assert is_sensitive(case("379", narrative="", property=[{"description": told}])) is is_hint
        assert is_sensitive(case("379", narrative="", addresses=[{"address": told}])) is is_hint


def test_a_word_for_a_child_counts_in_free_text_and_not_in_a_name_or_a_place() -> None:
    """Baby is a name, and a theft beside the boys' club was no boy's."""
    for told in ("Baby Rani", "Near the boys club"):
        assert is_sensitive(case("379", narrative=told))
        for field in ("io_name", "place", "beat"):
            assert not is_sensitive(case("379", narrative="", **{field: told})), field


def test_grapes_are_no_hint() -> None:
    assert not is_sensitive(case("379", narrative="A basket of grapes, two drapes and a minor injury"))


def test_doubtful_age_counts_by_its_candidates() -> None:
    person = {"name": FieldValue("Qarla", "Qarla"), "age": doubtful("71", "17", value="71")}
    assert is_sensitive(Record("r", "iif1", {}, {"persons": (person,)}))


def test_other_records_come_back_as_they_are() -> None:
    record = case("379")
    assert mask_record(record) is record
    assert list_masked_paths(record) == frozenset()


def test_what_is_masked_and_what_stays() -> None:
    masked = mask_record(case(place="Her house", delay_reason="Fear"))
    victim, accused = masked.children["persons"]
    assert {victim[n].value for n in ("name", "relative_name", "phone")} == {MASK}
    assert victim["role"].value == "complainant"
    assert (accused["name"].value, accused["age"].value, accused["address"].value) == ("Zorab Nekhtan", "40", MASK)
    assert {masked.value(n) for n in ("place", "narrative", "delay_reason")} == {MASK}
    assert (masked.value("police_station"), masked.value("io_name")) == ("Bally", "Ulupi Sarthe")
    assert masked.children["acts"][0]["section"].value == "376"


def test_accused_who_bears_the_name_of_the_family_is_masked() -> None:
    masked = mask_record(case(persons=[VICTIM, {"role": "accused", "name": "Dhumra Vintobhe", "age": "45"}]))
    assert masked.children["persons"][1]["name"].value == MASK


@pytest.mark.parametrize("written", ["+91 90000 00001", "919000000001", "09000000001", "90000 00001"])
@pytest.mark.parametrize("told", ["call 9000000001", "call 90000 00001", "call 919000000001 at once"])
def test_a_victims_telephone_is_masked_with_the_countrys_digits_or_without(written: str, told: str) -> None:
    record = case(persons=[{**VICTIM, "phone": written}, ACCUSED], beat=told)
    assert mask_record(record).value("beat") == MASK
    assert mask_record(case(persons=[{**VICTIM, "phone": written}], beat="call 8000000002")).value("beat") != MASK


def test_a_number_shorter_than_a_telephones_is_masked_only_as_it_stands() -> None:
    record = case(persons=[{**VICTIM, "phone": "26543210"}], beat="of 26543210", gd_no="9826543210")
    assert (mask_record(record).value("beat"), mask_record(record).value("gd_no")) == (MASK, "9826543210")


def test_raw_text_of_an_age_that_holds_the_whole_line_is_masked_and_the_age_stays() -> None:
    record = case()
    line = FieldValue("Qarla Vintobhe aged 30", "30")
    record = record.with_value("persons[0].age", line)
    age = mask_record(record).children["persons"][0]["age"]
    assert (age.raw, age.value) == (MASK, "30")


def test_masking_twice_is_masking_once() -> None:
    once = mask_record(case())
    assert mask_record(once) == once
    assert from_plain(to_plain(once)) == once


NAME = st.text("बमरलकतनपसअआিীাুxzqvwk", min_size=3, max_size=9).filter(lambda t: t[0] not in "িীাु")
NAMES = st.lists(NAME, min_size=1, max_size=3).map(" ".join)
SPOTS = ("narrative", "place", "result", "io_name", "officer_name", "beat", "gd_no", "ud_case_no", "legacy_key")


@given(name=NAMES, father=NAMES, spots=st.sets(st.sampled_from(SPOTS)), role=st.sampled_from(["victim", "complainant"]))
def test_no_name_survives_anywhere(name: str, father: str, spots: set[str], role: str) -> None:
    """Wherever a name was written: in values, raw text, candidates, left-over cells, or the name of the file."""
    said = f"told by {name}, child of {father}"
    origin = Origin(file=f"{name}.jpg", column=name)
    person = {
        "role": FieldValue(role, role),
        "name": FieldValue(name, name, candidates=(f"{name} x",), origin=origin),
        "relative_name": FieldValue(f"S/o {father}", father),
        "age": FieldValue(said, "31"),
    }
    fields = {spot: FieldValue(said, said, candidates=(said,)) for spot in spots}
    acts = ({"act": FieldValue("IPC", "IPC"), "section": FieldValue("376", "376")},)
    things = ({"description": FieldValue(said, f"Ring of {name}")},)
    record = Record(
        "r", "iif1", fields, {"acts": acts, "persons": (person,), "property": things}, left_over={name: said}
    )
    plain = json.dumps(to_plain(mask_record(record)), ensure_ascii=False)
    for word in (name, father):
        assert word not in plain
