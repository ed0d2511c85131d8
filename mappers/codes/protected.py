"""Sections that always or often concern children or sexual offences, each with the law that hides whom it protects."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from mappers.codes.acts import acts
from mappers.codes.tables import native_ways, read_csv, split_ways

ACCUSED_CHILD = "accused child"
_WHOLE_ACT = "all"
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ProtectedSections:
    """One row of protected_sections.csv. sections: as written there, () for the whole act; names: further spellings.

    concerns: "sexual", "child" or "accused child"; law: what they are about; source: the law that hides whom.
    """

    act: str
    sections: tuple[str, ...]
    concerns: str
    names: tuple[str, ...]
    law: str
    source: str

    @property
    def is_whole(self) -> bool:
        """Whether every section of the act counts."""
        return not self.sections

    def holds(self, section: str) -> bool:
        """Whether a section is one of these: 376 stands for 376DB, 3(1)(w) for itself and its clauses alone."""
        bare = re.sub(r"[\s.\-]", "", section).casefold()
        return self.is_whole or any(_is_of(bare, s.casefold()) for s in self.sections)


def _is_of(section: str, listed: str) -> bool:
    if listed.isdigit():
        number = _NUMBER.match(section)
        return number is not None and number.group() == listed
    # A letter or clause is listed: what follows must be a further clause, not another letter.
    return section.startswith(listed) and not section[len(listed) :][:1].isalnum()


@cache
def protected_sections() -> tuple[ProtectedSections, ...]:
    """Every row of the table."""
    return tuple(_row(**row) for row in read_csv("protected_sections.csv"))


def _row(act: str, sections: str, concerns: str, names: str, law: str, source: str) -> ProtectedSections:
    listed = () if sections == _WHOLE_ACT else split_ways(sections)
    return ProtectedSections(act, listed, concerns, native_ways(names), law, source)


@cache
def protected_of(act: str, *, year: str = "") -> tuple[ProtectedSections, ...]:
    """The rows of an act; with "" those of all acts that had begun by that year, whole ones left out."""
    if act:
        return tuple(row for row in protected_sections() if row.act == act)
    return tuple(r for r in protected_sections() if r.act not in whole_acts() and _has_begun(r.act, year))


def _has_begun(act: str, year: str) -> bool:
    known = acts().get(act)
    return known is None or not year or known.in_force_from[:4] <= year


@cache
def whole_acts() -> frozenset[str]:
    """Ids of the acts of which every section counts."""
    return frozenset(row.act for row in protected_sections() if row.is_whole)


@cache
def whole_act_names() -> tuple[str, ...]:
    """How those acts are written in any language: spellings of the table and, of five letters and more, of acts.csv.

    Shorter ones mean other things in a text: "Sita" is a name.
    """
    own = {name for row in protected_sections() if row.is_whole for name in row.names}
    listed = {way for act in whole_acts() & acts().keys() for way in acts()[act].spellings if _is_telling(way)}
    return tuple(sorted(own | listed))


def _is_telling(way: str) -> bool:
    return len(re.sub(r"\W", "", way)) >= 5


def is_protected(ids: Iterable[str], sections: Iterable[str], *, year: str = "", concerns: str = "") -> bool:
    """Whether one of the sections is protected under one of the acts; year: used for an act that is not known, ""."""
    return _is_protected(tuple(ids), tuple(sections), year, concerns)


# Books have few acts and sections, and each record is asked several times.
@lru_cache(maxsize=1 << 14)
def _is_protected(ids: tuple[str, ...], listed: tuple[str, ...], year: str, concerns: str) -> bool:
    rows = [row for act in ids for row in protected_of(act, year=year) if concerns in ("", row.concerns)]
    return any(row.holds(s) for row in rows for s in listed) or any(row.is_whole for row in rows)
