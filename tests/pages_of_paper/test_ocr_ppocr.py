from importlib.util import find_spec

import cv2
import numpy as np
import pytest

from ocr.engine import LineImage
from ocr.engines import load_engine, ppocr
from ocr.errors import EngineFailed, EngineMissing

weights = pytest.mark.skipif(not ppocr.available(), reason="the PP-OCR weights are not installed")


def line(text: str, height: int = 64) -> np.ndarray:
    image = np.full((height, 24 * len(text) + 40), 245, np.uint8)
    cv2.putText(image, text, (20, height * 2 // 3), cv2.FONT_HERSHEY_DUPLEX, 1.0, 30, 2, cv2.LINE_AA)
    return image


def read(image: np.ndarray, **how):
    return load_engine("ppocr").read([LineImage(image, ("en",), **how)])[0]


@weights
def test_a_line_is_read():
    text = read(line("Registered on Monday"))
    assert text.text.replace(" ", "") == "RegisteredonMonday" and text.confidence > 0.8


@weights
def test_a_year_is_found_between_its_label_and_the_next():
    text = read(line("Year 2018 F"), kind="year")
    assert text.text == "2018" and text.confidence > 0.8
    assert all(len(other.text) == 4 and other.text.isdigit() for other in text.others)
    assert text.confidence + sum(o.confidence for o in text.others) <= 1.001


@weights
@pytest.mark.parametrize("written", ["626/18", "7/2019", "0043/21"])
def test_a_number_with_its_year_is_found(written):
    assert read(line(f"No. {written}"), kind="digits").text == written.lstrip("0")


@weights
def test_a_block_is_read_line_by_line():
    block = np.vstack([line("First words", 44), line("Other words", 44)])
    assert [x.replace(" ", "") for x in read(block, block=True).text.splitlines()] == ["Firstwords", "Otherwords"]


@weights
def test_paper_without_writing_gives_no_text():
    assert read(np.full((64, 300), 250, np.uint8)).text == ""
    assert read(np.zeros((2, 2), np.uint8)).text == ""


@weights
def test_a_matrix_is_logarithms_of_shares_that_sum_to_one():
    said = ppocr.matrix(line("41"))
    assert said.shape[1] == 1 + len(ppocr.characters())
    assert np.allclose(np.exp(said).sum(1), 1, atol=1e-3)
    assert set("0123456789/ ") <= set(ppocr.characters())


@weights
def test_the_same_picture_gives_the_same_answer():
    image = line("379/411")
    assert read(image, kind="digits") == read(image, kind="digits")


@weights
def test_time_is_kept():
    engine = ppocr.build("", 1e-9)
    with pytest.raises(EngineFailed, match="longer than a page may take"):
        engine.read([LineImage(line("1"), ("en",))] * 2)


@weights
def test_the_wheel_is_found_and_not_imported():
    import sys

    read(line("1"))
    assert "rapidocr" not in sys.modules
    assert load_engine("ppocr").name_and_version().startswith("ppocr 3.")


def test_without_weights_the_engine_says_what_to_install(monkeypatch):
    monkeypatch.setattr(ppocr, "find_spec", lambda name: None if name == "rapidocr" else find_spec(name))
    assert not ppocr.available() and ppocr.build("", None).languages() == frozenset()
    with pytest.raises(EngineMissing, match="make setup"):
        ppocr.build("", None).name_and_version()
