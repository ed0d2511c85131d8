"""Cleaning: level, white ground, no rules and leaders; letters stay, and clean paper is left alone."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.cleaning.blots import find_blots
from ocr.cleaning.clean import bare_line, clean_line, flatten, level_line, skew_deg, white_border
from ocr.cleaning.contrast import with_plain_ink
from ocr.cleaning.ruled_lines import fill_rules, ink_mask, remove_leaders, remove_rules, rule_mask


def line(width=800, height=64):
    """A written line on white paper, ink black."""
    page = np.full((height, width), 255, np.uint8)
    cv2.putText(page, "two cycles were taken", (60, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0,), 3, cv2.LINE_AA)
    return page


def shaded(page):
    """The same under a shadow that falls off to the right."""
    shade = np.linspace(0.95, 0.5, page.shape[1])
    return (page * shade).astype(np.uint8)


def ruled(page, y=50):
    page = page.copy()
    cv2.line(page, (0, y), (page.shape[1], y), (60,), 2)
    return page


def dotted(page, y=52, apart=6):
    page = page.copy()
    page[y : y + 2, 4 : page.shape[1] - 4 : apart] = 0
    page[y : y + 2, 5 : page.shape[1] - 4 : apart] = 0
    return page


def turned(page, angle):
    middle = (page.shape[1] / 2, page.shape[0] / 2)
    return cv2.warpAffine(page, cv2.getRotationMatrix2D(middle, angle, 1), page.shape[::-1], borderValue=(255,))


def headline_word():
    """A Devanagari-like word: a bar with strokes hanging from it, filling most of the crop."""
    page = np.full((64, 300), 255, np.uint8)
    page[18:22, 10:290] = 0
    for x in range(14, 290, 12):
        page[18:52, x : x + 5] = 0
    return page


def ink(page):
    return int((page < 128).sum())


def test_a_shadow_becomes_white_and_ink_stays_black():
    flat = flatten(shaded(line()))
    assert np.percentile(flat[:, 700:], 50) > 250
    assert np.abs(ink(flat) - ink(line())) < 0.25 * ink(line())


@pytest.mark.parametrize("angle", [-2.5, -1.0, 0.0, 1.5, 3.0])
def test_skew_is_found(angle):
    page = np.full((300, 1000), 255, np.uint8)
    for y in (80, 160, 240):
        cv2.putText(page, "two cycles were taken", (120, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0,), 3)
    assert skew_deg(turned(page, angle)) == pytest.approx(-angle, abs=0.26)


def test_levelling_says_where_pixels_came_from():
    page = np.full((300, 1000), 255, np.uint8)
    for y in (80, 160, 240):
        cv2.putText(page, "two cycles were taken", (120, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0,), 3)
    askew = turned(page, 2.0)
    cleaned = level_line(askew)
    assert cleaned.steps == ("flattened", "levelled-2.00")
    rows, columns = np.nonzero(cleaned.image < 100)
    back = np.rint(np.stack([columns, rows, np.ones_like(rows)], 1) @ cleaned.to_source.T).astype(int)
    assert askew[back[:, 1].clip(0, 299), back[:, 0].clip(0, 999)].mean() < 90


def test_ruled_lines_go_and_letters_stay():
    cleaned = clean_line(ruled(line()))
    assert "rules-removed" in cleaned.steps
    assert ink(cleaned.image[46:, :50]) == 0
    assert abs(ink(cleaned.image) - ink(line())) < 0.1 * ink(line())


def test_a_headline_with_letters_hanging_from_it_is_no_rule():
    word = headline_word()
    assert not rule_mask(word).any()
    assert np.array_equal(remove_rules(word), word)


def test_leaders_go_and_the_dots_of_letters_stay():
    page = line()
    wide_set = page.copy()
    for x in range(60, 700, 40):  # a row of dots a letter apart, like pullis above Tamil letters
        cv2.circle(wide_set, (x, 8), 3, (0,), -1)
    assert ink(remove_leaders(dotted(np.full((64, 800), 255, np.uint8)))) == 0
    assert ink(remove_leaders(wide_set)) == ink(wide_set)


@pytest.mark.parametrize("mark", [ruled, dotted, shaded, lambda p: shaded(ruled(p))])
def test_an_empty_line_has_no_ink_and_a_dash_has(mark):
    empty = np.full((64, 800), 255, np.uint8)
    dash = empty.copy()
    cv2.line(dash, (300, 30), (330, 30), (40,), 4)
    assert find_blots(clean_line(mark(empty)).image).ink_share() == 0.0
    assert find_blots(clean_line(mark(dash)).image).ink_share() > 0.0005


@pytest.mark.parametrize("mark", [ruled, dotted, shaded, lambda p: shaded(ruled(p))])
def test_a_bare_picture_holds_what_a_cleaned_one_does(mark):
    empty = np.full((64, 800), 255, np.uint8)
    assert not find_blots(bare_line(mark(empty))).has_writing()
    bare, cleaned = (find_blots(picture) for picture in (bare_line(mark(line())), clean_line(mark(line())).image))
    assert bare.has_writing() and bare.text_height() == pytest.approx(cleaned.text_height(), abs=4)
    assert bare.ink_share() == pytest.approx(cleaned.ink_share(), rel=0.1)


@given(st.integers(2, 61), st.integers(1, 3), st.integers(0, 255))
def test_a_filled_rule_has_the_shades_beside_it_and_nothing_else_is_touched(y, thick, shade):
    page = np.full((64, 400), 255, np.uint8)
    page[:, 200:210] = 40
    page[y : y + thick] = np.minimum(page[y : y + thick], shade)
    filled = fill_rules(page)
    if rule_mask(page).any():
        assert set(np.unique(filled[:, :200])) == {255}
    away = np.ones(64, bool)
    away[max(0, y - 1) : y + thick + 1] = False
    assert np.array_equal(filled[away], page[away])


def test_writing_spans_its_letters_and_dots_and_neighbours_span_nothing():
    left, right = find_blots(line()).span()
    assert 50 <= left <= 70 and 380 <= right <= 460
    others = np.full((64, 800), 255, np.uint8)
    others[:8, 100:300] = 0
    others[30:34, 100:700:9] = 0
    assert find_blots(others).span() is None
    assert find_blots(np.full((64, 800), 255, np.uint8)).span() is None


def test_faint_pencil_on_grainy_paper_is_ink_and_grain_is_not():
    rng = np.random.default_rng(3)
    paper = np.clip(rng.normal(225, 5, (64, 800)), 0, 255).astype(np.uint8)
    written = paper.copy()
    cv2.putText(written, "two", (60, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (150,), 3)
    assert find_blots(clean_line(paper).image).ink_share() == 0.0
    assert find_blots(clean_line(written).image).ink_share() > 0.002


def test_a_border_is_white_and_all_around():
    page = white_border(np.zeros((4, 6), np.uint8), 3)
    assert page.shape == (10, 12)
    assert page[3:-3, 3:-3].max() == 0 and page[:3].min() == 255 and page[:, -3:].min() == 255


def test_text_height_is_that_of_letters():
    assert 18 <= find_blots(line()).text_height() <= 34
    assert find_blots(np.full((64, 300), 255, np.uint8)).text_height() == 0.0


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (2, 2), (9, 9), (3, 500)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_nothing_is_too_small_or_too_plain_to_clean(shape, value):
    cleaned = clean_line(np.full(shape, value, np.uint8))
    assert cleaned.image.shape == shape and cleaned.image.dtype == np.uint8
    assert level_line(np.full(shape, value, np.uint8)).image.shape == shape
    assert find_blots(cleaned.image).ink_share() >= 0.0


@given(st.integers(10, 120), st.integers(40, 500))
@settings(max_examples=20, deadline=None)
def test_white_paper_is_left_alone(height, width):
    page = np.full((height, width), 255, np.uint8)
    assert np.array_equal(clean_line(page).image, page)


@given(
    shadow=st.booleans(),
    rule=st.one_of(st.none(), st.integers(46, 60)),
    dots=st.booleans(),
    angle=st.sampled_from([0.0, 1.0, -2.0]),
)
@settings(max_examples=20, deadline=None)
def test_cleaning_twice_is_cleaning_once(shadow, rule, dots, angle):
    """Up to a few pixels at the edges of strokes, where a second flattening rounds otherwise."""
    page = line() if rule is None else ruled(line(), rule)
    page = dotted(page) if dots else page
    page = turned(page, angle)
    once = clean_line(shaded(page) if shadow else page)
    twice = clean_line(once.image)
    changed = (ink_mask(once.image) != ink_mask(twice.image)).mean()
    assert changed < 0.01
    assert not any(s.startswith("levelled") for s in twice.steps) or abs(float(twice.steps[1][8:])) <= 0.5


def test_cleaning_changes_nothing_in_what_it_is_given():
    page = shaded(ruled(line()))
    before = page.copy()
    clean_line(page)
    assert np.array_equal(page, before)


def test_a_dash_is_writing_and_what_a_dotted_leader_leaves_is_not():
    page = np.full((64, 600), 255, np.uint8)
    assert not find_blots(page).has_writing()
    page[40:44, 100:600:9] = 60
    page[39:52, 300:304] = 60
    assert not find_blots(page).has_writing()
    page[30:34, 200:230] = 60
    assert find_blots(page).has_writing()


@given(st.integers(0, 2**31), st.sampled_from(((3, 3), (5, 8), (31, 47), (64, 90))), st.integers(2, 90))
def test_ink_is_what_is_darker_than_the_paper_by_its_own_noise(seed, shape, grain):
    page = np.clip(np.random.default_rng(seed).normal(230, grain, shape), 0, 255).astype(np.uint8)
    noise = 1.4826 * np.median(cv2.absdiff(page, cv2.medianBlur(page, 3)))
    assert np.array_equal(ink_mask(page) > 0, page < 255 - max(40.0, 6 * noise))


def test_a_faint_page_is_stretched_and_any_other_left_as_it_is():
    page = np.full((400, 300), 200, np.uint8)
    page[100:300:20, 40:260] = 160
    stretched = with_plain_ink(page)
    assert (stretched.min(), stretched.max()) == (65, 245)
    assert with_plain_ink(stretched) is stretched
    bare = np.full((400, 300), 200, np.uint8)
    bare[200, 40:260] = 195
    assert with_plain_ink(bare) is bare


def test_the_grain_of_bare_paper_is_not_stretched_into_ink():
    grain = np.random.default_rng(1).normal(0, 5, (400, 300))
    paper = np.clip(200 + grain, 0, 255).astype(np.uint8)
    assert with_plain_ink(paper) is paper
    shadow = np.clip(np.linspace(210, 160, 300) + grain, 0, 255).astype(np.uint8)
    assert with_plain_ink(shadow) is shadow
    page = np.full((400, 300), 200, np.uint8)
    page[100:300:20, 40:260] = 140
    assert with_plain_ink(np.clip(page + grain, 0, 255).astype(np.uint8)).min() < 100
