"""States, districts and stations by any of their names, in any script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mappers.codes import ListedDistrict, State, StationEntry, districts, states
from mappers.codes.history import district_on, state_on
from mappers.codes.station_history import StationBook
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
        yield from _rank_matches(text, entries)


def _rank_matches(text: str, entries: Mapping[str, list[Callable[[float, str], MasterHit]]]) -> Iterator[MasterHit]:
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
        rows = tuple(stations)
        book = StationBook(rows)
        for station in rows:
            yield from ((name, _station_hit(station, day, book)) for name in _names(station.name, station.aliases))


def _names(name: str, aliases: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for way in (name, *(a.title() if a.isupper() else a for a in aliases)):
        if fold_key(way) not in seen:
            seen.add(fold_key(way))
            yield way


def _state_hit(state: State, day: str) -> Callable[[float, str], MasterHit]:
    then = state_on(state.code, day) if day else None
    was = "" if then is None or then == (state.name, state.code) else str(then)
    facts = _present(then=was, lgd=state.lgd, cut_from=state.predecessor)
    return lambda score, by: MasterHit(
        "state", state.code, state.name, score, by, state.valid_from, "", holds(state.valid_from, "", day), (), facts
    )


def _district_hit(district: ListedDistrict, day: str) -> Callable[[float, str], MasterHit]:
    first, last = district.valid_from, district.valid_to
    facts = _present(
        **_over_time(district, day), state=district.state, lgd=district.lgd, cctns=district.cctns,
        also="; ".join(district.aliases), cut_from=district.predecessor,
    )  # fmt: skip
    return lambda score, by: MasterHit(
        "district", district.name, district.name, score, by, first, last, holds(first, last, day), (), facts
    )


def _over_time(district: ListedDistrict, day: str) -> dict[str, str]:
    """What a district was on the day asked for, and what it is today, where that is not the same."""
    found = district_on(district.name, district.state, day) if day else None
    if found is None or not found.has_changed:
        return {}
    return {
        "then": "; ".join(map(str, found.then)), "today": "; ".join(map(str, found.today)),
        "changed": "; ".join(found.changes),
    }  # fmt: skip


def _station_hit(station: StationEntry, day: str, book: StationBook) -> Callable[[float, str], MasterHit]:
    first, last = station.valid_from, station.valid_to
    then, today = (book.find_on_day(station.name, day), book.today(station.name)) if day else ((), ())
    has_changed = bool(then and today) and then != today
    facts = _present(
        then=_stations(then) if has_changed else "", today=_stations(today) if has_changed else "",
        district=station.district, ps_code=station.code, also="; ".join(station.aliases),
        predecessor=station.predecessor,
    )  # fmt: skip
    return lambda score, by: MasterHit(
        "station", station.name, station.name, score, by, first, last, holds(first, last, day), (), facts
    )


def _stations(found: Iterable[StationEntry]) -> str:
    return "; ".join(f"{s.name} ({s.district})" if s.district else s.name for s in found)


def _present(**facts: str) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}
