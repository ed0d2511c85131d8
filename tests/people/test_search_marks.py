"""A number of a vehicle or a thing by itself: what it may stand for, what it is compared with, by what it is found."""

import pytest
from marks_store import fir, open_sqlite

from digitize.search import marks
from digitize.search.marks import (
    CHILD_OF_KIND,
    THING_KINDS,
    VEHICLE_KINDS,
    AskedMark,
    is_told,
    is_vehicle,
    marks_of,
    numbers_of,
    rows_with,
)
from digitize.search.store_queries import FoundRow
from digitize.targets.search_marks import end_tokens, front_tokens
from digitize.targets.search_rows import NUMBERED, PROPERTY, SEP, TOLD, VEHICLE
from mappers.names.keys import mark_tokens
from mappers.record import FieldValue

PLATE, ENGINE = "WB02AB1234", "HA10EA9G54321"


@pytest.mark.parametrize(
    ("text", "as_plate", "as_number"), [
        (PLATE, False, False), ("DL3CAB1234", False, False), ("1234", True, True), ("WB02", True, True),
        ("MH12 1234", True, False), (ENGINE, True, False), ("WB02AB?234", True, True), ("HA10*", True, True),
        ("एमएच १२ डीई १४३३", True, True),
        # Six signs and three digits at the least, twenty signs at the most.
        ("ABC123", False, False), ("AB123", True, True), ("ABCD12", True, True), ("A1" * 10, True, False),
        ("A1" * 10 + "A", True, True),
    ],
)  # fmt: skip
def test_what_may_be_a_part_or_misread_proves_nothing_where_it_is_not_found(text, as_plate, as_number):
    assert (AskedMark(text, is_registration=True).is_partly, AskedMark(text).is_partly) == (as_plate, as_number)


def test_only_a_whole_plate_stands_for_other_plates():
    assert AskedMark("DL3CAB1234", is_registration=True).forms == ("DL03CAB1234",)
    assert AskedMark("DL3CAB1234").forms == AskedMark("DL3CAB123?", is_registration=True).forms == ()
    assert AskedMark("WB-02 ab.1234").signs == PLATE and not AskedMark(PLATE).is_open
    assert AskedMark("WB*").is_open and AskedMark("WB0?").is_open


def test_a_number_is_looked_up_by_what_may_be_missing_of_it():
    by = {
        "plate": AskedMark("DL3CAB1234", is_registration=True), "engine": AskedMark("HA10EA9G543"),
        "long": AskedMark("HA10EA9G5432"), "part": AskedMark("G12"), "sign": AskedMark("WB02?B1234"),
        "two": AskedMark("WB02??1234"), "end": AskedMark("*B1234"), "start": AskedMark("WB02AB*"),
    }  # fmt: skip
    tokens = {name: mark.tokens() for name, mark in by.items()}
    assert tokens["plate"] == {*mark_tokens("DL3CAB1234"), *mark_tokens("DL03CAB1234"), *end_tokens("1234", "vp")}
    # A shorter number may be the end of a longer one, a long one is not.
    shorter = {*mark_tokens("HA10EA9G543"), *end_tokens("G543", "vp"), *end_tokens("EA9G543", "v6")}
    assert tokens["engine"] == shorter
    assert tokens["long"] == {*mark_tokens("HA10EA9G5432"), *end_tokens("5432", "vp")}
    assert tokens["part"] == frozenset()
    partly = AskedMark("AB12345", is_registration=True).tokens()
    assert partly == {
        *mark_tokens("AB12345"), *end_tokens("2345", "vp"), *end_tokens("2345"), *front_tokens("AB12345"),
    }  # fmt: skip
    ends = {*end_tokens("B1234"), *front_tokens("WB02")}
    assert tokens["sign"] == {*mark_tokens("WB02B1234"), *ends}
    assert tokens["two"] == {*end_tokens("1234"), *front_tokens("WB02")}
    assert tokens["end"] == {*end_tokens("B1234")}
    assert tokens["start"] == {*front_tokens("WB02AB")}
    assert AskedMark("WB02?B*1234").tokens() == {*end_tokens("1234")}


@pytest.mark.parametrize(
    ("asked", "stands", "as_plate", "as_number"), [
        (PLATE, "wb 02-ab 1234", "same", "same"), (PLATE, "WBO2A81234", "same", "nearly"),
        ("DL3CAB1234", "DL03CAB1234", "same", "nearly"), (PLATE, "WB02AB1284", "nearly", "nearly"),
        (PLATE, "WB02AB9784", "", ""), (PLATE, "", "", ""), (PLATE, "234", "", ""), ("234", "234", "nearly", "nearly"),
        # A word, or too few signs, is the same in many records and tells of none.
        ("UNKNOWN", "unknown", "nearly", "nearly"), ("AB123", "AB123", "nearly", "nearly"),
        (ENGINE, ENGINE, "same", "same"), (ENGINE, "54321", "nearly", "nearly"), ("54321", ENGINE, "nearly", "nearly"),
        # The end of a longer one, in whatever order the two would stand in a list.
        ("12348765", "8765", "nearly", "nearly"), ("8765", "12348765", "nearly", "nearly"),
        (ENGINE, "74321", "", ""), (ENGINE, "X54321", "", ""), (ENGINE, "321", "", ""),
        ("WB0?AB1234", PLATE, "nearly", "nearly"), ("WB0?AB1234", "WB0AB1234", "", ""), ("WB*34", PLATE, "nearly", "nearly"),
        ("WB*35", PLATE, "", ""), ("*", PLATE, "nearly", "nearly"), ("WB*", "WB1", "", ""),
        ("*", "", "", ""), (PLATE, "WB02??1234", "nearly", "nearly"), (PLATE, "WB02??1235", "", ""),
        # What nobody could read in the record stands for anything there.
        (PLATE, "WB02AB12??", "nearly", "nearly"), (PLATE, "WB02AB*", "nearly", "nearly"), (PLATE, "WB02AC*", "", ""),
        (PLATE, "WB02AB12", "", ""), (ENGINE, "H7X4321", "", ""), ("WB1A1", "WB1A1", "same", "nearly"),
        # A plate with fewer digits is compared as it is painted, with zeros before them, whichever of the two it is.
        ("DL03CAB0128", "DL3CAB123", "nearly", ""), ("DL3CAB123", "DL03CAB0128", "nearly", ""),
    ],
)  # fmt: skip
def test_a_number_is_the_same_or_near_or_another(asked, stands, as_plate, as_number):
    assert AskedMark(asked, is_registration=True).compare(stands) == as_plate
    assert AskedMark(asked).compare(stands) == as_number


def row(**texts):
    return {name: FieldValue(text, text) for name, text in texts.items()}


def test_the_numbers_of_a_row_stand_with_their_fields():
    vehicle = row(registration_no=PLATE, chassis_no="", engine_no="E-77GKX20991/MD2A11CY8", make="hero 1234")
    assert numbers_of(VEHICLE, vehicle) == [
        ("registration_no", PLATE), ("engine_no", "E-77GKX20991/MD2A11CY8"), ("engine_no", "E-77GKX20991"),
        ("engine_no", "MD2A11CY8"),
    ]  # fmt: skip
    thing = row(description="scooter WB 26 K 4455 and 98765 and 77", identification_no="IMEI 12345", category="other")
    assert numbers_of(PROPERTY, thing) == [
        ("identification_no", "IMEI 12345"), ("description", "WB26K4455"), ("description", "98765"),
    ]  # fmt: skip
    assert numbers_of(PROPERTY, row(description="a lamp, 98765")) == [("description", "98765")]
    assert numbers_of(NUMBERED, row(number="98", kind="phone")) == [("number", "98")]
    assert numbers_of(NUMBERED, row(kind="phone")) == numbers_of(TOLD, row(place=PLATE)) == []
    told = row(narrative="He took WB 26 K 4455.", remarks="Back: HA10EA9G54321.", place=PLATE)
    assert numbers_of(TOLD, told) == [("narrative", "WB26K4455"), ("remarks", ENGINE)]


def found(kind, said=""):
    return FoundRow(kind, "r", 1, "iif1", "", 2012, "", 0, 0, "", said, "")


def test_what_a_row_is_and_which_numbers_the_index_has_of_it():
    kinds = [VEHICLE, PROPERTY, NUMBERED, TOLD]
    assert [is_vehicle(found(k)) for k in kinds] == [True, False, False, False]
    assert [is_told(found(k)) for k in kinds] == [False, False, False, True]
    assert [CHILD_OF_KIND[k] for k in kinds] == ["vehicles", "property", "numbered", ""]
    assert (set(VEHICLE_KINDS), set(THING_KINDS)) == ({VEHICLE, PROPERTY, TOLD}, {PROPERTY, NUMBERED, TOLD})
    assert marks_of(found(VEHICLE, f"A1{SEP}{SEP}B2")) == ["A1", "B2"] and marks_of(found(VEHICLE)) == []


TABLES = {
    "iif1": [fir("b-r1", 2, narrative=f"He came on {PLATE[:4]} AB 1234."), fir("a-r1", 1)],
    "iif1_vehicles": [
        {"record_id": "b-r1", "registration_no": PLATE}, {"record_id": "a-r1", "registration_no": "WB02AB1284"},
        {"record_id": "a-r1", "registration_no": "KA05MH0077", "engine_no": PLATE},
    ],
    "iif1_property": [{"record_id": "a-r1", "category": "other", "description": f"number plate {PLATE}"}],
}  # fmt: skip


def test_rows_with_a_number_come_once_and_in_order(tmp_path, monkeypatch):
    target, store = open_sqlite(tmp_path / "cctns.sqlite", TABLES)
    try:
        asked = [AskedMark(PLATE, is_registration=True), AskedMark("KA05MH0077", is_registration=True)]
        every, is_more = rows_with(store, asked, VEHICLE_KINDS)
        places = [(r.kind, r.record_id, r.line) for r in every]
        assert places == sorted([
            (VEHICLE, "a-r1", 1), (VEHICLE, "a-r1", 2), (VEHICLE, "b-r1", 1), (PROPERTY, "a-r1", 1), (TOLD, "b-r1", 0),
        ]) and not is_more  # fmt: skip
        things, _ = rows_with(store, asked, (PROPERTY,))
        assert [(r.kind, r.record_id, r.line) for r in things] == [(PROPERTY, "a-r1", 1)]
        assert rows_with(store, [], VEHICLE_KINDS) == rows_with(store, [AskedMark("1")], VEHICLE_KINDS) == ([], False)
        monkeypatch.setattr(marks, "_MOST", 5)
        assert rows_with(store, asked, VEHICLE_KINDS) == (every, True)
        monkeypatch.setattr(marks, "_MOST", 6)
        assert rows_with(store, asked, VEHICLE_KINDS) == (every, False)
    finally:
        target.close()
