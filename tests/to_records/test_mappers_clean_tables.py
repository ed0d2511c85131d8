"""What clerks put into one cell of a table: part, number and year; persons who are only counted; hours of no day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.clean import CleanContext, load_cleaners
from mappers.clean.digits import clean_case_number
from mappers.clean.names import person_parts
from mappers.clean.persons import persons_of_item, split_items
from mappers.record import SUFFIX_NOTE
from mappers.systems.keys import key_of
from mappers.text.folding import squeeze

CONTEXT = CleanContext(book_year=2009)


def crime_number(text):
    (row,) = load_cleaners()["crime_number"].rows(text, CONTEXT).rows
    return {part: cell.value for part, cell in row.items()}


@pytest.mark.parametrize(
    ("text", "part", "number", "year"),
    [
        ("I-123/2009", "I", "123", "2009"),
        ("C.R. No. II-45/98", "II", "45", "1998"),
        ("vi 5/99", "VI", "5", "1999"),
        ("III–0007", "III", "7", None),
        ("Cr. No. 123/2004", None, "123", "2004"),
        ("मु.अ.सं. ०१२/९८", None, "12", "1998"),
        ("00078", None, "78", None),
    ],
)
def test_a_case_number_is_taken_apart(text, part, number, year):
    meant = {"part": part, "number": number, "year": year}
    assert crime_number(text) == {k: v for k, v in meant.items() if v}


@pytest.mark.parametrize("text", ["XI-12", "12/3/45", "5-6-7", "no number", "VII 3/2001 & 4/2001"])
def test_what_is_no_case_number_gives_none(text):
    assert crime_number(text) == {"number": None}


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("12A", {}),
        ("12/A", {}),
        ("12(A)", {}),
        ("12 - a", {}),
        ("१२ (क)", {}),
        ("12/बी", {}),
        ("C.R. No. 12A/98", {"year": "1998"}),
        ("I-12/A/1998", {"part": "I", "year": "1998"}),
    ],
)
def test_a_case_number_with_a_suffix_is_no_other_number(text, others):
    assert crime_number(text) == {"number": None, **others}
    alone = clean_case_number(text, CONTEXT)
    assert (alone.value, alone.notes) == (None, (SUFFIX_NOTE,))
    assert key_of(["12"]) != key_of([text])


@pytest.mark.parametrize("text", ["FIR No. 12", "12.", "12)", "12/98", "सं० 12", "12 P.S.", "क 12"])
def test_what_is_no_suffix_leaves_the_number(text):
    assert clean_case_number(text, CONTEXT).value == "12"


@given(st.sampled_from(["", "I", "II", "III", "IV", "V", "VI"]), st.integers(1, 999_999), st.integers(1950, 2009))
def test_part_number_and_year_survive_being_written_together(part, number, year):
    written = f"{part}-{number}/{year}" if part else f"{number}/{year}"
    found = crime_number(written)
    assert (found.get("part", ""), found["number"], found["year"]) == (part, str(number), str(year))


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    load_cleaners()["crime_number"].rows(text, CONTEXT)


@pytest.mark.parametrize(
    ("text", "names", "others"),
    [
        ("1) नमूना 2) उदाहरण व अन्य 3", ["नमूना", "उदाहरण"], 1),
        ("Sample and 3 others", ["Sample"], 1),
        ("Sample etc. 5 persons", ["Sample"], 1),
        ("নমুনা ও অন্যান্য", ["নমুনা"], 1),
        ("மாதிரி மற்றும் 3 பேர்", ["மாதிரி"], 1),
        ("ਨਮੂਨਾ ਅਤੇ ੩ ਹੋਰ", ["ਨਮੂਨਾ"], 1),
        ("Sample and Example", ["Sample and Example"], 0),
        ("नमूना व उदाहरण", ["नमूना व उदाहरण"], 0),
    ],
)
def test_others_who_are_only_counted_are_a_row_of_their_own(text, names, others):
    rows = load_cleaners()["persons"].rows(text, CONTEXT).rows
    assert [r["name"].value for r in rows if "name" in r] == names
    assert [r["status"].notes for r in rows if "status" in r] == [("others",)] * others


@pytest.mark.parametrize("text", ["1899-12-30 10:30:00", "1900-01-01 10:30:00.000", "10:30"])
def test_an_hour_of_no_day_is_an_hour(text):
    assert load_cleaners()["time"].clean(text, CONTEXT).value == "10:30"


def test_a_day_with_an_hour_is_no_hour():
    assert load_cleaners()["time"].clean("2001-03-04 10:30:00", CONTEXT).value is None


@pytest.mark.parametrize(
    ("text", "is_doubted"),
    [
        ("Sample Exampleson, Imaginary Specimenkar", True),
        ("नमूना दास व उदाहरण राम", True),
        ("ਨਮੂਨਾ ਸਿੰਘ, ਮਿਸਾਲ ਸਿੰਘ", True),
        ("Sample S/o Example, Imaginary S/o Specimen", True),
        ("Sample Exampleson S/o Example, aged 35 years, R/o Samplepur", False),
        ("नमूना दास पुत्र उदाहरण, उम्र 35 वर्ष, निवासी कल्पनापुर", False),
        ("M/s Sample and Sons", False),
        ("S. Example", False),
    ],
)
def test_two_persons_run_together_are_one_doubted_name(text, is_doubted):
    (row,) = load_cleaners()["person"].rows(text, CONTEXT).rows
    assert ("several-persons" in row["name"].notes) == is_doubted
    assert row["name"].value


# Names, and all that may say something of a person: its words alone, in part, run together.
_PIECES = st.sampled_from(
    [
        "Sample",
        "नमूना",
        "कल्पना",
        "মিসাল",
        "கற்பனை",
        "ਮਿਸਾਲ",
        "مثال",
        "Dr.",
        "s/o",
        "son",
        "of",
        "wife",
        "at",
        "पुत्र",
        "पति",
        "भाई",
        "उर्फ",
        "@",
        "alias",
        "निवासी",
        "सा.",
        "vill",
        "address",
        "aged",
        "35",
        "वर्ष",
        "and",
        "व",
        "অন্য",
        "अन्य",
        "3",
        "others",
        "etc.",
        "आदि",
        "unknown",
        "not",
        "known",
        "अज्ञात",
        "தெரியாத",
        "పేరు",
        "తెలియని",
        ",",
        ";",
        "&",
        "(",
        ")",
        "1)",
        "(ii)",
        "-",
        ".",
        "M/s",
        "sons",
        "जन",
        "व्यक्ति",
    ]
)


@given(st.lists(_PIECES, min_size=1, max_size=6), st.sampled_from([" ", "  ", "", "\n", " , "]))
def test_a_short_cut_for_bare_names_changes_no_person(pieces, between):
    text = between.join(pieces)
    longer = tuple(row for item in split_items(text) for row in persons_of_item(item))
    assert load_cleaners()["persons"].rows(text, CONTEXT).rows == longer
    assert load_cleaners()["person"].rows(text, CONTEXT).rows == (person_parts(squeeze(text)),)
