"""Districts, states and stations as they were on a day, and as they are today."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappers.codes import districts, load_stations, states
from mappers.codes.history import NamedPlace, district_on, place_changes, state_on
from mappers.codes.station_history import DistrictsOf, StationBook
from mappers.lookup import find_codes
from mappers.mapping.load import load_mappings, map_rows
from mappers.sources.values import MapContext, RowValues
from mappers.states import load_state
from mappers.text.folding import fold_key

STATIONS = """station,district,aliases,valid_from,valid_to,predecessor
Namunapur,Udaharan,,,1999-04-30,
Namunapur,Nava Udaharan,,1999-05-01,,
Purana Namuna,Udaharan,,,2005-12-31,
Naya Namuna,Udaharan,,2006-01-01,,Purana Namuna
Kata Namuna,Udaharan,,2010-01-01,,Naya Namuna
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "stations.csv"
    path.write_text(STATIONS, encoding="utf-8")
    return path


def test_every_change_is_of_a_known_district_or_state() -> None:
    known = {(d.state, fold_key(d.name)) for d in districts()}
    was = {(c.state, fold_key(c.was)) for c in place_changes()}
    for change in place_changes():
        assert change.source and change.state in states() and (not change.was_state or change.was_state in states())
        if change.kind in ("transferred", "renamed"):
            assert (change.state, fold_key(change.name)) in known | was, change.name
    assert sum(c.kind == "transferred" for c in place_changes()) == 16 + 13 + 18 + 10 + 2


@pytest.mark.parametrize(
    ("name", "state", "day", "then", "today"),
    [
        ("Raipur", "mp", "2000-10-31", "Raipur (mp)", "Balod Bazar (cg); Gariaband (cg); Raipur (cg)"),
        ("Korba", "cg", "2000-10-31", "Korba (mp)", "Korba (cg)"),
        ("Korba", "cg", "2000-11-01", "Korba (cg)", "Korba (cg)"),
        ("Nainital", "up", "1990-01-01", "Nainital (up)", "Nainital (uk)"),
        ("Khunti", "jh", "1999-01-01", "Ranchi (br)", "Khunti (jh); Ranchi (jh)"),
        ("Khunti", "jh", "2005-01-01", "Ranchi (jh)", "Khunti (jh); Ranchi (jh)"),
        ("Nizamabad", "ap", "2014-06-01", "Nizamabad (ap)", "Kamareddy (tg); Nizamabad (tg)"),
        ("Warangal Urban", "tg", "2018-01-01", "Warangal Urban (tg)", "Hanumakonda (tg)"),
        ("Kargil", "jk", "2019-10-30", "Kargil (jk)", "Kargil (la)"),
        ("Bijapur", "ka", "1998-01-01", "Bijapur (ka)", "Vijayapura (ka)"),
        ("Bardhaman", "wb", "1998-01-01", "Bardhaman (wb)", "Paschim Bardhaman (wb); Purba Bardhaman (wb)"),
        ("Kolkata", "wb", "1998-01-01", "Kolkata (wb)", "Kolkata (wb)"),
    ],
)
def test_a_district_is_found_as_it_was_and_as_it_is(name: str, state: str, day: str, then: str, today: str) -> None:
    found = district_on(name, state, day)
    assert found is not None
    assert ("; ".join(map(str, found.then)), "; ".join(map(str, found.today))) == (then, today)


def test_a_state_is_what_it_was_a_part_of() -> None:
    assert state_on("jh", "2000-11-14") == NamedPlace("Bihar", "br") and state_on("jh", "2000-11-15").state == "jh"
    assert state_on("uk", "2003-01-01") == NamedPlace("Uttaranchal", "uk")
    assert district_on("Nowhere", "wb", "1998-01-01") is None


def test_a_station_is_found_as_it_was_and_as_it_is(own: Path) -> None:
    book = StationBook(load_stations("mh", own))
    assert [s.district for s in book.find_on_day("Namunapur", "1998-01-01")] == ["Udaharan"]
    assert [s.name for s in book.find_on_day("Naya Namuna", "2004-01-01")] == ["Purana Namuna"]
    assert [s.name for s in book.today("Purana Namuna")] == ["Naya Namuna", "Kata Namuna"]
    assert DistrictsOf(load_stations("mh", own)).find_district("Namunapur", "2001-01-01") == "Nava Udaharan"


def test_a_record_has_the_district_of_its_day_and_says_what_is_there_today(own: Path) -> None:
    known = DistrictsOf(load_stations("mh", own))
    mapping = load_mappings()["mh_crime_mdb_fir_shreedev"]
    column = {r.targets[0][1]: r.source for r in mapping.rules}
    for day, district in (("02/03/1998", "Udaharan"), ("02/03/2001", "Nava Udaharan")):
        cells = {column["police_station"]: "Namunapur", column["fir_date"]: day}
        context = MapContext("r", state=load_state("mh"), book_year=2001, district_of=known)
        (record,) = map_rows(mapping, [RowValues("f", "t", 1, cells)], context)
        assert record.value("district") == district
        notes = record.fields["police_station"].notes
        assert ("today:Namunapur (Nava Udaharan)" in notes) == (district == "Udaharan")


def test_a_search_by_day_tells_of_then_and_today() -> None:
    hit = find_codes("Gondia", only="district", day="1995-01-01")[0]
    assert hit.facts["then"] == "Bhandara (mh)" and hit.facts["today"] == "Bhandara (mh); Gondia (mh)"
    assert find_codes("Telangana", only="state", day="2010-01-01")[0].facts["then"] == "Andhra Pradesh (ap)"
