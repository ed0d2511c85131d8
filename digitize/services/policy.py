"""The policy table: which fields of which records a role may see, from `policy.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from enum import IntEnum
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from digitize.masking.sensitive import load_private_fields

PUBLIC, POLICE, OWN, COURT = "public", "police", "own", "court"
ASKED_AS = (PUBLIC, POLICE, COURT)
"""Roles of a query; for records of the own station, police are OWN."""
SEARCH = "search"
"""The search over all loaded records, which is not a service: rows for any service apply to it."""
COPY = "fir-copy"
"""The printed copy of an FIR, a service outside kinds/."""
RECORD, FILE, TEXT = "record", "file", "text"
"""Groups for the whole record, for fields in no group, and for free texts."""
_OUTCOME = "outcome"
OTHER = "other"
_ANY = "*"
_Seen = Literal["whole", "masked", "nothing"]


class See(IntEnum):
    """How much of a field may be seen; smaller is less."""

    NOTHING = 0
    MASKED = 1
    WHOLE = 2


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PolicyRow(_Part):
    """One permission or limit.

    Empty forms, services, persons or states match any; persons: classes or states of a person, one of which is enough;
    states: of the case, all required. law: its legal basis, ours: whether it is our own choice.
    """

    roles: tuple[str, ...]
    fields: tuple[str, ...]
    law: str = Field(min_length=10)
    forms: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    see: _Seen = "whole"
    ours: bool = False

    def is_meant(self, role: str, form: str, service: str, states: Collection[str]) -> bool:
        """Whether it applies to such a record."""
        return (
            role in self.roles
            and _has(self.forms, form)
            and _has(self.services, service)
            and all(state in states for state in self.states)
        )

    def holds(self, group: str, persons: Collection[str]) -> bool:
        """Whether it applies to a field group, for a person with these classes and states."""
        is_group = group in self.fields or (_ANY in self.fields and group != RECORD)
        return is_group and (not self.persons or any(p in self.persons for p in persons))


def _has(listed: tuple[str, ...], one: str) -> bool:
    return not listed or one in listed or _ANY in listed


class GraveLaw(_Part):
    """An act, or sections of it, whose cases are not for the public web."""

    act: str
    sections: tuple[str, ...] = ()


class Rate(_Part):
    """Queries per minute, per account and per address."""

    account: int = Field(ge=1)
    address: int = Field(ge=1)


class Enumeration(_Part):
    """Detection of consecutive numbers, see policy.toml."""

    roles: tuple[str, ...]
    numbers: int = Field(ge=2)
    near: int = Field(ge=1)
    within_s: float = Field(gt=0)
    first_wait_s: float = Field(gt=0)
    longest_wait_s: float = Field(gt=0)


class PolicyTable(_Part):
    """The whole table. groups: name -> child table ("record" for the record itself) -> fields."""

    format: Literal[1]
    groups: dict[str, dict[str, tuple[str, ...]]]
    persons: dict[str, tuple[str, ...]]
    grave: tuple[GraveLaw, ...]
    grant: tuple[PolicyRow, ...]
    limit: tuple[PolicyRow, ...]
    rates: dict[str, Rate]
    enumeration: Enumeration

    @cached_property
    def _group_of(self) -> dict[tuple[str, str], str]:
        return {
            ("" if child == RECORD else child, name): group
            for group, tables in self.groups.items()
            for child, names in tables.items()
            for name in names
        }

    @cached_property
    def _class_of(self) -> dict[str, str]:
        return {role: name for name, roles in self.persons.items() for role in roles}

    def group(self, form: str, child: str, name: str) -> str:
        """Group of a field.

        child: "" for the record itself. A field that is a code in one form and words in another is a text there.
        """
        group = self._group_of.get((child, name), FILE)
        is_text = group == _OUTCOME and load_private_fields(form).get((child, name)) == TEXT
        return TEXT if is_text else group

    def person_class(self, role: str) -> str:
        """Class of a person by the role in the case."""
        return self._class_of.get(role, OTHER)


@cache
def load_policy() -> PolicyTable:
    """The included table."""
    text = (resources.files("digitize.services") / "policy.toml").read_text(encoding="utf-8")
    return PolicyTable.model_validate(tomllib.loads(text))


class Eyes:
    """View of one role on records of one form and state, through one service."""

    def __init__(self, role: str, form: str, service: str, states: Collection[str]) -> None:
        """role: of PUBLIC, POLICE, OWN and COURT."""
        policy = load_policy()
        self._policy, self._form = policy, form
        self._grants = [row for row in policy.grant if row.is_meant(role, form, service, states)]
        self._limits = [row for row in policy.limit if row.is_meant(role, form, service, states)]
        self._known: dict[tuple[str, frozenset[str]], See] = {}

    def sees_record(self) -> bool:
        """Whether the existence of the record may be disclosed."""
        return bool(self._grants) and not any(row.holds(RECORD, ()) for row in self._limits)

    def see(self, child: str, name: str, persons: frozenset[str] = frozenset()) -> See:
        """How much of a field may be seen. persons: class and states of the person the row belongs to."""
        key = self._policy.group(self._form, child, name), persons
        if key not in self._known:
            granted = (See[row.see.upper()] for row in self._grants if row.holds(*key))
            least = (See[row.see.upper()] for row in self._limits if row.holds(*key))
            self._known[key] = min([max(granted, default=See.NOTHING), *least])
        return self._known[key]


@lru_cache(maxsize=1024)
def eyes_of(role: str, form: str, service: str, states: frozenset[str]) -> Eyes:
    """View of a role; the same for all records of a form and state. Many cases have the same state."""
    return Eyes(role, form, service, states)
