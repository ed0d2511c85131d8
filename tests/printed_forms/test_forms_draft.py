"""Drafting a form: lines and places found on blank prints, labels recognised, files written and used."""

import json
import shutil
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitize.files.forms import labels
from digitize.files.forms.choices import printed_choice, tick_choices
from ocr.drafting.answers import find_slots
from ocr.drafting.reading import Piece
from ocr.drafting.segments import Segment, find_segments
from ocr.drafting.sheet import blank_sheet
from ocr.drafting.structures import find_structures
from ocr.forms.form import Agreement, load_form, load_forms
from ocr.page import Box, Word
from sample_data.iif1 import LANGUAGES, RIGHT_TO_LEFT
from sample_data.iif1 import labels as printed_words

SAMPLES = Path(__file__).parents[2] / "sample_data"
PRINTS = SAMPLES / "prints"
FORMS = {**load_forms(), **load_forms(SAMPLES / "forms")}
IIF1 = [z.id for z in FORMS["iif1_en"].zones]
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def blank(form_id: str) -> np.ndarray:
    return cv2.imread(str(PRINTS / f"{form_id}.png"), cv2.IMREAD_GRAYSCALE)


def alike(a, b) -> float:
    """Intersection over union of two boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_answer_of_a_print_is_found_and_nothing_else(code):
    found = find_structures(blank(f"iif1_{code}"))
    slots = find_slots(found, find_segments(found), right_to_left=code in RIGHT_TO_LEFT)
    zones = FORMS[f"iif1_{code}"].zones
    assert min(max(alike(z.box, s.box) for s in slots) for z in zones) > 0.9
    assert len(slots) == len(zones) and all(s.label is not None for s in slots)


def test_a_skewed_scan_is_made_level_first():
    page = blank("iif1_en")
    matrix = cv2.getRotationMatrix2D((800, 1100), 1.7, 1.0)
    sheet = blank_sheet([cv2.warpAffine(page, matrix, page.shape[::-1], borderValue=(255,))])
    found = find_structures(sheet.print)
    assert len(find_slots(found, find_segments(found))) >= 36


def test_two_scans_are_refused():
    with pytest.raises(ValueError, match="three filled"):
        blank_sheet([blank("iif1_en")] * 2)


def test_three_other_pages_are_refused():
    with pytest.raises(ValueError, match="same form"):
        blank_sheet([blank("iif1_en"), blank("iif1_ta"), blank("iif1_or")])


def test_what_all_pages_share_is_the_print():
    rng = np.random.default_rng(3)
    pages = []
    for _ in range(3):
        page = blank("wbp_27_sample")
        for _ in range(60):
            x, y = rng.integers(200, 1400), rng.integers(200, 2000)
            cv2.putText(page, "invented", (int(x), int(y)), 0, 1.1, 40, 3, cv2.LINE_AA)
        pages.append(page)
    sheet = blank_sheet(pages)
    assert len(sheet.pages) == 3
    print_, ink = blank("wbp_27_sample") < 128, sheet.print[:2339, :1654] < 128
    near = cv2.dilate(print_.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    assert (ink & ~near).sum() < 0.1 * ink.sum()
    assert ink.sum() > 0.7 * print_.sum()


@pytest.mark.parametrize("code", LANGUAGES)
def test_labels_as_printed_give_the_ids_of_the_library(code):
    say = printed_words(code)
    headings = labels.Headings()
    asked = {}
    for label in [k for k in say if k not in ("title", "under", "written", "oral", "weekdays", "number")]:
        for hit in labels.find_labels(say[label].split(), (code,))[:-1]:
            headings.pass_by(hit.label)
        hits = [
            h for h in labels.find_labels(say[label].split(), (code,)) if h.label not in ("fir.written", "fir.oral")
        ]
        if hits:
            asked[label] = headings.zone_of(hits[-1].label).zone
            headings.pass_by(hits[-1].label)
    for label in ("district", "police_station", "year", "fir_no", "statutes", "info_type", "place_direction_distance",
                  "place_address", "complainant_name", "complainant_age", "complainant_address", "accused",
                  "delay_reason", "property", "property_value", "ud_case_no", "narrative", "action_taken", "io_name"):  # fmt: skip
        assert asked[label] == label, label
    assert asked["info"] == "info_date" and asked["gd"] == "gd_no" and asked["occurrence"] == "occurrence_day"
    assert (asked["date_to"], asked["time_from"]) == ("occurrence_to", "occurrence_time_from")


def test_a_label_with_a_few_wrong_letters_is_still_known():
    hits = labels.find_labels(
        ["5.", "Piace", "of", "Occurrence:", "(a)", "Directon", "and", "distance", "from", "P.S."], ("en",)
    )
    assert [h.label for h in hits] == ["fir.place", "fir.distance"]
    assert labels.find_labels(["ਮੁਕਦਮਾ", "ਨੰ."], ("pa",))[0].label == "fir.no"


@pytest.mark.parametrize("text", ["Name of court, if surrendered", "Injuries and physical condition", "Blood group"])
def test_what_is_not_in_the_list_is_not_taken_for_what_is(text):
    hits = labels.find_labels(text.split(), ("en",))
    assert not hits or labels.share_explained(text, hits) < 0.6


def test_remarks_in_brackets_are_no_part_of_a_label():
    text = "12. FIR Contents : (Attach separate sheet, if required)"
    hits = labels.find_labels(text.split(), ("en",))
    assert hits[-1].label == "fir.contents" and labels.share_explained(text, hits) > 0.9


def piece(text, row=0, x=100):
    words, at = [], x
    for word in text.split():
        words.append(Word(word, 0.9, Box(at, 100 + 50 * row, at + 12 * len(word), 130 + 50 * row)))
        at += 12 * len(word) + 8
    box = Box(x, 98 + 50 * row, at - 8, 132 + 50 * row)
    return Piece(Segment(box, row), text, tuple(words), 0.9, "en")


@pytest.mark.parametrize("name", ["iif1_en", "wbp_27_b", "wbp_27_sample"])
def test_a_draft_names_the_zones_that_agree_as_the_library_does(name):
    form = FORMS[name]
    plain = labels.page_tables([zone.id for zone in form.zones])
    assert plain["per_volume"] == list(form.per_volume)
    assert [Agreement.model_validate(plain["agree"])] == list(form.agree)
    assert labels.page_tables(["year", "narrative"]) == {"per_volume": ["year"]}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("4. Type of Information: Written / Oral", ["Written", "Oral"]),
        ("9. Sex: Male / Female / Transgender", ["Male", "Female", "Transgender"]),
        ("Finger print taken: Yes/No", ["Yes", "No"]),
    ],
)
def test_answers_behind_a_colon_are_a_choice(text, values):
    choice = printed_choice(piece(text), ("en",))
    assert [a.value for a in choice.answers] == values
    assert all(
        a.box.x0 < b.box.x0 and a.box.x1 <= b.box.x0 + 8
        for a, b in zip(choice.answers, choice.answers[1:], strict=False)
    )


@pytest.mark.parametrize(
    "text", ["Complainant / Informant:", "(b) Father's / Husband's Name", "Date: 1 / 2 is for the office only please"]
)
def test_strokes_in_a_label_are_no_choice(text):
    assert printed_choice(piece(text), ("en",)) is None


def test_boxes_to_tick_go_to_who_asks_before_them():
    page = np.full((300, 900), 255, np.uint8)
    for x in (300, 500):
        cv2.rectangle(page, (x, 104), (x + 24, 128), 0, 2)
    found = find_structures(cv2.copyMakeBorder(page, 0, 2039, 0, 754, cv2.BORDER_CONSTANT, value=(255,)))
    assert len(found.ticks) == 2
    pieces = [piece("Mode:", x=150), piece("Arrested", x=340), piece("Remanded", x=540)]
    choices, taken = tick_choices(found, pieces)
    assert taken == {1, 2} and [a.value for a in choices[0].answers] == ["Arrested", "Remanded"]
    assert all(a.tick is not None for a in choices[0].answers)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory, digitize):
    """The arrest memo, drafted by the command."""
    folder = tmp_path_factory.mktemp("forms")
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed")
    memo = PRINTS / "arrest_memo_en.png"
    return folder, digitize.json("forms", "new", memo, "--id", "memo", "--lang", "en", "--out", folder)


@pytest.mark.engine
def test_a_form_that_nobody_prepared(drafted):
    folder, said = drafted
    ids = [z["id"] for z in said["zones"]]
    for zone in ("district", "year", "fir_no", "fir_date", "arrest_date", "statutes", "accused_name", "accused_alias",
                 "accused_permanent_address", "io_name", "io_rank", "sex", "mode"):  # fmt: skip
        assert zone in ids, zone
    form = load_form(folder / "memo.toml")
    assert [z.id for z in form.zones] == ids
    assert [a.value for a in form.zone("mode").alternatives][0] == "Arrested"
    assert all(a.tick for a in form.zone("mode").alternatives) and len(form.zone("mode").alternatives) == 5
    assert len(form.zone("sex").alternatives) == 3
    assert not said["coarse"]
    unknown = [z for z in said["zones"] if z["look"]]
    assert "name_of_court_if_surrendered" in [z["id"] for z in unknown]
    assert "# look: " in (folder / "memo.toml").read_text(encoding="utf-8")


@pytest.mark.engine
def test_a_drafted_form_is_listed_shown_and_found(drafted, digitize, tmp_path):
    folder, _ = drafted
    listed = digitize.json("forms", "list", "--forms", folder)["forms"]
    assert {"memo", "iif1_ur", "wbp_27_b"} <= {f["id"] for f in listed}
    picture = tmp_path / "zones.png"
    shown = digitize.json("forms", "show", "memo", PRINTS / "arrest_memo_en.png", "--image", picture, "--forms", folder)
    assert shown["match"] > 200 and cv2.imread(str(picture)) is not None
    digitize("forms", "show", "memo", PRINTS / "iif1_en.png", "--image", picture, "--forms", folder, code=5)
    digitize("forms", "show", "nothing", PRINTS / "iif1_en.png", "--image", picture, code=5)


@pytest.mark.engine
def test_a_form_that_is_there_is_not_written_over_unasked(drafted, digitize):
    folder, _ = drafted
    before = (folder / "memo.toml").read_bytes()
    digitize("forms", "new", PRINTS / "arrest_memo_en.png", "--id", "memo", "--lang", "en", "--out", folder, code=5)
    assert (folder / "memo.toml").read_bytes() == before


@pytest.mark.engine
@needs_tesseract
@pytest.mark.parametrize("code", ["ta"])
def test_the_language_is_found_and_nearly_all_zones_are_named_right(digitize, tmp_path, code):
    said = digitize.json("forms", "new", PRINTS / f"iif1_{code}.png", "--id", "mine", "--out", tmp_path)
    assert said["languages"][0] == code
    boxes = {z["id"]: z["box"] for z in said["zones"]}
    right = [z.id for z in FORMS[f"iif1_{code}"].zones if z.id in boxes and alike(z.box, boxes[z.id]) >= 0.5]
    assert len(right) >= 0.95 * len(IIF1)
    assert tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))["languages"][0] == code


def test_bad_ids_and_pages_without_lines_are_refused(digitize, tmp_path):
    digitize("forms", "new", PRINTS / "iif1_en.png", "--id", "Not An Id", "--out", tmp_path, code=4)
    digitize("forms", "new", tmp_path / "nothing.png", "--id", "a", "--out", tmp_path, code=5)
    assert not list(tmp_path.glob("*.toml"))


@pytest.fixture
def few(tmp_path):
    """Two samples with their gold, a Hindi page and an English one."""
    names = ("hi_2016_045.jpg", "en_2019_211.jpg")
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["file"] in names]
    (tmp_path / "gold.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    for name in names:
        shutil.copy(SAMPLES / "fir_book_2025" / name, tmp_path)
    return tmp_path


def test_a_form_is_scored_on_pages_with_gold(digitize, few):
    said = digitize.json("forms", "test", "iif1_hi", few, "--engine", "null")
    assert (said["pages"], said["registered"], said["others"], said["taken"]) == (1, 1.0, 1, 0)
    assert said["zone_hit"] == 1.0 and said["blank"] >= 0.95 and said["exact"] == 0.0
    assert set(said["fields"]) == set(IIF1)
    table = digitize("forms", "test", "iif1_hi", few, "--engine", "null")
    assert "fir_no" in table and "1 of 1 pages found" in table


def test_gold_that_is_missing_wrong_or_of_other_forms_is_said(digitize, few):
    digitize("forms", "test", "iif1_te", few, "--engine", "null", code=5)
    digitize("forms", "test", "no_such_form", few, "--engine", "null", code=5)
    (few / "gold.jsonl").write_text('{"page": 1}\n', encoding="utf-8")
    digitize("forms", "test", "iif1_hi", few, "--engine", "null", code=5)
    (few / "gold.jsonl").unlink()
    digitize("forms", "test", "iif1_hi", few, "--engine", "null", code=5)
