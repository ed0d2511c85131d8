"""Explain one rule to people who see its code in a report."""

from __future__ import annotations

from typing import Any

from digitize.errors import OptionsError
from validators.checking.reference import rules_table
from validators.messages.examples import example_words
from validators.messages.teller import Teller
from validators.messages.texts import ENGLISH
from validators.rulebook.rule import every_rule
from validators.rulebook.rule_list import rule_list


def explain_rule(word: str, language: str = ENGLISH) -> dict[str, Any]:
    """A rule by code or slug: code, slug, severity, form, table, fields, english, hindi, why, passes, fails.

    message, expected, do: in a language. The examples are invented. Raises OptionsError for an unknown rule, with the
    reason if known, and RuleError for a language without messages.
    """
    teller = Teller(language)
    for row in rules_table():
        if word.upper() == row["code"] or word == row["slug"]:
            made = every_rule().get(row["code"])
            names = ("code", "slug", "form", "table", "fields", "english", "hindi", "why")
            told: dict[str, Any] = {name: row[name] for name in names}
            examples = {"passes": example_words(made.passes), "fails": example_words(made.fails)} if made else {}
            said = teller.tell(row["code"])
            told |= {"message": said.message, "expected": said.expected, "do": said.do}
            return {**told, "severity": row["import"], "passes": "", "fails": "", **examples}
    one = rule_list().get(word.upper())
    if one is not None and one.not_computed:
        raise OptionsError(f"{one.code} is in the rule list but is not computed: {one.not_computed}")
    raise OptionsError(f"there is no rule {word}; docs/rules.md lists them.")
