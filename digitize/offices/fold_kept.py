"""The counts of parts for the snapshot, cached in the ledger: only what changed is counted again."""

from __future__ import annotations

import hashlib
import json

from digitize import __version__
from digitize.offices.fold_part import VERSION, PartFold, fold_part
from digitize.offices.lists import Gazetteer
from digitize.offices.shape import DEFINITIONS
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.marks import SNAPSHOT
from digitize.workspace.ledger.part_cache import PartCache


def fold_parts(ledger: Ledger, gazetteer: Gazetteer, *, keeps: bool = False) -> PartFold:
    """All parts added up. keeps: what is folded is kept in the ledger, if that can be written, in few transactions.

    Memory: some tens of parts at a time, and the counts of all stations and books.
    """
    cache = PartCache(
        ledger, SNAPSHOT, _basis(gazetteer), lambda part: fold_part(ledger, part, gazetteer).as_text(), keeps=keeps,
        holds=False,
    )  # fmt: skip
    whole = PartFold()
    # A part that has nothing any more is counted as well, or what is cached of it would stay.
    for part in cache.all_parts():
        whole.add(json.loads(cache.get(part)))
    cache.flush()
    return whole


def _basis(gazetteer: Gazetteer) -> str:
    """What counts depend on beside the ledger."""
    return hashlib.sha256(f"{__version__} {VERSION} {DEFINITIONS} {gazetteer.as_text()}".encode()).hexdigest()[:16]
