"""States, districts and stations by any of their names, in any script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mappers.codes import ListedDistrict, State, StationEntry, districts, states
from mappers.lookup.hit import MasterHit, holds
from mappers.text.folding import fold_key

_FEWEST = 0.72
_MOST = 5

Entry = tuple[str, Callable[[float, str], MasterHit]]


def find_places(
    text: str,
    day: str,
    only: str = "",
    stations: Iterable[StationEntry] = (),
    known: Iterable[ListedDistrict] | None = None,
) -> Iterator[MasterHit]:
    """The places whose names sound like a text, best first. only: "state", "district", "station", or "" for all.

    stations: those of the list asked. known: districts, those of the package when not given.
    """
    entries: dict[str, list[Callable[[float, str], MasterHit]]] = {}
    for name, make in _entries(day, only, stations, districts() if known is None else known):
        entries.setdefault(name, []).append(make)
    if any(c.isalpha() for c in text):
        yield from _ranked(text, entries)


def _ranked(text: str, entries: Mapping[str, list[Callable[[float, str], MasterHit]]]) -> Iterator[MasterHit]:
    # Late: it comes with numpy, which not every command needs.
    from mappers.names.index import NameIndex

    for match in NameIndex(entries).search(text, _MOST):
        if match.score >= _FEWEST:
            for make in entries[match.name]:
                yield make(match.score, match.by)


def _entries(day: str, only: str, stations: Iterable[StationEntry], known: Iterable[ListedDistrict]) -> Iterator[Entry]:
    """Each name that a place may be found by, with the hit it leads to."""
    if only in ("", "state"):
        for state in states().values():
            yield state.name, _state_hit(state, day)
    if only in ("", "district"):
        for district in known:
            yield from ((name, _district_hit(district, day)) for name in _names(district.name, district.aliases))
    if only in ("", "station"):
        for station in stations:
            yield from ((name, _station_hit(station, day)) for name in _names(station.name, station.aliases))


def _names(name: str, aliases: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for way in (name, *(a.title() if a.isupper() else a for a in aliases)):
        if fold_key(way) not in seen:
            seen.add(fold_key(way))
            yield way


def _state_hit(state: State, day: str) -> Callable[[float, str], MasterHit]:
    facts = _present(lgd=state.lgd, cut_from=state.predecessor)
    return lambda score, by: MasterHit(
        "state", state.code, state.name, score, by, state.valid_from, "", holds(state.valid_from, "", day), (), facts
    )


def _district_hit(district: ListedDistrict, day: str) -> Callable[[float, str], MasterHit]:
    first, last = district.valid_from, district.valid_to
    facts = _present(
        state=district.state, lgd=district.lgd, cctns=district.cctns, also="; ".join(district.aliases),
        cut_from=district.predecessor,
    )  # fmt: skip
    return lambda score, by: MasterHit(
        "district", district.name, district.name, score, by, first, last, holds(first, last, day), (), facts
    )


def _station_hit(station: StationEntry, day: str) -> Callable[[float, str], MasterHit]:
    first, last = station.valid_from, station.valid_to
    facts = _present(
        district=station.district, ps_code=station.code, also="; ".join(station.aliases),
        predecessor=station.predecessor,
    )  # fmt: skip
    return lambda score, by: MasterHit(
        "station", station.name, station.name, score, by, first, last, holds(first, last, day), (), facts
    )


def _present(**facts: str) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}
