"""Lists of places: how complete they say they are, what they imply, and where they contradict each other."""

import pytest

from digitize.errors import OptionsError
from digitize.reading.lexica import as_lexica
from digitize.workspace.intake.manifest import Metadata, check_places
from mappers.codes import place_lists
from mappers.codes.contradictions import contradictions
from mappers.codes.stations import read_stations
from mappers.errors import MappingError
from ocr.languages.lexicon import INCOMPLETE

HEAD = "station,district,aliases\n"


def written(tmp_path, text, name="stations.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("said", "share"),
    [("", None), ("# complete = false\n", None), ("# complete = true\n", 1.0), ("# complete = 0.97\n", 0.97)],
)
def test_a_list_says_how_complete_it_is(tmp_path, said, share):
    path = written(tmp_path, f"{said}{HEAD}Misalpur,Nadia,\n")
    assert [s.name for s in read_stations(path)] == ["Misalpur"]
    lists = place_lists("wb", path)
    assert lists["station"].complete == share
    assert as_lexica(lists)["station"].complete == (share or INCOMPLETE)


@pytest.mark.parametrize("head", ["# complete = maybe\n", "# complete = 7\n", "# whole = true\n"])
def test_another_word_on_it_is_refused_with_the_file(tmp_path, head):
    with pytest.raises(MappingError, match="stations.csv"):
        place_lists("wb", written(tmp_path, head + HEAD))


def test_a_station_implies_its_district_and_those_in_which_a_police_district_lies(tmp_path):
    implies = place_lists("wb", written(tmp_path, f"{HEAD}Misalpur,Nadia,\n"))["station"].implies
    assert implies["Misalpur"] == ("Nadia",)
    assert implies["Airport"] == ("Bidhannagar City Police", "North 24 Parganas")


def test_contradictions_are_told(tmp_path):
    rows = "Misalpur,Nadiya,M\nUdahar,Nadia,M\nKalpan,Nadia,\nKalpan,Malda,\nAirport,Howrah,\nNamun,Nowhere at all,\n"
    said = contradictions("wb", written(tmp_path, HEAD + rows))
    expected = (
        "it may be Nadia",
        "M is a spelling of Misalpur and Udahar",
        "Kalpan is in",
        "Airport is in",
        "Nowhere",
    )
    assert all(any(part in line for line in said) for part in expected) and len(said) == len(expected)
    assert contradictions("wb") == []


def test_what_is_told_at_intake_and_in_no_list_is_refused_with_the_nearest(tmp_path):
    lists = place_lists("wb", written(tmp_path, f"{HEAD}Misalpur,Nadia,Misal PS\n"))
    for good in (Metadata(), Metadata(station="misal ps"), Metadata(station="Misalpur", district="NADIA")):
        check_places(good, "a.jpg", lists, has_own=True)
    with pytest.raises(OptionsError, match=r"a.jpg: there is no station Misalpore; did you mean Misalpur\?"):
        check_places(Metadata(station="Misalpore"), "a.jpg", lists, has_own=True)
    with pytest.raises(OptionsError, match=r"no district Nadya; did you mean Nadia\?"):
        check_places(Metadata(district="Nadya"), "a.jpg", lists, has_own=True)
    # Without a list of the office's own only what looks like a slip.
    check_places(Metadata(station="Anything", district="Kamrup"), "a.jpg", place_lists("as"), has_own=False)
    with pytest.raises(OptionsError, match="did you mean Lake Town"):
        check_places(Metadata(station="Lake Tovn"), "a.jpg", place_lists("wb"), has_own=False)
