"""Facts of scripts: digits fold, joiners that nobody typed go, the others stay."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.languages.script import (
    REPAIRS,
    close_slashes,
    drop_final_zwnj,
    drop_stray,
    fold_digits,
    is_indic,
    join_au,
    join_chillu,
    join_khanda_ta,
    one_digit_set,
    repair,
    squeeze,
)

ZWNJ, ZWJ = "\u200c", "\u200d"
NOUGHTS = "०০੦૦୦௦౦೦൦"
WORDS = st.text(st.sampled_from("कर्मிகன்ল্ত് നറ" + ZWNJ + ZWJ + " .-1२"), max_size=12)


def test_digits_of_every_script_fold():
    for nought in NOUGHTS:
        assert fold_digits("".join(chr(ord(nought) + i) for i in range(10))) == "0123456789"
    assert fold_digits("५ सितंबर, १९८७ (७)") == "5 सितंबर, 1987 (7)"


def test_fractions_and_superscripts_are_no_digits():
    assert fold_digits("½ ² ௰") == "½ ² ௰"


@given(st.text())
def test_folding_digits_keeps_length_and_value(text):
    out = fold_digits(text)
    assert len(out) == len(text) and fold_digits(out) == out
    assert [unicodedata.decimal(c) for c in text if c.isdecimal()] == [int(c) for c in out if c.isdecimal()]


def test_zwnj_goes_after_a_final_virama_only():
    assert drop_final_zwnj(f"அவன்{ZWNJ} வந்தான்{ZWNJ}.") == "அவன் வந்தான்."
    inside = f"राज्{ZWNJ}पाल"
    assert drop_final_zwnj(inside) == inside


def test_joiners_that_join_stay():
    eyelash = f"दुसऱ्{ZWJ}या"
    assert repair(eyelash, ["drop-final-zwnj", "drop-stray"]) == eyelash
    assert drop_stray(f"{ZWJ}क{ZWNJ} {ZWNJ}ख्{ZWJ}{ZWJ}ग") == f"क ख्{ZWJ}ग"


def test_letters_spelt_in_parts_are_joined():
    assert join_chillu(f"അവന\u0d4d{ZWJ}") == "അവൻ"
    assert join_khanda_ta(f"হঠাত\u09cd{ZWJ}") == "হঠাৎ"


def test_repair_ends_in_nfc():
    assert repair("e\u0301", []) == "\u00e9"
    assert repair("\u0958", []) == "\u0915\u093c"


def test_an_unknown_repair_is_an_error():
    with pytest.raises(KeyError):
        repair("x", ["polish"])


@given(WORDS, st.sampled_from(sorted(REPAIRS)))
def test_every_repair_is_done_once_and_loses_no_letter(text, name):
    once = REPAIRS[name](text)
    assert REPAIRS[name](once) == once
    if name.startswith("drop"):
        assert [c for c in once if c not in ZWNJ + ZWJ] == [c for c in text if c not in ZWNJ + ZWJ]


def test_indic_is_told_from_latin():
    assert is_indic("P.S. थाना") and is_indic("১২") and not is_indic("P.S. 12")


def test_squeezing_keeps_lines():
    assert squeeze("  a   b \n\n\t c\n") == "a b\nc"


def test_a_number_is_written_in_one_set_of_digits():
    assert one_digit_set("કલમ 3૦૨ 302 ૩૦૨") == "કલમ ૩૦૨ 302 ૩૦૨"
    assert one_digit_set("१९8७/12") == "१९८७/12"


@given(st.text())
def test_one_set_of_digits_keeps_every_number_s_value(text):
    once = one_digit_set(text)
    assert fold_digits(once) == fold_digits(text)
    assert one_digit_set(once) == once


def test_slashes_are_closed_between_digits_alone():
    assert close_slashes(" 12 / 1987  and / or") == "12/1987 and / or"


def test_tamil_au_is_told_from_e_and_lla():
    assert join_au("மெளனம் கெளரி") == "மௌனம் கௌரி"
    assert join_au("வெளி தெளிவு வெள்ளம்") == "வெளி தெளிவு வெள்ளம்"
