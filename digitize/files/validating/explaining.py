"""One rule in words, for people who meet its code in a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digitize.errors import OptionsError
from validators.checking.reference import rules_table
from validators.rulebook.rule import every_rule
from validators.rulebook.rule_list import rule_list


def explain_rule(word: str) -> dict[str, Any]:
    """A rule by code or slug: code, slug, severity, form, table, fields, english, hindi, why, passes, fails.

    The examples are invented. Raises OptionsError when there is no such rule, with the reason where it is known.
    """
    for row in rules_table():
        if word.upper() == row["code"] or word == row["slug"]:
            made = every_rule().get(row["code"])
            names = ("code", "slug", "form", "table", "fields", "english", "hindi", "why")
            told: dict[str, Any] = {name: row[name] for name in names}
            examples = {"passes": _words(made.passes), "fails": _words(made.fails)} if made else {}
            return {**told, "severity": row["import"], "passes": "", "fails": "", **examples}
    one = rule_list().get(word.upper())
    if one is not None and one.not_computed:
        raise OptionsError(f"{one.code} is in the rule list and is not computed: {one.not_computed}")
    raise OptionsError(f"there is no rule {word}; docs/rules.md lists them.")


def _words(example: Any) -> str:
    """An example in one line: field = value, child rows in brackets, records parted by a bar."""
    if isinstance(example, list):
        return " | ".join(_words(one) for one in example)
    if isinstance(example, Mapping):
        return ", ".join(f"{name} = {_value(value)}" for name, value in example.items())
    return _value(example)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(f"[{_words(row)}]" for row in value)
    if isinstance(value, tuple):
        return f"{value[-1]} (written: {value[0]})"
    return "" if value is None else str(value)
