"""Zones where people write: typed ones stay with the engine for print, hands go to our own, numbers to the page's digits."""

import numpy as np
import pytest

from ocr.cleaning.blots import find_blots
from ocr.cleaning.clean import Cleaned
from ocr.engine import EngineText
from ocr.forms import passes
from ocr.forms.crops import Crop, Cut
from ocr.forms.figures import LATIN, NATIVE, UNTOLD
from ocr.forms.form import Form, load_forms
from ocr.forms.passes import ZoneReader
from ocr.forms.settings import ReadSettings
from ocr.page import Candidate
from ocr.print.lines import LineText
from ocr.scans.time_limit import TimeLimit

KINDS = ("digits", "date", "time", "line", "line", "line", "line", "year", "block")


class Says:
    """An engine that says the same of every crop and counts what it was asked, by language."""

    def __init__(self, name, text, sure, languages=("en", "hi")):
        self.name, self.text, self.sure, self.asked, self._languages = name, text, sure, [], frozenset(languages)

    def name_and_version(self):
        return f"{self.name} 1"

    def languages(self):
        return self._languages

    def read(self, lines):
        self.asked += [(line.kind, line.languages[0]) for line in lines]
        return [EngineText(self.text, self.sure) for _ in lines]


@pytest.fixture
def engines(monkeypatch):
    """The three engines of a page by name; print is voted on without looking."""
    here = {
        "tesseract": Says("tesseract", "12", 0.02),
        "fields": Says("fields", "12", 0.95, ("en",)),
        "digits": Says("digits", "12", 0.9),
    }
    monkeypatch.setattr(passes, "load_engine", lambda name, timeout_s=None: here[name])
    voted = lambda engine, images, codes, seen: [LineText("12", 0.4, True) for _ in images]  # noqa: E731
    monkeypatch.setattr(passes, "read_mixed", voted)
    return here


def read(language):
    zones = [{"id": f"z{i}", "box": [0, 0, 200, 40], "kind": kind, "handwriting": True} for i, kind in enumerate(KINDS)]
    languages = [language] if language == "en" else [language, "en"]
    head = {"format": 1, "id": "t", "family": "t", "title": "T", "width": 400, "height": 200, "features": "t.npz"}
    form = Form.model_validate({**head, "languages": languages, "zone": zones})
    page = np.full((40, 200), 255, np.uint8)
    page[12:30, 20:60] = 0
    first = Cut(page, Cleaned(page, (), np.eye(2, 3)), 1.0)
    crops = [Crop(zone, page, np.eye(2, 3), first, find_blots(page), False) for zone in form.zones]
    settings = ReadSettings(languages=(language,), handwriting_engine="fields")
    found, _ = ZoneReader(settings, form, TimeLimit(60)).read(crops)
    return {kind: {c.by for c in z.candidates} for kind, z in zip(KINDS, found, strict=True)}


def test_an_english_hand_is_read_by_our_own_and_print_is_tried_on_a_few_zones(engines):
    by = read("en")
    assert len(engines["fields"].asked) == len(KINDS) > len(engines["tesseract"].asked)
    assert all("fields:hand" in said for said in by.values())


def test_a_typed_english_page_stays_with_print_and_its_doubtful_numbers_are_looked_at_twice_more(engines):
    engines["tesseract"].sure = 0.5
    by = read("en")
    assert by["line"] == {"tesseract:vote"}
    assert {kind for kind, _ in engines["fields"].asked} == {"digits", "date", "time", "year"}
    assert by["date"] >= {"fields:hand", LATIN}


@pytest.mark.parametrize(
    ("is_native", "by", "language"), [(True, NATIVE, "hi"), (False, LATIN, "en"), (None, UNTOLD, "hi")]
)
def test_numbers_of_an_indian_page_are_read_in_the_digits_that_it_has(engines, monkeypatch, is_native, by, language):
    monkeypatch.setattr(passes, "uses_native", lambda images, code, weights: is_native)
    said = read("hi")
    assert set(engines["digits"].asked) == {(kind, language) for kind in ("digits", "date", "time", "year")}
    assert by in said["date"] and ("fields:hand" in said["date"]) is (is_native is False)
    assert said["line"] == {"tesseract:vote"} and len(engines["tesseract"].asked) >= len(KINDS)


def test_what_is_read_in_digits_that_are_not_known_is_never_sure():
    text = passes._cap_confidence(EngineText("12", 0.9, others=(Candidate("13", 0.7), Candidate("1", 0.1))), 0.5)
    assert (text.confidence, [c.confidence for c in text.others]) == (0.5, [0.5, 0.1])


def test_people_write_in_every_zone_of_the_iif1_in_every_language():
    forms = [f for f in load_forms().values() if f.family == "iif1_print"]
    assert len(forms) == 13 and all(zone.handwriting for form in forms for zone in form.zones)
    kinds = {tuple((z.id, z.kind) for z in form.zones) for form in forms}
    assert len(kinds) == 1
