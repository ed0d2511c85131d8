"""Stolen things and arms: by number, words and calibre; a theft and the recovery elsewhere stand beside each other."""

import pytest
from marks_store import STATION, asked, batch, fir, open_sqlite

from digitize.errors import OptionsError
from digitize.search.stores import open_store
from digitize.services.articles import calibres
from digitize.services.kinds.stolen_property import SERVICE
from digitize.targets.open import open_target
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.search_fill import fill

PHONE, GUN, IDOL = "356938035643809", "RP-44871", "one brass idol of Ganesh"
TABLES = {
    "iif1": [fir(f"a{n}", n) for n in range(1, 7)],
    "iif1_property": [
        {"record_id": "a1", "category": "electrical_electronic", "property_type": "mobile_phone",
         "description": f"mobile IMEI {PHONE}", "property_status": "stolen"},
        {"record_id": "a2", "category": "arms_ammunition", "property_type": "pistol", "property_status": "stolen",
         "description": f"revolver no. {GUN} .32 bore made by Ashani"},
        {"record_id": "a3", "category": "jewellery", "property_type": "gold_ornament", "property_status": "stolen",
         "description": "सोने की चेन"},
        {"record_id": "a4", "category": "cultural_property", "property_type": "idol", "property_status": "stolen",
         "description": IDOL},
        {"record_id": "a5", "category": "arms_ammunition", "property_type": "country_made_gun",
         "property_status": "seized", "description": "country made gun 12 bore"},
        {"record_id": "a6", "category": "electrical_electronic", "property_type": "mobile_phone",
         "description": "mobile IMEI 490154203237518", "property_status": "stolen"},
    ],
    # The telephone was found elsewhere; an ornament of the third case in the same one.
    "iif4": [
        {"record_id": "s1", **STATION, "police_station": "Bally", "year": "2013", "fir_no": "8",
         "seizure_date": "2013-01-09", "property_nature": "others"},
        {"record_id": "s3", **STATION, "year": "2012", "fir_no": "3", "seizure_date": "2012-04-01",
         "property_nature": "stolen"},
    ],
    "iif4_property": [
        {"record_id": "s1", "serial_no": "1", "category": "electrical_electronic", "property_type": "mobile_phone",
         "description": "one mobile", "property_status": "recovered"},
        {"record_id": "s1", "serial_no": "2", "property_type": "cash", "description": "money", "property_status": "seized"},
        {"record_id": "s3", "serial_no": "1", "property_type": "gold_ornament", "description": "gold chain",
         "property_status": "recovered"},
    ],
    "iif4_numbered": [{"record_id": "s1", "thing_serial_no": "1", "make": "Nokia", "number": PHONE}],
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    target, store = open_sqlite(tmp_path_factory.mktemp("things") / "cctns.sqlite", TABLES)
    yield store
    target.close()


CASES = [
    ({"number": PHONE}, "recovered", {"a1": "was-stolen", "s1": "recovered"}),
    ({"number": "3569 3803 5643 809"}, "recovered", {"a1": "was-stolen", "s1": "recovered"}),
    ({"number": "356938035643808"}, "unsure", {"a1": "near", "s1": "near"}),
    ({"number": "35693803564380?"}, "unsure", {"a1": "near", "s1": "near"}),
    ({"number": "490154203237518"}, "stolen", {"a6": "stolen"}),
    ({"number": "44871"}, "unsure", {"a2": "near"}),
    ({"number": "RP44871"}, "stolen", {"a2": "stolen"}),
    ({"number": "RP44B71"}, "unsure", {"a2": "near"}),
    ({"number": "999888777666555"}, "none", {}),
    ({"number": "9998"}, "unsure", {}),
    ({"words": "sone ki chen"}, "unsure", {"a3": "stolen-or-recovered"}),
    ({"words": "ब्रास आइडल"}, "stolen", {"a4": "stolen"}),
    ({"kind": "idol", "state": "stolen"}, "stolen", {"a4": "stolen"}),
    ({"words": "revolver", "calibre": ".32", "maker": "Ashani"}, "stolen", {"a2": "stolen"}),
    ({"calibre": "12 bore", "arms": "yes"}, "in-a-case", {"a5": "in-a-case"}),
    ({"calibre": "12 bore", "state": "stolen"}, "none", {}),
    ({"number": GUN, "calibre": "12 bore"}, "none", {}),
    ({"kind": "idol", "station": "Bally"}, "none", {}),
    ({"kind": "idol", "until": "2011-01-01"}, "none", {}),
]  # fmt: skip


@pytest.mark.parametrize(("given", "verdict", "says"), CASES, ids=range(len(CASES)))
def test_things(store, given, verdict, says):
    found = asked(SERVICE, store, **given)
    assert (found[0], {record: word for record, _, _, word in found[1]}) == (verdict, says)


def test_a_theft_and_the_recovery_elsewhere_stand_beside_each_other(store):
    found = {a.record: [(b.record, b.child, b.says) for b in a.beside] for a in SERVICE.find(store, {"number": PHONE})}
    assert found == {"a1": [("s1", "property", "recovered")], "s1": [("a1", "property", "was-stolen")]}
    (one,) = SERVICE.find(store, {"words": "mobile", "state": "recovered", "station": "Kalpanapur"})
    assert [b.record for b in one.beside] == ["s1"]


def test_what_cannot_be_asked(store):
    for given in ({}, {"number": "12"}, {"number": "???"}, {"station": "Bally"}):
        with pytest.raises(OptionsError):
            SERVICE.find(store, given)


def test_postgres_says_the_same(postgres_target, store):
    fill(parse_address(postgres_target))
    target = open_target(postgres_target)
    target.take(batch(TABLES))
    theirs = open_store(target)
    for given, _, _ in CASES:
        assert SERVICE.find(theirs, given) == SERVICE.find(store, given)
    target.close()


def test_calibres():
    for text, some in ((".315 bore rifle", {"315"}), ("१२ बोर 12 Bore", {"12 bore"}), ("9mm pistol and 7.65 mm", {"9 mm", "7.65 mm"}),
                       ("0.32 revolver", {"32"}), ("Rs 1.25 lakh", set()), ("12 gauge", {"12 bore"})):  # fmt: skip
        assert calibres(text) == some, text
