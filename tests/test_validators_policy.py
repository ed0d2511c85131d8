"""Severity policies: what they say by themselves, and what they refuse."""

from __future__ import annotations

from datetime import date

import pytest

from validators.errors import RuleError
from validators.policies import load_policy, policy_names
from validators.rule import every_rule
from validators.settings import make_settings
from validators.structure import STRUCTURE


@pytest.mark.parametrize("name", policy_names())
def test_a_policy_speaks_of_every_rule(name: str) -> None:
    policy = load_policy(name)
    assert set(policy) == {*every_rule(), *STRUCTURE}
    assert set(policy.values()) <= {"note", "review", "reject"}


def test_errors_reject_files_and_are_never_passed_over_in_records() -> None:
    for code, made in every_rule().items():
        if made.letter == "E" and code != "X013":
            assert load_policy("default")[code] in ("review", "reject")
            assert load_policy("import")[code] in ("review", "reject")


def test_overrides_win() -> None:
    assert load_policy("default", {"X005": "reject"})["X005"] == "reject"


@pytest.mark.parametrize(
    ("name", "overrides", "match"),
    [
        ("lenient", {}, "known: default, import"),
        ("default", {"X999": "note"}, "no rule X999"),
        ("default", {"X005": "maybe"}, "maybe is not"),
    ],
)
def test_what_is_not_known_is_refused(name: str, overrides: dict[str, str], match: str) -> None:
    with pytest.raises(RuleError, match=match):
        load_policy(name, overrides)


def test_the_key_changes_with_everything_that_findings_depend_on() -> None:
    day = date(2026, 1, 31)
    keys = {
        make_settings(day).key(),
        make_settings(date(2026, 2, 1)).key(),
        make_settings(day, policy="import").key(),
        make_settings(day, overrides={"X005": "review"}).key(),
        make_settings(day, stations=[("wb", "Howrah", "Bally")]).key(),
    }
    assert len(keys) == 5
    assert make_settings(day).key() in keys
