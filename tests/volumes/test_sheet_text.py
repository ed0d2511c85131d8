"""The text of a code: short, without personal data, and never taken for another one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.workspace.volumes.sheet_text import SheetDamaged, SheetText, from_text, label_mark, to_text

QR_LETTERS = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@settings(max_examples=40)
@given(
    st.sampled_from("CES"), st.sampled_from(["wb", "mh-pune-2", "tn-9"]), st.integers(1, 99_999),
    st.sampled_from(["", "fir-book", "reg_gd"]), st.sampled_from(["", "1987", "1987-1989"]),
    st.none() | st.integers(1, 5_000),
)  # fmt: skip
def test_what_is_written_is_what_is_read(role, site, number, kind, years, pages):
    sheet = SheetText(role, site, number, label_mark("प्राथमिकी पुस्तक"), kind, years, pages)
    text = to_text(sheet)
    assert from_text(text) == sheet
    # All in the alphanumeric mode of a QR code, which packs two letters in eleven bits.
    assert set(text) <= QR_LETTERS


def test_the_text_is_as_documented():
    sheet = SheetText("C", "wb-sample", 12, label_mark("FIR book 1987/2"), "fir-book", "1987", 212)
    assert to_text(sheet) == "DIG1*C*WB-SAMPLE*12*FIR-BOOK*1987*212*3F0F*12E50F"


def test_a_kind_with_letters_that_the_code_has_not_is_left_out_and_not_spelled_otherwise():
    assert from_text(to_text(SheetText("C", "wb", 1, "ABCD", "प्राथमिकी"))).kind == ""
    assert from_text(to_text(SheetText("C", "wb", 1, "ABCD", "FIR book"))).kind == ""


@pytest.mark.parametrize("text", ["", "https://example.org/x", "DIGEST*1*2", "DIG*C*WB*1"])
def test_another_code_is_none_of_ours(text):
    assert from_text(text) is None


def test_one_wrong_letter_is_found():
    text = to_text(SheetText("C", "wb-sample", 12, "3F8F", "fir-book", "1987", 212))
    for i in range(5, len(text)):
        other = text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1 :]
        with pytest.raises(SheetDamaged):
            from_text(other)


def test_a_later_version_is_not_guessed_at():
    with pytest.raises(SheetDamaged, match="version 2"):
        from_text("DIG2*C*WB*1*X")
