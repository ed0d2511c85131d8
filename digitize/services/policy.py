"""The policy table: what a role is shown of which fields of which record, from `policy.toml`."""

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
"""As what somebody may ask; of the station's own records, police are OWN."""
SEARCH = "search"
"""The search in all that is loaded, which is no service: rows for any service hold for it."""
COPY = "fir-copy"
"""The service that is not found by a kind: the printed copy of an FIR."""
RECORD, FILE, TEXT = "record", "file", "text"
"""The group that stands for the whole record, that of fields which no group names, and that of free texts."""
_OUTCOME = "outcome"
OTHER = "other"
_ANY = "*"
_Seen = Literal["whole", "masked", "nothing"]


class See(IntEnum):
    """How much of a field is seen; the smaller, the less."""

    NOTHING = 0
    MASKED = 1
    WHOLE = 2


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PolicyRow(_Part):
    """One grant or limit. Empty forms, services, persons or states stand for any; persons: classes or states of a
    person, one of which is enough; states: of the case, all of which must hold. law: what it rests on, ours: whether
    it is our own choice.
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
        """Whether it speaks of such a record."""
        return (
            role in self.roles
            and _has(self.forms, form)
            and _has(self.services, service)
            and all(state in states for state in self.states)
        )

    def holds(self, group: str, persons: Collection[str]) -> bool:
        """Whether it speaks of a group of fields, of somebody with these classes and states."""
        is_group = group in self.fields or (_ANY in self.fields and group != RECORD)
        return is_group and (not self.persons or any(p in self.persons for p in persons))


def _has(listed: tuple[str, ...], one: str) -> bool:
    return not listed or one in listed or _ANY in listed


class GraveLaw(_Part):
    """An act, or sections of it, whose cases are not for the public web."""

    act: str
    sections: tuple[str, ...] = ()


class Rate(_Part):
    """Questions in a minute, of one account and from one address."""

    account: int = Field(ge=1)
    address: int = Field(ge=1)


class Enumeration(_Part):
    """When numbers are asked one after another: see policy.toml."""

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
        """The group of a field. child: "" for the record itself.

        What is a code in one form and words in another is a text there.
        """
        group = self._group_of.get((child, name), FILE)
        is_text = group == _OUTCOME and load_private_fields(form).get((child, name)) == TEXT
        return TEXT if is_text else group

    def person_class(self, role: str) -> str:
        """The class of a person by the role in the case."""
        return self._class_of.get(role, OTHER)


@cache
def load_policy() -> PolicyTable:
    """The table of the package."""
    text = (resources.files("digitize.services") / "policy.toml").read_text(encoding="utf-8")
    return PolicyTable.model_validate(tomllib.loads(text))


class Eyes:
    """What one role sees of records of one form and state, through one service."""

    def __init__(self, role: str, form: str, service: str, states: Collection[str]) -> None:
        """role: of PUBLIC, POLICE, OWN and COURT."""
        policy = load_policy()
        self._policy, self._form = policy, form
        self._grants = [row for row in policy.grant if row.is_meant(role, form, service, states)]
        self._limits = [row for row in policy.limit if row.is_meant(role, form, service, states)]
        self._known: dict[tuple[str, frozenset[str]], See] = {}

    def sees_record(self) -> bool:
        """Whether it may be told that there is such a record."""
        return bool(self._grants) and not any(row.holds(RECORD, ()) for row in self._limits)

    def see(self, child: str, name: str, persons: frozenset[str] = frozenset()) -> See:
        """How much of a field is seen. persons: class and states of whom the row belongs to."""
        key = self._policy.group(self._form, child, name), persons
        if key not in self._known:
            granted = (See[row.see.upper()] for row in self._grants if row.holds(*key))
            least = (See[row.see.upper()] for row in self._limits if row.holds(*key))
            self._known[key] = min([max(granted, default=See.NOTHING), *least])
        return self._known[key]


@lru_cache(maxsize=1024)
def eyes_of(role: str, form: str, service: str, states: frozenset[str]) -> Eyes:
    """The eyes of one role; the same for all records of a form and state. Many cases are in the same state."""
    return Eyes(role, form, service, states)
