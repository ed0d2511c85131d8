"""Severity policies: which rule rejects, which asks a person, which only notes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import get_args

from validators.errors import RuleError
from validators.finding import Severity
from validators.rule import every_rule
from validators.structure import STRUCTURE

_BY_LETTER: Mapping[str, Severity] = {"E": "reject", "W": "note", "I": "note"}


def load_policy(name: str = "default", overrides: Mapping[str, str] | None = None) -> dict[str, Severity]:
    """Rule code -> severity, for every rule and every fault of a file's structure.

    E rejects, W and I note; the file `validators/policy/NAME.toml` and then overrides say otherwise. Raises RuleError
    for an unknown policy, code or severity.
    """
    letters = _letters()
    policy: dict[str, Severity] = {code: _BY_LETTER[letter] for code, letter in letters.items()}
    for source, entries in ((f"policy {name}", _read(name)), ("severity", overrides or {})):
        for code, word in entries.items():
            if code not in policy:
                raise RuleError(f"{source}: there is no rule {code}")
            policy[code] = _severity(source, code, word)
    return policy


def policy_names() -> tuple[str, ...]:
    """Names of the policies in the package, sorted."""
    files = (resources.files("validators") / "policy").iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


@cache
def _letters() -> Mapping[str, str]:
    rules = {code: made.letter for code, made in every_rule().items()}
    return {**rules, **{code: fault.letter for code, fault in STRUCTURE.items()}}


@cache
def _read(name: str) -> Mapping[str, str]:
    if name not in policy_names():
        raise RuleError(f"there is no severity policy {name}; known: {', '.join(policy_names())}")
    text = (resources.files("validators") / "policy" / f"{name}.toml").read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"policy {name}: not valid TOML: {e}") from e
    return dict(data.get("severity", {}))


def _severity(source: str, code: str, word: str) -> Severity:
    for known in get_args(Severity):
        if word == known:
            return known  # type: ignore[no-any-return]
    raise RuleError(f"{source}: {code}: {word} is not one of note, review, reject")
