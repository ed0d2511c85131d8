"""Severity policies: which rule rejects, which asks a person, which only notes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mappers.codes import states
from mappers.schema import Column, Table, load_schemas
from mappers.schema.profiles import PROFILES
from validators.errors import RuleError
from validators.finding import Severity
from validators.policy.impact import Impact
from validators.rulebook.rule import every_rule
from validators.rulebook.structure import STRUCTURE

_BY_LETTER: Mapping[str, Severity] = {"E": "reject", "W": "note", "I": "note"}


class ImpactFile(BaseModel):
    """`[impact]` of a policy file: fields as "iif1_persons.name" or "name", over what the schema calls high."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    high: tuple[str, ...] = ()
    low: tuple[str, ...] = ()
    agreed_high: int = Field(default=0, ge=0)
    agreed_low: int = Field(default=2, ge=0)


class PolicyFile(BaseModel):
    """A policy as its file has it. base: the policy of the package that it stands on.

    severity: rule code -> note, review or reject. profile, state: the same for one profile of completeness, for the
    files of one state; a state's word stands over a profile's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    base: str = ""
    severity: dict[str, str] = {}
    profile: dict[str, dict[str, str]] = {}
    state: dict[str, dict[str, str]] = {}
    impact: ImpactFile | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom a policy is asked. profile: of completeness; state: code; "" where there is none."""

    profile: str = ""
    state: str = ""


def load_policy(
    name: str = "default", overrides: Mapping[str, str] | None = None, asker: Asker = Asker()
) -> dict[str, Severity]:
    """Rule code -> severity, for every rule and every fault of a file's structure.

    E rejects, W and I note; then the policy and overrides say otherwise. name: of a policy of the package, or a file
    whose name ends in .toml. Raises RuleError for an unknown policy, code, severity, profile or state.
    """
    letters = _letters()
    policy: dict[str, Severity] = {code: _BY_LETTER[letter] for code, letter in letters.items()}
    for source, entries in (*_layers(name, asker), ("severity", overrides or {})):
        for code, word in entries.items():
            if code not in policy:
                raise RuleError(f"{source}: there is no rule {code}")
            policy[code] = _severity(source, code, word)
    return policy


def load_impact(name: str = "import") -> Impact:
    """Which fields are of high impact by a policy, and how many errors of a case file are agreed. Raises RuleError."""
    file = read_policy(name)
    given = file.impact or (read_policy(file.base).impact if file.base else None) or ImpactFile()
    known = {n for tables in load_schemas().values() for t in tables.values() for c in t.columns for n in _names(t, c)}
    unknown = sorted({*given.high, *given.low} - known)
    if unknown:
        raise RuleError(f"policy {_plain(name)}: impact: there is no field {unknown[0]}")
    return Impact(frozenset(given.high), frozenset(given.low), given.agreed_high, given.agreed_low)


def _names(table: Table, column: Column) -> tuple[str, str]:
    return column.name, f"{table.name}.{column.name}"


def _layers(name: str, asker: Asker) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What stands over the letters, one after another, with where it stands."""
    file = read_policy(name)
    if file.base:
        if file.base not in policy_names():
            raise RuleError(f"policy {_plain(name)}: base: there is none {file.base}: {', '.join(policy_names())}")
        yield from _layers(file.base, asker)
    unknown = sorted(file.profile.keys() - set(PROFILES)) or sorted(file.state.keys() - states().keys())
    if unknown:
        raise RuleError(f"policy {_plain(name)}: there is no profile or state {unknown[0]}")
    yield f"policy {_plain(name)}", file.severity
    yield f"policy {_plain(name)}, profile {asker.profile}", file.profile.get(asker.profile, {})
    yield f"policy {_plain(name)}, state {asker.state}", file.state.get(asker.state, {})


def _plain(name: str) -> str:
    return Path(name).name


def policy_names() -> tuple[str, ...]:
    """Names of the policies in the package, sorted."""
    files = (resources.files("validators") / "policy").iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


@cache
def _letters() -> Mapping[str, str]:
    rules = {code: made.letter for code, made in every_rule().items()}
    return {**rules, **{code: fault.letter for code, fault in STRUCTURE.items()}}


def read_policy(name: str) -> PolicyFile:
    """A policy by its name or file. Raises RuleError."""
    if name.endswith(".toml"):
        try:
            text = Path(name).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as e:
            raise RuleError(f"policy {_plain(name)}: the file cannot be read") from e
        made = _parse_policy(name, text)
        return made if made.base else made.model_copy(update={"base": "import"})
    if name not in policy_names():
        raise RuleError(f"there is no severity policy {name}; known: {', '.join(policy_names())}, or a file NAME.toml")
    return _parse_policy(name, (resources.files("validators") / "policy" / f"{name}.toml").read_text(encoding="utf-8"))


def _parse_policy(name: str, text: str) -> PolicyFile:
    try:
        return PolicyFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"policy {_plain(name)}: not valid TOML: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RuleError(f"policy {_plain(name)}: {where}: {first['msg']}") from e


def _severity(source: str, code: str, word: str) -> Severity:
    for known in get_args(Severity):
        if word == known:
            # The known word is given back, not the text of the file: only the former has the type.
            return known  # type: ignore[no-any-return]
    raise RuleError(f"{source}: {code}: {word} is not one of note, review, reject")
