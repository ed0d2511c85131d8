"""Batches purged together: those that share a volume, or of which one replaces tables of another."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from digitize.errors import NotFound, TooManyRefused
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.replaced_tables import replaced_by

_PAGES = "SELECT DISTINCT batch, volume FROM scans"
_TABLES = "SELECT batch, unit FROM tables ORDER BY unit"


@dataclass(frozen=True, slots=True)
class PurgeGroup:
    """Batches with all volumes and tables that they hold; no other batch has a page of these. volumes: by number."""

    batches: tuple[str, ...]
    volumes: tuple[int, ...]
    tables: tuple[str, ...]

    @property
    def name(self) -> str:
        """For people."""
        return ", ".join(self.batches)

    @property
    def parts(self) -> tuple[str, ...]:
        """As named in the counts."""
        return (*(f"volume:{v}" for v in self.volumes), *(f"table:{t}" for t in self.tables))


def list_groups(ledger: Ledger) -> list[PurgeGroup]:
    """All batches, grouped by shared volumes and replaced tables."""
    pages = [(r["batch"], int(r["volume"])) for r in ledger.rows(_PAGES)]
    tables: dict[str, list[str]] = {}
    for r in ledger.rows(_TABLES):
        tables.setdefault(r["batch"], []).append(r["unit"])
    names = [r["batch"] for r in ledger.rows("SELECT batch FROM batches ORDER BY batch")]
    return [
        PurgeGroup(
            tuple(group),
            tuple(sorted({v for b, v in pages if b in group})),
            tuple(t for b in group for t in tables.get(b, ())),
        )
        # A table that is replaced has no record any more, and may never have been loaded: it goes with the newer one.
        for group in _group_batches(names, [*pages, *_find_replaced(ledger)])
    ]


def _find_replaced(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """(batch, final replacement) of each replaced table file and of its replacements."""
    for old, newer in replaced_by(ledger).items():
        for row in ledger.rows("SELECT batch FROM sources WHERE sha256 IN (?, ?)", (old, newer)):
            yield row["batch"], newer


def _group_batches(names: Sequence[str], shared: Iterable[tuple[str, Hashable]]) -> list[list[str]]:
    """Connected components of batches that share a volume or other key."""
    lead = {name: name for name in names}

    def find(name: str) -> str:
        while lead[name] != name:
            name = lead[name] = lead[lead[name]]
        return name

    first: dict[Hashable, str] = {}
    for batch, what in shared:
        lead[find(batch)] = find(first.setdefault(what, batch))
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(find(name), []).append(name)
    return list(groups.values())


def choose_groups(ledger: Ledger, batches: Sequence[str], volume: str) -> list[PurgeGroup]:
    """The named groups, all if none is named. volume: label or number.

    Raises NotFound, and TooManyRefused if a named batch cannot be purged without another.
    """
    everything = list_groups(ledger)
    if volume:
        return [_of_volume(ledger, everything, volume)]
    if not batches:
        return everything
    if unknown := [b for b in batches if not any(b in one.batches for one in everything)]:
        raise NotFound(f"There is no batch {unknown[0]}. See: digitize status DIR --json")
    found = [one for one in everything if any(b in batches for b in one.batches)]
    for one in found:
        if others := [b for b in one.batches if b not in batches]:
            told = " ".join(f"--batch {b}" for b in others)
            raise TooManyRefused(f"Volumes of {one.name} have pages in all of these batches; give {told} as well.")
    return found


def _of_volume(ledger: Ledger, everything: Sequence[PurgeGroup], volume: str) -> PurgeGroup:
    rows = ledger.rows("SELECT volume FROM volumes WHERE label = ? OR CAST(volume AS TEXT) = ?", (volume, volume))
    if len(rows) != 1:
        raise NotFound(f"There {'is no volume' if not rows else 'are two volumes'} {volume}. See: digitize status DIR")
    one = next((one for one in everything if rows[0]["volume"] in one.volumes), None)
    if one is None:
        raise NotFound(f"Volume {volume} has no pages.")
    if len(one.volumes) + len(one.tables) > 1:
        told = " ".join(f"--batch {b}" for b in one.batches)
        raise TooManyRefused(f"Volume {volume} was delivered with others, which are loaded together: {told}")
    return one
