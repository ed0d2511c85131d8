"""Noise is not a value: what is hardly surer than chance is kept for the trail, and neither mapped nor shown."""

from dataclasses import replace

import pytest
from openpyxl import load_workbook

from digitize.files.extract_rows import as_field
from digitize.reading.rows import text_of
from digitize.reading.values import zone_value
from digitize.review.sheet import write_sheet
from digitize.workspace.decisions.items import Item
from digitize.workspace.ledger.verdict import judge
from mappers.mapping.load import load_mappings, map_readings
from mappers.sources.values import MapContext, PageValues
from mappers.states import load_state
from ocr.forms.decide import decide_page, decide_zone
from ocr.forms.form import Form, Zone
from ocr.forms.legible import NOISE, is_noise, measure_agreement, on_the_scan, without_noise
from ocr.page import Box, Candidate, Decided, Recognition, ZoneReading

BOX = Box(0, 0, 100, 20)
GARBAGE = "sal eersnangeeetl"


def decided(text=GARBAGE, confidence=0.2, **more):
    return Decided("narrative", text, text, confidence, BOX, candidates=(Candidate("sel", 0.02),), **more)


NOISY = replace(decided(), notes=(NOISE,))
LEGIBLE, OTHERS = ("Kalpanapur", "Kalpanapur", "Kalpanapr"), (GARBAGE, "sil nrsn", "wMoaa")


def page(*zones, by="tesseract:vote"):
    """Of a page of zones (kind, confidence, texts of the passes) the names of those that are noise."""
    read, values, kinds = {}, {}, {}
    for n, (kind, confidence, texts) in enumerate(zones):
        name = f"z{n}"
        read[name] = ZoneReading(name, BOX, tuple(Candidate(t, confidence, by) for t in texts))
        values[name] = Decided(name, texts[0], texts[0], confidence, BOX)
        kinds[name] = kind
    return [name for name, d in without_noise(values, read, kinds).items() if is_noise(d)]


def test_text_whose_passes_do_not_agree_is_noise_unless_it_is_sure():
    assert page(("line", 0.2, OTHERS)) == ["z0"]
    assert page(("line", 0.08, LEGIBLE)) == page(("line", 0.5, OTHERS)) == page(("choice", 0.05, OTHERS)) == []


def test_an_entry_of_a_list_that_was_found_goes_by_its_confidence():
    read = {"z": ZoneReading("z", BOX, tuple(Candidate(t, 0.1, "tesseract:vote") for t in OTHERS))}
    for confidence, noise in ((0.08, False), (0.03, True)):
        found = Decided("z", GARBAGE, "Kalpanapur PS", confidence, BOX)
        assert is_noise(without_noise({"z": found}, read, {"z": "line"})["z"]) is noise


def test_a_legible_page_is_believed_more_and_one_that_is_not_less():
    between = ("line", 0.2, ("Kalpanapur", "Kalpxxxaxx", "Kalxxxxxxx"))
    assert 0.25 < measure_agreement(tuple(Candidate(t, 0.2) for t in between[2])) < 0.55
    assert page(between, *[("line", 0.2, LEGIBLE)] * 4) == []
    assert page(between, *[("line", 0.2, OTHERS)] * 4) == [f"z{n}" for n in range(5)]


def test_numbers_and_what_our_own_recognisers_say_go_by_their_probability():
    assert page(("digits", 0.05, ("1971",)), ("date", 0.2, ("1.2.19", "7.2.19"))) == ["z0"]
    assert page(("line", 0.04, OTHERS), ("line", 0.08, OTHERS), by="fields:hand") == ["z0"]
    assert page(("line", 0.04, ("one pass",)), ("line", 0.04, ("two\nlines",))) == ["z0"]


def test_a_page_is_looked_at_when_all_its_zones_are_decided():
    form = Form.model_construct(
        id="f", family="f", part=1, languages=("en",), zones=[Zone(id="z", box=(0, 0, 1, 1))], agree=()
    )
    passes = tuple(Candidate(t, 0.1, "tesseract:vote") for t in OTHERS)
    noisy = decide_page(Recognition("f", 100, 100, zones=(ZoneReading("z", BOX, passes),)), form, {}).zones["z"]
    assert is_noise(noisy) and noisy.raw == GARBAGE


def test_noise_is_no_value_in_a_record_and_asks_for_a_person():
    zone = zone_value(NOISY, 0.9)
    assert (zone.raw, zone.value, zone.candidates, text_of(zone)) == (GARBAGE, None, (), "")
    context = MapContext("r", state=load_state("wb"))
    (record,) = map_readings(
        load_mappings()["iif1_print"], [PageValues("p", "iif1_print", {"narrative": zone})], context
    )
    got = record.fields["narrative"]
    assert (got.value, got.raw, got.is_sure()) == (None, GARBAGE, False)
    assert judge(record, []).reasons["unread"] >= 1
    assert as_field(NOISY)["value"] == "" and as_field(decided())["value"] == GARBAGE


@pytest.mark.parametrize("box", [Box(253, 0, 663, 1), Box(253, 696, 663, 752), Box(253, 760, 663, 816)])
def test_a_zone_that_lies_off_the_scan_is_unread_and_neither_text_nor_blank(box):
    """Of a page that was cut off above the zones are one pixel high at its edge, below they lie behind it."""
    for found in (ZoneReading("z", box, (Candidate("Bn", 0.75),)), ZoneReading("z", box, blank=True)):
        got = decide_zone(on_the_scan(found, 700, 700), Zone(id="z", box=(0, 0, 10, 10)))
        assert (got.value, got.confidence, got.blank, got.notes) == ("", 0.0, False, ("unread",))
    whole = ZoneReading("z", Box(0, 692, 410, 700), blank=True)
    assert on_the_scan(whole, 700, 700) is whole


def test_nobody_is_shown_noise_nor_says_ok_to_it(tmp_path):
    item = Item(
        "i", "r", "zone:p/narrative", ("narrative",), GARBAGE, "", (), 0.04, ("unread",), (), "s", is_legible=False
    )
    assert item.machine == ""
    write_sheet(tmp_path / "review.xlsx", [(item, None)])
    shown = [c.value for row in load_workbook(tmp_path / "review.xlsx")["review"].iter_rows() for c in row]
    assert "unread" in shown and not any(GARBAGE in str(v) for v in shown)
