"""What a page says more than once: zones choose among each other's readings, and nothing is added."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.agree import settle_dates, told_twice
from ocr.forms.decide import decide_page
from ocr.forms.form import Agreement, Form
from ocr.page import Box, Candidate, Decided, Recognition, ZoneReading

BOX = Box(0, 0, 100, 20)
RULE = Agreement(year="year", number="fir_no", dates=("fir_date", "info_date"))


def said(zone, *options):
    (value, confidence), *others = options
    return Decided(zone, value, value, confidence, BOX, candidates=tuple(Candidate(*o) for o in others))


def together(*zones):
    found = {z.zone: z for z in zones}
    return found | {z.zone: z for z in settle_dates(found, RULE)}


def test_a_doubtful_year_follows_the_dates_and_the_number_of_its_page():
    year = said("year", ("2013", 0.55), ("2018", 0.4))
    found = together(year, said("fir_date", ("12/03/18", 0.9)), said("fir_no", ("525/18", 0.9)))
    assert found["year"].value == "2018" and found["year"].confidence > 0.95
    assert [c.text for c in found["year"].candidates] == ["2013"]


def test_a_sure_year_chooses_among_the_readings_of_a_date_and_two_dates_choose_for_each_other():
    date = said("fir_date", ("12/03/13", 0.5), ("12/03/18", 0.4))
    assert together(said("year", ("2018", 0.97)), date)["fir_date"].value == "12/03/18"
    other = said("info_date", ("16.02.18", 0.9))
    assert together(said("fir_date", ("15-02-18", 0.5), ("16-02-18", 0.3)), other)["fir_date"].value == "16-02-18"


def test_contradiction_makes_a_year_less_sure_and_agreement_surer():
    year = said("year", ("2018", 0.9))
    against = together(year, said("fir_date", ("12/03/17", 0.95)))["year"]
    with_it = together(year, said("fir_date", ("12/03/18", 0.95)))["year"]
    assert against.confidence < 0.9 < with_it.confidence
    assert against.value == "2018"


def test_no_value_comes_from_another_zone_and_what_says_nothing_changes_nothing():
    date = said("fir_date", ("12/03/18", 0.99))
    year = said("year", ("2013", 0.6))
    assert together(year, date)["year"].value == "2013"
    blank = Decided("year", "", "", 1.0, BOX, blank=True)
    assert together(blank, date) == {"year": blank, "fir_date": date}
    words = said("info_date", ("not known", 0.4))
    assert together(date, words) == {"fir_date": date, "info_date": words}
    assert list(settle_dates({"year": year, "other_date": replace(date, zone="other_date")}, RULE)) == []


def test_a_form_says_which_of_its_zones_tell_one_day():
    plain = repeating_form()
    plain["zone"] = [
        {"id": "begun", "box": (0, 0, 100, 20), "kind": "date"},
        {"id": "of_year", "box": (0, 40, 100, 60), "kind": "year"},
    ]
    read = [
        ZoneReading("begun", BOX, (Candidate("12/03/18", 0.9, "t"),)),
        ZoneReading("of_year", BOX, (Candidate("2013", 0.5, "t"), Candidate("2018", 0.4, "t"))),
    ]
    page = Recognition("f", 100, 100, zones=tuple(read))
    assert decide_page(page, Form.model_validate(plain), {}).zones["of_year"].value == "2013"
    plain["agree"] = [{"year": "of_year", "dates": ["begun"]}]
    assert decide_page(page, Form.model_validate(plain), {}).zones["of_year"].value == "2018"


@pytest.mark.parametrize("more", [{"agree": [{"year": "nowhere"}]}, {"per_volume": ["nowhere"]}])
def test_a_form_that_names_a_zone_that_it_has_not_is_refused(more):
    with pytest.raises(ValueError, match="names zones that are not there: nowhere"):
        Form.model_validate(repeating_form() | more)


@given(
    st.lists(st.tuples(st.sampled_from(["2017", "2018", "2019", "20"]), st.floats(0.01, 1)), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(["1/2/17", "1/2/18", "3/2/2018"]), st.floats(0.01, 1)), min_size=1, max_size=4),
)
def test_agreement_only_chooses_among_a_zones_own_options_and_stays_a_probability(years, dates):
    zones = [said("year", *dict(years).items()), said("fir_date", *dict(dates).items())]
    for before, after in zip(zones, together(*zones).values(), strict=True):
        options = {before.value, *(c.text for c in before.candidates)}
        assert {after.value, *(c.text for c in after.candidates)} == options
        assert 0 <= after.confidence <= 0.995 and after.confidence >= max(
            (c.confidence for c in after.candidates), default=0
        )


def test_sections_that_two_zones_read_alike_are_surer_and_a_doubt_is_settled_by_the_other():
    first = said("statutes", ("341/323 IPC", 0.5), ("341/325 IPC", 0.4))
    found = told_twice(first, said("action_sections", ("325/341 IPC", 0.8), ("341/326 IPC", 0.1)))
    assert found.value == "341/325 IPC" and found.confidence > 0.8 and found.zone == "statutes"
    alike = told_twice(first, replace(first, zone="action_sections"))
    assert alike.value == "341/323 IPC" and alike.confidence > first.confidence


def test_sections_that_two_zones_read_differently_are_less_sure():
    first = said("statutes", ("379 IPC", 0.8))
    found = told_twice(first, said("action_sections", ("411 IPC", 0.8)))
    assert found.confidence < 0.7 and [c.text for c in found.candidates] == ["411 IPC"]


def test_a_blank_zone_stays_blank_and_a_second_that_tells_nothing_changes_nothing():
    blank = Decided("statutes", "", "", 1.0, BOX, blank=True)
    told = said("action_sections", ("379 IPC", 0.9))
    assert told_twice(blank, told) is blank
    first = said("statutes", ("379 IPC", 0.8))
    for nothing in (replace(blank, zone="action_sections"), Decided("action_sections", "x", "", 0.0, BOX)):
        assert told_twice(first, nothing) is first


def test_what_only_the_second_zone_reads_is_offered_and_less_sure_than_there():
    unread = Decided("statutes", "", "", 0.0, BOX, notes=("unread",))
    found = told_twice(unread, said("action_sections", ("379 IPC", 0.95)))
    assert found.value == "379 IPC" and 0.5 < found.confidence < 0.95 and found.notes == ()


@given(
    st.dictionaries(st.sampled_from(["34 IPC", "379 IPC", "411 IPC"]), st.floats(0.01, 1), min_size=1),
    st.dictionaries(st.sampled_from(["34 IPC", "379 IPC", "420 IPC"]), st.floats(0.01, 1), min_size=1),
)
def test_two_zones_give_a_probability_for_options_that_one_of_them_has(first, second):
    found = told_twice(said("statutes", *first.items()), said("action_sections", *second.items()))
    texts = {found.value, *(c.text for c in found.candidates)}
    assert texts <= {*first, *second}
    assert 0 <= found.confidence <= 0.995
    assert found.confidence >= max((c.confidence for c in found.candidates), default=0)


def repeating_form():
    zones = [
        {"id": "statutes", "box": (0, 0, 100, 20), "kind": "sections"},
        {"id": "action_sections", "box": (0, 40, 100, 60), "kind": "sections", "repeats": "statutes"},
    ]
    return {
        "format": 1, "id": "f", "family": "f", "title": "f", "languages": ("en",), "width": 100, "height": 100,
        "features": "f.npz", "zone": zones,
    }  # fmt: skip


def test_a_page_gives_no_value_for_the_zone_that_repeats_another():
    form = Form.model_validate(repeating_form())
    read = [
        ZoneReading("statutes", BOX, (Candidate("379/411 IPC", 0.5, "t"), Candidate("379/417 IPC", 0.4, "t"))),
        ZoneReading("action_sections", BOX, (Candidate("379/417 IPC", 0.9, "t"),)),
    ]
    page = decide_page(Recognition("f", 100, 100, zones=tuple(read)), form, {})
    assert list(page.zones) == ["statutes"] and page.zones["statutes"].value == "379/417 IPC"


@pytest.mark.parametrize("repeats", ["nothing", "action_sections"])
def test_a_form_whose_zone_repeats_none_of_its_kind_is_refused(repeats):
    plain = repeating_form()
    plain["zone"][1]["repeats"] = repeats
    with pytest.raises(ValueError, match="repeat no zone of their kind: action_sections"):
        Form.model_validate(plain)
