"""What the district and the station of an old record are today, said beside what they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from mappers.codes.history import district_on
from mappers.codes.station_history import DistrictsOf
from mappers.mapping.answers import SourceAnswers
from mappers.sources.values import MapContext

TODAY, THEN = "today:", "then:"
"""Notes: what a district or station is today, or what it was on the record's day where the value is today's name."""
_DAY = len("2000-01-01")
Values = list[SourceAnswers | None]


def say_today(fields: dict[str, Values], context: MapContext, days: Sequence[str]) -> None:
    """Add the notes to districts and stations of records whose day is known; values stay as they are."""
    state = context.state.code if context.state else ""
    if state and "district" in fields:
        fields["district"] = _add_notes(fields["district"], days, lambda name, day: _district(name, state, day))
    known = context.district_of
    if isinstance(known, DistrictsOf) and known.book.has_times and "police_station" in fields:
        stations = fields["police_station"]
        fields["police_station"] = _add_notes(stations, days, lambda name, day: _of_station(known, name, day))


def _add_notes(values: Values, days: Sequence[str], notes_of: Callable[[str | None, str], tuple[str, ...]]) -> Values:
    """Values with their notes; equal ones are one value afterwards, too."""
    made: dict[tuple[int, tuple[str, ...]], SourceAnswers | None] = {}
    found: Values = []
    for value, day in zip(values, days, strict=True):
        notes = notes_of(value.value, day) if value is not None else ()
        key = (id(value), notes)
        if key not in made:
            made[key] = None if value is None else _with_notes(value, notes)
        found.append(made[key])
    return found


def _with_notes(value: SourceAnswers, notes: tuple[str, ...]) -> SourceAnswers | None:
    if value.value is None and value.blank and not value.raw and not value.by:
        return None
    return value._replace(notes=(*value.notes, *notes)) if notes else value


@lru_cache(maxsize=1 << 12)
def _district(name: str | None, state: str, day: str) -> tuple[str, ...]:
    found = district_on(name, state, day) if name and len(day) == _DAY else None
    if found is None or not found.has_changed:
        return ()
    today = "; ".join(p.name if p.state == state else str(p) for p in found.today)
    then = "; ".join(p.name if p.state == state else str(p) for p in found.then)
    return (f"{TODAY}{today}",) if then == name else (f"{THEN}{then}", f"{TODAY}{today}")


def _of_station(known: DistrictsOf, name: str | None, day: str) -> tuple[str, ...]:
    if not name or len(day) != _DAY:
        return ()
    then, today = known.book.find_on_day(name, day), known.book.today(name)
    if not then or not today or then == today:
        return ()
    names = {s.name for s in then}
    was = () if names == {name} else (f"{THEN}{'; '.join(sorted(names))}",)
    return (*was, f"{TODAY}{'; '.join(f'{s.name} ({s.district})' if s.district else s.name for s in today)}")
