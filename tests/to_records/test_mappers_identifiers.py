"""Identifiers as text: what is written is read back, what is none is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.linking.identifiers import (
    FirKey,
    FirNumber,
    accused_label,
    accused_place,
    make_fir_reg_num,
    parse_cnr,
    parse_fir_key,
    parse_fir_number,
    parse_fir_reg_num,
    parse_nfn,
    plain_id,
)
from mappers.linking.registration import plain_registration, registration_pattern

NAMES = st.text(min_size=1, max_size=12)
DIGITS = st.text("0123456789", min_size=1)


@given(parts=st.tuples(NAMES, NAMES, NAMES, NAMES, NAMES), part=st.one_of(st.just(""), NAMES))
def test_a_fir_key_is_read_back_whatever_its_names(parts: tuple[str, str, str, str, str], part: str) -> None:
    key = FirKey(*parts, part)
    assert parse_fir_key(str(key)) == key


def test_a_fir_key_is_legible_and_of_five_or_six_parts() -> None:
    assert str(FirKey("wb", "हावड़ा", "Bally / East", "2009", "78")) == "wb/हावड़ा/Bally %2F East/2009/78"
    assert parse_fir_key("wb/Howrah/2009/78") is None
    assert parse_fir_key("wb/Howrah//2009/78") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0078", FirNumber("78")),
        ("७८/२००९", FirNumber("78", "2009")),
        ("I-123/2009", FirNumber("123", "2009", "I")),
        ("III 0123/09", FirNumber("123", "09", "III")),
        ("6-12/2009", FirNumber("12", "2009", "6")),
        ("0000", None),
        ("7B8", None),
        ("", None),
        ("78//2009", None),
    ],
)
def test_fir_numbers_as_books_write_them(text: str, number: FirNumber | None) -> None:
    assert parse_fir_number(text) == number


@given(number=st.integers(1, 9999), year=st.integers(1861, 2026), part=st.sampled_from(["", "I", "III", "VI"]))
def test_a_fir_number_is_read_back(number: int, year: int, part: str) -> None:
    made = FirNumber(str(number), str(year), part)
    assert parse_fir_number(str(made)) == made


@given(code=st.text("0123456789", min_size=6, max_size=10), year=st.integers(1990, 2030), number=st.integers(1, 9999))
def test_registration_numbers_are_made_and_read_back(code: str, year: int, number: int) -> None:
    made = make_fir_reg_num(code, str(year), str(number))
    assert made is not None
    assert parse_fir_reg_num(str(made)) == made
    assert made.fits(str(year), str(number))
    assert not made.fits(str(year + 1), str(number))


@pytest.mark.parametrize("text", ["", "12345", "20110382202x5", "2" * 17])
def test_what_is_no_registration_number(text: str) -> None:
    assert parse_fir_reg_num(text) is None


def test_a_serial_of_five_digits_has_no_registration_number() -> None:
    assert make_fir_reg_num("2011038", "2022", "12345") is None


@pytest.mark.parametrize(
    ("text", "whole"),
    [("wbhg01-001234-2019", "WBHG010012342019"), ("WBHG010012342019", "WBHG010012342019"), ("WBHG1001234", None)],
)
def test_case_numbers_of_the_courts(text: str, whole: str | None) -> None:
    made = parse_cnr(text)
    assert (str(made) if made else None) == whole
    assert whole is None or parse_cnr(whole) == made


def test_fingerprint_numbers_keep_their_zeros() -> None:
    assert parse_nfn("01 00000042") == ("01", "00000042")
    assert parse_nfn("0100000") is None
    assert plain_id(" 007 / ab-१२") == "007/AB-12"


@given(place=st.integers(1, 234))
def test_labels_of_accused_count_on(place: int) -> None:
    assert accused_place(accused_label(place)) == place
    assert accused_place(accused_label(place, is_plain=True)) == place


def test_labels_of_both_ways_meet() -> None:
    assert [accused_label(n) for n in (1, 9, 10, 18, 19)] == ["A1", "A9", "B1", "B9", "C1"]
    assert accused_place("a-10") == accused_place("B1") == 10
    assert [accused_place(x) for x in ("B10", "A0", "1A", "")] == [None] * 4
    with pytest.raises(ValueError, match="235"):
        accused_label(235)


@pytest.mark.parametrize(
    ("text", "plain", "pattern"),
    [
        ("wb-02-ab-1234", "WB02AB1234", "modern"),
        ("DL 3C AB 1234", "DL3CAB1234", "delhi"),
        ("22BH1234AA", "22BH1234AA", "bharat"),
        ("WBH 1234", "WBH1234", "three_letters"),
        ("KA 05 ७७", "KA0577", "two_letters"),
        ("77 CD 12", "77CD12", "diplomatic"),
        ("WB 02 IO 1", "WB02IO1", ""),
        ("", "", ""),
    ],
)
def test_registrations_of_vehicles(text: str, plain: str, pattern: str) -> None:
    assert (plain_registration(text), registration_pattern(text)) == (plain, pattern)
