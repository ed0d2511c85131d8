"""Printed answers: which is struck out, ringed or ticked, on the prints of thirteen languages."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.form import Alternative, Zone, load_forms
from ocr.forms.marks import AnswerMarks, answer_ink, judge, look, read_marks

PRINTS = Path(__file__).parents[2] / "sample_data" / "prints"
FORMS = load_forms()
LANGUAGES = sorted(name.removeprefix("iif1_") for name, form in FORMS.items() if form.family == "iif1_print")
_AROUND = 80
"""Pixels of the page above and below a zone: as much as it is turned, and room to look."""
GRADES = st.floats(0, 1).map(lambda v: round(v, 3))


@cache
def _print(code):
    return cv2.imread(str(PRINTS / f"iif1_{code}.png"), cv2.IMREAD_GRAYSCALE)


def blank(code):
    return _print(code).copy()


def scanned(page, zone, *, angle=1.1, grain=5.0):
    """A strip of the page with a zone, faded, askew, grainy; and the map from the form's frame, a pixel wrong."""
    top = max(0, round(zone.box[1]) - _AROUND)
    strip = page[top : round(zone.box[3]) + _AROUND]
    rng = np.random.default_rng(5)
    faded = 255 - (255 - cv2.GaussianBlur(strip, (0, 0), 0.7).astype(float)) * 0.75
    faded = np.clip(faded * 0.92 + rng.normal(0, grain, strip.shape), 0, 255).astype(np.uint8)
    matrix = cv2.getRotationMatrix2D((827, strip.shape[0] / 2), angle, 1.0)
    laid = cv2.warpAffine(faded, matrix, strip.shape[::-1], flags=cv2.INTER_AREA, borderValue=225)
    matrix[:, 2] += 1.0 - matrix[:, 1] * top
    return laid, matrix


def strike(page, box, slope=3):
    x0, y0, x1, y1 = box
    y = round(y0 + 0.58 * (y1 - y0))
    cv2.line(page, (x0 - 6, y + slope), (x1 + 7, y - slope), 40, 3, cv2.LINE_AA)


def ring(page, box):
    x0, y0, x1, y1 = box
    axes = ((x1 - x0) // 2 + 9, (y1 - y0) // 2 + 7)
    cv2.ellipse(page, ((x0 + x1) // 2, (y0 + y1) // 2 + 2), axes, 2, 0, 360, 40, 3, cv2.LINE_AA)


@pytest.mark.parametrize("code", LANGUAGES)
def test_one_struck_out_leaves_the_other_and_none_struck_leaves_none(code):
    zone = FORMS[f"iif1_{code}"].zone("info_type")
    untouched = read_marks(*scanned(blank(code), zone), zone)
    assert (untouched.how, untouched.value) == ("none", "") and untouched.confidence > 0.8
    for i, answer in enumerate(zone.alternatives):
        page = blank(code)
        strike(page, answer.box)
        told = read_marks(*scanned(page, zone), zone)
        assert told.value in ("", zone.alternatives[1 - i].value)
        assert told.how in ("struck", "unclear")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_ring_picks_its_answer(code):
    zone = FORMS[f"iif1_{code}"].zone("info_type")
    for answer in zone.alternatives:
        page = blank(code)
        ring(page, answer.box)
        assert read_marks(*scanned(page, zone), zone).value in ("", answer.value)


def test_most_strokes_and_rings_are_told():
    told = 0
    for code in LANGUAGES:
        zone = FORMS[f"iif1_{code}"].zone("info_type")
        struck, ringed = blank(code), blank(code)
        strike(struck, zone.alternatives[0].box)
        ring(ringed, zone.alternatives[0].box)
        told += read_marks(*scanned(struck, zone), zone).value == zone.alternatives[1].value
        told += read_marks(*scanned(ringed, zone), zone).value == zone.alternatives[0].value
    assert told >= 0.9 * 2 * len(LANGUAGES)


def test_both_struck_out_is_unclear():
    zone = FORMS["iif1_en"].zone("info_type")
    page = blank("en")
    for answer in zone.alternatives:
        strike(page, answer.box)
    told = read_marks(*scanned(page, zone), zone)
    assert (told.how, told.value) == ("unclear", "")


def test_a_crease_through_all_answers_is_no_stroke_through_one():
    zone = FORMS["iif1_en"].zone("info_type")
    page = blank("en")
    (x0, y0, _, y1), (_, _, x1, _) = (a.box for a in zone.alternatives)
    for y, shade in ((y0 + 12, 150), (y0 + 13, 130), (y1 - 12, 150)):
        cv2.line(page, (x0 - 300, y), (x1 + 300, y + 5), shade, 2, cv2.LINE_AA)
    assert read_marks(*scanned(page, zone, angle=0.2), zone).value == ""


def boxed_page():
    """Three words, each with an empty box before it."""
    page = np.full((400, 900), 255, np.uint8)
    answers = []
    for i, word in enumerate(("Yes", "No", "Unknown")):
        x = 60 + 260 * i
        cv2.rectangle(page, (x, 180), (x + 26, 206), 60, 2)
        cv2.putText(page, word, (x + 40, 204), cv2.FONT_HERSHEY_COMPLEX, 0.8, 30, 1, cv2.LINE_AA)
        answers.append(Alternative(value=word, box=(x + 38, 178, x + 180, 212), tick=(x, 180, x + 27, 207)))
    return page, Zone(id="observed", box=(50, 160, 880, 230), kind="choice", alternatives=answers)


def tick(page, box):
    x0, y0, x1, y1 = box
    points = np.array([[x0 + 4, (y0 + y1) // 2], [(x0 + x1) // 2 - 2, y1 - 5], [x1 + 6, y0 - 6]], np.int32)
    cv2.polylines(page, [points], False, 50, 3, cv2.LINE_AA)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_one_box_ticked(which):
    page, zone = boxed_page()
    tick(page, zone.alternatives[which].tick)
    told = read_marks(page, np.eye(2, 3), zone)
    assert (told.how, told.value) == ("ticked", zone.alternatives[which].value) and told.confidence > 0.8


def test_no_box_and_two_boxes_ticked():
    page, zone = boxed_page()
    assert read_marks(page, np.eye(2, 3), zone).how == "none"
    tick(page, zone.alternatives[0].tick)
    tick(page, zone.alternatives[2].tick)
    assert read_marks(page, np.eye(2, 3), zone).how == "unclear"


def test_without_the_print_strokes_are_not_guessed_at():
    page = blank("en")
    answer = FORMS["iif1_en"].zone("info_type").alternatives[0]
    strike(page, answer.box)
    for ink in ("", "not base64!", answer_ink(page, (10, 10, 20, 20))):
        assert look(page, np.eye(2, 3), answer.model_copy(update={"ink": ink})) == AnswerMarks(0, 0, 0)


def test_a_zone_without_answers_is_refused():
    with pytest.raises(ValueError, match="no printed answers"):
        read_marks(blank("en"), np.eye(2, 3), FORMS["iif1_en"].zone("district"))


def letters_of(page, box):
    """Where the letters of a word stand."""
    x0, y0, x1, y1 = box
    ys, xs = np.nonzero(page[y0:y1, x0:x1] < 128)
    return x0 + xs.min(), y0 + ys.min(), x0 + xs.max(), y0 + ys.max()


def tick_over(page, box, lean=1.2):
    """A tick on a word as officers set them: a short arm down to the letters, a long one up beyond them."""
    x0, top, x1, foot = letters_of(page, box)
    high = foot - top
    x, y = x0 + 0.3 * (x1 - x0), top + 0.4 * high
    points = [(x - 0.3 * high, y - 0.5 * high), (x, y), (x + lean * high, y - 1.1 * high)]
    cv2.polylines(page, [np.array(points, np.int32)], False, 40, 3, cv2.LINE_AA)


@pytest.mark.parametrize("lean", [0.7, 1.2, 1.8])
@pytest.mark.parametrize("which", [0, 1])
def test_a_tick_over_a_word_picks_it_and_is_no_stroke_through_it(which, lean):
    told = []
    for code in LANGUAGES:
        zone = FORMS[f"iif1_{code}"].zone("info_type")
        page = blank(code)
        tick_over(page, zone.alternatives[which].box, lean)
        told.append(read_marks(*scanned(page, zone), zone).value in ("", zone.alternatives[which].value))
    assert sum(told) == len(told)


def test_most_ticks_over_words_are_told():
    told = 0
    for code in LANGUAGES:
        zone = FORMS[f"iif1_{code}"].zone("info_type")
        page = blank(code)
        tick_over(page, zone.alternatives[0].box)
        told += read_marks(*scanned(page, zone), zone).how == "ticked"
    assert told >= 0.9 * len(LANGUAGES)


def test_a_tick_on_one_answer_and_a_stroke_through_the_other_agree():
    zone = FORMS["iif1_en"].zone("info_type")
    page = blank("en")
    tick_over(page, zone.alternatives[0].box)
    strike(page, zone.alternatives[1].box)
    assert read_marks(*scanned(page, zone), zone).value == "Written"


@pytest.mark.parametrize("slope", [6, 12])
def test_a_slanting_stroke_through_a_word_is_no_tick(slope):
    for code in LANGUAGES:
        zone = FORMS[f"iif1_{code}"].zone("info_type")
        for i, answer in enumerate(zone.alternatives):
            page = blank(code)
            strike(page, answer.box, slope)
            assert read_marks(*scanned(page, zone), zone).value in ("", zone.alternatives[1 - i].value)


@given(st.lists(st.builds(AnswerMarks, GRADES, GRADES, GRADES, GRADES), min_size=2, max_size=5))
def test_a_value_is_said_only_with_more_for_it_than_against(seen):
    told = judge([str(i) for i in range(len(seen))], seen)
    assert 0 <= told.confidence <= 1
    assert (told.value != "") == (told.how in ("struck", "ticked", "ringed"))
    if told.value:
        assert told.confidence > 0.5 and seen[int(told.value)].struck < 0.5


@given(st.lists(st.builds(AnswerMarks, GRADES, GRADES, GRADES, GRADES), min_size=2, max_size=5), st.randoms())
def test_the_order_of_answers_does_not_matter(seen, rng):
    values = [str(i) for i in range(len(seen))]
    order = list(range(len(seen)))
    rng.shuffle(order)
    told, turned = judge(values, seen), judge([values[i] for i in order], [seen[i] for i in order])
    assert (told.how, told.confidence) == (turned.how, turned.confidence)
