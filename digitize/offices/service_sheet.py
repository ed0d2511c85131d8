"""The services of the five pillars by state: what can be found of the loaded records, as one sheet."""

from __future__ import annotations

from dataclasses import dataclass

from digitize.offices.rollup import ReportedPlace
from digitize.offices.services import Service, add_services, count_once, load_services
from digitize.offices.shape_quality import Findable


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service in a place: at least count of `of` records can be found. said: by so many of its reporters, of which
    fed can feed it. count, of: None where none says.
    """

    service: Service
    count: int | None
    of: int | None
    said: int
    fed: int


def list_services(place: ReportedPlace) -> list[ServiceLine]:
    """Every service of the sheet in a place: the nation by its states, a state or site by itself."""
    told = [p.report.snapshot.services for p in (place, *place.parts) if p.report]
    said = [t for t in told if t is not None]
    whole = add_services(said) or {}
    if place.level == "nation":
        # Each state counts its own doubles once already; books of two states are of FIRs (`state_overlaps`).
        whole = count_once(whole, {"iif1": place.doubled - sum(p.doubled for p in place.parts)})
    nothing = Findable(count=0, of=0)
    return [
        ServiceLine(
            s, whole.get(s.name, nothing).count if said else None, whole.get(s.name, nothing).of if said else None,
            len(said), sum(t[s.name].count > 0 for t in said if s.name in t),
        )
        for s in load_services().values()
    ]  # fmt: skip
