"""Which services the loaded records can feed: what makes a record findable, and how that is told.

What is told is always a lower bound: groups of fifty records and more, see `Findable`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digitize.offices.shape_quality import Findable
from mappers.record import Record

_PATH = re.compile(r"(?:(?P<table>\w+)(?:\[(?P<role>\w+)\])?\.)?(?P<field>\w+)")
_STATION = "station"
_LOADED = 4
"""Where the loaded records stand in a breakdown."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service. needs: one of each group must have a value, as (child table, role, field), "" for none."""

    name: str
    pillar: str
    form: str
    needs: tuple[tuple[tuple[str, str, str], ...], ...]


@cache
def load_services() -> Mapping[str, Service]:
    """All services by name, in the order of the sheet."""
    text = (resources.files("digitize.offices") / "services.toml").read_text(encoding="utf-8")
    return {
        name: Service(name, s["pillar"], s["form"], tuple(tuple(_parse_need(n) for n in group) for group in s["needs"]))
        for name, s in tomllib.loads(text)["services"].items()
    }


def _parse_need(text: str) -> tuple[str, str, str]:
    found = _PATH.fullmatch(text)
    if found is None:
        raise ValueError(f"services.toml: {text}")
    return found["table"] or "", found["role"] or "", found["field"]


def each_service(record: Record, *, has_station: bool) -> Iterator[tuple[str, bool]]:
    """The services that a record is of, each with whether it can be found there."""
    for s in load_services().values():
        if s.form == record.form:
            yield s.name, all(any(_has_value(record, need, has_station) for need in group) for group in s.needs)


def _has_value(record: Record, need: tuple[str, str, str], has_station: bool) -> bool:
    table, role, name = need
    if not table:
        return has_station if name == _STATION else bool(record.value(name))
    rows = record.children.get(table, ())
    return any(
        bool(cell.value)
        for row in rows
        if (not role or (row.get("role") and row["role"].value == role)) and (cell := row.get(name)) is not None
    )


def limit_to_loaded(told: Findable, loaded: int) -> Findable:
    """What still holds when only so many records of the form are loaded: all that were taken back may be of those."""
    gone = max(0, told.of - loaded)
    return Findable(count=max(0, told.count - gone), of=told.of - gone)


def limit_all_to_loaded(
    told: Mapping[str, Findable], by_form: Iterable[Mapping[str, Iterable[int]]]
) -> dict[str, Findable]:
    """What holds of all services. by_form: the breakdown of each district by form, as it is now."""
    loaded: dict[str, int] = {}
    for district in by_form:
        for form, cells in district.items():
            loaded[form] = loaded.get(form, 0) + tuple(cells)[_LOADED]
    known = load_services()
    return {name: limit_to_loaded(f, loaded.get(known[name].form, 0)) for name, f in told.items() if name in known}


def count_once(told: Mapping[str, Findable], doubled: Mapping[str, int]) -> dict[str, Findable]:
    """What surely holds when records are counted twice: each of them may have been told of twice.

    doubled: form -> such records at most.
    """
    known = load_services()
    gone = {name: doubled.get(known[name].form, 0) if name in known else 0 for name in told}
    return {n: Findable(count=max(0, f.count - gone[n]), of=max(0, f.of - gone[n])) for n, f in told.items()}


def add_services(parts: Iterable[Mapping[str, Findable] | None]) -> dict[str, Findable] | None:
    """All together, as far as they say: a lower bound stays one when others say nothing. None where none says."""
    told = [p for p in parts if p is not None]
    names = sorted({name for p in told for name in p})
    return {
        n: Findable(count=sum(p[n].count for p in told if n in p), of=sum(p[n].of for p in told if n in p))
        for n in names
    } if told else None  # fmt: skip
