"""Restores of the ledger from a backup: an event that records what was lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from digitize.workspace.ledger_db import LedgerEngine

STEP = "restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """events: the newest of the backup; reached: the newest that the history had; at: when; reason: why."""

    events: int
    reached: int
    at: str
    reason: str


def restored_in(db: LedgerEngine) -> Iterator[Restored]:
    """Each time a backup was restored, the first first."""
    for row in db.execute("SELECT at, detail FROM events WHERE step = ? AND unit = 'ledger' ORDER BY seq", (STEP,)):
        detail = json.loads(row["detail"])
        yield Restored(int(detail["events"]), int(detail["reached"]), str(row["at"]), str(detail["reason"]))
