"""Severity policies: what they say by themselves, and what they refuse."""

from __future__ import annotations

from datetime import date

import pytest

from validators.checking.settings import make_settings
from validators.errors import RuleError
from validators.policy.policies import Asker, load_impact, load_policy, policy_names
from validators.rulebook.rule import every_rule
from validators.rulebook.structure import STRUCTURE


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


POLICY = """
base = "import"

[severity]
X005 = "review"

[profile.register-only]
L001 = "note"

[state.mh]
X005 = "reject"

[impact]
high = ["iif1_persons.age", "narrative"]
low = ["fir_date"]
agreed_low = 5
"""


def test_a_file_speaks_for_a_state_and_a_profile(tmp_path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(POLICY, encoding="utf-8")
    plain = load_policy(str(file))
    assert (plain["X005"], plain["L001"], plain["X013"]) == ("review", "reject", "note")
    assert load_policy(str(file), asker=Asker(state="mh"))["X005"] == "reject"
    assert load_policy(str(file), asker=Asker(profile="register-only"))["L001"] == "note"
    assert load_policy(str(file), {"X005": "note"}, Asker(state="mh"))["X005"] == "note"


def test_a_file_splits_fields_by_impact(tmp_path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(POLICY, encoding="utf-8")
    own, usual = load_impact(str(file)), load_impact()
    assert (own.agreed_high, own.agreed_low, usual.agreed_low) == (0, 5, 2)
    assert own.high_fields("iif1") - usual.high_fields("iif1") == {"iif1_persons.age", "iif1.narrative"}
    assert usual.high_fields("iif1") - own.high_fields("iif1") == {"iif1.fir_date"}


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[severity", "TOML"),
        ("[severities]", "severities"),
        ("base = 'lenient'", "lenient"),
        ("[state.xx]", "xx"),
        ("[profile.none]", "none"),
        ("[severity]\nX999 = 'note'", "X999"),
        ("[impact]\nhigh = ['no_such_field']", "no_such_field"),
        ("[impact]\nagreed_low = -1", "agreed_low"),
    ],
)
def test_what_a_file_cannot_mean_is_refused_by_name(tmp_path, text: str, match: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=match) as refused:
        load_policy(str(file))
        load_impact(str(file))
    assert "own.toml" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
