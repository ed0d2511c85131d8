"""What the review sheet says of an item: all of a finding's text, or the question's own words."""

import re
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from digitize.errors import InputError
from digitize.review.labels import format_field_label, format_fields_label, format_item_label
from digitize.review.sheet import CHOICES, HEAD, SheetLook, read_sheet, write_sheet
from digitize.review.sheet_words import list_headings, load_sheet_words
from digitize.workspace.decisions.items import Item
from mappers.languages import load_languages
from validators.finding import Finding
from validators.messages.teller import Teller


def item(id, said, *findings):
    fields, form = ("acts[0].section",), "iif1"
    return Item(id, "r", "zone:p/acts", fields, "379", "379", (), 0.5, (), said, "s", form=form, findings=findings)


def test_a_finding_is_told_with_what_is_expected_in_a_language(tmp_path):
    message = Teller().message("L002")
    found = Finding("r", "acts[0].section", "L002", "review", message)
    for language in ("en", "hi"):
        write_sheet(tmp_path / "r.xlsx", [(item("a", (message,), found, found), None)], SheetLook(language))
        rows = list(load_workbook(tmp_path / "r.xlsx")["review"].iter_rows(values_only=True))
        teller = Teller(language)
        assert rows[1][HEAD.index("rules say")] == teller.join_parts(teller.tell("L002", "iif1_acts", "section"))


def test_a_question_that_no_rule_asks_keeps_its_words(tmp_path):
    write_sheet(tmp_path / "r.xlsx", [(item("a", ("Say what it is.", "Or ok.")), None)])
    rows = list(load_workbook(tmp_path / "r.xlsx")["review"].iter_rows(values_only=True))
    assert rows[1][rows[0].index("rules say")] == "Say what it is.\nOr ok."


def test_labels_stand_for_fields_and_candidates_are_offered_where_the_value_is_typed(tmp_path):
    asked = replace(item("a", ()), candidates=("379", "397"), page="p")
    blind = replace(asked, id="b", is_blind=True)
    look = SheetLook(operator="A. Rao", page=lambda page: None)
    write_sheet(tmp_path / "r.xlsx", [(asked, None), (blind, None)], look)
    book = load_workbook(tmp_path / "r.xlsx")
    sheet = book["review"]
    row = dict(zip(HEAD, (c.value for c in sheet[2]), strict=True))
    assert row["field"] == "Acts and sections 1: Section (2)" and row["operator"] == "A. Rao"
    [offered] = [v for v in sheet.data_validations.dataValidation if v.formula1.startswith(CHOICES)]
    assert str(offered.sqref) == "E2:E3" and not offered.showErrorMessage
    # What is asked blind offers nothing: it would show what the machine read.
    assert [c.value for c in book[CHOICES][2]] == ["379", "397"] and book[CHOICES].max_row == 2
    assert sheet.auto_filter.ref == "A1:P3" and [c.value for c in book["pages"]["A"]] == ["p"]


@pytest.mark.parametrize("language", sorted(load_languages()))
def test_a_field_is_named_as_the_forms_of_the_language_print_it(language):
    shown = {format_field_label("iif1", path, language) for path in ("fir_no", "acts[1].section", "persons[0].name")}
    assert len(shown) == 3 and all(re.search(r"\(\d", text) for text in shown)
    # What no form prints by itself keeps its English label, with the row it is of.
    assert format_field_label("iif1", "ids[2].id_number", language) == "Identity papers 3: Number of the identity paper"


def test_a_hindi_label_is_the_printed_one():
    assert format_field_label("iif1", "fir_no", "hi") == "प्र.सू.रि. सं. (1)"
    assert format_field_label("iif1", "acts[1].section", "hi") == "2: धारा(एँ) (2)"
    # That no form prints by itself.
    assert format_field_label("iif1", "fir_time", "hi") == "प्र.सू.रि. का समय (1)"
    assert format_field_label("iif1", "persons[0].role", "hi") == "1: भूमिका"
    # Many rows together.
    accused = tuple(f"persons[{n}].name" for n in range(4))
    assert [format_fields_label("iif1", accused, language) for language in ("hi", "en", "ta")] == [
        "व्यक्ति",
        "Persons",
        "Persons",
    ]


def test_persons_are_named_by_what_they_are_and_acts_with_their_sections():
    assert format_field_label("iif1", "persons[0].name", "en", "complainant") == "Complainant / Informant: Name (6a)"
    assert format_field_label("iif1", "persons[2].name", "en", "accused", 2) == "Accused 2: Name (7)"
    assert format_field_label("iif1", "persons[2].name", "hi", "accused", 2) == "अभियुक्त 2: नाम (7)"
    accused = tuple(f"persons[{n}].name" for n in range(1, 5))
    assert format_fields_label("iif1", accused, "en", "accused") == "Accused"
    assert format_fields_label("iif1", ("acts[0].act", "acts[0].section"), "en") == "Acts and sections"


def test_the_words_of_the_paper_are_the_label_and_stand_below_it_in_another_language(tmp_path):
    asked = replace(item("a", ()), printed="2. Acts and Sections", printed_language="en")
    assert format_item_label(asked, "en") == "2. Acts and Sections"
    shown = {}
    for language in ("en", "hi"):
        write_sheet(tmp_path / "r.xlsx", [(asked, None)], SheetLook(language))
        shown[language] = load_workbook(tmp_path / "r.xlsx")["review"]["A2"].value
    assert shown["en"] == "2. Acts and Sections"
    assert shown["hi"] == f"{format_field_label('iif1', 'acts[0].section', 'hi')}\n2. Acts and Sections"


def test_a_sheet_in_hindi_is_read_back_and_formulas_are_refused(tmp_path):
    path = tmp_path / "r.xlsx"
    write_sheet(path, [(item(id, ()), None) for id in "abc"], SheetLook("hi"))
    book = load_workbook(path)
    sheet = book["review"]
    place = {c.value: c.column for c in sheet[1]}
    assert "सही मान" in place and "right value" not in place
    sheet.cell(2, place["सही मान"], "420")
    sheet.cell(3, place["सही मान"], "=1+1")
    book.save(path)
    first, second = read_sheet(path)
    assert (first.item, first.value, first.fault) == ("a", "420", "")
    assert (second.line, second.item) == (3, "b") and "formula" in second.fault


def test_nothing_but_the_answers_can_be_changed_so_that_none_slips_beside_another_picture(tmp_path):
    path = tmp_path / "r.xlsx"
    write_sheet(path, [(item(id, ()), None) for id in "ab"])
    sheet = load_workbook(path)["review"]
    assert sheet.protection.sheet and sheet.protection.sort and not sheet.protection.password
    free = {HEAD[c.column - 1] for row in sheet.iter_rows(min_row=2) for c in row if not c.protection.locked}
    assert free == {"right value", "verdict", "operator"}


@pytest.mark.parametrize(
    "made", [datetime(2019, 5, 6), date(2026, 12, 7), time(19, 20), timedelta(hours=30), 19.2]
)  # fmt: skip
def test_what_a_spreadsheet_made_of_a_day_an_hour_or_a_number_is_refused(tmp_path, made):
    """Whether 05/06/2019 was the 5th of June or the 6th of May, and 19.2 ten or two minutes, nobody can tell."""
    path = tmp_path / "r.xlsx"
    write_sheet(path, [(item(id, ()), None) for id in "abc"])
    book = load_workbook(path)
    sheet = book["review"]
    place = next(c.column for c in sheet[1] if c.value == "right value")
    sheet.cell(2, place, made)
    sheet.cell(3, place, 2009.0)
    sheet.cell(4, place, "05/06/2019")
    book.save(path)
    first, *others = read_sheet(path)
    assert first.fault.startswith("the spreadsheet changed what was typed into a d")
    assert [(o.value, o.fault) for o in others] == [("2009", ""), ("05/06/2019", "")]


def test_a_line_whose_cells_were_moved_is_refused_and_a_foreign_workbook_names_what_it_lacks(tmp_path):
    path = tmp_path / "r.xlsx"
    write_sheet(path, [(item("a", ()), None)])
    book = load_workbook(path)
    sheet = book["review"]
    place = {c.value: c.column for c in sheet[1]}
    sheet.cell(2, place["right value"], "420")
    sheet.cell(2, len(place) + 1, "moved")
    book.save(path)
    (only,) = read_sheet(path)
    assert only.item == "a" and "moved" in only.fault
    sheet.cell(1, place["verdict"], "remarks")
    book.save(path)
    with pytest.raises(InputError, match=r"r\.xlsx is not a review sheet: the column 'verdict' is missing"):
        list(read_sheet(path))


def test_a_workbook_that_would_fill_the_memory_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "r.xlsx"
    write_sheet(path, [(item("a", ()), None)])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as z:
        z.writestr("xl/more.xml", bytes(65 << 20))
    with pytest.raises(InputError, match="fill the memory"):
        list(read_sheet(path))


@given(st.sampled_from(sorted(load_sheet_words())))
def test_every_language_has_all_headings_and_no_two_are_alike(language):
    columns = load_sheet_words()[language].columns
    assert tuple(columns) == HEAD and len({*columns.values()}) == len(HEAD)
    # A heading means one column, in whichever language it is read.
    assert all(list_headings()[heading] == name for name, heading in columns.items())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_damaged_sheet_is_refused_whatever_is_broken(tmp_path, at, byte):
    path = tmp_path / "r.xlsx"
    write_sheet(path, [(item("a", ()), None)])
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= byte
    path.write_bytes(data)
    with suppress(InputError):
        list(read_sheet(path))
