"""The nearest station of a state's own list: what is wrong with the list, and what is answered."""

import pytest

from digitize.errors import OptionsError
from digitize.services.coordinates import degrees, distance_km, is_in_india, meant_by, outside_km
from digitize.services.kinds.nearest_station import SERVICE
from digitize.services.station_places import load_state_rings, read_places
from digitize.workspace.place import create

LIST = """station,district,lat,lon,address,phone
Kalpanapur,Howrah,22.5958,88.2636,"Kalpanapur, Howrah 711101",033-26410001
Namuna,Howrah,88.2736,22.5858,Namuna 711102,
Udaharan,Nadia,"23,4012",88.5012,,
Shanti,Nadia,23°24'5"N,88°30'E,,
Door,Nadia,12.9716,77.5946,,
Grob,Nadia,23.4,88.5,,
Leer,Nadia,,,,
Krishnapur,Nadia,23.4019,88.4912,"Ghat Road, Krishnapur 741101",03472-200100
Krishnapur,Nadia,23.4019,88.4912,,
,Nadia,23.4019,88.4912,,
Mahila,,23.4019,88.4912,,
Wort,Nadia,north,88.4912,,
"""
WRONG = {
    2: ["lat and lon are swapped."], 3: ["lat has a decimal comma; write 23.4012."],
    4: ["lat is written in degrees and minutes; write 23.4014.", "lon is written in degrees and minutes; write 88.5."],
    5: ["is about 1424 km outside of West Bengal."],
    6: ["needs at least 3 decimals: with fewer it may be a kilometre off, or mean minutes."], 7: ["no coordinates."],
    9: ["the same station of the same district is in row 8; the first one counts."], 10: ["no station is named."],
    11: ["no district is named.", "has the same coordinates as row 8; they are used."],
    12: ["lat is not a number of degrees, such as 22.5726."],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = create("wb", tmp_path_factory.mktemp("nearest") / "ws").folder
    (made / "lists" / "station_places.csv").write_text(LIST, encoding="utf-8")
    return made


def test_each_wrong_row_is_told_with_its_number(folder):
    found = read_places(folder / "lists" / "station_places.csv", "wb")
    told = {}
    for finding in found.findings:
        row, _, what = finding.removeprefix("row ").partition(": ")
        told.setdefault(int(row), []).append(what)
    assert told == WRONG
    assert [s.station for s in found.stations if s.at] == ["Kalpanapur", "Krishnapur", "Mahila"]


@pytest.mark.parametrize(
    ("asked", "by", "first"),
    [
        ({"lat": "22.57", "lon": "88.36"}, "coordinates", "Kalpanapur"),
        ({"lat": "২৩.৪", "lon": "৮৮.৫"}, "coordinates", "Krishnapur"),
        ({"place": "741101"}, "pincode", "Krishnapur"),
        ({"place": "near the ghat, 711 199"}, "pincode-nearby", "Kalpanapur"),
        ({"place": "কৃষ্ণপুর"}, "station", "Krishnapur"),
        ({"place": "Nadia"}, "district", "Udaharan"),
        ({"place": "ghat road"}, "address", "Krishnapur"),
    ],
    ids=range(7),
)
def test_the_nearest_and_how_it_was_found(folder, asked, by, first):
    found = SERVICE.answer(folder, asked)
    assert (found[0]["station"], found[0]["found_by"], found[0]["jurisdiction"]) == (first, by, "unknown")
    assert ("distance_km" in found[0]) == (by == "coordinates")
    assert SERVICE.verdict(found) == ("left-out" if by == "coordinates" else "nearest")


@pytest.mark.parametrize(
    ("asked", "told"),
    [({}, "Give a latitude"), ({"lat": "22.57"}, "decimal degrees"), ({"lat": "88.36", "lon": "22.57"}, "swapped"),
     ({"lat": "51.5", "lon": "0.1"}, "outside of India"), ({"lat": "22,57", "lon": "88,36"}, "decimal degrees")],
    ids=range(5),
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(folder, asked, told):
    with pytest.raises(OptionsError, match=told):
        SERVICE.answer(folder, asked)


def test_a_workspace_without_a_list_or_with_another_file_says_what_is_needed(folder, tmp_path):
    with pytest.raises(OptionsError, match=r"station,district,lat,lon,address,phone"):
        SERVICE.answer(create("wb", tmp_path / "ws").folder, {"place": "x"})
    (tmp_path / "other.csv").write_text("name,lat\n", encoding="utf-8")
    with pytest.raises(OptionsError, match="column station, district, lon is missing"):
        read_places(tmp_path / "other.csv", "wb")


def test_degrees_and_distances():
    assert degrees("२२.५७") == 22.57
    assert degrees("22.57 N") is degrees("1e1") is degrees("22°") is None
    assert meant_by("22 34 21") == ("degrees and minutes", 22.5725)
    assert meant_by("22°75'") is meant_by("about 22") is None
    # Kolkata and Delhi, by tables of distances between cities.
    assert distance_km((22.5726, 88.3639), (28.6139, 77.2090)) == pytest.approx(1304, abs=2)
    assert distance_km((10, 80), (10, 80)) == 0
    assert is_in_india(8.1, 77.5) and not is_in_india(77.5, 8.1)
    bengal = load_state_rings("wb")
    assert [round(outside_km(bengal, *at)) for at in ((22.57, 88.36), (27.04, 88.26))] == [0, 0]
    # Patna lies in another state.
    assert outside_km(bengal, 25.61, 85.14) > 200
