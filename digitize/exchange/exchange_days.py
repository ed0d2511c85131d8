"""Which day each exchange took place, told to the office's ledger: from there it goes into its snapshot."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from digitize.exchange.books import ExchangeBook
from digitize.exchange.layout import FORWARD
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place

STEP = "exchange"


@dataclass(frozen=True, slots=True)
class SentBefore:
    """A package that went to a partner: its number and the SHA-256 of its manifest; 0 and "" for none."""

    sequence: int
    manifest: str


NOTHING_SENT = SentBefore(0, "")


def sent_before(place: Place, partner: str) -> SentBefore:
    """The newest package to a partner that the ledger tells of, whatever became of the target since."""
    with Ledger(place.ledger) as ledger:
        rows = ledger.rows("SELECT key, detail FROM events WHERE step = ?", (STEP,))
    told = [(json.loads(r["detail"]), r["key"]) for r in rows]
    sent = [SentBefore(d["sequence"], key) for d, key in told if (d["way"], d["partner"]) == (FORWARD, partner)]
    return max(sent, key=lambda s: s.sequence, default=NOTHING_SENT)


def tell_ledger(place: Place, book: ExchangeBook, today: date) -> int:
    """Note each package that the ledger does not know of, as one that an interrupted command made. Returns how many.

    The day is that of the package for what was sent, and today's for what was taken in now.
    """
    with Ledger(place.ledger, key=place.key) as ledger:
        known = {r["key"] for r in ledger.rows("SELECT key FROM events WHERE step = ?", (STEP,))}
        new = [p for p in book.packages() if p.manifest not in known and p.is_placed]
        for p in new:
            day = p.day if p.way == FORWARD else today.isoformat()
            detail = {
                "way": p.way, "pillar": p.pillar, "partner": p.partner, "sequence": p.sequence,
                "day": day, "base": p.base,
            }  # fmt: skip
            ledger.record_event(place.options.workspace.site_id, STEP, "done", key=p.manifest, detail=detail)
    return len(new)
