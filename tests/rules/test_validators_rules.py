"""Every rule: its examples, its label, and that it reads what it says it reads."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from sample_data.makers.rule_examples import codes_of, example_settings, names_read
from validators.checking.plan import ask, bind
from validators.checking.reference import rules_page, rules_table
from validators.errors import RuleError
from validators.rulebook.columns import RECORD
from validators.rulebook.rule import (
    RECORD_ID,
    Each,
    collect,
    each,
    every_rule,
    example,
    load_rules,
    make_rule,
    rule,
    tells,
)
from validators.rulebook.rule_list import rule_list
from validators.rulebook.structure import STRUCTURE

RULES = every_rule()
SETTINGS = example_settings()


@pytest.mark.parametrize("code", RULES)
def test_examples(code: str) -> None:
    assert code not in codes_of(RULES[code], RULES[code].passes)
    assert code in codes_of(RULES[code], RULES[code].fails)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_reads_the_fields_it_names(code: str) -> None:
    """A field that is read and not named would not lower the severity while it is doubtful."""
    made = RULES[code]
    if isinstance(made.fields, Each) or RECORD_ID in made.fields:
        return
    for bound in bind(made):
        hidden = {RECORD, "_line", "_content", "_rival", "_group", "parent.info_date", "parent.fir_date"}
        assert names_read(bound, SETTINGS) - hidden <= set(bound.fields), made.code


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_told_in_english_and_mostly_hindi_and_says_why(code: str) -> None:
    made = RULES[code]
    assert made.english.endswith(".")
    # A rule may come in English alone; then Hindi tells it in English.
    assert not made.hindi or (re.search(r"[\u0900-\u097F]", made.hindi) and made.hindi.endswith("।"))
    assert len(made.why) > 20
    assert re.fullmatch(r"[FLXRTP]\d{3}", made.code)
    assert re.fullmatch(r"[a-z0-9-]+", made.slug)


def test_a_labelled_function_is_unchanged_and_travels() -> None:
    for made in RULES.values():
        assert pickle.loads(pickle.dumps(made.body)) is made.body


def test_every_kind_of_rule_is_there() -> None:
    kinds = {code[0] for code in RULES}
    assert kinds == {"F", "L", "X", "R", "T", "P"}
    assert any(r.across for r in RULES.values())
    assert any("parent." in name for r in RULES.values() if not isinstance(r.fields, Each) for name in r.fields)


def test_every_entry_of_the_rule_list_is_a_rule_or_has_a_reason() -> None:
    listed = rule_list()
    assert len(listed) == 137
    assert {code for code, one in listed.items() if not one.not_computed} == set(RULES) & set(listed)
    assert {code: RULES[code].letter for code in RULES if code in listed} == {
        code: one.letter for code, one in listed.items() if not one.not_computed
    }


def test_what_is_not_in_the_rule_list_says_so() -> None:
    own = {code for code in RULES if code not in rule_list()}
    assert all("Our own addition" in RULES[code].why for code in own)


def test_a_rule_of_every_form_is_found_in_each_that_has_its_fields() -> None:
    by_form = {form: set(load_rules(form)) for form in ("iif1", "iif4", "gd")}
    assert "F029" in by_form["iif4"]
    assert "X030" not in by_form["iif4"]
    assert "T001" not in by_form["iif1"]
    assert set(RULES) >= by_form["iif1"] | by_form["iif4"] | by_form["gd"]


def made_up(code: str = "X999", fields: object = ("fir_date",)) -> Callable[..., pl.Expr]:
    @rule(code, slug=f"slug-{code.lower()}", form="iif1", fields=fields)  # type: ignore[arg-type]
    @tells("E", en="No.", hi="नहीं।")
    @example(passes={}, fails={})
    def body(f: object) -> pl.Expr:
        """Because."""
        return pl.lit(True)

    return body


def test_two_rules_of_one_code_are_an_error() -> None:
    with pytest.raises(RuleError, match="two rules are called X999"):
        collect([make_rule(made_up()), make_rule(made_up())])


@pytest.mark.parametrize("fields", [("fir_day",), ("parent.fir_day",), each("fir_day"), each(kind="colour")])
def test_a_field_that_is_not_there_is_an_error(fields: object) -> None:
    with pytest.raises(RuleError, match="X999"):
        collect([make_rule(made_up(fields=fields))])


def test_an_incomplete_label_is_an_error() -> None:
    @rule("X998", slug="x", form="iif1", fields=("fir_date",))
    def body(f: object) -> pl.Expr:
        """Because."""
        return pl.lit(True)

    with pytest.raises(RuleError, match="X998: tells is missing"):
        make_rule(body)


def test_a_body_that_reads_an_unknown_field_is_an_error() -> None:
    @rule("X997", slug="x", form="iif1", fields=("fir_date",))
    @tells("E", en="No.", hi="नहीं।")
    @example(passes={}, fails={})
    def body(f) -> pl.Expr:  # type: ignore[no-untyped-def]
        """Because."""
        return f.fir_day == f.fir_date

    with pytest.raises(RuleError, match="no field fir_day"):
        ask(next(iter(bind(make_rule(body)))), SETTINGS)


def test_the_page_of_rules_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == rules_page(), (
        "run: python -m validators.checking.reference docs/rules.md"
    )


def test_the_table_has_every_rule_and_every_fault_of_a_file() -> None:
    rows = rules_table()
    assert [r["code"] for r in rows] == sorted({*RULES, *STRUCTURE})
    assert all(r["english"] and r["default"] and r["import"] for r in rows)
