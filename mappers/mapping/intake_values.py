"""What intake was told of a book, and the district of a station, where the source does not surely say otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from mappers.codes.station_history import district_on
from mappers.mapping.answers import READ, SourceAnswers
from mappers.mapping.mapped import Values
from mappers.record import INTAKE
from mappers.sources.values import MapContext

TOLD = "told"
"""Note of a doubtful reading that does not contradict what intake was told, and gave way to it."""
_NEVER = 1.1
"""A threshold above every confidence."""
_STATION_LIST = "station list"


def add_intake(fields: dict[str, Values], context: MapContext, days: Sequence[str]) -> None:
    """Fill from what was said at intake, where the source has nothing, or does not surely say otherwise.

    days: of each source, the day that decides.
    """
    count = len(days)
    known = {
        "state": context.state.code if context.state else "",
        "district": _find_listed(context, "district", context.district),
        "police_station": _find_listed(context, "station", context.station),
        "year": str(context.book_year or ""),
    }
    alike = {"district": _districts_of(context, known["police_station"])}
    for name, value in known.items():
        if value:
            said = SourceAnswers("", value, by=INTAKE)
            same = (None, value, *alike.get(name, ()))
            fields[name] = [_merge_metadata(v, said, same) for v in fields.get(name) or [None] * count]
    _add_district(fields, context, days)


def _find_listed(context: MapContext, name: str, text: str) -> str:
    """The entry of a list that a text spells; the text itself where none does, or there is no such list."""
    codes = context.lists.get(name)
    return (codes.find(text) if codes and text else None) or text


def _districts_of(context: MapContext, station: str) -> tuple[str, ...]:
    """What people write as a station's district: its own, and the revenue districts in which a police district lies."""
    codes = context.lists.get("station")
    return codes.implies.get(station, ()) if codes else ()


def _merge_metadata(read: SourceAnswers | None, told: SourceAnswers, same: Sequence[str | None]) -> SourceAnswers:
    """What intake was told, where the source has nothing, or a doubtful reading that does not say otherwise.

    same: readings that do not. What was read plainly and is no value ("20x8" for a year) stays, doubted; so does what a
    page says otherwise, however surely it was read: a person tells whether the page is astray or misread.
    """
    if read is None or read.blank:
        return told
    if _is_of_page(read) and read.value not in same:
        return read._replace(accept=max(read.accept, _NEVER))
    if read.is_sure() or READ in read.notes or not _is_of_page(read):
        return read
    # The place and what was read there stay, so that both can be looked at.
    return read._replace(value=told.value, confidence=1.0, by=told.by, notes=(TOLD,), candidates=(), accept=0.0)


def _is_of_page(read: SourceAnswers) -> bool:
    """Whether a value stands once on a page: in the rows of a register each may name another place."""
    return bool(read.origin.zone) and "." not in read.origin.zone


def _add_district(fields: dict[str, Values], context: MapContext, days: Sequence[str]) -> None:
    """The district of the station on the record's day, where neither the source nor the intake surely names one; as
    sure as the station.
    """
    stations = fields.get("police_station")
    if stations is None or not context.district_of:
        return
    districts = fields.get("district") or [None] * len(days)
    # Equal ones are one value: what is made of them further on is made once.
    made: dict[tuple[int, int, str], SourceAnswers | None] = {}
    found: Values = []
    for station, district, day in zip(stations, districts, days, strict=True):
        known = district_on(context.district_of, (station and station.value) or "", day)
        key = (id(station), id(district), known)
        if key not in made:
            made[key] = _district(station, district, context, known)
        found.append(made[key])
    fields["district"] = found


def _district(
    station: SourceAnswers | None, district: SourceAnswers | None, context: MapContext, known: str
) -> SourceAnswers | None:
    """known: the district of the station on the record's day."""
    if station is None or not known:
        return district
    if district is not None and not district.blank:
        is_open = not district.is_sure() and _is_of_page(district)
        # A district that cannot be read, or is read as the station has it, is no question beside that of the station.
        if not is_open or district.value not in (None, known, *_districts_of(context, station.value or "")):
            return district
    return station._replace(value=known, by=_STATION_LIST, notes=(), candidates=())
