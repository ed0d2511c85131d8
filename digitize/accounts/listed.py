"""Are the stations, districts and kinds that somebody told of volumes known here? What is in no list helps no page."""

from __future__ import annotations

from collections.abc import Iterable

from digitize.workspace.intake.manifest import Metadata, check_places, check_register
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import VolumeFacts
from mappers.codes import place_lists


def check_listed(place: Place, volumes: Iterable[VolumeFacts]) -> None:
    """Raise OptionsError for a station or district that is in no list, or a register that there is not."""
    lists, has_own = place_lists(place.options.workspace.state, *place.own_lists), place.has_stations
    for facts in volumes:
        said = Metadata(station=facts.station, district=facts.district, kind=facts.kind)
        check_places(said, facts.label, lists, has_own=has_own)
        check_register(said, facts.label, (place.folder / "forms",))
