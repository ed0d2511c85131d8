"""Numbers of a form that several engines read: two that agree are sure, one alone hardly, and the page's digits count."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.decide import decide_zone
from ocr.forms.figures import LATIN, NATIVE, UNTOLD, plain
from ocr.forms.form import Zone
from ocr.handwriting import page_digits
from ocr.handwriting.native import native_scripts
from ocr.handwriting.page_digits import uses_native
from ocr.page import Box, Candidate, ZoneReading

BOX = Box(0, 0, 100, 20)
VOTE, HAND = "tesseract:vote", "fields:hand"


def decided(kind, *said):
    candidates = tuple(Candidate(text, sure, by) for text, sure, by in said)
    return decide_zone(ZoneReading("z", BOX, candidates), Zone(id="z", box=BOX, kind=kind))


def test_two_engines_that_agree_are_surer_than_each_and_two_that_do_not_are_less_sure():
    both = decided("date", ("12/03/2018", 0.8, LATIN), ("12-3-2018", 0.8, HAND))
    assert both.value.startswith("12") and both.confidence > 0.85
    apart = decided("date", ("12/03/2018", 0.8, LATIN), ("17-3-2018", 0.7, HAND))
    assert apart.value == "12/03/2018" and apart.confidence < 0.6
    assert "17-3-2018" in [c.text for c in apart.candidates]


@pytest.mark.parametrize(("by", "sure"), [(LATIN, 0.85), (NATIVE, 0.97), (HAND, 0.85)])
def test_of_latin_digits_one_engine_alone_is_never_sure(by, sure):
    also = () if by != HAND else (("", 0.0, LATIN), ("8", 0.01, LATIN))
    assert decided("digits", ("204", 0.97, by), *also).confidence <= sure
    assert by == HAND or decided("digits", ("204", 0.97, by)).confidence == sure


def test_figures_that_a_page_does_not_have_are_not_taken_for_its_own():
    native = decided("digits", ("909", 0.95, VOTE), ("101", 0.9, NATIVE))
    assert native.value == "101" and native.confidence < 0.9
    latin = decided("digits", ("१०१", 0.95, VOTE), ("909", 0.7, LATIN))
    assert latin.value == "909"
    same = decided("digits", ("१०१", 0.8, VOTE), ("101", 0.8, NATIVE))
    assert plain(same.value, "digits") == plain("101", "digits") and same.confidence > 0.85


def test_where_the_pages_digits_are_not_known_nothing_passes_on_one_engine():
    assert decided("year", ("2018", 0.5, UNTOLD)).confidence <= 0.5
    assert decided("year", ("2018", 0.97, VOTE), ("2013", 0.1, UNTOLD)).confidence <= 0.85


def test_what_does_not_fit_is_unread_and_keeps_what_was_seen():
    assert decided("date", ("nothing", 0.3, VOTE), ("x", 0.1, LATIN)).value == ""


texts = st.sampled_from(["1", "12", "21", "१२", "12/2018", "abc", ""])
passes = st.lists(st.tuples(texts, st.floats(0, 1), st.sampled_from([VOTE, HAND, NATIVE, LATIN, UNTOLD])), max_size=6)


@given(passes)
def test_the_value_is_one_that_some_engine_gives(said):
    found = decided("digits", *said)
    assert 0 <= found.confidence <= 1
    assert not found.value or plain(found.value, "digits") in {plain(text, "digits") for text, _, _ in said}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("time", "09:30", "9.30"),
        ("date", "05/08/2018", "5.8.18"),
        ("digits", "१२", "12"),
        ("date", "५-८-२०१८", "5/8/2018"),
    ],
)
def test_one_value_written_in_two_ways_is_one(kind, one, other):
    assert plain(one, kind) == plain(other, kind)


@pytest.mark.parametrize(("kind", "one", "other"), [("date", "5/8/2018", "8/5/2018"), ("time", "9:30", "9:03")])
def test_two_values_are_two(kind, one, other):
    assert plain(one, kind) != plain(other, kind)


def network(seen):
    """A network that sees, in every line, one frame for each of some signs, as sure as that."""
    characters = (*(d for s in native_scripts() for d in s.digits),)
    matrix = np.full((max(1, len(seen)), 1 + len(characters)), math.log(1e-6), np.float32)
    for frame, (sign, sure) in enumerate(seen):
        matrix[frame, 1 + characters.index(sign)] = math.log(sure)
    asked = []
    return SimpleNamespace(
        characters=characters, asked=asked, matrix_of_line=lambda image, wide: asked.append(1) or matrix
    )


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        ([("१", 0.9)] * 8, True),
        ([("1", 0.9)] * 8, False),
        ([("१", 0.9)] * 4 + [("1", 0.9)] * 4, None),
        ([("১", 0.9)] * 8, None),
        ([("१", 0.2)], None),
        ([], None),
    ],
)
def test_a_page_has_the_digits_that_prevail_and_none_where_neither_do(monkeypatch, seen, wanted):
    monkeypatch.setattr(page_digits, "load_network", lambda weights: network(seen))
    monkeypatch.setattr(page_digits, "is_here", lambda weights: True)
    assert uses_native([np.zeros((64, 100), np.uint8)] * 2, "hi") is wanted


def test_a_language_that_writes_in_latin_digits_has_none_of_its_own(monkeypatch):
    monkeypatch.setattr(page_digits, "load_network", None)
    monkeypatch.setattr(page_digits, "is_here", lambda weights: True)
    assert uses_native([np.zeros((64, 100), np.uint8)], "en") is None


def test_no_more_zones_are_looked_at_than_tell(monkeypatch):
    seen = network([("१", 0.9)] * 8)
    monkeypatch.setattr(page_digits, "load_network", lambda weights: seen)
    monkeypatch.setattr(page_digits, "is_here", lambda weights: True)
    assert uses_native(iter([np.zeros((64, 100), np.uint8)] * 9), "hi") is True
    assert len(seen.asked) == 3


def test_english_has_no_digits_of_its_own():
    assert uses_native([np.zeros((64, 100), np.uint8)], "en") is None
