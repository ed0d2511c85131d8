"""Share of loaded rows that each service can find, by station, and paper places worth a second look.

What a row needs is defined by the services themselves (`digitize.services.kind.Need`), so only what they use is
counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import groupby
from typing import Any

from digitize.search.filled_counts import STATION, CountsRows, Lack, LackingRow, LoadedRows, each_lacking
from digitize.services.kind import Need
from digitize.services.registry import load_services
from digitize.targets.search_rows import NAMES, RELATIVES
from mappers.schema import form_tables

MOST_PLACES = 1000
_PERSONS = ("iif1", "iif3", "iif5", "po", "convict", "history")
FIR_COPY, PERSON_SEARCH = "fir-copy", "person-search"


@dataclass(frozen=True, slots=True)
class StationQuality:
    """Rows of one form used by a service, at one station.

    found: how many it can find. lacking: code of a need -> number of rows without it.
    """

    service: str
    form: str
    station: tuple[str, str, str]
    rows: int
    found: int
    lacking: Mapping[str, int] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        """Convert to JSON types; the keys are an interface. share: 0 to 1."""
        return {
            "service": self.service, "form": self.form, **dict(zip(STATION, self.station, strict=True)),
            "rows": self.rows, "found": self.found, "share": round(self.found / self.rows, 4) if self.rows else 1.0,
            "lacking": dict(self.lacking),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """Something that a row lacks.

    paths: fields of the record that could contain it. what: code of the need. gain: number of services that would find
    the row with it; a service that lacks two things counts a half for each. services: which ones.
    """

    record: str
    form: str
    what: str
    paths: tuple[str, ...]
    gain: float
    services: tuple[str, ...]
    station: tuple[str, str, str] = ("", "", "")

    def as_plain(self) -> dict[str, Any]:
        """Convert to JSON types; the keys are an interface."""
        return {
            "record": self.record, "form": self.form, "what": self.what, "paths": list(self.paths),
            "gain": round(self.gain, 2), "services": list(self.services),
            **dict(zip(STATION, self.station, strict=True)),
        }  # fmt: skip


def all_needs() -> dict[str, tuple[Need, ...]]:
    """Service -> needs of its rows, including person search and FIR copy."""
    made = {name: service.needs for name, service in load_services().items() if service.needs}
    own = (
        Need("iif1", "", "number", ("fir_no",)),
        Need("iif1", "", "year", ("year",)),
        Need("iif1", "", "station", ("police_station",)),
    )
    persons = tuple(
        Need(form, "persons", "name", tuple(n for n in (*NAMES, *RELATIVES) if _has(form, "persons", n)))
        for form in _PERSONS
    )
    return {FIR_COPY: own, PERSON_SEARCH: persons, **made}


def _has(form: str, child: str, name: str) -> bool:
    return any(t.child == child and t.column(name) is not None for t in form_tables(form).values())


def by_station(store: CountsRows, needs: Mapping[str, Sequence[Need]] | None = None) -> list[StationQuality]:
    """What each service can find, by service, form and station; empty entries are omitted."""
    made: list[StationQuality] = []
    for service, some in (needs if needs is not None else all_needs()).items():
        for kind, own in _by_kind(some):
            for count in store.count_filled(kind, [_lack(n) for n in own]):
                lacking = {n.what: c for n, c in zip(own, count.lacking, strict=True) if c}
                made.append(StationQuality(service, kind.form, count.station, count.rows, count.found, lacking))
    return made


def paper_places(
    store: CountsRows, most: int = MOST_PLACES, needs: Mapping[str, Sequence[Need]] | None = None
) -> list[PaperPlace]:
    """Paper places, most gain first, then record by record; at most `most` are held at once."""
    return nsmallest(most, _places(store, needs if needs is not None else all_needs()), key=_turn)


def _turn(place: PaperPlace) -> tuple[float, str, tuple[str, ...]]:
    return -round(place.gain, 3), place.record, place.paths


def _places(store: CountsRows, needs: Mapping[str, Sequence[Need]]) -> Iterator[PaperPlace]:
    """All places, one type of row after the other."""
    kinds: dict[LoadedRows, list[tuple[str, Need]]] = defaultdict(list)
    for service, some in needs.items():
        for kind, own in _by_kind(some):
            kinds[kind] += [(service, need) for need in own]
    for kind, pairs in kinds.items():
        lacks = list(dict.fromkeys(_lack(need) for _, need in pairs))
        for row in each_lacking(store, kind, lacks):
            yield from _of_row(kind, pairs, lacks, row)


def _of_row(
    kind: LoadedRows, pairs: Sequence[tuple[str, Need]], lacks: Sequence[Lack], row: LackingRow
) -> Iterator[PaperPlace]:
    missing = {lacks[n] for n in row.lacking}
    unmet = [(service, need) for service, need in pairs if _lack(need) in missing]
    left: dict[str, int] = defaultdict(int)
    for service, _ in unmet:
        left[service] += 1
    for lack in (one for one in lacks if one in missing):
        own = [(service, need) for service, need in unmet if _lack(need) == lack]
        gain = sum(1 / left[service] for service, _ in own)
        services = tuple(dict.fromkeys(service for service, _ in own))
        yield PaperPlace(
            row.record, kind.form, own[0][1].what, _paths(kind, lack, row.line), gain, services, row.station
        )


def _paths(kind: LoadedRows, lack: Lack, line: int) -> tuple[str, ...]:
    # Lines count from 1, the places in a field's path from 0.
    own = (f"{kind.child}[{line - 1}].{name}" if kind.child else name for name in lack.one_of)
    return (*own, *lack.of_record)


def _lack(need: Need) -> Lack:
    return Lack(need.one_of, need.of_record)


def _by_kind(needs: Sequence[Need]) -> Iterator[tuple[LoadedRows, list[Need]]]:
    """Needs of the same rows together."""

    def key(need: Need) -> LoadedRows:
        return LoadedRows(need.form, need.child, need.roles)

    ordered = sorted(needs, key=lambda n: (n.form, n.child, n.roles))
    yield from ((kind, list(some)) for kind, some in groupby(ordered, key))
