"""Checking records: what is found, how grave it is, and that neither order nor company changes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.record import FieldValue, Origin, Record
from sample_data.makers.rule_examples import EXAMPLE_STATIONS, make_record
from validators.checking.check import check_records
from validators.checking.settings import make_settings
from validators.finding import Finding
from validators.rulebook.rule import load_rules

TODAY = date(2026, 1, 31)
SETTINGS = make_settings(TODAY, stations=EXAMPLE_STATIONS)
STRICT = make_settings(TODAY, stations=EXAMPLE_STATIONS, policy="import")
CLEAN: dict[str, Any] = {
    "state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_no": "78",
    "fir_date": "2009-03-12", "fir_time": "19:02", "occurrence_from": "2009-03-11", "occurrence_to": "2009-03-12",
    "info_date": "2009-03-12", "info_time": "18:50", "gd_date": "2009-03-12", "gd_time": "18:50",
    "acts": [{"act": "IPC", "section": "379", "act_is_inferred": "no"}, {"act": "IPC", "section": "34"}],
    "persons": [
        {"role": "complainant", "name": "Qarla Vintobhe", "age": "34", "phone": "9000000001", "sex": "female"},
        {"role": "accused", "status": "unknown"},
    ],
    "property": [{"description": "Cow", "value": "12000", "category": "cattle_animals"}],
}  # fmt: skip


def clean(**changes: Any) -> Record:
    return make_record("r1", {**CLEAN, **changes})


def codes(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(f.field, f.code) for f in findings]


def codes_of(record: Record) -> list[tuple[str, str]]:
    return codes(check_records([record], STRICT))


def test_a_clean_record_has_no_findings() -> None:
    assert codes_of(clean()) == []
    assert check_records([], SETTINGS) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": None}, [("state", "F001")]),
        ({"district": "Atlantis"}, [("district", "F001")]),
        ({"district": "howrah"}, []),
        ({"police_station": None}, [("police_station", "F001")]),
        ({"police_station": "Kotwali"}, [("police_station", "F002")]),
        ({"district": "Nadia", "police_station": "Kotwali"}, []),
        ({"year": None}, [("year", "F004")]),
        ({"year": "2027"}, [("year", "F004"), ("year", "X006")]),
        ({"fir_no": "0"}, [("fir_no", "F005")]),
        ({"fir_no": "24125"}, [("fir_no", "F006")]),
        ({"occurrence_from": "2009-02-30"}, [("occurrence_from", "F008")]),
        ({"despatch_date": "2041-03-12"}, [("despatch_date", "F009"), ("despatch_date", "X004")]),
        ({"info_time": "24:00"}, [("info_time", "F011")]),
        ({"io_name": "|..:"}, [("io_name", "F014")]),
        ({"io_name": "রাজু"}, []),
        ({"io_name": "किtाब"}, [("io_name", "F015")]),
        ({"io_name": "राम िकशन"}, [("io_name", "F016")]),
        ({"io_name": "रााम"}, [("io_name", "F016")]),
        ({"io_name": "ஸ்ரீராம் கோபால்"}, []),
        ({"io_name": "Ram\ufffd"}, [("io_name", "F017")]),
        ({"io_name": "R?m"}, [("io_name", "F017")]),
        ({"io_name": "Ram ???"}, [("io_name", "F017")]),
        ({"io_name": "Ram (?)"}, []),
        ({"place_direction": "UP", "place_distance_km": "2"}, [("place_direction", "F038")]),
        ({"place_distance_km": "2"}, [("place_direction", "X020")]),
        ({"io_rank": "A51"}, [("io_rank", "F041")]),
        ({"property_value": "1,200"}, [("property_value", "F035")]),
        ({"info_type": "shouted"}, [("info_type", "T020")]),
        ({"persons": [{"role": "accused", "sex": "X1"}]}, [("persons[0].sex", "F018")]),
        ({"persons": [{"role": "accused", "age": "340"}]}, [("persons[0].age", "F019")]),
        ({"persons": [{"role": "complainant", "age": "4"}]}, [("persons[0].age", "F019")]),
        ({"persons": [{"role": "accused", "age": "14"}]}, [("persons[0].age", "X013")]),
        ({"persons": [{"role": "accused", "age": "5"}]}, [("persons[0].age", "X013"), ("persons[0].age", "X014")]),
        ({"persons": [{"role": "accused", "mobile": "12345"}]}, [("persons[0].mobile", "F022")]),
        ({"persons": [{"role": "accused", "phone": "12345"}]}, []),
        ({"persons": [{"role": "accused", "phone": "12"}]}, [("persons[0].phone", "F022")]),
        ({"persons": [{"role": "accused", "phone": "123456789"}]}, [("persons[0].phone", "F022")]),
        ({"persons": [{"role": "accused", "phone": "+91 90000 00001, 033-2233 4455"}]}, []),
        ({"occurrence_to": "2009-03-10"}, [("occurrence_to", "X001")]),
        ({"info_date": "2009-03-10"}, [("info_date", "X002")]),
        ({"info_date": "2009-03-13", "occurrence_from": "2009-03-12"}, [("info_date", "X002")]),
        ({"info_date": None, "occurrence_from": "2009-03-13", "occurrence_to": None}, [("info_date", "X002")]),
        ({"info_time": "19:10"}, [("info_date", "X002")]),
        ({"info_time": None, "gd_time": None}, []),
        ({"gd_time": "19:10"}, [("gd_date", "X003")]),
        ({"occurrence_from": "2009-03-01"}, [("delay_reason", "X005")]),
        ({"occurrence_from": "2009-03-01", "delay_reason": "Illness"}, []),
        ({"occurrence_from": "2009-03-11", "occurrence_time_from": "10:00"}, [("delay_reason", "X005")]),
        ({"occurrence_from": "2009-03-11", "occurrence_time_from": "18:50"}, []),
        ({"occurrence_from": "2009-03-11", "occurrence_time_from": "18:49"}, [("delay_reason", "X005")]),
        ({"year": "2008"}, [("year", "X006")]),
        ({"acts": []}, [("acts[0].act", "L001")]),
        ({"acts": [{"act": None, "section": "379"}]}, [("acts[0].act", "L002")]),
        ({"acts": [{"act": "IPC", "section": "512"}]}, [("acts[0].section", "L003")]),
        ({"acts": [{"act": "IPC", "section": "379Z"}]}, [("acts[0].section", "L003")]),
        ({"acts": [{"act": "ARMS", "section": "25(1B)(a)"}]}, []),
        ({"acts": [{"act": "POCSO", "section": "6"}]}, [("acts[0].act", "L004")]),
        ({"acts": [{"act": "TADA", "section": "3"}]}, [("acts[0].act", "L004")]),
        ({"acts": [{"act": "IPC", "section": "354D"}]}, [("acts[0].section", "L005")]),
        ({"acts": [{"act": "IPC", "section": "498A"}]}, []),
        ({"acts": [{"act": "BNS", "section": "303(2)"}]}, [("acts[0].act", "L007")]),
        ({"acts": [{"act": "IPC", "section": "3O2"}]}, [("acts[0].section", "L003"), ("acts[0].section", "L023")]),
        ({"acts": [{"act": "IPC"}]}, [("acts[0].section", "L023")]),
    ],
)  # fmt: skip
def test_what_is_found(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert codes_of(clean(**changes)) == expected


NEW = {f: "2024-07-03" for f in ("fir_date", "info_date", "gd_date", "occurrence_from", "occurrence_to")} | {
    "year": "2024"
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("acts[0].act", "L006"), ("acts[1].act", "L006")]),
        ({"acts": [{"act": "IPC", "section": "379"}, {"act": "BNS", "section": "303(2)"}]}, []),
        ({"occurrence_from": "2024-06-30", "delay_reason": "Illness"}, []),
        ({"acts": [{"act": "BNS", "section": "359"}]}, [("acts[0].section", "L003")]),
        ({"acts": [{"act": "BNS", "section": "85A"}]}, [("acts[0].section", "L003")]),
    ],
)
def test_the_new_code_of_2024(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert codes_of(clean(**{**NEW, **changes})) == expected


def test_a_number_of_last_year_in_the_first_days_of_january_is_told_and_not_refused() -> None:
    days = {f: "2010-01-04" for f in ("fir_date", "info_date", "gd_date", "occurrence_from", "occurrence_to")}
    assert [(f.code, f.severity) for f in check_records([clean(**days)], STRICT)] == [("X007", "note")]


def volume(*rows: tuple[str, str]) -> list[Record]:
    keys = {k: CLEAN[k] for k in ("state", "district", "police_station", "year", "acts")}
    return [make_record(f"r{i}", {**keys, "fir_no": n, "fir_date": d}) for i, (n, d) in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((("1", "2009-01-02"), ("2", "2009-01-02"), ("3", "2009-01-05")), []),
        ((("3", "2009-01-05"), ("1", "2009-01-02"), ("2", "2009-01-02")), []),
        ((("1", "2009-01-02"), ("3", "2009-01-05")), [("r1", "R003")]),
        ((("1", "2009-01-06"), ("2", "2009-01-05")), []),
        ((("1", "2009-02-20"), ("2", "2009-01-05"), ("3", "2009-02-21")), [("r1", "R004")]),
        ((("1", "2009-01-02"), ("1", "2009-01-05")), [("r0", "R001"), ("r1", "R001")]),
        ((("1", "2009-01-02"), ("1", "2009-01-02"), ("1", "2009-01-02")), [("r1", "R002"), ("r2", "R002")]),
    ],
)  # fmt: skip
def test_rules_across_records(rows: tuple[tuple[str, str], ...], expected: list[tuple[str, str]]) -> None:
    found = check_records(volume(*rows), STRICT)
    assert [(f.record, f.code) for f in found if f.code.startswith("R")] == expected


def test_a_record_that_stands_twice_names_the_first() -> None:
    found = check_records(volume(("1", "2009-01-02"), ("2", "2009-01-02"), ("1", "2009-01-02")), STRICT)
    said = [(f.record, f.message) for f in found if f.code == "R002"]
    text = "The same record is here a second time; the first one is kept. (record r0, row 1, the first one)"
    assert said == [("r2", text)]


def test_two_firs_of_one_number_name_each_other() -> None:
    found = check_records(
        volume(("1", "2009-01-02"), ("1", "2009-01-02"), ("1", "2009-01-05"), ("2", "2009-01-05")), STRICT
    )
    said = [(f.record, f.message.partition(" (")[2]) for f in found if f.code == "R001"]
    other = "(record {}, row 1, the other one)"
    assert [(r, f"({m}") for r, m in said] == [
        (r, other.format(o)) for r, o in (("r0", "r2"), ("r1", "r2"), ("r2", "r0"))
    ]


def test_other_stations_and_years_are_other_series() -> None:
    one, two, three = volume(("1", "2009-01-02"), ("1", "2009-01-02"), ("9", "2009-01-02"))
    two = two.with_value("police_station", FieldValue("Lake Town", "Lake Town"))
    three = three.with_value("year", FieldValue("2010", "2010"))
    assert [f for f in check_records([one, two, three], STRICT) if f.code.startswith("R")] == []


def test_records_that_differ_only_in_a_child_row_are_not_the_same() -> None:
    one, two = volume(("1", "2009-01-02"), ("1", "2009-01-02"))
    two = two.with_value("acts[0].section", FieldValue("380", "380"))
    assert {f.code for f in check_records([one, two], STRICT)} == {"R001"}


def severity(record: Record, code: str, **overrides: str) -> str:
    settings = make_settings(TODAY, stations=EXAMPLE_STATIONS, overrides=overrides)
    return next(f.severity for f in check_records([record], settings) if f.code == code)


def test_a_sure_reading_is_rejected_and_a_doubtful_one_is_looked_at() -> None:
    sure = clean(fir_no="0")
    doubtful = sure.with_value("fir_no", FieldValue("0", "0", confidence=0.4, accept=0.9))
    assert (severity(sure, "F005"), severity(doubtful, "F005")) == ("reject", "review")


def test_an_absent_key_is_asked_for_until_a_person_says_that_it_is_not_there() -> None:
    absent = clean(fir_no=None)
    settled = absent.with_value("fir_no", FieldValue("", None, blank=True, by="operator asha"))
    assert (severity(absent, "F005"), severity(settled, "F005")) == ("review", "reject")


def test_a_doubtful_field_beside_the_one_at_fault_lowers_too() -> None:
    record = clean(gd_time="19:10")
    doubtful = record.with_value("fir_time", FieldValue("19.02", "19:02", confidence=0.1, accept=0.9))
    assert severity(record, "X003", X003="reject") == "reject"
    assert severity(doubtful, "X003", X003="reject") == "review"


def test_the_policy_decides() -> None:
    record = clean(occurrence_from="2009-03-01")
    assert (severity(record, "X005"), severity(record, "X005", X005="review")) == ("note", "review")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("fir_date", "F008"), ("fir_time", "F011"), ("fir_no", "F005"), ("year", "F004"), ("district", "F001"),
        ("property_value", "F035"), ("io_rank", "F041"), ("place_direction", "F038"), ("info_type", "T020"),
        ("narrative", "F045"), ("io_name", "F045"), ("place_distance_km", "F045"), ("acts[1].section", "L023"),
        ("acts[0].act", "L002"), ("persons[0].sex", "F018"), ("persons[0].age", "F019"), ("property[0].value", "F035"),
    ],
)  # fmt: skip
def test_raw_text_without_value_is_always_looked_at(path: str, code: str) -> None:
    record = clean(place_direction="N", place_distance_km="2").with_value(path, FieldValue("31/02/2009", None))
    found = {(f.field, f.code): f.severity for f in check_records([record], SETTINGS)}
    assert found[(path, code)] == "review"


def test_ink_that_could_not_be_read_is_looked_at_and_a_blank_zone_is_not() -> None:
    ink = clean().with_value("narrative", FieldValue("", None, origin=Origin(page="p1", zone="narrative")))
    blank = clean().with_value(
        "narrative", FieldValue("", None, blank=True, origin=Origin(page="p1", zone="narrative"))
    )
    assert codes_of(ink) == [("narrative", "F045")]
    assert codes_of(blank) == []


def test_what_a_person_left_without_value_is_not_asked_again() -> None:
    settled = clean().with_value("narrative", FieldValue("smudge", None, by="operator asha"))
    assert codes_of(settled) == []


def test_no_value_stands_in_a_finding() -> None:
    record = clean(io_name="Qarla7|", persons=[{"role": "accused", "name": "Zorab\ufffd", "age": "5"}])
    for f in check_records([record], SETTINGS):
        assert "Qarla" not in f.message
        assert "Zorab" not in f.message


def test_the_clock_is_not_asked() -> None:
    later = make_settings(date(2050, 1, 1), stations=EXAMPLE_STATIONS)
    record = clean(despatch_date="2041-03-12")
    assert ("despatch_date", "F009") not in codes(check_records([record], later))
    assert make_settings(TODAY).key() == make_settings(TODAY).key() != later.key()


POOL: dict[str, list[str | None]] = {
    "state": ["wb", "xx", None], "district": ["Howrah", "Nadia", None], "police_station": ["Bally", "Kotwali"],
    "year": ["2009", "209", None], "fir_no": ["1", "2", "4", "7B8", None],
    "fir_date": ["2009-03-12", "2009-02-30", "2041-01-01", None], "fir_time": ["10:00", "25:00", None],
    "info_date": ["2009-03-10", "2009-03-13", None], "gd_date": ["2009-03-12", "2009-03-13", None],
    "occurrence_from": ["2009-03-01", "2024-07-02", None], "io_name": ["Ulupi", "--", None],
}  # fmt: skip
ACTS = st.lists(
    st.fixed_dictionaries(
        {"act": st.sampled_from(["IPC", "BNS", "?"]), "section": st.sampled_from(["379", "354D", "3O2"])}
    ),
    max_size=3,
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["accused", "complainant"]), "age": st.sampled_from(["5", "30", "x"])}
    ),
    max_size=2,
)
PLAIN = st.fixed_dictionaries({k: st.sampled_from(v) for k, v in POOL.items()} | {"acts": ACTS, "persons": PEOPLE})
ACROSS = {code for code, made in load_rules("iif1").items() if made.across}


def records_of(plains: list[dict[str, Any]]) -> list[Record]:
    return [make_record(f"r{i}", plain) for i, plain in enumerate(plains)]


@settings(max_examples=40, deadline=None)
@given(plains=st.lists(PLAIN, min_size=1, max_size=6), data=st.data())
def test_the_order_of_records_changes_nothing(plains: list[dict[str, Any]], data: st.DataObject) -> None:
    """R002 is left out: which of two equal records is the first is a matter of order."""
    records = records_of(plains)
    shuffled = data.draw(st.permutations(records))
    there, here = (check_records(rs, SETTINGS) for rs in (records, shuffled))
    assert [f for f in there if f.code != "R002"] == [f for f in here if f.code != "R002"]


@settings(max_examples=40, deadline=None)
@given(plains=st.lists(PLAIN, min_size=1, max_size=6))
def test_one_by_one_equals_together(plains: list[dict[str, Any]]) -> None:
    records = records_of(plains)
    alone = [f for r in records for f in check_records([r], SETTINGS) if f.code not in ACROSS]
    together = [f for f in check_records(records, SETTINGS) if f.code not in ACROSS]
    assert sorted(alone) == together


def test_forms_are_checked_apart() -> None:
    records = [clean(), replace(clean(year="209"), id="r0")]
    assert [f.record for f in check_records(records, SETTINGS)][:1] == ["r0"]
