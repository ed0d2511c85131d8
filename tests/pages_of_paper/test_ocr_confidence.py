"""How sure a line is: the model's shape, its fit on known lines, and the measure of its error."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.calibration import lines as confidence
from ocr.calibration.lines import (
    Facts,
    LineWeights,
    OnPages,
    expected_calibration_error,
    facts_of,
    fit,
    fit_pages,
    load_model,
)
from ocr.errors import FormError
from ocr.languages.language import known_languages
from ocr.page import Box, Candidate, Word

SHARE = st.floats(0, 1)


@given(SHARE, SHARE, SHARE, SHARE, SHARE, st.integers(1, 12))
def test_a_probability_is_one(mean, least, agreed, same, length, passes):
    assert 0.0 < load_model().probability(Facts(mean, least, agreed, same, length, passes)) < 1.0


def test_passes_that_agree_are_surer_than_passes_that_do_not():
    model = load_model()
    agree = Facts(0.9, 0.8, 1.0, 1.0, 0.6, 10)
    differ = Facts(0.9, 0.8, 0.7, 0.1, 0.6, 10)
    assert model.probability(agree) > 0.8 > 0.2 > model.probability(differ)


def test_a_single_sure_look_passes_and_a_doubtful_one_does_not():
    model = load_model()
    assert model.probability(Facts(0.97, 0.96, 1, 1, 0.5, 1)) > model.probability(Facts(0.6, 0.3, 1, 1, 0.5, 1))


def test_only_known_languages_are_said_to_be_calibrated():
    assert load_model().languages <= set(known_languages())


def test_facts_of_a_voted_line():
    readings = [Candidate("12 /87", 0.9), Candidate("12/87", 0.5), Candidate("", 0.0), Candidate("1787", 0.4)]
    words = [Word("12", 1.0, Box(0, 0, 9, 9)), Word("/87", 0.5, Box(9, 0, 20, 9))]
    facts = facts_of("12/87", readings, words, 0.8)
    assert facts == Facts(pytest.approx(0.7), 0.5, 0.8, 0.5, 0.1, 4)


def test_a_fit_finds_what_its_lines_were_drawn_from():
    drawn = random.Random(3)
    facts = [Facts(m := drawn.random(), m, 1.0, 1.0, 0.5, 1) for _ in range(4000)]
    right = [drawn.random() < f.mean for f in facts]
    model = LineWeights(fit(facts, right), (0.0,) * 6, (0.0,) * 6, frozenset())
    said = [model.probability(f) for f in facts]
    assert expected_calibration_error(said, right) < 0.03
    assert model.probability(Facts(0.9, 0.9, 1, 1, 0.5, 1)) == pytest.approx(0.9, abs=0.05)


def test_the_error_of_a_liar_and_of_an_honest_one():
    assert expected_calibration_error([1.0] * 10, [False] * 10) == 1.0
    assert expected_calibration_error([0.75] * 4, [True, True, True, False]) == 0.0
    assert expected_calibration_error([0.0, 1.0], [False, True]) == 0.0


@given(st.floats(0.003, 0.997), st.floats(-2, 2), st.floats(0.2, 3))
def test_what_holds_for_pages_goes_up_with_what_was_said_and_has_a_way_back(said, shift, slope):
    pages = OnPages(shift, slope)
    assert (
        pages.undo(pages.probability(said)) == pytest.approx(said, abs=0.02)
        or not 0.003 < pages.probability(said) < 0.997
    )
    assert pages.probability(said) <= pages.probability(min(0.998, said + 0.1))
    assert pages.probability(0.0) == 0.0


def test_lines_of_pages_that_are_worse_than_said_are_brought_down():
    pages = fit_pages([0.9] * 50 + [0.2] * 50, [True] * 30 + [False] * 20 + [False] * 50, frozenset({"kn"}))
    assert 0.5 < pages.probability(0.9) < 0.7
    assert pages.probability(0.2) < 0.1


def test_a_model_of_another_version_is_refused(tmp_path, monkeypatch):
    (tmp_path / "lines.toml").write_text("format = 2\nlanguages = []\nonce = [1.0]\nagain = [1.0]\nown = [1.0]\n")
    monkeypatch.setattr(confidence.resources, "files", lambda package: tmp_path)
    load_model.cache_clear()
    try:
        with pytest.raises(FormError, match="benchmarks/read.py --fit"):
            load_model()
    finally:
        load_model.cache_clear()
