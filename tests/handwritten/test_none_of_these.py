"""None of these: what stands on the paper may be in no list, and then nothing of the list is sure."""

from dataclasses import replace

import pytest

from ocr.calibration.fields import probability
from ocr.calibration.listed import probability_of_entry
from ocr.decoding.spotting import SectionRange
from ocr.forms.decide import decide_zone
from ocr.forms.form import Zone
from ocr.handwriting.entries import read_entry, sisters
from ocr.handwriting.packed import CHARACTERS, pack
from ocr.handwriting.sections import lines_of, sections_of
from ocr.handwriting.unlisted_sections import listed_share, weigh_list
from ocr.languages.lexicon import Lexicon
from ocr.page import Box, Candidate, ZoneReading
from tests.handwritten.test_ocr_handwriting import KNOWN, spaced, written

MILLS = Lexicon(
    "place", (("Mill South", ("Mill (S)",)), ("Old Harbour", ()), ("Green Lake", ("GL",))), trained=frozenset()
)
ZONE = Zone(id="place", box=(0, 0, 9, 9), list="place")
BOX = Box(0, 0, 9, 9)


def decided(text, lexicon=MILLS):
    seen = written(spaced(text))
    found = ZoneReading("place", BOX, (Candidate(text, 0.8, "fields"),), matrices=(pack(seen), pack(seen)))
    return decide_zone(found, ZONE, lexicon)


def sure(text, lexicon=MILLS):
    return decided(text, lexicon).confidence


def test_an_entry_that_is_written_passes_whether_the_list_is_complete_or_not():
    for text, value in (("Mill South", "Mill South"), ("MILL (S)", "Mill South"), ("Old Harbour", "Old Harbour")):
        assert decided(text).value == value
        assert sure(text) >= 0.9 and sure(text, replace(MILLS, complete=1.0)) >= 0.9


@pytest.mark.parametrize("text", ["Mill North", "MILL (N)", "Quarry Bank", "24 Pgs"])
def test_what_is_in_no_list_is_never_sure(text):
    assert sure(text) < 0.9


def test_one_word_of_a_name_tells_nothing_of_other_names_with_that_word():
    seen = [written(spaced("Harbour"))] * 2
    (best, *_) = read_entry(seen, CHARACTERS, MILLS)
    assert (best.value, best.is_whole) == ("Old Harbour", False)
    assert sure("Harbour") < 0.9 <= sure("Harbour", replace(MILLS, complete=0.99))


def test_the_name_itself_is_offered_where_the_list_lacks_it():
    found = decided("Quarry Bank")
    assert "Quarry Bank" in [c.text for c in found.candidates]
    assert found.value == "" or found.confidence < 0.5


def test_sisters_differ_by_a_word_that_tells_places_apart():
    assert set(sisters("BDN(N)")) == {"BDN(S)", "BDN(E)", "BDN(W)"}
    assert "NORTH MILL" in set(sisters("SOUTH MILL"))
    assert not list(sisters("SOUTH")) and not list(sisters("HARBOUR"))


def test_the_more_complete_a_list_and_the_better_an_entry_fits_the_surer_it_is():
    facts = (-0.2, -0.8)
    shares = [probability_of_entry(facts, complete, is_whole=True, none=0.0) for complete in (0.5, 0.9, 0.99, 1.0)]
    assert shares == sorted(shares) and shares[-1] == 1.0
    worse = [
        probability_of_entry((short, short - 0.6), 0.9, is_whole=True, none=0.0) for short in (0.0, -0.5, -1.0, -2.0)
    ]
    assert worse == sorted(worse, reverse=True)
    assert probability_of_entry((0.0, 0.0), 0.9, is_whole=True, none=0.8) <= 0.2
    assert probability_of_entry((0.0, 0.0), 0.9, is_whole=False, none=0.0) <= 0.9
    assert probability("listed", (0.0, -0.5)) > 0.9


def test_print_that_spells_no_entry_does_not_pass_where_the_list_is_not_complete():
    """A name within a longer one, as a station's in that of its neighbour."""
    said = tuple(Candidate("Green Lake Park", 0.98, by) for by in ("tesseract:a", "tesseract:b"))
    reading = ZoneReading("place", BOX, said)
    found, complete = (decide_zone(reading, ZONE, lexicon) for lexicon in (MILLS, replace(MILLS, complete=1.0)))
    assert found.confidence < 0.9 and found.value == complete.value == "Green Lake"
    exact = tuple(Candidate("Green Lake", 0.98, by) for by in ("tesseract:a", "tesseract:b"))
    assert decide_zone(ZoneReading("place", BOX, exact), ZONE, MILLS).confidence >= 0.9


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("323/506", 1.0, 1.0),
        # 389 and 341B are in no list: what is seen says so, however seldom they are charged.
        ("389/506", 0.0, 0.9),
        ("341B/506", 0.0, 0.9),
    ],
)
def test_sections_that_nobody_listed_are_noticed_by_what_is_seen(text, least, most):
    known = replace(KNOWN, range=SectionRange(511, "ABCDE"))
    lines = lines_of([[written(spaced(text))]], CHARACTERS, known, [-2.0])
    assert least <= listed_share([lines, lines], known) <= most


def test_a_number_that_mostly_stands_with_a_letter_is_less_sure_without_it():
    weights = {"304": -6.0, "304A": -5.0, "379": -2.0, "379A": -9.0, "411": -3.0}
    known = sections_of("IPC", weights, {}, ())
    assert weigh_list("411 IPC", known) == 1.0 and weigh_list("304A/411 IPC", known) == 1.0
    assert 0.99 < weigh_list("379 IPC", known) < 1.0
    assert weigh_list("304/411 IPC", known) == pytest.approx(1 / (1 + 0.1 * 2.718), abs=0.001)
    assert weigh_list("999 IPC", known) == 0.5
