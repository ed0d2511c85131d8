"""The handwriting engine with its weights: written figures are read, print around them is passed over."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitize.reading.lexica import sections_file
from ocr.engine import LineImage
from ocr.engines import fields, load_engine
from ocr.errors import EngineFailed, EngineMissing
from ocr.forms.decide import decide_zone
from ocr.forms.form import Zone
from ocr.forms.settings import ReadSettings
from ocr.handwriting.packed import CHARACTERS, unpack
from ocr.languages.lexicon import Lexicon
from ocr.models.running import content_of
from ocr.page import Box, Candidate, ZoneReading

weights = pytest.mark.skipif(not fields.available(), reason="the weights or onnxruntime are not installed")
BOX = Box(0, 0, 100, 20)


def line(text: str, height: int = 64) -> np.ndarray:
    image = np.full((height, 22 * len(text) + 40), 235, np.uint8)
    cv2.putText(image, text, (20, height * 2 // 3), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2, cv2.LINE_AA)
    return image


def read(image: np.ndarray, **how):
    return load_engine("fields").read([LineImage(image, ("en",), sections=sections_file(), **how)])[0]


@weights
@pytest.mark.parametrize(("text", "kind"), [("2018", "year"), ("525/18", "digits"), ("341/323/34", "sections")])
def test_written_figures_are_read_by_their_kind(text, kind):
    said = read(line(text), kind=kind)
    assert said.text.removesuffix(" IPC") == text and 0 < said.confidence <= 1
    assert all(other.confidence <= 1 for other in said.others)


@weights
def test_paper_without_writing_gives_no_text():
    for kind in ("line", "digits", "sections"):
        assert read(np.full((64, 300), 240, np.uint8), kind=kind).confidence < 0.5
    assert read(np.zeros((2, 2), np.uint8)).text == ""


@weights
def test_what_was_seen_is_handed_on_for_a_list_and_only_then():
    said = read(line("Airport"), is_listed=True)
    assert said.matrices and unpack(said.matrices[0]).shape[1] == 1 + len(CHARACTERS)
    assert read(line("Airport")).matrices == ()
    stations = Lexicon("station", (("Airport", ()), ("Eco Park", ()), ("Lake Town", ("LT",))))
    seen = ZoneReading("police_station", BOX, (), matrices=said.matrices)
    zone = Zone(id="police_station", box=(0, 0, 9, 9), list="station")
    decided = decide_zone(seen, zone, stations)
    assert decided.value == "Airport" and decided.candidates
    alike = Lexicon("station", (("Airport", ()), ("Airporl", ())), trained=frozenset())
    trained = replace(alike, trained=frozenset({"airport"}))
    assert decide_zone(seen, zone, alike).confidence > decide_zone(seen, zone, trained).confidence


@weights
def test_sections_that_stand_in_two_crops_are_weighed_together():
    image = line("341/323/34")
    once, twice = read(image, kind="sections"), read(image, kind="sections", again=line("341/323/34", 72))
    assert twice.text == once.text == "341/323/34 IPC" and twice.confidence > once.confidence


def seen(text: str, doubt: float = 1e-4) -> np.ndarray:
    """A matrix that says a text, two frames a sign; doubt: what every other sign has beside."""
    chances = np.full((2 * len(text), 1 + len(CHARACTERS)), doubt)
    chances[1::2, 0] = 1.0
    chances[np.arange(0, 2 * len(text), 2), [1 + CHARACTERS.index(c) for c in text]] = 1.0
    return np.log(chances / chances.sum(1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(
    ("how", "said", "doubt", "passes"),
    [
        ({"is_listed": True}, ["Eco Park", "ECO PARK"], 1e-4, 2),
        ({"is_listed": True}, ["Eco Park", "Fco Pork", "Eco", "Park"], 1e-4, 4),
        ({"kind": "year"}, ["2018", "2018"], 1e-2, 2),
        ({"kind": "digits"}, ["2018", "2018"], 1e-4, 2),
        ({"kind": "digits"}, ["2018", "2018", "2018", "2018"], 1e-2, 4),
    ],
)
def test_two_passes_that_read_alike_are_enough_for_an_entry_and_a_year_and_a_sure_number(
    monkeypatch, how, said, doubt, passes
):
    left = [seen(text, doubt) for text in said]
    monkeypatch.setattr(fields.FieldsEngine, "matrix", lambda *_: left.pop(0))
    assert len(fields.FieldsEngine().matrices(LineImage(line("2018"), ("en",), **how))[0]) == passes and not left


@weights
def test_a_matrix_is_logarithms_of_shares_that_sum_to_one():
    said = fields.FieldsEngine().matrix(line("41"), 1.3)
    assert said.shape[1] == 1 + len(CHARACTERS) and np.allclose(np.exp(said).sum(1), 1, atol=1e-3)


@weights
def test_the_same_picture_gives_the_same_answer():
    image = line("379/411")
    assert read(image, kind="sections") == read(image, kind="sections")


@weights
def test_a_block_is_read_line_by_line():
    block = np.vstack([line("12345", 44), line("67890", 44)])
    assert len(read(block, block=True).text.splitlines()) == 2


@weights
def test_time_is_kept():
    with pytest.raises(EngineFailed, match="longer than a page may take"):
        fields.build("", 1e-9).read([LineImage(line("1"), ("en",))] * 2)


@weights
def test_other_weights_may_be_named(tmp_path):
    own = tmp_path / "own.onnx"
    own.write_bytes(content_of(fields.WEIGHTS))
    assert fields.build(str(own), None).name_and_version() == fields.build("", None).name_and_version()


@weights
def test_it_is_the_engine_for_handwriting_where_nothing_else_is_asked_for():
    auto, other = ReadSettings(handwriting_engine="auto"), ReadSettings(handwriting_engine="ppocr")
    assert auto.key() == ReadSettings(handwriting_engine="fields").key() != other.key()


def test_without_weights_the_engine_says_so(monkeypatch):
    monkeypatch.setattr(fields, "WEIGHTS", "nowhere.onnx")
    assert not fields.available() and fields.build("", None).languages() == frozenset()
    with pytest.raises(EngineMissing, match="does not exist"):
        fields.build("", None).name_and_version()


def decided(*candidates, **more):
    reading = ZoneReading("z", BOX, tuple(Candidate(t, c, by) for t, c, by in candidates))
    return decide_zone(reading, Zone(id="z", box=(0, 0, 9, 9), **more))


def test_its_probability_is_not_changed_by_other_engines():
    assert decided(("2018", 0.8, "fields:hand"), ("2013", 0.9, "tesseract:clean"), kind="year").confidence == 0.8
    both = decided(("2018", 0.8, "fields:hand"), ("2013", 0.1, "fields:hand"), kind="year")
    assert (both.value, both.confidence, both.candidates[0].text) == ("2018", 0.8, "2013")


def test_when_it_hardly_says_anything_others_are_asked():
    typed = decided(("20", 0.1, "fields:hand"), ("2018", 0.9, "tesseract:clean"), kind="year")
    assert typed.value == "2018"
