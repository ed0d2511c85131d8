"""Crime heads: the kinds of crime that are counted, and the sections that belong to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mappers.codes.tables import native_ways, read_csv, split_ways


@dataclass(frozen=True, slots=True)
class CrimeHead:
    """One minor head under its major head, by their slugs and titles. group: Body, Property, Women, SLL ...

    spellings: other names of the major head, in the scripts of the country. ipc, bns: the sections counted; "a/b"
    only together.
    """

    group: str
    major: str
    major_title: str
    minor: str
    minor_title: str
    spellings: tuple[str, ...]
    ipc: tuple[str, ...]
    bns: tuple[str, ...]


@cache
def crime_heads() -> Mapping[str, CrimeHead]:
    """Every minor head by its slug, in the order of crime_heads.csv."""
    return {
        r["minor"]: CrimeHead(
            r["group"],
            r["major"],
            r["major_head"],
            r["minor"],
            r["minor_head"],
            native_ways(r["native_spellings"]),
            split_ways(r["ipc_sections"]),
            split_ways(r["bns_sections"]),
        )
        for r in read_csv("crime_heads.csv")
    }


def heads_of(act: str, section: str) -> tuple[CrimeHead, ...]:
    """The heads under which a section of the IPC or BNS is counted; () for other acts and sections."""
    if act not in ("IPC", "BNS"):
        return ()
    whole = section.partition("(")[0]
    found = [h for h in crime_heads().values() if {section, whole} & set(h.ipc if act == "IPC" else h.bns)]
    exact = [h for h in found if section in (h.ipc if act == "IPC" else h.bns)]
    return tuple(exact or found)
