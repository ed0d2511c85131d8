"""What is done by columns and by words is what was done by rows and by whole texts."""

from __future__ import annotations

from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.targets.csv_columns import columns_text
from digitize.targets.csv_folder import write_rows
from mappers.clean import CleanContext
from mappers.clean.dates import clean_date
from mappers.clean.names import person_parts
from mappers.clean.persons import clean_persons
from mappers.clean.titles import bare_name_of
from mappers.mapping import column_encodings
from mappers.names import romanise, romanise_all

CELLS = st.none() | st.text(max_size=6) | st.sampled_from(["=1", " +2", "a,b", '"q"', "l\nm", "\ud800x", "\x00", "राम"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=5), st.sets(st.integers(0, 3), max_size=2))
def test_columns_are_written_as_their_rows_would_be(rows, empty):
    rows = [tuple(None if at in empty else cell for at, cell in enumerate(row)) for row in rows]
    text = StringIO(newline="")
    write_rows(text, rows)
    columns = [None if at in empty else [row[at] for row in rows] for at in range(4)]
    assert columns_text(columns, len(rows)) == text.getvalue()


def test_a_name_with_an_alias_has_the_parts_that_a_closer_look_finds():
    for text in ("Ram Lal @ Shyam", "राम सिंह उर्फ पप्पू", "Ram alias Shyam Babu", "@ Ram", "Ram @", "A @ B @ C", "Ram"):
        row = dict(clean_persons(text, CleanContext()).rows[0])
        assert {n: c.value for n, c in row.items()} == {n: c.value for n, c in person_parts(text).items()}


def test_titles_are_taken_off_whatever_stands_behind_them():
    said = {"Shri Ram Lal": "Ram Lal", "Ram Lal": "Ram Lal", "PC 1234 Mohan Das": "Mohan Das", "Sri Devi": "Sri Devi",
            "श्री राम लाल": "राम लाल", "Smt.Rani Bai": "Rani Bai", "Head Constable Ram Lal": "Ram Lal", "Shri": "Shri"}  # fmt: skip
    assert {text: bare_name_of(text)[0] for text in said} == said


def test_names_are_spelled_word_by_word():
    assert romanise_all([None, "", "Ram", "राम कुमार"]) == [None, None, "Ram", romanise("राम कुमार")]
    assert romanise("राम  कुमार") == f"{romanise('राम')}  {romanise('कुमार')}"


def test_days_as_programs_store_them_are_read_as_any_other():
    context = CleanContext(book_year=2009)
    for text in ("20090312", "2009-03-12", "12/03/2009", "12.3.2009"):
        assert clean_date(text, context).value == clean_date(f"dt. {text}", context).value == "2009-03-12"
    assert clean_date("12/13/2009", context).notes == ("month-out-of-range",)
    assert clean_date("19000101", context).notes == ("null-date",)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=80), st.integers(1, 40))
def test_later_values_are_chosen_alike_however_many_rows_come_together(seeds, together):
    rows = [[str(seed * n % 7919), str(n % 3), ""] for seed in seeds for n in range(30)]
    one, many = column_encodings._Later(3), column_encodings._Later(3)
    for row in rows:
        one.add([row])
    for at in range(0, len(rows), together):
        many.add(rows[at : at + together])
    assert one.sample() == many.sample()
