"""The rule list: its 137 ids, and why some of them are no rule here."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class ListedRule:
    """One entry of the rule list. letter: E, W or I. not_computed: why no rule asks for it, "" where one does."""

    code: str
    letter: str
    not_computed: str


@cache
def rule_list() -> Mapping[str, ListedRule]:
    """The entries of `validators/rulebook/rule_list.csv` by code."""
    with (resources.files("validators.rulebook") / "rule_list.csv").open("r", encoding="utf-8") as f:
        return {row["code"]: ListedRule(**row) for row in csv.DictReader(f)}
