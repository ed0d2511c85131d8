"""The counts of parts for the snapshot as the ledger keeps them: only what changed since is folded anew."""

from __future__ import annotations

import hashlib
import json

from digitize import __version__
from digitize.offices.fold_part import VERSION, PartFold, fold_part
from digitize.offices.lists import Gazetteer
from digitize.offices.shape import DEFINITIONS
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.kept_parts import KeptParts
from digitize.workspace.ledger.marked import list_parts
from digitize.workspace.ledger.marks import SNAPSHOT

_PARTS = "SELECT part FROM tallies WHERE part >= ? AND part < ?"


def fold_parts(ledger: Ledger, gazetteer: Gazetteer, *, keeps: bool = False) -> PartFold:
    """All parts added up. keeps: what is folded is kept in the ledger, if that can be written, in few transactions.

    Memory: some tens of parts at a time, and the counts of all stations and books.
    """
    kept = KeptParts(
        ledger, SNAPSHOT, _basis(gazetteer), lambda part: fold_part(ledger, part, gazetteer).as_text(), keeps=keeps,
        holds=False,
    )  # fmt: skip
    whole = PartFold()
    # A part that has nothing any more is counted anew as well, or what is kept of it would stay.
    for part in sorted({*list_parts(ledger, SNAPSHOT), *_kept(ledger), *kept.changed}):
        whole.add(json.loads(kept.text(part)))
    kept.keep()
    return whole


def _kept(ledger: Ledger) -> set[str]:
    if not ledger.is_current:
        return set()
    # ";" comes next after ":".
    rows = ledger.each(_PARTS, (f"{SNAPSHOT}:", f"{SNAPSHOT};"))
    return {r["part"].removeprefix(f"{SNAPSHOT}:") for r in rows}


def _basis(gazetteer: Gazetteer) -> str:
    """What counts depend on beside the ledger."""
    return hashlib.sha256(f"{__version__} {VERSION} {DEFINITIONS} {gazetteer.as_text()}".encode()).hexdigest()[:16]
