"""Zones in doubt: put to a vote line by line, with marks among printed answers beside what is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.cleaning.blots import find_blots
from ocr.cleaning.clean import Cleaned
from ocr.engine import EngineText
from ocr.forms import passes, read
from ocr.forms.crops import Crop, Cut
from ocr.forms.form import Form
from ocr.forms.marks import Marked
from ocr.forms.passes import ZoneReader, _vote
from ocr.forms.settings import ReadSettings
from ocr.forms.zones import Match
from ocr.page import Box, Candidate, ZoneReading
from ocr.print.lines import LineText
from ocr.scans.time_limit import TimeLimit

FORM = Form.model_validate(
    {
        "format": 1, "id": "t", "family": "t", "title": "T", "languages": ["en"], "width": 400, "height": 200,
        "features": "t.npz",
        "zone": [
            {"id": "number", "box": [0, 0, 200, 40], "kind": "digits"},
            {"id": "story", "box": [0, 50, 200, 120], "kind": "block"},
            {"id": "how", "box": [0, 130, 200, 160], "kind": "choice", "choices": ["Written", "Oral"],
             "alternatives": [{"value": "Written", "box": [210, 130, 280, 160]},
                              {"value": "Oral", "box": [290, 130, 350, 160]}]},
        ],
    }
)  # fmt: skip


class Doubting:
    """Reads "1981" with a first look in doubt, and notes what it was asked."""

    def __init__(self, first=0.4):
        self.first, self.asked = first, []

    def name_and_version(self):
        return "doubting 1"

    def languages(self):
        return frozenset({"en"})

    def read(self, lines):
        self.asked += lines
        return [EngineText("1981", self.first if len(self.asked) <= 2 else 0.6) for _ in lines]


def crops():
    page = np.full((40, 200), 255, np.uint8)
    page[12:30, 20:60] = 0
    made = []
    for zone in FORM.zones[:2]:
        first = Cut(page, Cleaned(page, (), np.eye(2, 3)), 1.0)
        made.append(Crop(zone, page, np.eye(2, 3), first, find_blots(page), False))
    return made


def read_with(engine, monkeypatch):
    monkeypatch.setattr(passes, "load_engine", lambda name, timeout_s=None: engine)
    monkeypatch.setattr("ocr.print.lines.has_own_recogniser", lambda code: False)
    zones, _ = ZoneReader(ReadSettings(engine="doubting"), FORM, TimeLimit(60)).read(crops())
    return {z.zone: z for z in zones}


def test_a_line_in_doubt_is_voted_on_and_a_block_is_looked_at_as_scanned(monkeypatch):
    found = read_with(Doubting(), monkeypatch)
    assert [c.text for c in found["number"].candidates] == ["1981"]
    assert found["number"].candidates[0].by == "doubting:vote"
    assert {c.by for c in found["story"].candidates} == {"doubting:clean", "doubting:raw"}


def test_what_is_sure_is_looked_at_once(monkeypatch):
    engine = Doubting(first=0.95)
    found = read_with(engine, monkeypatch)
    assert len(engine.asked) == 2
    assert [c.by for z in found.values() for c in z.candidates] == ["doubting:clean"] * 2


@given(st.floats(0, 1), st.lists(st.sampled_from(["", "a", "b", " a ", "c d"]), max_size=8))
def test_the_readings_of_a_vote_share_what_it_leaves(sure, texts):
    line = LineText("a", round(sure, 4), True, candidates=tuple(Candidate(t, 0.5) for t in texts))
    voted = _vote(line)
    assert voted.confidence + sum(c.confidence for c in voted.others) <= 1 + 1e-3
    assert "a" not in [c.text for c in voted.others] and "" not in [c.text for c in voted.others]


@pytest.mark.parametrize(
    ("marked", "wanted", "blank"),
    [
        (Marked("Oral", "struck", 0.9), ["Oral", "0ral"], False),
        (Marked("", "unclear", 0.4), ["0ral"], False),
        (Marked("", "none", 0.9), ["0ral"], True),
    ],
)
def test_a_marked_answer_stands_beside_what_is_read_and_an_unclear_one_is_ink(monkeypatch, marked, wanted, blank):
    monkeypatch.setattr(read, "read_marks", lambda grey, matrix, zone: marked)
    zone = ZoneReading("how", Box(0, 0, 1, 1), (Candidate("0ral", 0.3),), blank=True)
    found = read._with_mark(zone, FORM.zone("how"), np.zeros((4, 4), np.uint8), Match(FORM, 20, np.eye(2, 3)))
    assert [c.text for c in found.candidates] == wanted and found.blank is blank


TWICE = Form.model_validate(
    {
        "format": 1, "id": "t", "family": "t", "title": "T", "languages": ["en"], "width": 400, "height": 200,
        "features": "t.npz",
        "zone": [
            {"id": "statutes", "box": [0, 0, 200, 40], "kind": "sections", "handwriting": True},
            {"id": "again", "box": [0, 50, 200, 90], "kind": "sections", "handwriting": True, "repeats": "statutes"},
        ],
    }
)  # fmt: skip


@pytest.mark.parametrize(("blank", "asked"), [((), [True]), (("again",), [False]), (("statutes",), [])])
def test_a_zone_and_the_one_that_repeats_it_are_one_question_to_our_own_recogniser(monkeypatch, blank, asked):
    engine = Doubting(first=0.95)
    monkeypatch.setattr(passes, "load_engine", lambda name, timeout_s=None: engine)
    made = [replace(c, zone=z, blank=z.id in blank) for c, z in zip(crops(), TWICE.zones, strict=True)]
    settings = ReadSettings(engine="doubting", handwriting_engine="fields")
    zones, _ = ZoneReader(settings, TWICE, TimeLimit(60)).read(made)
    assert [line.again is not None for line in engine.asked] == asked
    assert zones[1].candidates == ()
