"""A vehicle by its numbers: stolen, recovered, in a case, none of these, or a person must look."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marks_store import STATION, asked, batch, fir, open_sqlite

from digitize.errors import OptionsError
from digitize.search.marks import AskedMark
from digitize.search.stores import open_store
from digitize.services.kinds.vehicle_noc import SERVICE
from digitize.services.things import ThingStatement, meanings, score_of, standing_words
from digitize.targets.open import open_target
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.search_fill import fill
from mappers.codes.lists import code_lists
from mappers.codes.registrations import mark_signs, marks_in, registration_forms

THEFT = {"category": "automobiles", "property_status": "stolen"}
TABLES = {
    "iif1": [
        fir("a-r1", 12), fir("b-r1", 13), fir("c-r1", 14), fir("d-r1", 15), fir("e-r1", 16),
        fir("f-r1", 17, narrative="He left his motor cycle WB 26 K 4455 at the gate."), fir("g-r1", 18), fir("j-r1", 19), fir("k-r1", 21),
    ],
    "iif1_vehicles": [
        {"record_id": "a-r1", "registration_no": "WB02AB1234", "chassis_no": "MBLHA10EE9G12345", "make": "hero"},
        {"record_id": "b-r1", "registration_no": "KA05MH0077", "engine_no": "HA10EA9G54321"},
        {"record_id": "c-r1", "registration_no": "WB02C9999"},
        {"record_id": "d-r1", "registration_no": "WBH1234"},
        {"record_id": "e-r1", "registration_no": "WB02??6789"},
        {"record_id": "g-r1", "chassis_no": "98765"},
        {"record_id": "j-r1", "registration_no": "regd. no. OD05B7070 (Hero)", "chassis_no": "UNKNOWN",
         "engine_no": "E-77GKX20991/MD2A11CY8"},
        # The thieves came on it, and took another one.
        {"record_id": "k-r1", "registration_no": "JH10AC3141"},
    ],
    "iif1_property": [
        {"record_id": "a-r1", **THEFT}, {"record_id": "b-r1", **THEFT},
        {"record_id": "d-r1", "category": "automobiles", "property_status": "involved"}, {"record_id": "j-r1", **THEFT},
        {"record_id": "k-r1", **THEFT, "description": "motor cycle JH 10 Z 2718"},
        {"record_id": "f-r1", "category": "other", "description": "one scooter no. TN 07 A 1 / BR 01 PA 2233",
         "property_status": "stolen"},
        # A price and a year are no ends of plates, the rest of a number is.
        {"record_id": "f-r1", "category": "jewellery", "description": "gold chain of Rs. 5512/-"},
        {"record_id": "f-r1", "category": "automobiles", "description": "motor cycle of 2011 no. 8831"},
    ],
    # Of the theft 13/2012, found elsewhere by its engine alone.
    "iif4": [{"record_id": "h-r1", **STATION, "police_station": "Bally", "year": "2013", "fir_no": "3",
              "seizure_date": "2013-01-09", "property_nature": "stolen"}],
    "iif4_vehicles": [{"record_id": "h-r1", "engine_no": "HA10EA9G54321"}],
    "vehicle": [{"record_id": "i-r1", **STATION, "year": "2014", "fir_no": "20", "vehicle_type": "car",
                 "property_status": "stolen", "theft_date": "2014-02-02", "recovery_date": "2014-03-03",
                 "registration_no": "DL1CAB4321"}],
}  # fmt: skip
CASES = [
    ({"registration": "WB 02 AB 1234"}, "stolen"),
    ({"registration": "wb-o2-a8-1234"}, "stolen"),  # the one mark that these signs can be
    ({"registration": "WB02AB1Z34"}, "stolen"),
    ({"registration": "WB ০২ AB ১২৩৪"}, "stolen"),
    ({"chassis": "MBLHA10EE9G12345"}, "stolen"),
    ({"registration": "WB02AB1284"}, "unsure"),
    ({"registration": "WB02AB123"}, "unsure"),
    ({"registration": "WB02A1234"}, "unsure"),
    ({"registration": "WB02BA1234"}, "unsure"),
    ({"registration": "WB02AB????"}, "unsure"),
    ({"registration": "*1234"}, "unsure"),
    ({"registration": "WB*34"}, "unsure"),
    ({"chassis": "12345"}, "unsure"),
    ({"chassis": "MBLHA1OEE9GI2345"}, "unsure"),
    ({"registration": "WB02AB1234", "chassis": "ZZZZZ99999ZZZZ999"}, "unsure"),
    ({"registration": "WB02AB1284", "chassis": "ZZZZZ99999ZZZZ999"}, "no-record"),
    ({"registration": "KA 5 MH 77"}, "recovered"),
    ({"engine": "HA10EA9G54321"}, "recovered"),
    ({"registration": "DL01CAB4321"}, "recovered"),
    ({"registration": "WBH 1234"}, "in-a-case"),
    ({"registration": "WB02C9999"}, "in-a-case"),
    ({"registration": "WB02AX6789"}, "unsure"),
    ({"registration": "WB26K4455"}, "unsure"),
    ({"registration": "BR01PA2233"}, "stolen"),
    ({"chassis": "ME4JF501B98765"}, "unsure"),
    ({"registration": "MH12DE1433"}, "no-record"),
    ({"registration": "MH12DE1433", "engine": "43?21"}, "unsure"),
    ({"registration": "WB02"}, "unsure"),
    ({"chassis": "Howrah"}, "unsure"),
    ({"registration": "GJ05K5512"}, "no-record"),
    ({"registration": "GJ05K2011"}, "no-record"),
    ({"registration": "GJ05K8831"}, "unsure"),
    ({"chassis": "UNKNOWN"}, "unsure"),
    ({"registration": "OD05B7070"}, "stolen"),
    ({"engine": "MD2A11CY8"}, "stolen"),
    ({"engine": "77GKX20991"}, "unsure"),
    ({"registration": "JH10AC3141"}, "in-a-case"),
    ({"registration": "JH10Z2718"}, "stolen"),
    ({"chassis": "WB-02-AB-1234"}, "unsure"),
    ({"engine": "WB02AB1284", "chassis": "ZZZZZ99999ZZZZ999"}, "unsure"),
    ({"chassis": "MBLHA10EE9G12345 HA10EA9G54321"}, "unsure"),
    ({"registration": "1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*Z4"}, "unsure"),
    ({"registration": "एमएच १२ डीई १४३३"}, "unsure"),
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    target, store = open_sqlite(tmp_path_factory.mktemp("noc") / "cctns.sqlite", TABLES)
    yield store
    target.close()


@pytest.mark.parametrize(("numbers", "verdict"), CASES, ids=range(len(CASES)))
def test_the_verdict(store, numbers, verdict):
    assert asked(SERVICE, store, **numbers)[0] == verdict


def test_what_is_told_stands_by_day_with_all_records(store):
    assert asked(SERVICE, store, registration="KA05MH0077")[1] == [
        ("b-r1", "vehicles", 1, "was-stolen"), ("h-r1", "vehicles", 1, "recovered"),
    ]  # fmt: skip
    assert asked(SERVICE, store, registration="DL1CAB4321")[1] == [("i-r1", "", 0, "recovered")]
    assert asked(SERVICE, store, registration="WB26K4455")[1] == [("f-r1", "", 0, "told")]


@pytest.mark.parametrize("text", ["", "??", "*", "WB", "x\ud800" * 4, "1" * 300], ids=range(6))
def test_what_cannot_be_asked(store, text):
    with pytest.raises(OptionsError) as told:
        SERVICE.find(store, {"registration": text})
    assert not text or text not in str(told.value)


def test_postgres_says_the_same(postgres_target, store):
    fill(parse_address(postgres_target))
    target = open_target(postgres_target)
    target.take(batch(TABLES))
    theirs = open_store(target)
    for numbers, _ in CASES[::2]:
        assert asked(SERVICE, theirs, **numbers) == asked(SERVICE, store, **numbers)
    target.close()


def test_what_is_hidden_leaves_nothing_certain():
    assert SERVICE.verdict([{"says": "hidden"}]) == SERVICE.verdict([{}]) == "unsure"
    assert SERVICE.verdict([{"says": "recovered"}, {"says": "hidden"}]) == "unsure"


def test_the_verdict_does_not_hang_on_how_many_are_shown():
    """What decides it comes first, of any mixture."""
    every = [
        "stolen",
        "stolen-or-recovered",
        "in-a-case",
        "differs",
        "told",
        "near",
        "recovered",
        "was-stolen",
        "of-the-case",
    ]
    for size in (1, 2, 3, 4):
        for some in combinations(every, size):
            best = sorted(some, key=score_of, reverse=True)
            verdicts = {SERVICE.verdict([{"says": word} for word in best[:n]]) for n in range(1, size + 1)}
            assert len(verdicts) == 1, some


def test_all_codes_have_a_meaning():
    lists = code_lists()
    told = meanings()
    assert set(told["statuses"]) == set(lists["property_status"].values)
    assert set(told["natures"]) == set(lists["property_nature"].values)
    for group in ("vehicles", "arms"):
        assert set(told[group]["types"]) <= set(lists["property_type"].values)
        assert set(told[group]["categories"]) <= set(lists["property_category"].values)


PLATES = st.from_regex(r"[A-Z]{2}[1-9][0-9][A-Z]{1,2}[0-9]{4}", fullmatch=True)
LOOKALIKES = {"0": "O", "1": "I", "2": "Z", "5": "S", "8": "B", "O": "0", "I": "1", "Z": "2", "S": "5", "B": "8"}
STATEMENTS = st.lists(
    st.builds(ThingStatement, st.sampled_from(("stolen", "recovered", "in-a-case")), st.sampled_from(("", "2012-01-01", "2013-01-01", "2014-01-01")),
              st.sampled_from((("a",), ("b",)))), min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(PLATES, st.data())
def test_a_number_with_signs_that_look_alike_is_at_least_near(plate, data):
    at = [i for i, c in enumerate(plate) if c in LOOKALIKES]
    swapped = data.draw(st.sets(st.sampled_from(at))) if at else set()
    text = "".join(LOOKALIKES[c] if i in swapped else c for i, c in enumerate(plate))
    one = AskedMark(text, is_registration=True)
    assert one.compare(plate) in ("same", "nearly") and AskedMark(plate, is_registration=True).compare(text)
    assert AskedMark(plate, is_registration=True).compare(plate) == "same"


@settings(max_examples=40, deadline=None)
@given(PLATES, st.integers(0, 12), st.sampled_from("AX7"), st.booleans())
def test_one_wrong_or_missing_sign_is_near(plate, at, sign, is_missing):
    at %= len(plate)
    text = plate[:at] + sign * (not is_missing) + plate[at + 1 :]
    for one, other in ((text, plate), (plate, text)):
        asked_for = AskedMark(one, is_registration=True)
        assert asked_for.compare(other)
        assert (
            one == other or asked_for.compare(other) == "nearly" or registration_forms(one) == registration_forms(other)
        )


@settings(max_examples=40, deadline=None)
@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(said, die):
    order = list(range(len(said)))
    die.shuffle(order)
    words = standing_words([[s] for s in said])
    assert standing_words([[said[i]] for i in order]) == [words[i] for i in order]


@settings(max_examples=40, deadline=None)
@given(STATEMENTS)
def test_a_theft_is_over_only_where_a_record_says_so(said):
    for word, one in zip(standing_words([[s] for s in said]), said, strict=True):
        if one.word == "stolen" and word == "was-stolen":
            assert any(s.word == "recovered" and (s.case == one.case or s.day >= one.day) for s in said)
        if one.word == "stolen" and not any(s.word == "recovered" for s in said):
            assert word == "stolen"


def test_an_unrelated_record_changes_nothing(tmp_path):
    target, store = open_sqlite(tmp_path / "one.sqlite", TABLES)
    before = [asked(SERVICE, store, **numbers) for numbers, _ in CASES[::3]]
    more = {"iif1": [fir("z-r1", 99)], "iif1_vehicles": [{"record_id": "z-r1", "registration_no": "GJ18QQ5061"}]}
    target.take(batch(more, "later"))
    assert [asked(SERVICE, store, **numbers) for numbers, _ in CASES[::3]] == before
    target.close()


def test_marks_are_read_as_they_are_meant():
    ways = {"KA-5 MH 77": ("KA05MH0077",), "DL 3C AB 1": ("DL03CAB0001",), "22 BH 1234 AA": ("22BH1234AA",),
            "TNA 99": ("TNA0099",), "WB02": (), "WB 1234": (), "1234": (), "WBO2A81234": ("WB02AB1234",)}  # fmt: skip
    assert {text: registration_forms(mark_signs(text)) for text in ways} == ways
    assert len(registration_forms("MH14D51433")) == 1 and len(registration_forms("MH12001433")) > 1
    text = "FIR no. 12 of 2012, MAY-2012, dt. 12.03.2012, scooter wb 02 ab 1234 and OR-05-1999, phone 9830012345"
    assert marks_in(text) == ["WB02AB1234", "OR051999"]
