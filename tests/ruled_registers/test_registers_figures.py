"""Numbers of registers in native digits: the page says which digits it has, and two readings are weighed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.reading.register import register_settings
from ocr.engine import EngineText
from ocr.forms.form import Zone
from ocr.forms.settings import ReadSettings
from ocr.page import Box, Candidate, ZoneReading
from ocr.registers import cell_reader
from ocr.registers.cell_reader import CellReader, RegisterSettings, decide_cell
from ocr.registers.figures import BY, BY_DOUBTFUL, decide_figures, uses_native, with_figures
from ocr.registers.form import RegisterColumn
from ocr.registers.table import RegisterTable, TableRow

BOX = Box(0, 0, 9, 9)
NUMBER = Zone(id="sl", box=(0, 0, 1, 1), kind="digits")


def cell(text, confidence, by="tesseract:hi/1", **more):
    return ZoneReading("sl", BOX, (Candidate(text, confidence, by),), **more)


def both(print_text, print_sure, hand_text, hand_sure, *, is_known=True):
    return with_figures(cell(print_text, print_sure), [Candidate(hand_text, hand_sure)], is_known=is_known)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("१२", "३/९८", "7"), True),
        (("12", "3/98", "७"), False),
        (("12", "१२"), None),
        (("१२",), None),
        ((), None),
        (("", "कल"), None),
    ],
)
def test_a_page_is_of_native_digits_where_most_that_is_legible_is(texts, said):
    assert uses_native([cell(t, 0.7) for t in texts], "hi") is said


def test_what_is_hardly_legible_says_nothing_of_a_page():
    assert uses_native([cell("12", 0.2)] * 9, "hi") is None
    assert uses_native([cell("12", 0.9, "tesseract")] * 9, "hi") is None


def test_two_readings_that_agree_are_surer_and_two_that_do_not_are_less_sure():
    agreed, opposed = (decide_figures(both(t, 0.8, "269", 0.9), NUMBER) for t in ("२६९", "२७९"))
    assert agreed.value == opposed.value == "269"
    assert agreed.confidence > 0.9 > 0.6 > opposed.confidence
    assert Candidate("279", 0.8) in opposed.candidates


def test_a_dot_and_a_colon_in_a_time_are_the_same_reading():
    time = Zone(id="time", box=(0, 0, 1, 1), kind="time")
    for text in ("१५:०८", "१५०८"):
        assert decide_figures(both(text, 0.7, "15.08", 0.9), time).confidence > 0.9
    assert decide_figures(both("१५:०९", 0.7, "15.08", 0.9), time).confidence < 0.7


def test_what_the_engine_for_native_digits_hardly_reads_is_left_to_the_others():
    assert decide_figures(both("२६९", 0.8, "269", 0.1), NUMBER) is None
    assert decide_figures(cell("२६९", 0.8), NUMBER) is None


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_on_a_page_whose_digits_are_not_known_a_number_read_in_native_digits_alone_is_never_sure(one, two):
    reading = both("", one, "777", two, is_known=False)
    assert {c.by for c in reading.candidates} == {"tesseract:hi/1", BY_DOUBTFUL}
    assert decide_cell(reading, RegisterColumn(id="sl", kind="digits"), ("hi",), {}).confidence <= 0.5


@given(st.floats(0.0, 1.0), st.floats(0.3, 1.0))
def test_disagreement_never_makes_surer(one, two):
    said = decide_figures(both("२७९", one, "269", two), NUMBER)
    assert said.value == "269" and said.confidence <= round(two, 4) + 1e-9


def test_a_ditto_mark_that_is_read_as_a_number_stays_one():
    reading = with_figures(cell('"', 0.3), [Candidate("11", 0.99)], is_known=True)
    assert decide_cell(reading, RegisterColumn(id="sl", kind="digits"), ("hi",), {}).notes == ("ditto",)


class _Engine:
    """Reads the same number in every picture."""

    def __init__(self, language, text):
        self._language, self._text = language, text

    def languages(self):
        return frozenset([self._language])

    def read(self, lines):
        assert {line.languages for line in lines} == {(self._language,)}
        return [EngineText(self._text, 0.9) for _ in lines]


class _Cell:
    blank = False
    marks = np.zeros(0, np.int64)


@pytest.mark.parametrize(
    ("texts", "value", "by"), [("12", "12", BY), ("१२", "77", BY), ("कख", "77", BY_DOUBTFUL)], ids=["latin", "own", "?"]
)
def test_the_engine_that_is_asked_is_that_of_the_pages_digits(monkeypatch, texts, value, by):
    class Print:
        def languages(self):
            return frozenset(["hi"])

    monkeypatch.setattr(cell_reader, "pictures_of", lambda *_: [np.zeros((9, 9), np.uint8)])
    reader = CellReader(Print(), ("hi",), RegisterSettings())
    reader._digits, reader._latin = _Engine("hi", "77"), _Engine("en", "12")
    form = type("Form", (), {"ids": ("sl",), "column": lambda _, name: RegisterColumn(id=name, kind="digits")})()
    rows = tuple(TableRow((), {"sl": _Cell()}, True, False, False) for _ in range(3))
    table = RegisterTable(None, None, form, rows=rows)
    found = reader.with_figures(table, [[cell(texts, 0.8)] for _ in rows])
    assert all(Candidate(value, 0.9 if by == BY else 0.5, by) in own[0].candidates for own in found)


def test_engines_take_part_in_languages_whose_digits_they_know():
    weights = str(Path(__file__).parents[2] / "training/digits/cmaterdb/native_digits.onnx")
    named = ReadSettings(languages=("hi",), handwriting_engine="auto", native_digits=weights)
    assert register_settings(named).digits_engine == f"digits:{weights}"
    assert register_settings(replace(named, languages=("kn",))).digits_engine == "none"
    assert register_settings(ReadSettings(languages=("hi",), handwriting_engine="auto")).digits_engine == "none"
    assert register_settings(replace(named, native_digits="none")).digits_engine == "none"
    assert register_settings(ReadSettings(languages=("en",), handwriting_engine="auto")).digits_engine == "none"
    off = register_settings(ReadSettings(languages=("hi",), handwriting_engine="none"))
    assert {off.digits_engine, off.handwriting_engine, off.latin_engine} == {"none"}
