"""Acts: ids, titles, dates in force, and how officers write their names; IPC and BNS section numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mappers.codes.lists import CodeList, make_list
from mappers.codes.tables import native_ways, read_csv, split_ways
from mappers.text.folding import fold_key

_WHOLE = re.compile(r"(?<![\w(])[0-9]+[A-Z]*")


@dataclass(frozen=True, slots=True)
class Act:
    """One act. in_force_from, in_force_to: ISO dates, "" when open. spellings: all ways to name it, longest first.

    scope: where it applies, for people; states: the same as state codes, () for no limit. last_section: number of its
    last section, 0 when not known. typical: whole sections that people are often charged with.
    """

    id: str
    short_name: str
    full_name: str
    year: str
    in_force_from: str
    in_force_to: str
    spellings: tuple[str, ...]
    scope: str = ""
    states: tuple[str, ...] = ()
    last_section: int = 0
    typical: frozenset[str] = frozenset()

    def is_in_force(self, day: str) -> bool:
        """Whether the act applied on an ISO day, or on any day of a year "2012"."""
        # A year alone is a day, too: only as much of a date is compared.
        begun = not self.in_force_from or self.in_force_from[: len(day)] <= day
        return begun and (not self.in_force_to or day <= self.in_force_to[: len(day)])


@dataclass(frozen=True, slots=True)
class SectionPair:
    """An IPC section and its counterpart in the BNS; either is "" where there is none. relation as in ipc_bns.csv."""

    ipc: str
    ipc_title: str
    bns: str
    bns_title: str
    relation: str


@cache
def acts() -> Mapping[str, Act]:
    """Every known act by id, in the order of acts.csv."""
    return {row["act_id"]: _act(row) for row in read_csv("acts.csv")}


def _act(row: Mapping[str, str]) -> Act:
    ways = {row["short_name"], row["full_name"].partition("(")[0].strip(), row["full_name"]}
    ways |= {*split_ways(row["abbreviations"]), *native_ways(row["native_spellings"])}
    ordered = tuple(sorted(ways - {""}, key=lambda w: (-len(w), w)))
    return Act(
        row["act_id"],
        row["short_name"],
        row["full_name"],
        row["year"],
        row["in_force_from"],
        row["in_force_to"],
        ordered,
        row["scope"],
        split_ways(row["states"]),
        int(row["last_section"] or 0),
        frozenset(_WHOLE.findall(row["typical_sections"])),
    )


@cache
def act_list() -> CodeList:
    """The acts as a closed list of ids; a spelling that several acts share (JJ Act) is left to the sections cleaner."""
    owners: dict[str, set[str]] = {}
    for act in acts().values():
        for way in (act.id, *act.spellings):
            owners.setdefault(fold_key(way), set()).add(act.id)
    ways = {a.id: tuple(w for w in a.spellings if owners[fold_key(w)] == {a.id}) for a in acts().values()}
    return make_list("act", acts(), ways)


@cache
def section_pairs() -> tuple[SectionPair, ...]:
    """IPC sections beside their BNS counterparts."""
    rows = read_csv("ipc_bns.csv")
    return tuple(
        SectionPair(r["ipc_section"], r["ipc_title"], r["bns_section"], r["bns_title"], r["relation"]) for r in rows
    )


@cache
def ipc_sections() -> frozenset[str]:
    """Numbers of all sections the IPC ever had, such as "379" and "498A"."""
    return frozenset(p.ipc for p in section_pairs() if p.ipc)


@cache
def bns_sections() -> frozenset[str]:
    """Whole-section numbers of the BNS: 1 to 358."""
    return frozenset(str(n) for n in range(1, 359))


@cache
def ipc_inserted() -> Mapping[str, str]:
    """IPC sections that came later: section -> ISO day of its insertion. Unverified general knowledge."""
    return {r["section"]: r["inserted_on"] for r in read_csv("ipc_section_inserted.csv")}
