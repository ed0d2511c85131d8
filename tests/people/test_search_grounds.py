"""Why something was found, what bounds a question has, and how a number or a word that is nearly right is ranked."""

import pytest
from search_store import batch

from digitize.errors import OptionsError
from digitize.search.log import Searcher
from digitize.search.query import SearchQuery
from digitize.search.search import StoreSearch
from digitize.targets.sqlite import SqliteTarget

BY = Searcher("Asha", "asha@office", "case 12/2012")


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    target = SqliteTarget(tmp_path_factory.mktemp("store") / "cctns.sqlite")
    target.take(batch())
    yield StoreSearch(target)
    target.close()


def told(finder, **asked):
    """Of each thing found: record, kind, and its grounds as "what how"."""
    hits = finder.search(SearchQuery(**asked), BY).hits
    return [(h.record, h.kind, sorted(f"{g.what} {g.how}" for g in h.why)) for h in hits]


CASES = [
    ({"text": "Mohammad Salim", "kind": "person", "relative": "Karim"}, "a-r1", ["name same", "relative same"]),
    ({"text": "Mohan Pal", "kind": "person", "relative": "Nobody Atall"}, None, None),
    ({"relative": "Karim", "kind": "person"}, "a-r1", ["relative same"]),
    ({"text": "Salim", "kind": "person", "year": "2012", "since": "2012-03-01", "until": "2012-03-31", "age": "34",
      "section": "379", "place": "Bada Bazar"}, "a-r1",
     ["age alike", "name alike", "period same", "place alike", "section same", "year same"]),
    ({"text": "Harpreet Singh", "kind": "person", "station": "Cuttack Sadar"}, "c-r1", ["name same", "station same"]),
    ({"text": "9830012345", "kind": "person"}, "c-r1", ["number same"]),
    ({"text": "12/2012", "kind": "fir"}, "a-r1", ["number same"]),
    ({"text": "12/2012", "kind": "fir", "section": "IPC 379"}, "a-r1", ["number same", "section same"]),
    ({"kind": "fir", "station": "Cuttack Sadar", "year": "2012"}, "c-r1", ["station same", "year same"]),
    ({"kind": "fir", "section": "304A", "since": "2012-09-09"}, "c-r1", ["period same", "section same"]),
    ({"text": "Bada Bazar", "kind": "fir"}, "a-r1", ["place same"]),
    ({"text": "Bada Bazar", "kind": "fir", "year": "2012", "section": "379"}, "a-r1",
     ["place same", "section same", "year same"]),
    ({"text": "Mohammad Salim", "kind": "person", "relative": " ", "station": " ", "place": " ", "year": " ",
      "age": " ", "section": " "}, "a-r1", ["name same"]),
    ({"text": "WB02AB1234", "kind": "vehicle"}, "a-r1", ["number same"]),
    ({"text": "WB02AB1284", "kind": "vehicle"}, "a-r1", ["number alike"]),
    ({"text": "hero", "kind": "vehicle"}, "a-r1", ["words same"]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "record", "grounds"), CASES, ids=range(len(CASES)))
def test_each_thing_found_says_by_what(finder, asked, record, grounds):
    found = [t for t in told(finder, **asked) if t[1] == asked["kind"]]
    assert found == [] if record is None else found[0] == (record, asked["kind"], grounds)


@pytest.mark.parametrize(
    ("asked", "is_found"), [
        ({"year": "2012"}, True), ({"year": "-2012"}, True), ({"year": "2012-"}, True), ({"year": "2011-2012"}, True),
        ({"year": "2011"}, False), ({"year": "2013-"}, False), ({"year": "-2011"}, False),
        ({"since": "2012-03-04"}, True), ({"since": "2012-03-05"}, False), ({"until": "2012-03-04"}, True),
        ({"until": "2012-03-03"}, False), ({"age": "34"}, True), ({"age": "30-34"}, True), ({"age": "60-"}, False),
        ({"age": "-20"}, False), ({"section": "IPC 379"}, True), ({"section": "379"}, True), ({"section": "IPC"}, True),
        ({"section": "BNS 379"}, False), ({"section": "380"}, False), ({"place": "Howrah"}, True),
        ({"place": "Kalpanapur"}, True), ({"place": "Bazar"}, True), ({"place": "Ghat"}, False),
        ({"station": "Cuttack Sadar"}, False), ({"relative": "Karim"}, True),
    ], ids=str,
)  # fmt: skip
def test_a_person_is_found_within_the_bounds_that_were_said_and_not_outside(finder, asked, is_found):
    found = {record for record, _, _ in told(finder, text="Mohammad Salim", kind="person", **asked)}
    assert ("a-r1" in found) is is_found


def test_a_section_of_an_act_is_not_that_of_another_act(finder):
    assert told(finder, kind="fir", section="IPC 379")[0][0] == "a-r1"
    assert told(finder, kind="fir", section="NDPS 379") == []


@pytest.mark.parametrize(
    "asked", [
        {"text": "Ram", "kind": "ghost"}, {"text": "x" * 201}, {"text": "Ram", "limit": 0},
        {"text": "Ram", "limit": 1001}, {"text": "Ram", "since": "2012-8-31"}, {"text": "Ram", "until": "20120831"},
        {"text": "Ram", "since": "2012-13-01"}, {"text": "Ram", "year": "2014-2010"}, {"text": "Ram", "year": "12"},
        {"text": "Ram", "year": "-99"}, {"text": "Ram", "year": "soon"}, {"text": "Ram", "age": "40-30"},
        {"text": "Ram", "age": "old"}, {"text": "Ram\0"}, {"text": "?*"}, {}, {"text": "Ram", "year": "1799"},
        {"text": "Ram", "year": "1799-"}, {"text": "Ram", "year": "-"}, {"text": "Ram", "year": "02012"},
        {"text": "Ram", "year": "²"}, {"text": "Ram", "age": "201-"}, {"text": "Ram", "limit": 101}, {"text": "x" * 101 + " " * 100},
    ], ids=str,
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(finder, asked):
    with pytest.raises(OptionsError):
        finder.search(SearchQuery(**asked), BY)


@pytest.mark.parametrize(
    "asked", [
        {"text": "Ram", "limit": 1}, {"text": "Ram", "year": "1800"}, {"text": "Ram", "age": "30-30"},
        {"text": "Ram", "year": "2010-2010"}, {"text": "राम\u200d"}, {"section": "302"}, {"place": "Ghat"},
        {"station": "Kalpanapur"}, {"relative": "Karim"}, {"text": "Ram", "age": "30-"}, {"text": "Ram", "age": "200-"},
        {"text": "Ram", "limit": 100}, {"text": "Ram" * 60}, {"text": "Ram", "year": "-1800"}, {"text": "राम\u200c"},
        *({"text": "Ram", "kind": kind} for kind in ("person", "fir", "vehicle", "property")),
    ], ids=str,
)  # fmt: skip
def test_what_is_just_within_the_bounds_may_be_asked(asked):
    SearchQuery(**asked).check()


def test_the_log_tells_the_shape_of_a_question_and_none_of_its_names():
    query = SearchQuery("Ram Kumar", kind="person", relative="Hari", place="Bada Bazar", year="2012", section="IPC 379")
    assert query.as_logged() == {
        "text": [3, 5], "relative": [4], "place": [4, 5], "kind": "person", "year": "2012", "section": "IPC 379",
        "limit": 10,
    }  # fmt: skip


def test_the_log_tells_every_condition_that_names_nobody():
    said = {"station": "Bally", "since": "2012-01-01", "until": "2012-12-31", "age": "30-40"}
    assert SearchQuery(**said).as_logged() == {**said, "limit": 10}


@pytest.mark.parametrize(
    ("text", "years"), [
        ("", (0, 0)), ("  ", (0, 0)), (" 2012 ", (2012, 2012)), ("२०१२", (2012, 2012)), ("2012-", (2012, 0)),
        ("-2012", (0, 2012)), ("2010 to 2012", (2010, 2012)), ("2010–2012", (2010, 2012)), (" 2010 - 2012 ", (2010, 2012)),
    ],
)  # fmt: skip
def test_years_are_one_or_from_and_to(text, years):
    assert SearchQuery("Ram", year=text).years == years and SearchQuery("Ram", age=text).ages == years


@pytest.mark.parametrize(
    ("text", "pair"), [
        ("12/2012", (12, 2012)), (" 12 / 2012 ", (12, 2012)), ("FIR No. 12/2012", (12, 2012)), ("fir 12/2012", (12, 2012)),
        ("१२/२०१२", (12, 2012)), ("12/12", None), ("12", None), ("Ram 12/2012", None),
    ],
)  # fmt: skip
def test_a_number_with_its_year_is_that_of_an_fir(text, pair):
    assert SearchQuery(text).number_and_year == pair


def test_of_what_is_equally_good_the_newer_stands_first_and_no_more_than_was_asked_for(finder):
    found = [record for record, _, _ in told(finder, kind="fir", place="Howrah")]
    assert found == ["b-r1", "d-r1", "a-r1", "c-r1"]
    assert [record for record, _, _ in told(finder, kind="fir", place="Howrah", limit=2)] == ["b-r1", "d-r1"]


def test_a_name_nearer_to_what_was_asked_stands_before_another(tmp_path):
    target = SqliteTarget(tmp_path / "near.sqlite")
    more = [
        {"record_id": "a-r1", "line": 3, "role": "witness", "name": "Bhagirath Sen"},
        {"record_id": "c-r1", "line": 2, "role": "witness", "name": "Bhagirath Sengupta"},
    ]
    target.take(batch(more))
    hits = StoreSearch(target).search(SearchQuery("Bhagirath Sengupta", kind="person"), BY).hits
    assert [(h.record, h.line) for h in hits] == [("c-r1", 2), ("a-r1", 3)]
    assert hits[0].score == 1.0 > hits[1].score
    target.close()


def test_what_is_found_is_shown_with_its_case_and_its_sections(finder):
    (hit,) = finder.search(SearchQuery("9830012345", kind="person"), BY).hits
    assert hit.case == {
        "state": "wb", "district": "Howrah", "police_station": "Cuttack Sadar", "year": "2012", "fir_no": "3",
        "fir_date": "2012-09-09", "place": "Ghat",
    }  # fmt: skip
    assert (hit.sections, hit.form, hit.line, hit.score) == (("IPC 304A",), "iif1", 1, 1.0)
    assert hit.values["name"] == "Harpreet Singh" and hit.values["age"] == "22" and hit.values["role"] == "accused"
    assert "mobile" not in hit.values
    (vehicle,) = finder.search(SearchQuery("WB02AB1234", kind="vehicle"), BY).hits
    assert vehicle.values == {"make": "hero", "registration_no": "WB02AB1234", "chassis_no": "MBLHA10"}
    plain = vehicle.as_plain()
    assert list(plain) == ["kind", "record", "form", "line", "score", "why", "case", "values", "sections"]
    assert plain["why"] == [{"what": "number", "how": "same"}] and plain["sections"] == ["IPC 379"]
