"""Detect two books under one label: their pages would be numbered and decided as one volume."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digitize.workspace.intake.looked import Looked
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue

_STATIONS = "SELECT DISTINCT station FROM scans WHERE volume = ? AND station > '' ORDER BY station"


def to_look_at(taken: Iterable[Looked], ledger: Ledger, volumes: Iterable[int]) -> Iterator[tuple[str, str]]:
    """(name, problem) of tables taken in, and of volumes whose metadata name several stations."""
    yield from ((look.given.name, note) for look in taken for note in look.notes)
    labels = Catalogue(ledger).volume_labels()
    for volume in sorted(volumes):
        stations = [row["station"] for row in ledger.rows(_STATIONS, (volume,))]
        if len(stations) > 1:
            yield labels[volume], f"its pages are told to be of {', '.join(stations)}; two books need two labels"
