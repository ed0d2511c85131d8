"""Ditto marks are known, and a register by its header."""

import json
import shutil
from pathlib import Path

import cv2
import pytest

from ocr.errors import FormError
from ocr.registers import RegisterSettings, VolumeReader, decide_register, package_registers
from ocr.registers.ditto import ditto_words, is_ditto, looks_ditto
from ocr.registers.volume import HEADER

SAMPLES = Path(__file__).parents[2] / "sample_data" / "registers"
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed; make setup installs it"
)


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ('"', ("en",)),
        ("-do-", ("hi",)),
        ("Do.", ("bn",)),
        ("यथोपरि", ("hi",)),
        ("सथोपरि", ("hi",)),
        ("ঐ", ("bn",)),
        ("மேற்படி", ("ta",)),
        ("సదరు", ("te",)),
        ("ਉਹੀ", ("pa",)),
    ],
)
def test_ditto_marks_are_known_by_language(text, languages):
    assert is_ditto(text, languages)


@pytest.mark.parametrize("text", ["", "dog", "12", "উদাহরণ", "मिसाल", "ஊர்", "11"])
def test_other_words_are_no_ditto_marks(text):
    assert not is_ditto(text, ("en", "hi", "bn", "ta"))


def test_every_language_has_a_ditto_mark():
    assert set(ditto_words()) >= {"en", "hi", "mr", "bn", "as", "ta", "te", "kn", "ml", "gu", "pa", "or", "ur"}


def test_two_short_strokes_look_like_a_ditto_mark_and_a_number_does_not():
    assert looks_ditto(6, 6, 2, 14)
    assert not looks_ditto(14, 14, 2, 14)
    assert not looks_ditto(40, 6, 2, 14)


def test_an_unknown_register_is_named():
    with pytest.raises(FormError, match="reg_none"):
        VolumeReader("reg_none", settings=RegisterSettings(engine="null"))


@pytest.mark.engine
@needs_tesseract
def test_a_volume_is_read_and_its_register_known_by_its_header():
    grey = cv2.imread(str(SAMPLES / "reg_vcnb_en_light_5_0.jpg"), cv2.IMREAD_GRAYSCALE)
    seen = VolumeReader(None, ("en",)).recognise(grey)
    reading = decide_register(seen, package_registers().find(seen.form), ("en",))
    assert reading.form == "reg_vcnb" and len(reading.rows) == 8 and HEADER in seen.notes
    wanted = [
        r
        for line in (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        if "vcnb" in line
        for r in json.loads(line)["rows"]
    ]
    for row, gold in zip(reading.rows, wanted, strict=True):
        for name, cell in gold["cells"].items():
            assert reading.zones[f"{row.id}.{name}"].blank == (not cell["text"]), (row.id, name)
