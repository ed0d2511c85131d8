"""Digits of every script fold to 0-9; the zeros of abbreviations are dots where people write."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from mappers.text.folding import dot_abbreviations, fold_digits, fold_written
from ocr.languages import script

DIGITS = [chr(n) for n in range(0x110000) if chr(n).isdecimal()]
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(DIGITS), st.sampled_from("भाकद०्\u0958ய௰ 0.")))


@given(TEXTS)
def test_folding_keeps_length_and_all_that_is_no_digit(text):
    folded = fold_digits(text)
    assert fold_digits(folded) == folded and len(folded) == len(text)
    for before, after in zip(text, folded, strict=True):
        assert after == (str(unicodedata.decimal(before)) if before in DIGITS else before)


def test_pictures_and_tables_fold_the_same_digits():
    """`ocr` and `mappers` do not know each other, so each has the function."""
    every = "".join(chr(n) for n in range(0x110000))
    assert fold_digits(every) == script.fold_digits(every)


@given(TEXTS)
def test_dots_stand_for_zeros_behind_devanagari_letters_alone(text):
    dotted = dot_abbreviations(text)
    assert dot_abbreviations(dotted) == dotted and len(dotted) == len(text)
    changed = [at for at, (before, after) in enumerate(zip(text, dotted, strict=True)) if before != after]
    assert all(
        text[at] == "०" and dotted[at] == "." and "DEVANAGARI" in unicodedata.name(text[at - 1]) for at in changed
    )
    assert fold_written(text) == fold_digits(dotted)


def test_a_zero_for_a_dot_is_a_dot_behind_every_kind_of_letter():
    assert fold_written("\u0958०") == "\u0958." and fold_digits("\u0958०") == "\u09580"
    assert fold_written("सं० ३०२ ०४") == "सं. 302 04"
