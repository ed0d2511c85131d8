"""What was said of a book weighs among a page's own readings; a page that says otherwise keeps its word."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from digitize.steps.read_keys import decide_key, metadata_of
from ocr.forms.decide import decide_page
from ocr.forms.expected import AS_METADATA, as_expected
from ocr.forms.form import Form
from ocr.languages.lexicon import Lexicon
from ocr.page import Box, Candidate, Decided, Recognition, ZoneReading

BOX = Box(0, 0, 100, 20)
NAMES = ("Northtown", "Southtown", "Harbour", "Market", "Lakeside", "Hillside", "Old Fort", "Mill Road")
STATIONS = {"station": Lexicon("station", tuple((name, (f"{name} Thana",)) for name in NAMES))}
FORM = Form.model_validate(
    {
        "format": 1,
        "id": "f1",
        "family": "f1",
        "title": "A form",
        "languages": ["en"],
        "width": 400,
        "height": 400,
        "features": "f1.npz",
        "per_volume": ["police_station", "year"],
        "zone": [
            {"id": "police_station", "box": [0, 0, 100, 20], "kind": "line", "list": "station"},
            {"id": "year", "box": [0, 30, 100, 50], "kind": "year"},
            {"id": "fir_no", "box": [0, 60, 100, 80], "kind": "digits"},
        ],
    }
)


def read(zone, *options, notes=()):
    (value, confidence), *others = options
    return Decided(zone, value, value, confidence, BOX, False, tuple(Candidate(*o) for o in others), notes)


def told(decided, **said):
    return {d.zone: d for d in as_expected({decided.zone: decided}, FORM, STATIONS, said)}.get(decided.zone, decided)


def test_a_doubtful_station_is_the_book_s_where_the_page_bears_it():
    found = told(read("police_station", ("Southtown", 0.5), ("Northtown", 0.4)), police_station="Northtown Thana")
    assert (found.value, found.raw, found.notes) == ("Northtown", "Northtown", (AS_METADATA,))
    assert found.confidence > 0.9 and [c.text for c in found.candidates] == ["Southtown"]


def test_a_page_that_plainly_says_another_station_keeps_it_and_is_asked():
    found = told(read("police_station", ("Harbour", 0.97), ("Northtown", 0.02)), police_station="Northtown")
    assert found.value == "Harbour" and found.notes == ()
    assert 0.5 < found.confidence < 0.9


def test_of_a_long_list_no_more_is_made_than_of_the_one_that_was_measured():
    many = Lexicon("station", tuple((name, ()) for name in (*NAMES, *(f"Ward {n}" for n in range(900)))))
    decided = read("police_station", ("Harbour", 0.97), ("Northtown", 0.02))
    said = {"police_station": "Northtown"}
    (found,) = as_expected({"police_station": decided}, FORM, {"station": many}, said)
    assert found.value == "Harbour" and 0.5 < found.confidence < 0.9


def test_a_station_that_no_reading_bears_is_not_invented_but_doubts_the_page():
    found = told(read("police_station", ("Harbour", 0.7)), police_station="Northtown")
    assert found.value == "Harbour" and found.confidence < 0.7 and not found.candidates


def test_a_year_may_be_written_short_and_the_one_before_is_a_person_s_to_see():
    found = told(read("year", ("18", 0.6), ("13", 0.3)), year="2018")
    assert (found.value, found.notes) == ("18", (AS_METADATA,)) and found.confidence > 0.9
    assert told(read("year", ("2017", 0.9)), year="2018").confidence < 0.9


def test_what_tells_nothing_changes_nothing():
    station = read("police_station", ("Harbour", 0.6))
    assert told(station) is station
    assert told(station, police_station="Nowhere") is station
    assert told(station, year="2018") is station
    number = read("fir_no", ("12/18", 0.6))
    assert told(number, fir_no="13/18") is number
    year = read("year", ("2018", 0.6))
    assert told(year, year="next") is year
    blank = Decided("year", "", "", 1.0, BOX, blank=True)
    assert told(blank, year="2018") is blank
    unread = Decided("year", "x", "", 0.0, BOX)
    assert told(unread, year="2018") is unread


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.floats(0.01, 1)), min_size=1, max_size=5, unique_by=lambda o: o[0]),
    st.sampled_from(NAMES),
)
def test_what_is_said_only_chooses_among_a_zones_options_and_never_makes_another_surer(options, name):
    before = read("police_station", *sorted(options, key=lambda o: -o[1]))
    after = told(before, police_station=name)
    share = {after.value: after.confidence, **{c.text: c.confidence for c in after.candidates}}
    assert set(share) == {name for name, _ in options}
    assert min(share.values()) >= 0 and max(share.values()) == after.confidence <= 0.995
    for other, confidence in options:
        if other != name:
            assert share[other] <= confidence + 1e-4


def test_a_page_is_decided_with_what_was_said_of_its_book():
    candidates = (Candidate("2018", 0.7, "tesseract:a"), Candidate("2013", 0.5, "tesseract:b"))
    page = Recognition("f1", 400, 400, zones=(ZoneReading("year", BOX, candidates, ink=0.1),))
    plain, with_it = (decide_page(page, FORM, STATIONS, said) for said in (None, {"year": "2018"}))
    assert with_it.zones["year"].confidence > plain.zones["year"].confidence
    assert with_it.zones["year"].value == "2018"


def test_a_page_is_decided_anew_when_its_book_is_told_anew_and_not_otherwise():
    settings = SimpleNamespace(rules_key=lambda form: "rules")
    known = SimpleNamespace(read_settings=lambda language: settings, lexica_key="lists", books={})

    def key(**said):
        scan = SimpleNamespace(language="", volume=1, **{"station": "", "district": "", "year": "", **said})
        return decide_key(known, scan, "seen", "f1"), metadata_of(known, scan)

    assert key()[1] == {}
    assert key(station="Harbour", year="2018")[1] == {"police_station": "Harbour", "year": "2018"}
    assert len({key()[0], key(station="Harbour")[0], key(district="Harbour")[0], key(year="2018")[0]}) == 4
    assert key(station="Harbour") == key(station="Harbour")
