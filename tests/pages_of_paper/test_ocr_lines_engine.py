import csv
import shutil
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ocr.models
from ocr.cleaning.strips import make_strip
from ocr.engine import LineImage
from ocr.engines import lines, load_engine
from ocr.errors import EngineFailed, EngineMissing
from ocr.languages.bidi import turn_line, turn_places
from ocr.models import running

SAMPLES = Path(__file__).parents[2] / "sample_data" / "lines"
ROWS = list(csv.DictReader((SAMPLES / "lines.csv").open(encoding="utf-8", newline="")))
MODELS = Path(lines.__file__).parent.parent / "models"
CHARACTERS = "ابکگےہ۔،؟()[]۰۱۲۹059/-.: آئًّ"

runs = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="onnxruntime is not installed")


def picture(name: str) -> np.ndarray:
    return cv2.imread(str(SAMPLES / name), cv2.IMREAD_GRAYSCALE)


def errors(a: str, b: str) -> int:
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(a, b)


@given(st.text(st.sampled_from(CHARACTERS), max_size=30))
def test_turning_a_line_twice_gives_it_back(text):
    assert turn_line(turn_line(text)) == text


@given(st.text(st.sampled_from(CHARACTERS), max_size=30))
def test_every_character_keeps_a_place_of_its_own(text):
    assert sorted(i for _, i in turn_places(text)) == list(range(len(text)))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("عمر ۳۶ سال", "لاس ۳۶ رمع"),
        ("نمبر ۱۷۱/۲۰۱۰", "۱۷۱/۲۰۱۰ ربمن"),
        ("(الف) 12.5", "12.5 (فلا)"),
        ("۱۲-۰۵-۱۹۸۷، رات", "تار ،۱۲-۰۵-۱۹۸۷"),
    ],
)
def test_numbers_run_from_left_to_right_in_a_line_of_urdu(written, seen):
    assert turn_line(written) == seen


def test_a_strip_holds_the_band_with_the_writing():
    page = np.full((120, 400), 255, np.uint8)
    page[50:70, 40:360] = 0
    page[2, 100] = 0
    strip = make_strip(page, 48, 0.5)
    assert strip.image.shape[0] == 48 and (45 < strip.top < 50) and (70 < strip.bottom < 75)
    assert np.isclose(strip.scale, strip.image.shape[1] / 400)


@pytest.mark.parametrize("shape", [(8, 8), (9, 3000), (300, 9)])
def test_a_strip_can_be_made_of_any_paper(shape):
    assert make_strip(np.full(shape, 255, np.uint8), 48, 1.0).image.shape[0] == 48


@runs
def test_the_languages_are_those_with_a_model():
    assert "ur" in load_engine("lines").languages()
    assert load_engine("lines").name_and_version().startswith("lines ")


@runs
@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["file"])
def test_a_line_of_nastaliq_is_read(row):
    text = load_engine("lines").read([LineImage(picture(row["file"]), (row["language"],))])[0]
    assert errors(text.text, row["text"]) <= 0.3 * len(row["text"])
    assert text.text == " ".join(w.text for w in text.words)
    assert 0 < text.confidence <= 1


@runs
def test_words_stand_from_right_to_left_inside_the_crop():
    image = picture("urdu_1.png")
    words = load_engine("lines").read([LineImage(image, ("ur",))])[0].words
    height, width = image.shape
    middles = [(w.box.x0 + w.box.x1) / 2 for w in words]
    assert len(words) > 5 and middles == sorted(middles, reverse=True)
    for x0, y0, x1, y1 in (w.box for w in words):
        assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
    assert middles[0] > 0.85 * width and middles[-1] < 0.15 * width


@runs
def test_confidence_falls_where_the_ink_is_gone():
    image = picture("urdu_1.png")
    rng = np.random.default_rng(1)
    faint = np.clip(200 + (image.astype(float) - 235) * 0.1 + rng.normal(0, 14, image.shape), 0, 255).astype(np.uint8)
    good, bad = load_engine("lines").read([LineImage(image, ("ur",)), LineImage(faint, ("ur",))])
    assert bad.confidence < good.confidence - 0.2 or not bad.text


@runs
def test_a_matrix_is_logarithms_of_shares_that_sum_to_one():
    said = load_engine("lines").matrix(picture("urdu_1.png"), "ur")
    assert said.shape[1] == 1 + len(lines.characters("ur")) and said.dtype == np.float32
    assert np.allclose(np.exp(said).sum(1), 1, atol=1e-3)


@runs
def test_blank_paper_and_other_languages_give_no_text():
    engine = load_engine("lines")
    blank = LineImage(np.full((60, 400), 250, np.uint8), ("ur",))
    other = LineImage(picture("urdu_1.png"), ("xx",))
    assert [t.text for t in engine.read([blank, other, LineImage(np.zeros((2, 2), np.uint8), ("ur",))])] == ["", "", ""]


@runs
def test_time_is_limited():
    with pytest.raises(EngineFailed, match="seconds_per_page"):
        load_engine("lines", 1e-9).read([LineImage(picture("urdu_1.png"), ("ur",))] * 2)


@pytest.fixture
def another_folder(tmp_path, monkeypatch):
    for path in MODELS.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    monkeypatch.setattr(ocr.models.resources, "files", lambda _: tmp_path)
    caches = (lines._models, lines.network, running._models_by_name, running.load_network)
    for cached in caches:
        cached.cache_clear()
    yield tmp_path
    for cached in caches:
        cached.cache_clear()


@runs
def test_a_damaged_model_is_named_and_not_used(another_folder):
    path = another_folder / "urd_lines.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(EngineMissing, match=r"urd_lines\.onnx is damaged"):
        load_engine("lines").read([LineImage(picture("urdu_1.png"), ("ur",))])


@runs
def test_a_missing_model_takes_its_language_away(another_folder):
    (another_folder / "urd_lines.onnx").unlink()
    assert "ur" not in load_engine("lines").languages()
    with pytest.raises(EngineMissing, match="make setup"):
        lines.characters("ur")
