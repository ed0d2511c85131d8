"""Dates and hours by hand: what matrices bear of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_ocr_handwriting import spaced, written

from ocr.handwriting.dated import DATES, date_weight, read_date, read_time
from ocr.handwriting.packed import CHARACTERS
from ocr.handwriting.zone import covers, sure, weigh


def passes(text, *others):
    return [written(spaced(t)) for t in (text, *others)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12/03/18", "12/3/2018"),
        ("1.2.2021", "1/2/2021"),
        ("31-12-1999", "31/12/1999"),
        ("Date 05/11/17 P.S", "5/11/2017"),
        ("12|03|18", "12/3/2018"),
    ],
)
def test_dates_are_found_among_print_and_with_signs_that_look_alike(text, value):
    assert read_date(passes(text), CHARACTERS)[0].value == value


@given(st.integers(1, 31), st.integers(1, 12), st.integers(1950, 2030), st.sampled_from("/.-"), st.booleans())
def test_every_date_there_is_is_a_text_of_the_grammar(day, month, year, sign, short):
    text = f"{day}{sign}{month}{sign}{str(year)[2:] if short else year}"
    assert date_weight(text) is not None
    assert all(text[at] in DATES.follows(text[:at]) for at in range(len(text)))


@pytest.mark.parametrize("text", ["32/1/18", "1/13/18", "0/1/18", "1/1/1850", "1/2", "1/2-18", "12/3/201"])
def test_what_is_no_date_is_no_text_of_the_grammar(text):
    assert date_weight(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14.30 hrs", "14:30"),
        ("at 02-45 hrs", "02:45"),
        ("09:05", "09:05"),
        ("1430 hrs", "14:30"),
        ("10:45 am", "10:45 am"),
        ("7.15 P.M.", "7:15 pm"),
    ],
)
def test_hours_are_found_with_their_words_and_half_of_the_day(text, value):
    assert read_time(passes(text), CHARACTERS)[0].value == value


@pytest.mark.parametrize(
    ("text", "written"), [("14.30 hrs", "14.30"), ("1430 hrs", "14:30"), ("7-15 P.M.", "7-15 pm"), ("9:05", "9:05")]
)
def test_an_hour_keeps_the_sign_that_was_written(text, written):
    assert read_time(passes(text), CHARACTERS)[0].text == written


def test_a_word_beside_an_hour_is_no_half_of_the_day():
    assert read_time(passes("02:25 hr amount"), CHARACTERS)[0].value == "02:25"


@given(st.integers(0, 24), st.integers(0, 59), st.sampled_from(":.-"))
def test_every_hour_is_found(hour, minute, sign):
    found = read_time(passes(f"{hour:02d}{sign}{minute:02d}"), CHARACTERS)
    assert found[0].value == f"{hour:02d}:{minute:02d}"


def test_a_date_that_leaves_figures_or_words_over_is_less_sure():
    whole, part = (weigh("date", (tuple(passes(t)),))[0] for t in ("01-7-18", "2001-7-18"))
    assert sure(whole) > sure(part)
    assert covers("1.2.17", ["1.2.17"], words=False) == 1.0
    assert covers("1.2.17", ["1.2.17 Wednesday"], words=False) < 0.7
    assert covers("14:30", ["14:30 hours"], words=True) == 1.0


def test_a_date_in_words_stays_a_plain_reading_and_a_blank_is_none():
    texts = [f.text for f in weigh("date", (tuple(passes("not known")),))]
    assert "not known" in texts
    assert weigh("date", ((written("____"),),)) == []
