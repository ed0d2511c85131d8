"""A hint, a name, a number counts in whatever place of whatever form it stands."""

from dataclasses import replace

import pytest

from digitize.masking.children import is_child
from digitize.masking.law import names_protected_section
from digitize.masking.masks import ALONE, MASK, find_person, is_masked, list_masked_paths, mask_record
from digitize.masking.sensitive import accuses_child, is_sensitive, is_under_protected_section, names_sections
from digitize.masking.words import fold_words, tells_of_child
from mappers.record import FieldValue, Record
from mappers.schema import form_tables, load_schemas
from sample_data.makers.rule_examples import make_record

FORMS = sorted(load_schemas())
KEY = {"police_station", "fir_reg_num", "district", "state", "fir_no", "year"}
VICTIM = {"role": "victim", "name": "Qarla Vintobhe", "phone": "9000000001"}


def places(form):
    """(child table, field) of everything that a form holds."""
    return [(table.child, column.name) for table in form_tables(form).values() for column in table.columns]


def with_text(form, child, name, text, **more):
    """A record that has a text in one place alone."""
    cell = {name: FieldValue(text, text)}
    return Record("r", form, {} if child else cell, {child: (cell,)} if child else {}, **more)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["a minor was there", "offence of rape", "POCSO Act"])
def test_a_hint_counts_in_whatever_cell_it_stands_but_in_the_key(form, text):
    open_places = [place for place in places(form) if not is_sensitive(with_text(form, *place, text))]
    # Whether an act is inferred, and of whom, are our own words.
    assert {name for _, name in open_places} <= {*KEY, "act_is_inferred", "person_line"}


@pytest.mark.parametrize("form", FORMS)
def test_digits_alone_are_no_hint_wherever_they_stand(form):
    hinting = {place for place in places(form) if is_sensitive(with_text(form, *place, "376"))}
    # A row of acts is law as a whole; and of months 376 are a child's.
    assert {name for child, name in hinting if child != "acts"} <= {"act", "section", "age_months"}


@pytest.mark.parametrize(
    ("text", "is_protected"),
    [
        # The act that stands nearest, before or behind, and none farther off.
        ("IPC 302, Arms Act 376", False),
        ("376 Arms Act, IPC 302", False),
        ("376 IPC and Arms Act 25", True),
        ("IT Act 25, IPC 376", True),
        # A short word in capitals is an act only where it is a code.
        ("u/s 376 NDPS", False),
        ("u/s 376 EC", True),
        ("u/s 376 of it", True),
        # What says "section" before it, whatever numbers stand between; and small numbers only beside their act.
        ("u/s 302/376/34", True),
        ("case no. 376", False),
        ("376 of 2015", False),
        ("section 64 of the book", False),
        ("u/s 299", False),
        ("", False),
    ],
)
def test_a_number_is_a_section_by_the_act_next_to_it(text, is_protected):
    assert names_protected_section(text) == is_protected


@pytest.mark.parametrize("text", ["class 8", "8 std", "std. 8", "grade 7", "8th std", "standard 9"])
def test_a_class_at_school_tells_of_a_child(text):
    assert tells_of_child(fold_words(text))


@pytest.mark.parametrize("text", ["class 13", "8 classy men", "stds", "grade", "the 8", "class of 1994"])
def test_what_is_no_class_at_school(text):
    assert not tells_of_child(fold_words(text))


def test_where_no_section_is_known_left_over_text_is_masked_by_the_name_in_it():
    record = make_record("r", {"year": "2015", "persons": [VICTIM]})
    record = replace(record, left_over={"OTHER": "said by Qarla", "COW": "one cow", "VINTOBHE": "red"})
    assert not is_sensitive(record) and is_masked(record)
    assert list(mask_record(record).left_over.values()) == [MASK, "one cow", MASK]
    assert {p for p in list_masked_paths(record) if p.startswith("left_over.")} == {
        "left_over.OTHER", "left_over.VINTOBHE",
    }  # fmt: skip
    # Of a case that is protected all of it is hidden.
    known = replace(make_record("r", {"acts": [{"act": "IPC", "section": "376"}]}), left_over=record.left_over)
    assert set(mask_record(known).left_over.values()) == {MASK}


@pytest.mark.parametrize(
    ("acts", "is_under"),
    [
        ([("IPC", "376")], True),
        ([("IPC", "379"), ("IPC", "376")], True),
        ([("IPC", "379")], False),
        ([("POCSO", None)], True),
        ([("IPC", None)], None),
        ([("IPC", "379"), (None, "376")], None),
        ([(None, "379"), ("IPC", "376")], True),
        ([], None),
    ],
)
def test_what_is_counted_as_protected_is_certain(acts, is_under):
    rows = tuple(
        {"act": FieldValue(act or "", act), "section": FieldValue(section or "", section)} for act, section in acts
    )
    assert is_under_protected_section(Record("r", "iif1", {}, {"acts": rows})) is is_under


@pytest.mark.parametrize("name", ["act", "section"])
@pytest.mark.parametrize(("confidence", "is_inferred"), [(0.3, ""), (1.0, "yes")])
def test_what_was_read_in_doubt_or_inferred_is_not_counted(name, confidence, is_inferred):
    row = {"act": FieldValue("IPC", "IPC"), "section": FieldValue("376", "376")}
    if is_inferred:
        row["act_is_inferred"] = FieldValue("yes", is_inferred)
    else:
        row[name] = replace(row[name], confidence=confidence, accept=0.9)
    record = Record("r", "iif1", {}, {"acts": (row,)})
    assert is_under_protected_section(record) is None and is_sensitive(record)


def test_sections_are_named_by_an_act_or_a_section_alone_and_by_no_empty_row():
    def named(**cells):
        row = {name: FieldValue(text, text or None) for name, text in cells.items()}
        return names_sections(Record("r", "iif1", {}, {"acts": (row,)}))

    assert named(act="IPC") and named(section="379") and named(act="", section="379")
    assert not named(act="", section="") and not names_sections(Record("r", "iif1", {}))


@pytest.mark.parametrize(
    ("plain", "accuses"),
    [
        ({"narrative": "A juvenile in conflict with law was found"}, True),
        ({"place": "home for juveniles in conflict with law"}, True),
        ({"acts": [{"act": "JJ2015", "section": "75"}]}, False),
        ({"acts": [{"act": "IPC", "section": "376"}]}, False),
        ({"narrative": "a minor girl"}, False),
    ],
)
def test_a_child_is_accused_where_words_say_so(plain, accuses):
    assert accuses_child(make_record("r", plain)) is accuses


def test_alone_is_a_case_of_nothing():
    assert not (ALONE.is_sensitive or ALONE.accuses_child or ALONE.names_sections or ALONE.secrets or ALONE.children)


@pytest.mark.parametrize(
    ("text", "is_protected"), [("IPC 75", False), ("75 BNS", True), ("BNS 376", False), ("64 BNS", True)]
)
def test_a_number_is_protected_under_the_act_that_holds_it(text, is_protected):
    assert names_protected_section(text) == is_protected


@pytest.mark.parametrize(("months", "is_child"), [("200", True), ("215", True), ("216", False), ("300", False)])
def test_months_below_eighteen_years_are_a_childs(months, is_child):
    assert tells_of_child(fold_words(f"{months} months old")) == is_child


@pytest.mark.parametrize(
    ("ages", "is_known_child"),
    [
        ({"age_months": "8"}, True),
        ({"age_months": "8", "age": "0"}, True),
        ({"age_months": "8", "age": "30"}, False),
        ({"age": "30"}, False),
        ({"age": "17"}, True),
        ({"age": "18"}, False),
        ({"age_from": "16", "age_to": "20"}, True),
        ({"birth_year": "2000"}, False),
    ],
)
def test_a_child_by_age(ages, is_known_child):
    record = make_record("r", {"persons": [{"role": "victim", "name": "Qarla", **ages}]})
    assert is_child(record, record.children["persons"][0]) == is_known_child


@pytest.mark.parametrize(("line", "number"), [("1", 0), ("2", 1), ("3", None), ("0", None), ("", None), ("x", None)])
def test_a_row_belongs_to_the_person_whose_line_it_names(line, number):
    record = make_record("r", {"persons": [{"name": "Qarla"}, {"name": "Zorab"}]})
    found = find_person(record, {"person_line": FieldValue(line, line or None)})
    assert found == (None if number is None else record.children["persons"][number])
    assert find_person(record, {}) is None
