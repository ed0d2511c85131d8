"""Acts, sections, districts and closed lists as plain values; the only place that knows where they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mappers.codes import (
    acts,
    bns_sections,
    code_lists,
    crime_heads,
    district_list,
    districts,
    ipc_inserted,
    ipc_sections,
    punishments,
    sections,
    states,
)


@dataclass(frozen=True)
class Law:
    """What the rules know of the law and of the closed lists.

    acts: act id -> (in force from, in force to), ISO dates, "" when open. sections: act id -> its section numbers, for
    acts that are listed whole. inserted: IPC section -> ISO day on which it came in. lists: list name -> values.
    """

    acts: Mapping[str, tuple[str, str]]
    sections: Mapping[str, frozenset[str]]
    inserted: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def plain(self) -> list[Any]:
        """All of it as JSON types, in a stable order."""
        sections = [[act, sorted(numbers)] for act, numbers in sorted(self.sections.items())]
        return [sorted(self.acts.items()), sections, sorted(self.inserted.items()), sorted(self.lists.items())]


# Last sections, from the texts of the acts: CrPC 484, BNSS 531, BSA 170. The IEA and the CrPC have lettered sections
# that no list here holds, so they are judged by number alone.
LAST_NUMBER: Mapping[str, int] = {"IPC": 511, "BNS": 358, "CRPC": 484, "BNSS": 531, "IEA": 167, "BSA": 170}


@cache
def load_law() -> Law:
    """The law as the package ships it."""
    lists = {name: codes.values for name, codes in code_lists().items() if not codes.is_open}
    return Law(
        acts={a.id: (a.in_force_from, a.in_force_to) for a in acts().values()},
        sections={"IPC": ipc_sections() | set(ipc_inserted()), "BNS": bns_sections()},
        inserted=dict(ipc_inserted()),
        lists={**lists, "act": tuple(acts())},
    )


@cache
def load_districts() -> tuple[tuple[str, str], ...]:
    """(state code, district) of every district in the package's lists, revenue and police."""
    return tuple((code, name) for code in states() for name in district_list(code).values)


@cache
def district_begins() -> Mapping[tuple[str, str], int]:
    """(state code, district) -> the year from which the district exists, for the young ones of which it is known."""
    return {(d.state, d.name): int(d.valid_from[:4]) for d in districts() if d.valid_from}


@cache
def act_states() -> Mapping[str, frozenset[str]]:
    """Act id -> codes of the states where it applies, for acts of states; a state keeps those of its predecessor."""
    heirs: dict[str, set[str]] = {}
    for state in states().values():
        for other in states().values():
            if other.name in state.predecessor:
                heirs.setdefault(other.code, {other.code}).add(state.code)
    return {
        a.id: frozenset(code for given in a.states for code in heirs.get(given, {given}))
        for a in acts().values()
        if a.states
    }


@cache
def sections_ended() -> Mapping[str, str]:
    """IPC section -> ISO day of its last day, for those that ended before the code did."""
    last = acts()["IPC"].in_force_to
    return {s.number: s.valid_to for s in sections().values() if s.act == "IPC" and s.valid_to != last}


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that an IPC section allows, compared with the text. years: 0.0 where no term is named."""

    years: float
    life: bool
    death: bool


@cache
def limits() -> Mapping[str, Limit]:
    """Limits by IPC section; only those that were compared, since of the others about one in eight is wrong."""
    return {
        number: Limit(float(p.years or 0), p.life, p.death)
        for number, p in punishments().items()
        if p.status in ("checked", "corrected") and (p.years or p.life or p.death)
    }


@cache
def not_cognizable() -> frozenset[str]:
    """IPC sections on which no FIR may be made of itself; only those that were compared."""
    return frozenset(n for n, p in punishments().items() if not p.cognizable and p.status in ("checked", "corrected"))


@cache
def sections_of_heads() -> Mapping[str, frozenset[tuple[str, str]]]:
    """Major crime head -> (act, section) of all that is counted under it; heads of special laws have none."""
    found: dict[str, set[tuple[str, str]]] = {}
    for head in crime_heads().values():
        pairs = {("IPC", n) for way in head.ipc for n in way.split("/")}
        pairs |= {("BNS", n) for way in head.bns for n in way.split("/")}
        found.setdefault(head.major, set()).update(pairs)
    return {major: frozenset(pairs) for major, pairs in found.items() if pairs}


@cache
def words_for_unknown() -> tuple[str, ...]:
    """The ways to write that a person is unknown, in small letters."""
    kinds = code_lists()["accused_kind"]
    return tuple(w.lower() for w in ("unknown", *kinds.spellings["unknown"]))
