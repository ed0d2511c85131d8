"""What a search in the masters answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The section of the code before or after. relation: "equivalent", "partly_replaced" ...; checked: see SOURCES.md.

    in_force: on the day asked for, None when none was.
    """

    act: str
    number: str
    title: str
    valid_from: str
    valid_to: str
    relation: str
    checked: str
    in_force: bool | None = None


@dataclass(frozen=True, slots=True)
class MasterHit:
    """One entry of a master that a text may mean.

    list: name of the code list, or section, act, state, district, station. code: its value there. title: for people.
    score: 0..1, 1.0 for the same letters. by: the spelling or word that matched. valid_from, valid_to: ISO days, ""
    when open or not known; in_force: on the day asked for, None when none was. facts: what else is known, by name.
    """

    list: str
    code: str
    title: str
    score: float
    by: str = ""
    valid_from: str = ""
    valid_to: str = ""
    in_force: bool | None = None
    counterparts: tuple[Counterpart, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def holds(valid_from: str, valid_to: str, day: str) -> bool | None:
    """Whether an ISO day lies between two, "" for open ends; None when no day is asked for, or none is known."""
    return (valid_from or day) <= day <= (valid_to or day) if day and (valid_from or valid_to) else None
