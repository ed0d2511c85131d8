"""Numbers and dates in native digits: grammars over a matrix, and the engine with what weights there are."""

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.calibration.fields import probability
from ocr.engine import LineImage
from ocr.engines import digits, load_engine
from ocr.errors import EngineMissing
from ocr.forms.settings import ReadSettings
from ocr.handwriting import page_digits
from ocr.handwriting.native import SIGNS, VALUES, as_values, native_scripts, read_native

WEIGHTS = Path(__file__).parents[2] / "training/digits/cmaterdb/native_digits.onnx"
needs_weights = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="onnxruntime is not installed")
BENGALI = "০১২৩৪৫৬৭৮৯"
CLASSES = (*BENGALI, *"0123456789", *SIGNS)


def matrix(text: str, classes: tuple[str, ...] = VALUES, sure: float = 0.9) -> np.ndarray:
    """What a network says that sees a text so surely, two frames a sign and a blank between."""
    rows = []
    for sign in text:
        row = np.full(1 + len(classes), (1 - sure) / len(classes))
        row[1 + classes.index(sign)] = sure
        blank = np.full(1 + len(classes), 0.02 / len(classes))
        blank[0] = 0.98
        rows += [row, row, blank]
    return np.log(np.stack(rows)).astype(np.float32)


dates = st.tuples(
    st.integers(1, 31), st.integers(1, 12), st.integers(1950, 2030), st.sampled_from("/.-"), st.booleans()
).map(lambda d: f"{d[0]:02d}{d[3]}{d[1]:02d}{d[3]}{d[2] if d[4] else f'{d[2] % 100:02d}'}")


@given(dates)
@settings(max_examples=30, deadline=None)
def test_a_date_that_is_seen_is_read(text):
    assert read_native("date", [matrix(text)])[0].text == text


@given(st.integers(1, 99_999).map(str), st.sampled_from(["", "/18", "/2018"]))
@settings(max_examples=30, deadline=None)
def test_a_number_that_is_seen_is_read_with_its_year(number, year):
    found = read_native("digits", [matrix(number + year)])[0]
    assert found.text == number + year and found.share > 0.5


@pytest.mark.parametrize(("kind", "text"), [("year", "1998"), ("time", "10.30"), ("time", "9-05"), ("digits", "7")])
def test_years_and_hours_are_read(kind, text):
    assert read_native(kind, [matrix(text)])[0].text == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [("date", "45/13/18"), ("date", "12/03/3018"), ("date", "12/03/0018"), ("time", "29.75"), ("year", "3018")],
)
def test_what_cannot_be_is_not_said(kind, text):
    assert all(s.text != text for s in read_native(kind, [matrix(text)]))


@pytest.mark.parametrize(
    ("unlikely", "likely"), [("30/02/2015", "30/03/2015"), ("5/02/2015", "5/12/2015"), ("05/03/1915", "05/03/1995")]
)
def test_what_is_hardly_written_so_is_read_where_it_is_plain_alone(unlikely, likely):
    assert read_native("date", [matrix(unlikely)])[0].text == unlikely
    both = np.log((np.exp(matrix(unlikely)) + np.exp(matrix(likely))) / 2)
    assert read_native("date", [both])[0].text == likely


def test_digits_of_other_scripts_than_the_forms_count_for_those_that_may_stand_there():
    classes = (*CLASSES, "३")
    said = np.log((np.exp(matrix("३", classes)) * 3 + np.exp(matrix("৩", classes))) / 4)
    values = np.exp(as_values(said, classes, BENGALI))
    assert values[0, 1 + VALUES.index("3")] > 0.6 and values[2, 0] > 0.97


def test_each_file_of_weights_has_its_own_probabilities():
    for script in native_scripts():
        doubtful, sure = (
            probability(script.calibration, (0.0, 0.3, -1.0)),
            probability(script.calibration, (6.0, 1.0, 0.0)),
        )
        assert doubtful < 0.5 < 0.8 < sure


def test_a_value_counts_in_both_scripts():
    four = 1 + VALUES.index("4")
    mine, latin, other = (np.exp(matrix(sign, CLASSES)) for sign in "৪4৭")
    alone, both = (as_values(np.log((mine + also) / 2), CLASSES, BENGALI)[0, four] for also in (other, latin))
    assert alone < both < 0


def looked_at(kind, *texts, sure=0.9):
    """How many of some passes are looked at."""
    passes = iter([matrix(text, sure=sure) for text in texts])
    read_native(kind, passes)
    return len(texts) - len(list(passes))


@pytest.mark.parametrize(("kind", "text", "other"), [("digits", "269", "279"), ("year", "1998", "1993")])
def test_a_third_view_is_looked_at_where_two_do_not_bear_the_same_plainly(kind, text, other):
    assert looked_at(kind, text, text, text) == 2
    assert looked_at(kind, text, other, text) == 3
    assert looked_at(kind, text, text, text, sure=0.3) == 3


@given(dates, dates)
@settings(max_examples=30, deadline=None)
def test_what_a_later_view_alone_bears_is_found(one, other):
    assert {s.text for s in read_native("date", [matrix(one), matrix(other)])} >= {one, other}


def test_nothing_is_seen_on_no_frames():
    assert read_native("date", [np.zeros((0, 1 + len(VALUES)), np.float32)]) == []
    with pytest.raises(KeyError):
        read_native("block", [])


def test_other_kinds_and_languages_say_nothing():
    engine = load_engine("digits")
    paper = np.full((64, 200), 240, np.uint8)
    asked = [LineImage(paper, ("en",), kind="date"), LineImage(paper, ("hi",), kind="block")]
    assert [t.text for t in engine.read(asked)] == ["", ""]
    assert engine.name_and_version().startswith("digits ")
    with pytest.raises(EngineMissing, match="no digits of the language xx"):
        digits.Digits().matrix(paper, "xx")


def drawn_date():
    line = np.full((64, 260), 235, np.uint8)
    cv2.putText(line, "12/03/18", (20, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 40, 2, cv2.LINE_AA)
    return line


@needs_weights
def test_a_script_learned_from_fonts_alone_is_never_sure():
    engine = load_engine(f"digits:{WEIGHTS}")
    hindi, tamil = (engine.read([LineImage(drawn_date(), (code,), kind="date")])[0] for code in ("hi", "ta"))
    assert hindi.text == "12/03/18"
    assert tamil.confidence <= 0.5
    assert "kn" not in engine.languages() and "hi" in engine.languages()
    assert page_digits.uses_native([drawn_date()] * 4, "hi", WEIGHTS) is not True


def test_weights_that_are_not_there_say_nothing_and_stop_nothing(monkeypatch):
    for module in (digits, page_digits):
        monkeypatch.setattr(module, "is_here", lambda name: False)
    engine = digits.Digits()
    assert engine.languages() == frozenset()
    paper = np.full((64, 200), 240, np.uint8)
    assert engine.read([LineImage(paper, ("hi",), kind="date")])[0].text == ""
    assert page_digits.uses_native([paper], "hi") is None


def test_the_package_reads_no_native_digits_unless_an_office_names_weights():
    """Those there are learned from digits whose licence leaves something open (training/digits/cmaterdb)."""
    assert digits.Digits().languages() == frozenset()


@needs_weights
def test_weights_that_nobody_measured_are_never_sure(tmp_path):
    mine = tmp_path / "mine.onnx"
    mine.write_bytes(WEIGHTS.read_bytes())
    known, other = (
        load_engine(f"digits:{w}").read([LineImage(drawn_date(), ("hi",), kind="date")])[0] for w in (WEIGHTS, mine)
    )
    assert other.text == known.text and other.confidence <= 0.5 < known.confidence
    with pytest.raises(EngineMissing, match="does not exist"):
        load_engine(f"digits:{tmp_path / 'gone.onnx'}").name_and_version()


def test_a_setting_says_which_weights_read_and_pages_read_by_others_are_read_again(tmp_path):
    weights = tmp_path / "w.onnx"
    weights.write_bytes(b"1")
    own, none, other = (ReadSettings(native_digits=name) for name in ("own", "none", str(weights)))
    assert [s.digits_engine for s in (own, none, other)] == ["digits", "none", f"digits:{weights}"]
    assert len({s.key() for s in (own, none, other)}) == 3
    before = other.key()
    weights.write_bytes(b"2")
    assert other.key() != before
