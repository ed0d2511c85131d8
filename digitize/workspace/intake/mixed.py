"""Two books under one label: their pages count on in one row, and each is weighed by what the other says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digitize.workspace.intake.looked import Looked
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue

_STATIONS = "SELECT DISTINCT station FROM scans WHERE volume = ? AND station > '' ORDER BY station"


def to_look_at(taken: Iterable[Looked], ledger: Ledger, volumes: Iterable[int]) -> Iterator[tuple[str, str]]:
    """(name, what is wrong) of tables that were taken in, and of volumes told to be of several stations."""
    yield from ((look.given.name, note) for look in taken for note in look.notes)
    labels = Catalogue(ledger).volume_labels()
    for volume in sorted(volumes):
        stations = [row["station"] for row in ledger.rows(_STATIONS, (volume,))]
        if len(stations) > 1:
            yield labels[volume], f"its pages are told to be of {', '.join(stations)}; two books need two labels"
