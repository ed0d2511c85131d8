"""Codes, spellings of nothing and conditions: they belong to one source, and what they do not know stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.binding.dialect import make_condition
from mappers.clean import CleanContext, load_cleaners
from mappers.errors import MappingError
from mappers.mapping.load import FormMapping, load_mappings, map_rows
from mappers.record import Record
from mappers.sources.values import MapContext, RowValues

OLD = """
format = 1
id = "coded"
version = "1"
title = "A table with codes"
form = "iif1"
nulls = ["NIL", "N.K.", "00/00/00", "1900-01-01", "XXXX", "अज्ञात"]
[match]
columns = ["NO", "SEX"]
[values.sex]
1 = "male"
2 = "female"
9 = ""
[rows.complainant]
table = "persons"
set = { role = "complainant" }
[rows.accused]
table = "persons"
set = { role = "accused" }
[[map]]
from = "NO"
to = "fir_no"
clean = "int"
[[map]]
from = "DT"
to = "fir_date"
clean = "date"
[[map]]
from = "SEX"
into = "complainant"
to = "sex"
values = "sex"
[[map]]
from = "NAME"
into = "complainant"
to = "name"
clean = "name"
when = { KIND = ["C", "T"] }
[[map]]
from = "ACC"
into = "accused"
to = { name = "name", status = "status" }
clean = "persons"
nulls = []
[[map]]
from = "DAY"
to = "occurrence_day"
values = { 1 = "sunday", 7 = "saturday" }
[[ignore]]
from = "KIND"
reason = "a kind of the old program"
"""


def bound(folder: Path, text: str = OLD) -> FormMapping:
    (folder / "coded.toml").write_text(text, encoding="utf-8")
    return load_mappings([folder])["coded"]


def record(mapping: FormMapping, **cells: str) -> Record:
    (made,) = map_rows(mapping, [RowValues("old.dbf", "old", 1, {"NO": "7", **cells})], MapContext("r"))
    return made


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> FormMapping:
    return bound(tmp_path_factory.mktemp("mappings"))


def test_a_code_becomes_what_it_stands_for_in_this_source(coded: FormMapping) -> None:
    got = record(coded, SEX="२").children["persons"][0]["sex"]
    assert (got.raw, got.value, got.confidence) == ("२", "female", 1.0)
    assert record(coded, DAY=" 7 ").value("occurrence_day") == "saturday"


def test_a_code_that_is_not_known_keeps_its_raw_text_and_gets_no_value(coded: FormMapping) -> None:
    for text in ("3", "male", "1,2"):
        got = record(coded, SEX=text).children["persons"][0]["sex"]
        assert (got.raw, got.value, got.notes, got.is_sure()) == (text, None, ("code-unknown",), False)


def test_a_code_that_says_nothing_is_blank(coded: FormMapping) -> None:
    assert "persons" not in record(coded, SEX="9").children


@pytest.mark.parametrize("text", ["NIL", "nil", "00/00/00", "०0/00/00", "1900-01-01", "xxxx", "अज्ञात", " N.K. "])
def test_a_spelling_of_nothing_is_surely_blank_and_noted(coded: FormMapping, text: str) -> None:
    got = record(coded, DT=text).fields["fir_date"]
    assert (got.value, got.blank, got.notes, got.raw) == (None, True, ("nil",), text)


def test_a_rule_may_know_better_what_nothing_is(coded: FormMapping) -> None:
    (accused,) = record(coded, ACC="अज्ञात").children["persons"]
    assert accused["status"].value == "unknown"


def test_a_rule_whose_condition_fails_leaves_its_cell_over(coded: FormMapping) -> None:
    for kind in ("C", "t"):
        assert record(coded, KIND=kind, NAME="Namuna").children["persons"][0]["name"].value == "Namuna"
    for cells in ({"KIND": "X"}, {}):
        other = record(coded, NAME="Namuna", **cells)
        assert "persons" not in other.children
        assert other.left_over == {"NAME": "Namuna"}


def test_a_condition_may_ask_for_the_name_of_the_table(tmp_path: Path) -> None:
    """Named in no other place: the name of the table is no cell that could be left over, or must be ignored."""
    mapping = bound(tmp_path, OLD.replace('when = { KIND = ["C", "T"] }', 'when = { "@table" = ["old", "older"] }'))
    assert record(mapping, NAME="Namuna").children["persons"][0]["name"].value == "Namuna"
    assert not record(mapping, NAME="Namuna").left_over
    (other,) = map_rows(mapping, [RowValues("new.dbf", "new", 1, {"NO": "7", "NAME": "Namuna"})], MapContext("r"))
    assert "persons" not in other.children and other.left_over == {"NAME": "Namuna"}
    also = '[also.arrest]\nform = "iif3"\nneeds = ["DT"]\nwhen = { "@table" = ["old"] }\n'
    also += '[[also.arrest.map]]\nfrom = "DT"\nto = "arrest_date"\nclean = "date"\n'
    mapping = bound(tmp_path, OLD + also)
    for name, forms in (("old", ["iif1", "iif3"]), ("new", ["iif1"])):
        made = map_rows(mapping, [RowValues(f"{name}.dbf", name, 1, {"NO": "7", "DT": "1.2.2009"})], MapContext("r"))
        assert ([r.form for r in made], [r.left_over for r in made]) == (forms, [{}] * len(forms))


def two_dates(first: str, second: str) -> str:
    rule = '[[map]]\nfrom = "D"\nto = "{to}"\nclean = "date"\nwhen = {{ KIND = {when} }}\n'
    both = rule.format(to="occurrence_from", when=first) + rule.format(to="gd_date", when=second)
    return OLD.replace("[[ignore]]", both + "[[ignore]]", 1)


def test_rules_that_exclude_each_other_may_share_a_cell(tmp_path: Path) -> None:
    mapping = bound(tmp_path, two_dates('["C"]', '["T", ""]'))
    assert record(mapping, D="1.2.2009", KIND="C").value("occurrence_from") == "2009-02-01"
    assert record(mapping, D="1.2.2009").value("gd_date") == "2009-02-01"
    assert record(mapping, D="1.2.2009", KIND="X").left_over == {"D": "1.2.2009"}


def test_a_cell_may_be_ignored_where_no_rule_takes_it(tmp_path: Path) -> None:
    ignored = '[[ignore]]\nfrom = "NAME"\nreason = "names of other kinds"\n'
    mapping = bound(tmp_path, OLD + ignored)
    assert record(mapping, NAME="Namuna", KIND="X").ignored == ("NAME", "KIND")
    assert record(mapping, NAME="Namuna", KIND="C").ignored == ("KIND",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('1 = "male"', '1 = "mail"', "values.1: mail is not in the list sex; did you mean male"),
        ('values = "sex"', 'values = "sx"', "there is no table values.sx; did you mean sex"),
        ("KIND = [", "KINDD = [", "KINDD is neither mapped nor ignored; did you mean KIND"),
        ('7 = "saturday"', '7 = "saturday", " 1" = "monday"', "1 stands for sunday and for monday"),
        ("nulls = []", 'nulls = [""]', "an empty cell is empty anyway"),
        ("nulls = []", 'values = { 1 = "x" }', "cleaner persons gives parts"),
        ('values = "sex"', 'values = "sex"\nnulls = ["1"]', "1 is one of the values, too"),
        ('clean = "int"', 'clean = "int"\nvalues = { A = "ten" }', "cleaner int makes nothing of ten"),
    ],
)
def test_a_wrong_dialect_stops_before_the_first_row(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in OLD
    with pytest.raises(MappingError, match="coded.toml") as stopped:
        bound(tmp_path, OLD.replace(old, new, 1))
    assert said in str(stopped.value)


def test_rules_that_may_hold_at_once_cannot_share_a_cell(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="which may hold at once"):
        bound(tmp_path, two_dates('["C", "T"]', '["T"]'))


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(["NO", "DT", "SEX", "NAME", "KIND", "DAY", "D"]), st.text(max_size=6)))
def test_mapped_and_ignored_and_left_over_are_all_cells_whatever_holds(
    coded: FormMapping, cells: dict[str, str]
) -> None:
    made = record(coded, **cells)
    mapped = {c.origin.column for _, c in made.cells()} - {""}
    rest = {n for n, text in cells.items() if text.strip("-–—_./*=~ \t\r\n") and text.strip()}
    assert mapped.isdisjoint(made.left_over) and mapped.isdisjoint(made.ignored)
    assert {n for n in rest if not coded_null(coded, n, cells[n])} <= mapped | set(made.left_over) | set(made.ignored)


def coded_null(mapping: FormMapping, column: str, text: str) -> bool:
    return any(r.source == column and r.dialect.is_null(text) for r in mapping.rules)


def test_a_condition_excludes_another_only_where_one_cell_cannot_be_both() -> None:
    one, other = make_condition({"A": ["x", "y"], "B": "z"}), make_condition({"A": "Z", "C": "z"})
    assert one.excludes(other) and other.excludes(one)
    assert not one.excludes(make_condition({"C": "x"}))
    assert not make_condition({}).excludes(one)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("-1", "yes"), ("0", "no"), ("1", "yes"), ("Y", "yes"), ("n", "no"), (".T.", "yes"), (".f.", "no"),
        ("हाँ", "yes"), ("नहीं", "no"), ("TRUE", "yes"), ("False", "no"), ("১", "yes"), ("হ্যাঁ", "yes"),
        ("இல்லை", "no"), ("2", None), ("?", None), ("N.K.", None),
    ],
)  # fmt: skip
def test_yes_and_no_are_understood_in_all_their_spellings(raw: str, value: str | None) -> None:
    clean = load_cleaners()["yes_no"].clean
    assert clean is not None
    got = clean(raw, CleanContext())
    assert got.value == value
    assert got.notes == (() if value else ("not-yes-or-no",))
