"""Districts and states over time: what a place was called and where it lay on a day, and what it is today.

`districts.csv` says when a district was made and of which; `place_changes.csv` says which went to another state, and
which bear another name. What neither tells of is taken to have been as it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from mappers.codes.places import ListedDistrict, districts, states
from mappers.codes.tables import read_csv
from mappers.text.folding import fold_key

_KEPT = 1 << 14


class NamedPlace(NamedTuple):
    """A district by its name and the code of its state."""

    name: str
    state: str

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.name} ({self.state})"


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """One change. kind: transferred (of a district, from another state), renamed, state (made of another one),
    state-renamed. day: ISO day from which it holds. state, name: of the place as it is since; was_state, was: as it was
    before, "" where that did not change. source: the law or order.
    """

    kind: str
    day: str
    state: str
    name: str
    was_state: str
    was: str
    source: str


@dataclass(frozen=True, slots=True)
class PlaceOverTime:
    """A district on a day and today. then: what it was, several where it was cut from several; today: all districts
    that have come of that. changes: what happened in between, as sentences, the newest first.
    """

    then: tuple[NamedPlace, ...]
    today: tuple[NamedPlace, ...]
    changes: tuple[str, ...]

    @property
    def has_changed(self) -> bool:
        """Whether it was not then what it is today, and nothing else."""
        return self.then != self.today


@cache
def place_changes() -> tuple[PlaceChange, ...]:
    """All changes of place_changes.csv, the newest first."""
    found = (PlaceChange(**row) for row in read_csv("place_changes.csv"))
    return tuple(sorted(found, key=lambda c: c.day, reverse=True))


def district_on(name: str, state: str, day: str) -> PlaceOverTime | None:
    """A district, by its name of then or of now, as it was on an ISO day; None for one that is not known.

    state: code of the state in which it lay then or lies today.
    """
    return _over_days(fold_key(name), state, _epoch(day))


@lru_cache(maxsize=_KEPT)
def _over_days(key: str, state: str, at: str) -> PlaceOverTime | None:
    # As it was called then comes first: Bijapur of 1998 is in Karnataka what Vijayapura is today.
    then = _called_then(at).get((key, state))
    if then is not None and then.name:
        return _over_time((then,), at)
    known = _group_by_name().get((key, state), ())
    return _over_time(_places_then(known[0], at), at) if len(known) == 1 else None


def state_on(code: str, day: str) -> NamedPlace:
    """A state's name and code on an ISO day: Bihar, of which Jharkhand was a part in 1998; Orissa of 2001."""
    for change in place_changes():
        if change.kind == "state" and change.state == code and day < change.day:
            return state_on(change.was_state, day)
    name = states()[code].name
    for change in place_changes():
        if change.kind == "state-renamed" and change.state == code and day < change.day:
            name = change.was
    return NamedPlace(name, code)


def _over_time(then: tuple[NamedPlace, ...], at: str) -> PlaceOverTime:
    came = [d for place in then for d in _index_places(at).get(place, ())]
    today = tuple(dict.fromkeys(NamedPlace(d.name, d.state) for d in came))
    return PlaceOverTime(then, today or then, tuple(dict.fromkeys(s for d in came for s in _describe_changes(d, at))))


@cache
def _days() -> tuple[str, ...]:
    """All days on which anything changed, the oldest first."""
    return tuple(sorted({c.day for c in place_changes()} | {d.valid_from for d in districts() if d.valid_from}))


def _epoch(day: str) -> str:
    """The last day up to a day on which anything changed: between two of these all is as it was."""
    at = bisect_right(_days(), day)
    return _days()[at - 1] if at else ""


@cache
def _index_places(at: str) -> Mapping[NamedPlace, tuple[ListedDistrict, ...]]:
    """The districts of a day -> those of today that have come of each."""
    found: dict[NamedPlace, tuple[ListedDistrict, ...]] = {}
    for district in districts():
        for place in _places_then(district, at):
            found[place] = (*found.get(place, ()), district)
    return found


@cache
def _called_then(at: str) -> Mapping[tuple[str, str], NamedPlace]:
    """Key of a name and state of a day -> the district."""
    # The first of a name counts.
    return {(fold_key(place.name), place.state): place for place in reversed(list(_index_places(at)))}


def _places_then(district: ListedDistrict, at: str) -> tuple[NamedPlace, ...]:
    """What a district of today was on a day."""
    if district.valid_from and at < district.valid_from and district.predecessor:
        names = (name.strip() for name in district.predecessor.split(";"))
        return tuple(dict.fromkeys(p for name in names for p in _named_then(name, district.state, at)))
    name, state = district.name, district.state
    for change in _changes_of(district):
        if at < change.day:
            name, state = change.was or name, change.was_state or state
    return (NamedPlace(name, state),)


def _named_then(name: str, state: str, at: str) -> tuple[NamedPlace, ...]:
    """A district that others were cut from: one that still is, or one that is no more."""
    key = fold_key(name)
    own = next((d for d in districts() if d.state == state and fold_key(d.name) == key), None)
    if own is not None:
        return _places_then(own, at)
    return (NamedPlace(name, state_on(state, at).state),)


@cache
def _changes_of(district: ListedDistrict) -> tuple[PlaceChange, ...]:
    """The changes of one district, the newest first; each is told of the name that it has since."""
    name, found = district.name, list[PlaceChange]()
    for change in place_changes():
        if change.state == district.state and fold_key(change.name) == fold_key(name) and change.kind in _OF_DISTRICTS:
            found.append(change)
            name = change.was or name
        elif change.kind == "transferred" and change.state == district.state:
            # Named as the district is today, whatever it was called on that day.
            found += [change] * (fold_key(change.name) == fold_key(district.name))
    return tuple(dict.fromkeys(found))


_OF_DISTRICTS = ("transferred", "renamed")


@cache
def _group_by_name() -> Mapping[tuple[str, str], tuple[ListedDistrict, ...]]:
    """Key of a name of a district, of then or of now, and each state in which it lay -> the districts so called."""
    found: dict[tuple[str, str], tuple[ListedDistrict, ...]] = {}
    for district in districts():
        for key in _keys(district):
            for state in {district.state, *_former_states(district)}:
                found[key, state] = (*found.get((key, state), ()), district)
    return found


def _former_states(district: ListedDistrict) -> Iterator[str]:
    yield from (c.was_state for c in _changes_of(district) if c.was_state)


def _keys(district: ListedDistrict) -> frozenset[str]:
    was = (c.was for c in _changes_of(district) if c.was)
    return frozenset(map(fold_key, (district.name, *district.aliases, *was)))


def _describe_changes(district: ListedDistrict, at: str) -> Iterator[str]:
    """What happened to a district between a day and today, the newest first."""
    for change in _changes_of(district):
        if at < change.day and change.was:
            yield f"{change.was} is called {change.name} from {change.day}"
        elif at < change.day:
            yield f"{district.name} went from {change.was_state} to {change.state} on {change.day}"
    if district.valid_from and at < district.valid_from and district.predecessor:
        yield f"{district.name} was cut from {district.predecessor} on {district.valid_from}"
