"""What is hidden is told by nothing else: each of these questions once told it. Also what was wrong and looked sure."""

import pytest
from loaded_records import asks, fir, loaded, missing, told, warrant

from digitize.errors import NotFound
from digitize.masking.unmasking import check_unmasking
from digitize.search.query import SearchQuery
from digitize.search.search import StoreSearch
from digitize.services.copies.asked import fir_asked
from digitize.services.query_service import ServiceDesk
from digitize.services.rates import Rates, TooOften
from digitize.services.registry import find_service
from digitize.services.shown import seen_by

SEXUAL = {"acts": [{"act": "IPC", "section": "376"}]}
JUDGMENT = {"persons": [{"role": "accused", "name": "X Y", "court_result": "convicted"}]}


@pytest.fixture
def store(tmp_path):
    made = []

    def make(*records):
        made.append(loaded(tmp_path / f"{len(made)}.sqlite", *records))
        return made[-1]

    yield make
    for target in made:
        target.close()


def test_a_hidden_child_does_not_keep_others_from_being_found(store):
    unnamed, child = missing("m9", "9", None, "19"), missing("m1", "1", "Lakshmi Devi", "14")
    asked = {"name": "Lakshmi Devi", "age": "12-20"}
    alone, both = (told(store(*some), "missing-persons", **asked) for some in ([unnamed], [unnamed, child]))
    assert alone == both == ("look", [("m9", "")])


def test_a_hidden_warrant_does_not_keep_others_from_being_found(store):
    """Where the relative is not written it is looked further, unless somebody has it: once also for the hidden."""
    seen, hidden = warrant("p1", "20", "Mohan Pal", None), warrant("p2", "21", "Mohan Pal", "Hari Das", "non_bailable")
    for service, more in (("proclaimed-offenders", {}), ("arrested-wanted", {"state": "wanted"})):
        asked = {"name": "Mohan Pal", "relative": "Hari Das", "age": "30", **more}
        alone, both = (told(store(*some), service, **asked) for some in ([seen], [seen, hidden]))
        assert alone == both and [name for name, _ in both[1]] == ["p1"]


def test_a_traced_person_is_not_told_by_what_becomes_of_a_report(store):
    report = missing("m3", "3", "Gita Sen", "40", "Hari Sen")
    traced = missing("m4", "4", "Gita Sen", "40", "Hari Sen", trace_status="traced_alive", traced_date="2013-06-01")
    alone, both = (told(store(*some), "missing-persons", record="m3") for some in ([report], [report, traced]))
    assert alone == both == ("look", [("m3", "")])


def test_how_many_are_hidden_is_not_told_by_how_many_are_shown(store):
    children = [missing(f"k{n}", str(n), f"Kid {n}", "12", "Hari Sen") for n in range(30)]
    adults = [missing(f"v{n}", str(100 + n), f"Vis {n}", "20", "Hari Sen") for n in range(30)]
    asked = {"age": "10-22", "place": "Howrah", "name": "Vis"}
    shown = [told(store(*some), "missing-persons", limit=100, **asked)[1] for some in (adults, [*children, *adults])]
    assert shown[0] == shown[1] and len(shown[0]) == 30


def test_a_hidden_fir_does_not_keep_a_station_of_like_name_from_a_copy(store):
    near = fir("v1", "7", ("accused", "Mohan Pal", {}), police_station="Kalpanpur")
    hidden = fir("h1", "7", ("accused", "Mohan Pal", {}), children=SEXUAL)
    # Both stations are known in both stores, each by an FIR that may be seen.
    more = fir("q1", "99", ("accused", "A B", {}))
    for some in ([near, more], [near, hidden, more]):
        asked = {"number": "7", "year": "2013", "station": "Kalpnapur"}
        assert fir_asked(ServiceDesk(store(*some)), asked, asks()).id == "v1"
    with pytest.raises(NotFound):
        fir_asked(ServiceDesk(store(hidden, more)), {**asked, "station": "Kalpanapur"}, asks())


@pytest.mark.parametrize("one, other", [({"fir_part": "1"}, {"fir_part": "2"}), ({"state": "br"}, {"state": "mh"})])
def test_two_firs_with_one_number_are_not_told_as_one(store, one, other):
    first = fir("pa", "12", ("accused", "A B", {}), district="Aurangabad", **one)
    judgment = (
        "iif6",
        "jb",
        {"fir_no": "12", "district": "Aurangabad", "judgment_date": "2014-01-01", **other},
        JUDGMENT,
    )
    asked = {"number": "12", "year": "2013", "station": "Kalpanapur"}
    assert told(store(first, judgment), "fir-status", **asked)[0] == "several"


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")], ids=["first", "last"])
def test_who_is_proclaimed_is_told_to_the_public_also_where_a_warrant_is_hidden(store, names):
    target = store(warrant(names[0], "20", "Mohan Pal"), warrant(names[1], "20", "Mohan Pal", kind="non_bailable"))
    asked = {"name": "Mohan Pal", "relative": "Karim Sheikh", "state": "wanted"}
    assert told(target, "arrested-wanted", **asked) == ("wanted", [(names[0], "proclaimed")])


CHAIN = {"property": [{"description": "gold chain of Haren Ghosh", "property_status": "stolen"}]}
WITNESS = ("witness", "Haren Ghosh", {"mobile": "9830012345"})


def test_words_of_a_thing_do_not_tell_whose_name_is_hidden_in_it(store):
    target = store(fir("w1", "9", WITNESS, children=CHAIN))
    assert told(target, "stolen-property", words="Haren Ghosh") == told(target, "stolen-property", words="Zubeda Bibi")
    assert told(target, "stolen-property", "police", words="Haren Ghosh") == ("stolen", [("w1", "stolen")])


@pytest.mark.parametrize(
    "text", ["at the door of Haren", "call 98300 12345", "+91-98300-12345", "৯৮৩০০১২৩৪৫"], ids=range(4)
)
def test_who_is_masked_is_not_named_by_a_place_or_a_thing_of_the_copy(store, text):
    target = store(fir("w1", "9", WITNESS, children=CHAIN, place=text))
    asked = {"number": "9", "year": "2013", "station": "Kalpanapur"}
    shown = dict(fir_asked(ServiceDesk(target), asked, asks()).cells())
    assert [shown[p].value for p in ("place", "property[0].description")] == ["[masked]"] * 2


@pytest.mark.parametrize(
    "fields, section", [
        ({"narrative": "u/s 6 of the POCSO Act"}, ("IPC", "323")), ({"other_acts": "UAPA 17"}, ("IPC", "323")),
        ({"narrative": "under the Unlawful Activities (Prevention) Act"}, ("IPC", "323")), ({}, ("uapa", "17")),
        ({}, ("IPC", "124A, 153A")),
    ], ids=range(5),
)  # fmt: skip
def test_what_a_text_alone_tells_hides_an_fir_from_the_web_as_sections_do(store, fields, section):
    acts = {"acts": [dict(zip(("act", "section"), section, strict=True))]}
    target = store(fir("n1", "8", ("accused", "A B", {}), children=acts, **fields))
    asked = {"number": "8", "year": "2013", "station": "Kalpanapur"}
    assert told(target, "fir-status", **asked) == ("not-found", [])
    assert told(target, "fir-status", "police", **asked)[1] == [("n1", "registered")]
    with pytest.raises(NotFound):
        fir_asked(ServiceDesk(target), asked, asks())


@pytest.mark.parametrize("station", ["Kalpana Pur", "P.S. Kalpanapur", "কল্পনাপুর"], ids=range(3))
def test_a_case_is_one_however_its_station_is_written(store, station):
    arrest = {"police_station": station, "fir_no": "7", "arrest_date": "2013-05-09"}
    hidden = fir("h1", "7", ("complainant", "Gopal Mandal", {}), children=SEXUAL)
    named = {"persons": [{"role": "witness", "name": "Gopal Mandal"}]}
    target = store(hidden, ("iif3", "r1", arrest, named))
    assert StoreSearch(target).search(SearchQuery("Gopal Mandal"), asks("police").by).hits == ()


def test_the_search_shows_no_more_than_the_policy_lets(store):
    """The officer who is accused in a case, and an accused child of one that is over, whom no reason brings back."""
    own = fir(
        "s1", "5", ("complainant", "Gopal Mandal", {"mobile": "9830012345"}), ("accused", "Asha Rao", {"age": "34"})
    )
    child = fir("s2", "6", ("accused", "Raju Rao", {"age": "15"}))
    report = ("iif5", "s3", {"fir_no": "6", "report_type": "fr_unoccurred", "report_date": "2013-09-01"}, {})
    target = store(own, child, report)

    def found(text, by):
        return [hit.record for hit in StoreSearch(target).search(SearchQuery(text), by.by, seen_by(by)).hits]

    why = check_unmasking(unmask=True, reason="court order 12/2026", operator="Sup", user="sup@office")
    for text in ("Gopal Mandal", "9830012345"):
        assert (found(text, asks("police", "Asha Rao")), found(text, asks("police", "B. Sen"))) == ([], ["s1"])
    assert "s2" not in found("Raju Rao", asks("police", "Sup", why))
    assert found("Raju Rao", asks("court", "Sup", why))[0] == "s2"


def test_numbers_one_after_another_are_known_however_the_rest_is_written(store):
    """Six FIRs in a row, with the station spelt anew each time, by two services; as many vehicles with made-up frames."""
    desk = ServiceDesk(store(fir("v1", "7", ("accused", "A B", {}))), Rates())
    stations = ["Kalpanapur", "kalpana-pur", "কল্পনাপুর", "Kalpnapur", "कल्पनापुर", "KALPANAPUR", "Kalpanapurr"]
    with pytest.raises(TooOften):
        for number, station in enumerate(stations, 10):
            asked = {"number": str(number), "year": "2013", "station": station, "district": "Howrah"[number % 2 * 6 :]}
            if number % 3:
                desk.answer(find_service("fir-status"), asked, asks())
            else:
                desk.copies(lambda _: [], "iif1", asks(), asked)
    with pytest.raises(TooOften):
        for number in range(7):
            asked = {
                "registration": f"WB{' -'[number % 2]}02 AB {1230 + number}",
                "chassis": f"MBLHA10{number * 977}XYZ",
            }
            desk.answer(find_service("vehicle-noc"), asked, asks())


def test_a_text_as_long_as_a_book_without_a_blank_is_looked_through(store):
    target = store(fir("w1", "9", ("accused", "A B", {}), narrative="x" * 60_000 + " under UAPA"))
    assert told(target, "fir-status", number="9", year="2013", station="Kalpanapur") == ("not-found", [])
