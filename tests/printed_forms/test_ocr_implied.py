"""A place tells the area that another zone holds, and the area the place; both are weighed together."""

from types import SimpleNamespace

from ocr.forms.implied import settle_implied
from ocr.languages.lexicon import Lexicon
from ocr.page import Box, Candidate, Decided

BOX = Box(0, 0, 9, 9)
AREAS = Lexicon("area", tuple((name, ()) for name in ("Northshire", "Southshire", "Westshire", "Eastshire")))
PLACES = Lexicon(
    "place",
    (("Harbour", ()), ("Mill", ())),
    implies={"Harbour": ("Northshire", "Coast"), "Mill": ("Southshire",)},
    implied_list="area",
)
FORM = SimpleNamespace(
    zones=(SimpleNamespace(id="a", list="area"), SimpleNamespace(id="p", list="place")), per_volume=("a", "p")
)
LISTS = {"area": AREAS, "place": PLACES}


def zone(name, value, confidence, *others, blank=False):
    return Decided(name, value, value, confidence, BOX, blank, tuple(Candidate(*o) for o in others))


def together(area, place, lists=LISTS):
    zones = {"a": area, "p": place}
    zones |= {d.zone: d for d in settle_implied(zones, FORM, lists)}
    return zones["a"], zones["p"]


def test_a_sure_place_settles_a_doubtful_area_and_the_other_way_about():
    area, _ = together(zone("a", "Southshire", 0.5, ("Northshire", 0.4)), zone("p", "Harbour", 0.98))
    assert area.value == "Northshire" and area.confidence > 0.6
    _, place = together(zone("a", "Southshire", 0.98), zone("p", "Harbour", 0.5, ("Mill", 0.45)))
    assert place.value == "Mill" and place.confidence > 0.8


def test_what_a_place_implies_is_an_option_even_where_nobody_could_read_or_list_it():
    area, _ = together(Decided("a", "", "", 0.0, BOX, notes=("unread",)), zone("p", "Harbour", 0.98))
    assert {area.value, *(c.text for c in area.candidates)} >= {"Northshire", "Coast"}
    assert area.confidence < 0.9 and "unread" not in area.notes


def test_ink_that_plainly_says_otherwise_keeps_its_word_and_is_less_sure():
    area, place = together(zone("a", "Westshire", 0.97), zone("p", "Harbour", 0.97))
    assert (area.value, place.value) == ("Westshire", "Harbour")
    assert area.confidence < 0.97 and place.confidence < 0.97


def test_nothing_is_weighed_where_a_zone_is_blank_or_nothing_is_implied():
    before = zone("a", "Westshire", 0.7), zone("p", "Harbour", 0.7)
    assert together(zone("a", "", 1.0, blank=True), before[1])[1] == before[1]
    assert together(*before, {"area": AREAS, "place": Lexicon("place", PLACES.entries)}) == before
