"""The table of 120 cases: whom the law hides and whom it does not, in thirteen languages, with acts that resolve and not."""

import csv
from pathlib import Path

import pytest

from digitize.masking.law import names_protected_section
from digitize.masking.masks import mask_record
from digitize.masking.sensitive import accuses_child, is_sensitive
from digitize.masking.words import fold_words, tells_of_child
from mappers.clean.base import CleanContext
from mappers.clean.sections import clean_sections
from mappers.codes.acts import acts
from mappers.codes.protected import protected_sections
from mappers.languages import load_languages
from mappers.record import FieldValue, Record
from sample_data.makers.rule_examples import make_record

TABLE = Path(__file__).with_name("masking_cases.csv")
NAME = "Qarla Vintobhe"


def cases():
    with TABLE.open(encoding="utf-8") as f:
        return list(csv.DictReader(f))


def record_of(case, *, resolves):
    """The record of a case; resolves: whether its acts were understood, or stand there as raw text alone."""
    text = case["sections"]
    rows = clean_sections(text, CleanContext(day="2016-03-01")).rows if text and resolves else ()
    law = [{k: FieldValue(c.raw or text, c.value, c.confidence) for k, c in r.items() if k != "inferred"} for r in rows]
    if text and not resolves:
        doubtful = FieldValue(text, None, 0.0, accept=0.9)
        law = [{"act": doubtful, "section": doubtful}]
    victim = {"role": FieldValue("victim", "victim"), "name": FieldValue(NAME, NAME)}
    if age := case["age"]:
        victim["age"] = FieldValue(age, age if age.isdigit() and age.isascii() else None)
    told = case["narrative"].format(name=NAME)
    fields = {"year": FieldValue("2016", "2016"), "narrative": FieldValue(told, told)}
    children = {"acts": tuple(law), "persons": (victim,)}
    return Record("r", "iif1", fields, children, left_over={"OTHER": case["other"]} if case["other"] else {})


@pytest.mark.parametrize("resolves", [True, False])
@pytest.mark.parametrize("case", cases(), ids=lambda c: f"{c['case']}-{c['language']}")
def test_case_of_the_table(case, resolves):
    record = record_of(case, resolves=resolves)
    masked = mask_record(record)
    assert (masked is not record) == (case["must"] == "mask")
    shown = f"{masked.fields} {masked.children}"
    assert ("Qarla" in shown) == (case["must"] == "open")


def test_the_table_is_what_it_says():
    found = cases()
    assert len(found) == 120
    for must in ("mask", "open"):
        assert {c["language"] for c in found if c["must"] == must} == set(load_languages())


def test_every_row_of_the_law_names_its_source_and_a_known_act():
    # Acts that the list of acts has not, since nobody is charged under them any more or only in one state.
    others = {"CMRA", "CPLA", "CHILDACTS", "IRWA", "POSH", "DEVADASI"}
    for row in protected_sections():
        assert row.source and row.law and row.concerns in ("sexual", "child", "accused child")
        assert row.act in acts() or row.act in others


@pytest.mark.parametrize(
    "text",
    [
        "a minor injury", "my brother aged 40 years", "twenty five years old", "it was gone. 67", "IT WAS GONE 67",
        "7 years ago", "12 bottles of 180 ml", "Rs 15 and 17 decimals", "Girls' High School", "born on 7 March",
        "the boy aged 25 years", "the boy who is 34 full years", "वादी बालकृष्ण", "6 माह पूर्व", "भाई उम्र 30 वर्ष", "दो साल पहले",
    ],
)  # fmt: skip
def test_what_tells_of_no_child(text):
    assert not tells_of_child(fold_words(text))
    assert not is_sensitive(make_record("r", {"narrative": text, "acts": [{"act": "IPC", "section": "379"}]}))


@pytest.mark.parametrize(
    "text",
    [
        "aged 7", "7 yrs old", "a 17-year-old", "12yrs old", "18 months old", "aged 15 - 16", "a girl", "two children",
        "7/M", "student of class 5", "reads in class 8", "5th class student", "sixteen years of age", "AGED ABOUT 9 YEARS", "उम्र- ७ वर्ष",
        "पुत्री सीता 14 वर्ष", "७ वर्षीय",
    ],
)  # fmt: skip
def test_what_tells_of_a_child(text):
    assert tells_of_child(fold_words(text))


def test_places_and_names_are_searched_for_minors_and_not_for_girls():
    theft = {"acts": [{"act": "IPC", "section": "379"}]}
    assert not is_sensitive(make_record("r", {**theft, "place": "Girls Hostel, Bally"}))
    assert is_sensitive(
        make_record("r", {**theft, "persons": [{"role": "victim", "name": ("Qarla (minor)", "Qarla")}]})
    )


@pytest.mark.parametrize(
    "born",
    [{"birth_date": "2001-05-01"}, {"age_months": "8"}, {"age_from": "16", "age_to": "20"}, {"age": ("शिशु", None)}],
)
def test_a_child_is_known_however_the_age_was_written(born):
    persons = [{"role": "victim", "name": "Qarla", **born}]
    plain = {"year": "2015", "acts": [{"act": "IPC", "section": "379"}], "persons": persons}
    assert is_sensitive(make_record("r", plain))


@pytest.mark.parametrize("field", ["year", "fir_date", "occurrence_from"])
@pytest.mark.parametrize(("day", "is_child"), [("2015-02-03", True), ("2020-02-03", False)])
def test_the_year_in_which_a_case_was_is_told_by_any_of_its_days(field, day, is_child):
    born = [{"role": "victim", "name": "Qarla", "birth_date": "2001-05-01"}]
    said = {field: day[:4] if field == "year" else day}
    assert is_sensitive(make_record("r", {**said, "acts": [{"act": "IPC", "section": "379"}], "persons": born})) == (
        is_child
    )


@pytest.mark.parametrize(
    ("text", "is_protected"),
    [
        ("IPC 376, and behind that a text of much more than forty letters", True),
        ("376 IPC", True),
        ("u/s 376", True),
        ("IPC 379, and a text of more than forty letters; then there is a number, 376", False),
    ],
)
def test_the_act_of_a_section_stands_close_to_its_number(text, is_protected):
    assert names_protected_section(text) == is_protected


def test_where_a_child_is_accused_an_accused_of_unknown_age_is_hidden():
    accused = [{"role": "accused", "name": "Zorab Nekhtan"}, {"role": "accused", "name": "Uvek Sarthe", "age": "40"}]
    plain = {"acts": [{"act": "IPC", "section": "379"}], "persons": accused}
    record = make_record("r", {**plain, "narrative": "A juvenile in conflict with law was found"})
    assert accuses_child(record)
    shown = str(mask_record(record).children)
    assert "Zorab" not in shown and "Uvek Sarthe" in shown
