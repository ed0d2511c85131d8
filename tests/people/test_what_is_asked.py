"""What is asked at all, once a fact, and first what lets most records load."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digitize.reading.never import NEVER
from digitize.workspace.decisions.order import expected_keys, places_of, sort_by_value
from digitize.workspace.decisions.same_day import confirm_weekday, leader_of, link_same_days, note_followers
from digitize.workspace.ledger.records import Stored
from digitize.workspace.ledger.verdict import judge
from mappers.codes.lists import make_list
from mappers.mapping.load import load_mappings, map_readings
from mappers.record import FieldValue, Origin, Record
from mappers.sources.values import MapContext, PageValues, ZoneValue
from mappers.states import load_state

LISTS = {
    "station": replace(
        make_list("station", ["Udaharanganj", "Namunahat"], {"Udaharanganj": ["U.Ganj"]}),
        implies={"Namunahat": ("Namuna", "North Namuna")},
    ),
    "district": make_list("district", ["Namuna", "Udaharan", "North Namuna"], {}),
}
BOX = (1, 2, 3, 4)


def zone(value: str | None, confidence: float = 0.4, raw: str = "x", **more: object) -> ZoneValue:
    return ZoneValue(raw, value, confidence, BOX, **{"accept": NEVER, **more})  # type: ignore[arg-type]


def told(zones: dict[str, ZoneValue], station: str = "U.Ganj", year: int | None = 2019) -> Record:
    district_of = {"Udaharanganj": "Udaharan", "Namunahat": "Namuna"}
    context = MapContext("r", "b", load_state("wb"), "en", year, station, lists=LISTS, district_of=district_of)
    return map_readings(load_mappings()["wbp_form_27"], [PageValues("p", "wbp_27", zones)], context)[0]


@pytest.mark.parametrize(
    ("read", "value", "by"),
    [
        (zone("Udaharanganj"), "Udaharanganj", "intake"),  # a doubtful reading that says the same
        (zone(None, 0.0, noise=True), "Udaharanganj", "intake"),  # nothing legible
        (zone("", 1.0, raw="", blank=True), "Udaharanganj", "intake"),
        (zone("Namunahat"), "Namunahat", "wbp_form_27 2"),  # it says otherwise: a person looks
        (zone("Namunahat", 0.99, accept=0.9), "Namunahat", "wbp_form_27 2"),  # however sure it is
    ],
)
def test_what_was_told_at_intake_is_not_asked_unless_the_page_says_otherwise(
    read: ZoneValue, value: str, by: str
) -> None:
    found = told({"police_station": read}).fields["police_station"]
    assert (found.value, found.by, found.is_sure()) == (value, by, by == "intake")


def test_the_place_on_the_page_stays_with_what_was_told() -> None:
    found = told({"year": zone("2019", raw="Zolg")}).fields["year"]
    assert (found.value, found.raw, found.origin.zone, found.notes) == ("2019", "Zolg", "year", ("told",))
    assert not told({"year": zone("2019")}, year=None).fields["year"].is_sure()


def test_the_district_is_no_question_beside_that_of_its_station() -> None:
    alike = told({"police_station": zone("Namunahat"), "district": zone("Namuna")}, station="")
    assert alike.fields["district"].origin.zone == "police_station"
    unread = told({"police_station": zone("Namunahat"), "district": zone(None, 0.0)}, station="")
    assert (unread.value("district"), unread.fields["district"].origin.zone) == ("Namuna", "police_station")
    around = told({"police_station": zone("Namunahat"), "district": zone("North Namuna")}, station="")
    assert around.value("district") == "Namuna"
    other = told({"police_station": zone("Namunahat"), "district": zone("Udaharan")}, station="")
    assert (other.value("district"), other.fields["district"].origin.zone) == ("Udaharan", "district")


DAYS = [("fir_date", "info_date", "gd_date")]


def page(**zones: ZoneValue) -> PageValues:
    return PageValues("p", "wbp_27", zones)


def test_one_day_in_three_boxes_is_one_question() -> None:
    read = page(fir_date=zone("12/03/2019"), info_date=zone("12.3.19"), gd_date=zone("13/03/2019"))
    same, followers = link_same_days(read, read, DAYS)
    assert (followers, same) == ({("p", "info_date"): "fir_date"}, read)
    value = FieldValue("x", "2019-03-12", origin=Origin("p", "info_date", BOX))
    record = note_followers(Record("r", "iif1", {"info_date": value}), followers)
    assert leader_of(record.fields["info_date"]) == "fir_date"


def test_an_answer_feeds_the_boxes_that_read_the_same_day_and_no_other() -> None:
    read = page(fir_date=zone("12/03/2019"), info_date=zone("12/03/2019"), gd_date=zone("13/03/2019"))
    agreed = page(**{**read.zones, "fir_date": ZoneValue("x", "12.3.2019", 1.0, BOX)})
    fed, _ = link_same_days(read, agreed, DAYS)
    sure = {name: z.confidence >= z.accept for name, z in fed.zones.items()}
    assert sure == {"fir_date": True, "info_date": True, "gd_date": False}
    # A day that a person changed says nothing of the others: they read what the machine had read.
    changed = page(**{**read.zones, "fir_date": ZoneValue("x", "21/03/2019", 1.0, BOX)})
    assert link_same_days(read, changed, DAYS)[0].zones["info_date"] is read.zones["info_date"]


@pytest.mark.parametrize(("date", "day", "word", "note", "is_sure"), [
    (0.95, "thursday", 0.62, True, True),
    (0.5, "thursday", 0.62, True, False),  # hangs on the question of the date
    (0.95, "thursday", 0.2, False, False),  # may fit by chance
    (0.95, "friday", 0.62, False, False),
    (0.95, None, 0.62, False, False),
])  # fmt: skip
def test_a_weekday_that_its_date_bears_out_is_no_question(date, day, word, note, is_sure) -> None:
    cells = {
        "occurrence_from": FieldValue("x", "2025-08-14", date, Origin("p", "occurrence_from", BOX), accept=0.9),
        "occurrence_day": FieldValue("x", day, word, Origin("p", "occurrence_day", BOX), accept=NEVER),
    }
    found = confirm_weekday(Record("r", "iif1", cells)).fields["occurrence_day"]
    assert (leader_of(found) == "occurrence_from", found.is_sure(), found.value) == (note, is_sure, day)


def test_a_weekday_that_a_person_settled_stays_as_it_is() -> None:
    cells = {
        "occurrence_from": FieldValue("x", "2025-08-14", 1.0, Origin("p", "occurrence_from", BOX)),
        "occurrence_day": FieldValue("x", "thursday", 1.0, Origin("p", "occurrence_day", BOX), "operator Asha"),
    }
    record = Record("r", "iif1", cells)
    assert confirm_weekday(record) == record


def test_a_day_that_a_person_corrects_opens_the_boxes_that_were_read_alike() -> None:
    """They were believed for each other's sake, and one of them was wrong."""
    sure = ZoneValue("1/12/2018", "1/12/2018", 0.98, BOX, accept=0.9)
    read = page(fir_date=sure, info_date=sure, gd_date=ZoneValue("9/12/2018", "9/12/2018", 0.98, BOX, accept=0.9))
    said = page(**{**read.zones, "info_date": ZoneValue("1/12/2018", "11/12/2018", 1.0, BOX)})
    now, followers = link_same_days(read, said, DAYS)
    other = now.zones["fir_date"]
    assert other.confidence < other.accept and other.candidates == ("11/12/2018",)
    assert now.zones["gd_date"] is read.zones["gd_date"]
    value = FieldValue("x", "2018-12-01", 0.98, Origin("p", "fir_date", BOX), accept=other.accept)
    record = note_followers(Record("r", "iif1", {"fir_date": value}), followers)
    assert judge(record, []).reasons == {"day-corrected": 1}
    # One that is confirmed takes nothing away.
    agreed = page(**{**read.zones, "info_date": ZoneValue("1/12/2018", "1.12.18", 1.0, BOX)})
    assert link_same_days(read, agreed, DAYS) == (agreed, {})


def test_records_that_load_for_the_fewest_keys_come_first() -> None:
    wanting = {
        "a": {"a1": 9.0, "day": 8.0},
        "b": {"b1": 2.0, "day": 8.0},  # with the day answered once, a needs 9 more and d 1
        "c": {"c1": 12.0},
        "d": {"d1": 1.0, "day": 8.0},
    }
    assert sort_by_value(wanting) == ["d", "b", "a", "c"]
    assert sort_by_value({}) == []


def test_agreeing_is_cheaper_than_typing() -> None:
    sure, doubtful, unread = (
        FieldValue("x", "2019-03-12", 0.95), FieldValue("x", "2019-03-12", 0.3), FieldValue("x", None)
    )  # fmt: skip
    costs = [expected_keys("fir_date", v) for v in (sure, doubtful, unread)]
    assert costs == sorted(costs) and costs[0] < 2
    assert expected_keys("narrative", None) > 100 > expected_keys("persons[0].name", None)


def test_a_cell_of_a_table_is_a_question_of_its_record_alone() -> None:
    places = []
    for name in ("r1", "r2"):
        cells = {"fir_no": FieldValue("1", "1", origin=Origin(file="f", row=1, column="CRNO"))}
        places.append(places_of(Stored(Record(name, "iif1", cells), "u", "g", "", "", "h"), ("fir_no",)))
    assert [list(p) for p in places] == [["r1 column:CRNO"], ["r2 column:CRNO"]]


def test_an_act_that_is_not_there_is_asked_with_its_section() -> None:
    section = {"section": FieldValue("37?", None, origin=Origin(page="p", zone="acts"))}
    stored = Stored(Record("r1", "iif1", {}, {"acts": (section,)}), "p", "g", "", "", "h")
    assert [*places_of(stored, ("acts[0].act", "acts[0].section"))] == ["zone:p/acts"]
    assert [*places_of(stored, ("fir_no",))] == ["r1 field:fir_no"]
