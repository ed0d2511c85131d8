"""Closed lists: values, the ways they are spelled, and how a spelling is found."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from mappers.codes.tables import native_ways, read_csv, share_complete
from mappers.errors import MappingError
from mappers.languages import load_languages
from mappers.text.folding import fold_key


@dataclass(frozen=True)
class CodeList:
    """One list of values. spellings: value -> other ways to write it.

    is_open: a list of names (stations, districts) that is never complete; a name that is not in it stays a value with
    a note. A closed list (sex, rank) refuses what it does not know. status: "v" seen on public forms, "g" general
    knowledge. note: what a person should know of it. valid: value -> ISO days from and to which it holds, "" when open.
    complete: how often 0..1 what is written is in it, None where nobody says. implies: value -> those of the list
    implied_list that may stand beside it, as the districts of a station.
    """

    name: str
    values: tuple[str, ...]
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_open: bool = False
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    status: str = ""
    note: str = ""
    valid: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    complete: float | None = None
    implies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    implied_list: str = ""

    def find(self, text: str) -> str | None:
        """The value that text spells, compared without case, blanks and punctuation; None when it spells none."""
        return self.keys.get(fold_key(text))

    def find_near(self, text: str) -> str | None:
        """The value whose spelling comes closest to text (similarity at least 0.8), None when none does."""
        from rapidfuzz import process

        hit = process.extractOne(fold_key(text), self.keys.keys(), score_cutoff=80)
        return self.keys[hit[0]] if hit else None


def make_list(
    name: str, values: Iterable[str], spellings: Mapping[str, Iterable[str]], *, is_open: bool = False
) -> CodeList:
    """A list with its look-up keys. Raises MappingError when one spelling names two values."""
    known = tuple(values)
    # Values first: no spelling of another value may take one's own name.
    keys = {fold_key(v): v for v in known}
    for value, ways in spellings.items():
        if value not in known:
            raise MappingError(f"list {name}: spellings are given for {value}, which is not one of its values")
        for way in ways:
            if keys.setdefault(fold_key(way), value) != value:
                raise MappingError(f"list {name}: {way} spells both {keys[fold_key(way)]} and {value}")
    return CodeList(name, known, {v: tuple(w) for v, w in spellings.items()}, is_open, keys)


@cache
def code_lists() -> Mapping[str, CodeList]:
    """The lists of lists.toml with what languages add, and the crime heads, by name.

    Raises MappingError when a file contradicts itself.
    """
    data = tomllib.loads((resources.files("mappers.codes") / "lists.toml").read_text(encoding="utf-8"))
    return {name: _read_list(name, entry) for name, entry in data.items()} | _head_lists()


def _head_lists() -> dict[str, CodeList]:
    """Major and minor crime heads; a title that several minor heads share ("Other") names none of them."""
    rows = list(read_csv("crime_heads.csv"))
    major: dict[str, tuple[str, ...]] = {}
    for r in rows:
        major[r["major"]] = (*major.get(r["major"], (r["major_head"],)), *native_ways(r["native_spellings"]))
    titles = [r["minor_head"] for r in rows]
    minor = {r["minor"]: (r["minor_head"],) if titles.count(r["minor_head"]) == 1 else () for r in rows}
    lists = (make_list("crime_major_head", major, major), make_list("crime_minor_head", minor, minor))
    return {made.name: replace(made, status="g") for made in lists}


def _read_list(name: str, entry: Mapping[str, Any]) -> CodeList:
    spellings = {value: list(ways) for value, ways in entry.get("spellings", {}).items()}
    for one in load_languages().values():
        for value, more in one.lists.get(name, {}).items():
            spellings.setdefault(value, []).extend(more)
    made = make_list(name, entry["values"], spellings, is_open=entry.get("open", False))
    valid = {value: (days[0], days[1]) for value, days in entry.get("valid", {}).items()}
    if set(valid) - set(made.values):
        raise MappingError(
            f"list {name}: days are given for {min(set(valid) - set(made.values))}, which is not a value"
        )
    complete = share_complete(entry.get("complete"), "lists.toml")
    return replace(made, status=entry["status"], note=entry.get("note", ""), valid=valid, complete=complete)
