"""Letters that are taken for each other: likeness, the language files, and closed lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from ocr.languages.language import Language, known_languages
from ocr.languages.lexicon import USUAL, Lexicon, known_costs, likeness

words = st.text("abcdअआकख", max_size=12)


@given(words, words)
def test_without_confusions_it_is_rapidfuzz_s_ratio(a, b):
    assert likeness(a, b, {}) == pytest.approx(fuzz.ratio(a, b) / 100)


@given(words, words)
def test_confusions_never_make_texts_less_alike_and_work_both_ways(a, b):
    costs = {("a", "b"): USUAL, ("b", "a"): USUAL, ("c", ""): USUAL, ("", "c"): USUAL}
    assert likeness(a, b, costs) == pytest.approx(likeness(b, a, costs))
    assert likeness(a, b, {}) - 1e-9 <= likeness(a, b, costs) <= 1 + 1e-9


@given(words)
def test_a_text_is_wholly_like_itself_alone(a):
    assert likeness(a, a) == 1.0
    assert likeness(a, a + "d") < 1.0


def test_a_confused_letter_costs_less_than_another():
    costs = {("a", "b"): USUAL}
    assert likeness("cac", "cbc", costs) > likeness("cac", "cdc", costs) == pytest.approx(1 - 2 / 6)


def test_language_files_name_confusions_of_their_own_script_and_any_other_sign_is_refused():
    for one in known_languages().values():
        assert len(set(one.confused_pairs)) == len(one.confused_pairs)
        assert all(known_costs()[a, b] == known_costs()[b, a] == USUAL for a, b in one.confused_pairs)
    plain = known_languages()["en"].model_dump()
    with pytest.raises(ValueError, match="two different letters"):
        Language.model_validate({**plain, "confusions": ("aa",)})


def test_a_doubtful_reading_goes_to_the_entry_that_is_misread_so():
    pairs = known_languages()["hi"].confused_pairs
    was, said = next((a, b) for a, b in pairs if b)
    lexicon = Lexicon("t", ((f"कल{was}नर", ()), ("कलङनर", ())))
    first, second = lexicon.find(f"कल{said}नर")
    assert first.value == f"कल{was}नर"
    assert first.score > second.score
