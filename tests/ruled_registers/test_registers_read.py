"""Rows joined over pages, ditto marks resolved, cells decided, and the figures of the benchmark."""

import json
import shutil
from pathlib import Path

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.forms_registers import measure
from benchmarks.registers_peer import peer_found
from benchmarks.registers_score import Found, Score, score_page
from ocr.errors import FormError
from ocr.page import Box, Decided, RowPlace
from ocr.registers import read_register
from ocr.registers.ditto import ditto_words, is_ditto, looks_ditto
from ocr.registers.read import Row, join_rows, resolve_ditto

SAMPLES = Path(__file__).parents[2] / "sample_data" / "registers"
BOX = Box(0, 0, 10, 10)
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed; make setup installs it"
)


def cell(value, *notes, blank=False, confidence=0.9):
    return Decided("place", value, value, confidence, BOX, blank, (), notes)


def row(number, value, *notes, blank=False):
    return Row(number, 0, (BOX,), {"place": cell(value, *notes, blank=blank)}, False)


def found(continues=False):
    return RowPlace("r01", (BOX,), False, continues)


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


def test_a_ditto_mark_takes_the_value_above_through_several_rows():
    rows = resolve_ditto([row(1, "Misalpur"), row(2, "", "ditto"), row(3, "", "ditto")])
    assert [r.cells["place"].value for r in rows] == ["Misalpur"] * 3
    assert rows[2].cells["place"].notes == ("ditto",)


@pytest.mark.parametrize("above", [[], [row(1, "", blank=True)]])
def test_a_ditto_mark_below_nothing_gives_no_value(above):
    *_, last = resolve_ditto([*above, row(2, "", "ditto")])
    assert last.cells["place"].value == "" and last.cells["place"].confidence == 0.0
    assert "nothing-above" in last.cells["place"].notes


@given(st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=12))
def test_resolving_ditto_marks_never_makes_a_value_that_was_not_written(texts):
    rows = [row(i + 1, t or "", *(() if t else ("ditto",))) for i, t in enumerate(texts)]
    values = [r.cells["place"].value for r in resolve_ditto(rows)]
    assert set(values) <= {t for t in texts if t} | {""}
    assert [v for v, t in zip(values, texts, strict=True) if t] == [t for t in texts if t]


def test_what_continues_is_joined_to_the_last_row_of_the_page_before():
    rows = join_rows(
        [
            (0, found(), {"place": cell("near the"), "note": cell("", blank=True)}),
            (1, found(continues=True), {"place": cell("river"), "note": cell("seen")}),
            (1, found(), {"place": cell("market"), "note": cell("", blank=True)}),
        ]
    )
    assert [r.number for r in rows] == [1, 2]
    assert rows[0].cells["place"].value == "near the\nriver"
    assert rows[0].cells["note"].value == "seen"
    assert rows[0].notes == ("continued",)


def test_a_continuation_without_its_beginning_stays_a_row_and_says_so():
    rows = join_rows([(0, found(continues=True), {"place": cell("river")})])
    assert rows[0].notes == ("continuation",)


def test_an_unknown_register_is_named():
    with pytest.raises(FormError, match="reg_none"):
        read_register([], "reg_none")


def test_no_pages_give_no_rows_and_a_reason():
    assert read_register([]).reason == "no pages"


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
    figures = measure(None, True, said.append)
    assert figures["rows_f1"] >= 0.95 and figures["cells"] >= 0.95 and figures["blank_acc"] >= 0.97
    assert figures["peer_rows_f1"] is None
    assert any(line.startswith("peer: not measured") for line in said)


@pytest.mark.engine
@needs_tesseract
def test_a_volume_is_read_and_its_register_known_by_its_header():
    grey = cv2.imread(str(SAMPLES / "reg_vcnb_en_light_5_0.jpg"), cv2.IMREAD_GRAYSCALE)
    reading = read_register([grey], None, ("en",))
    assert reading.form == "reg_vcnb" and len(reading.rows) == 8
    assert reading.pages[0].header
    wanted = [
        r
        for line in (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        if "vcnb" in line
        for r in json.loads(line)["rows"]
    ]
    for row, gold in zip(reading.rows, wanted, strict=True):
        for name, cell in row.cells.items():
            assert cell.blank == (not gold["cells"][name]["text"]), (row.number, name)
