"""Sections of the six codes: titles, validity, and the counterpart of each in the law before or after.

The counterparts serve search and statistics only: a report of 2012 stays under the IPC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from mappers.codes.acts import acts
from mappers.codes.tables import read_csv

# Old code, its successor, and the file that sets them side by side.
_PAIRS = (
    ("IPC", "BNS", "ipc_bns.csv"),
    ("CRPC", "BNSS", "crpc_bnss.csv"),
    ("IEA", "BSA", "iea_bsa.csv"),
)
NEW_LAW_FROM = "2024-07-01"
_COUNTERPART = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class Section:
    """One section. counterparts: sections of `other`, the code before or after; () where there is none.

    relation: "equivalent", "partly_replaced" (the new section is not the old offence), "omitted", "new_in_bns" ...
    checked: how the pair was confirmed, as SOURCES.md explains. valid_from, valid_to: ISO days, "" when open or not
    known.
    """

    act: str
    number: str
    title: str
    valid_from: str
    valid_to: str
    other: str = ""
    counterparts: tuple[str, ...] = ()
    relation: str = ""
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Punishment:
    """What an IPC section threatens. years: longest term, "" when none is named; cognizable by the First Schedule.

    status: "checked" or "corrected" were compared; about one "unchecked" limit in eight is wrong.
    """

    offence: str
    years: str
    life: bool
    death: bool
    fine: bool
    cognizable: bool
    status: str


@cache
def sections() -> Mapping[tuple[str, str], Section]:
    """Every listed section by act and number: IPC, BNS, CrPC, BNSS, IEA, BSA."""
    found: dict[tuple[str, str], Section] = {}
    for old, new, file in _PAIRS:
        rows = list(read_csv(file))
        found |= {(old, s.number): s for s in _old_sections(old, new, rows)}
        found |= {(new, s.number): s for s in _new_sections(old, new, rows)}
    return found


def find_section(act: str, number: str) -> Section | None:
    """The section of an act; for one with clauses that are not listed ("379(a)") the whole section."""
    known = sections()
    while number:
        if (act, number) in known:
            return known[act, number]
        number = number.rpartition("(")[0]
    return None


@cache
def punishments() -> Mapping[str, Punishment]:
    """What IPC sections threaten, by section."""
    return {
        r["ipc_section"]: Punishment(
            r["offence"],
            r["max_years"],
            r["life"] == "y",
            r["death"] == "y",
            r["fine"] == "y",
            r["cognizable"] == "y",
            r["status"],
        )
        for r in read_csv("ipc_offences.csv")
    }


def _old_sections(old: str, new: str, rows: list[dict[str, str]]) -> Iterator[Section]:
    inserted = {r["section"]: r["inserted_on"] for r in read_csv("ipc_section_inserted.csv")} if old == "IPC" else {}
    ended = {r["section"]: r["ended_on"] for r in read_csv("ipc_section_ended.csv")} if old == "IPC" else {}
    act = acts()[old]
    for row in rows:
        number = row[f"{old.lower()}_section"]
        if number:
            yield Section(
                old,
                number,
                row[f"{old.lower()}_title"],
                # ISO days compare as text, and "" comes before all of them.
                max(act.in_force_from, inserted.get(number, "")),
                ended.get(number, act.in_force_to),
                new,
                _numbers(row[f"{new.lower()}_section"]),
                row.get("relation") or ("equivalent" if row[f"{new.lower()}_section"] else "none"),
                row.get("checked") or row.get("status", ""),
            )


def _new_sections(old: str, new: str, rows: list[dict[str, str]]) -> Iterator[Section]:
    """The new code's sections with and without clauses, each with all old sections that went into it."""
    olds: dict[str, list[str]] = {}
    first: dict[str, dict[str, str]] = {}
    for row in rows:
        for number in _numbers(row[f"{new.lower()}_section"]):
            for way in dict.fromkeys((number.partition("(")[0], number)):
                olds.setdefault(way, []).extend(
                    [row[f"{old.lower()}_section"]] if row[f"{old.lower()}_section"] else []
                )
                first.setdefault(way, row)
    for number, row in first.items():
        before = tuple(dict.fromkeys(olds[number]))
        relation = row.get("relation") or "equivalent"
        checked = row.get("checked") or row.get("status", "")
        title = row[f"{new.lower()}_title"]
        yield Section(new, number, title, acts()[new].in_force_from, "", old, before, relation, checked)


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(n for n in _COUNTERPART.split(text) if n)
