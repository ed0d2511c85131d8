"""Ditto marks known, a register known by its header, and the figures of the benchmark."""

import json
import shutil
from pathlib import Path

import cv2
import pytest

from benchmarks.forms_registers import measure
from benchmarks.parts.registers.peer import peer_found
from benchmarks.parts.registers.score import Found, Score, score_page
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


def page():
    return json.loads((SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()[0])


def perfect(gold):
    rows = [[tuple(b) for b in r["boxes"]] for r in gold["rows"]]
    cells = [{k: (tuple(c["box"]), not c["text"]) for k, c in r["cells"].items()} for r in gold["rows"]]
    return Found(rows, cells)


def test_a_perfect_reading_scores_one_and_an_empty_one_nothing():
    score = score_page(page(), perfect(page()))
    assert (score.rows_f1, score.cells_share, score.blank_acc) == (1.0, 1.0, 1.0)
    empty = score_page(page(), Found([], []))
    assert (empty.rows_f1, empty.cells_share) == (0.0, 0.0)


def test_one_row_too_many_and_one_moved_column_cost_what_they_should():
    gold = page()
    seen = perfect(gold)
    seen.rows.append([(0, 0, 5, 5)])
    seen.cells.append({})
    seen.cells[0]["time"] = ((0, 0, 1, 1), False)
    score = score_page(gold, seen)
    assert (score.invented, score.missed) == (1, 0)
    assert score.cells - score.cells_right == 1


def test_a_peer_is_given_the_benefit_of_the_doubt():
    gold = page()
    cells = [[c["box"] for c in r["cells"].values()] for r in gold["rows"]]
    score = score_page(gold, peer_found(gold, cells))
    assert (score.rows_f1, score.cells_share) == (1.0, 1.0)


def test_scores_add_up():
    total = Score(found=1)
    total.add(Score(found=2, missed=1))
    assert (total.found, total.missed) == (3, 1)


@pytest.mark.engine
@pytest.mark.slow
@needs_tesseract
def test_the_quick_benchmark_reaches_its_marks():
    said = []
    figures = measure(None, True, said.append, most=6)
    assert figures["rows_f1"] >= 0.95 and figures["cells"] >= 0.95 and figures["blank_acc"] >= 0.97
    assert figures["peer_rows_f1"] is None
    assert any(line.startswith("peer: not measured") for line in said)


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
