"""A print that nobody has seen: its words say which form it is, and each zone goes where the words about it went."""

import numpy as np
import pytest

from digitize.reading.calibration import NEVER
from digitize.reading.values import zone_value
from ocr.forms.by_labels import find_by_labels, fit_labels, windows_of
from ocr.forms.form import load_forms
from ocr.forms.zones import FormModels, Match, zone_box
from ocr.geometry.pieces import Pieces, Spots, agreeing, moved_print
from ocr.page import PRINT_NOT_KNOWN, Box, Decided, Line, Word

FORM = load_forms()["wbp_27_a1"]
FRAME = (FORM.width, FORM.height)


def lines_of(form, moved, scale=2.0):
    """The labels of a form as lines of words on a page; moved: box -> how far its line was moved, in the frame."""
    lines = []
    for label in form.labels:
        x0, y0, x1, y1 = label.box
        dx, dy = moved(label.box)
        words, at, wide = [], x0, (x1 - x0) / len(label.text)
        for text in label.text.split():
            end = at + wide * len(text)
            box = Box(*(round(scale * v) for v in (at + dx, y0 + dy, end + dx, y1 + dy)))
            words.append(Word(text, 0.9, box))
            at = end + wide
        lines.append(Line(label.text, 0.9, words[0].box, tuple(words), 0, ("en",), "test"))
    return lines


def set_anew(box):
    """All from the seventh item down stands 18 pixels lower, and the first lines 12 higher."""
    return (6, 18) if box[1] > 420 else (0, -12) if box[1] < 200 else (0, 0)


@pytest.mark.parametrize(
    "zone", ["police_station", "statutes", "place_direction_distance", "property_value", "io_name"]
)
def test_a_zone_goes_where_the_words_about_it_went(zone):
    fit = fit_labels(FORM, windows_of(lines_of(FORM, set_anew)))
    assert fit is not None and fit.is_enough and fit.share > 0.8
    box = FORM.zone(zone).box
    dx, dy = set_anew(box)
    found = zone_box(fit.pieces.map_near(fit.matrix, box), FORM.zone(zone))
    wanted = [2 * (v + d) for v, d in zip(box, (dx, dy, dx, dy), strict=True)]
    assert np.abs(np.array(found) - wanted).max() < 12


def test_misread_words_and_strange_ones_are_borne():
    lines = lines_of(FORM, set_anew)
    letters = np.random.default_rng(5)
    worn = []
    for line in lines:
        words = [Word(w.text.replace("a", "u", 1), 0.5, w.box) if letters.random() < 0.5 else w for w in line.words]
        worn.append(Line(line.text, 0.5, line.box, tuple(words), 0, ("en",), "test"))
    strange = [
        Line("", 0.2, Box(5, y, 90, y + 9), (Word("Qwx", 0.2, Box(5, y, 90, y + 9)),)) for y in range(40, 2000, 40)
    ]
    fit = fit_labels(FORM, windows_of([*worn[::2], *strange]))
    assert fit is not None and fit.share > 0.3
    moved = zone_box(fit.pieces.map_near(fit.matrix, FORM.zone("property_value").box), FORM.zone("property_value"))
    assert abs(moved.y0 - 2 * (706 + 18)) < 14


def test_a_letter_is_no_form():
    words = [
        "To the officer",
        "in charge of",
        "the police station",
        "Sir, I beg to state",
        "that my bag was stolen",
    ] * 4
    lines = [
        Line(
            "",
            0.9,
            Box(0, 0, 9, 9),
            (Word(w, 0.9, Box(40 + 70 * (i % 9), 60 + 30 * (i // 9), 100 + 70 * (i % 9), 75)),),
        )
        for i, w in enumerate(words)
    ]
    fit = fit_labels(FORM, windows_of(lines))
    assert fit is None or not fit.is_enough


class _Reader:
    """Reads a page's upper or lower part from lines given beforehand."""

    def __init__(self, lines, cut):
        self._lines, self._cut, self.asked = lines, cut, 0

    def read_page(self, image, languages, *, sparse=False):
        assert sparse and tuple(languages) == ("en",)
        self.asked += 1
        upper = self.asked == 1
        down = 0 if upper else self._cut
        some = [x for x in self._lines if (x.words[0].box.y0 < self._cut) == upper]
        return [
            Line(x.text, 1, x.box, tuple(Word(w.text, 1, _down(w.box, down)) for w in x.words), 0, ("en",))
            for x in some
        ]


def _down(box, by):
    return Box(box.x0, box.y0 - by, box.x1, box.y1 - by)


def test_the_lower_part_is_read_only_where_the_upper_bears_labels():
    page = np.full((2400, 1500), 255, np.uint8)
    models = FormModels({FORM.id: FORM}, {})
    nothing = Match(None, 0, np.eye(2, 3))
    form = _Reader(lines_of(FORM, set_anew), 1080)
    found = find_by_labels(page, models, form, ("hi", "en"), nothing)
    assert found is not None and found.form is FORM and isinstance(found.bend, Pieces) and form.asked == 2
    letter = _Reader([], 1080)
    assert find_by_labels(page, models, letter, ("en",), nothing) is None and letter.asked == 1


def test_print_that_lies_elsewhere_together_brings_a_match_into_doubt():
    points = np.random.default_rng(2).uniform((50, 50), (690, 1100), (300, 2)).astype(np.float32)
    matrix = np.array([[2.0, 0, 5], [0, 2.0, 9]])
    there = points @ matrix[:, :2].T + matrix[:, 2]
    assert not len(moved_print(points, there, matrix, FRAME).points)
    there[points[:, 1] < 400] += (0, 40)
    moved = moved_print(points, there, matrix, FRAME)
    assert len(moved.points) > 60 and np.allclose(moved.off, (0, 20), atol=0.01)
    assert Match(FORM, 180, matrix, moved=moved).is_in_doubt
    assert not Match(FORM, 180, matrix).is_in_doubt


def test_a_spot_that_no_other_bears_out_is_left_out():
    off = np.array([[0, 20], [1, 20], [0, -15], [0, 21]], float)
    spots = Spots(np.array([[10, 10], [60, 12], [90, 11], [120, 10]], float), off, np.ones(4))
    assert len(agreeing(spots, FRAME).points) == 3
    assert len(agreeing(Spots.empty(), FRAME).points) == 0


def test_values_of_a_print_that_nobody_confirmed_wait_for_a_person():
    sure = Decided("year", "2018", "2018", 0.999, Box(0, 0, 9, 9))
    assert zone_value(sure, 0.9).accept == 0.9
    held = Decided("year", "", "", 1.0, Box(0, 0, 9, 9), blank=True, notes=(PRINT_NOT_KNOWN,))
    assert zone_value(held, 0.9).accept == NEVER
