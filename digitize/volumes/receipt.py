"""Register volumes: their stations, districts and kinds must be known, or they help no page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digitize.workspace.intake.manifest import Metadata, check_places, check_register
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import VolumeFacts, Volumes, note_scanned
from mappers.codes import place_lists


def check_listed(place: Place, volumes: Iterable[VolumeFacts]) -> None:
    """Raise OptionsError for a station or district that is in no list, or a register that there is not."""
    lists, has_own = place_lists(place.options.workspace.state, *place.own_lists), place.has_stations
    for facts in volumes:
        said = Metadata(station=facts.station, district=facts.district, kind=facts.kind)
        check_places(said, facts.label, lists, has_own=has_own)
        check_register(said, facts.label, (place.folder / "forms",))


def receive_all(
    place: Place, volumes: Sequence[VolumeFacts], *, by: str, brought_by: str, on: str, note: str
) -> list[int]:
    """Record that volumes arrived, all or none. Returns their numbers. Raises OptionsError, InputError."""
    check_listed(place, volumes)
    with Ledger(place.ledger) as ledger, ledger.writing():
        book = Volumes(ledger)
        numbers = [book.receive(f, by=by, brought_by=brought_by, on=on, note=note) for f in volumes]
        # Of a book that was scanned before anybody told of it.
        note_scanned(ledger, place.options.workspace.site_id, numbers)
    return numbers
