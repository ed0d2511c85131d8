"""Days of exchanges, recorded in the office's ledger, from which they enter its snapshot."""

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
    """A package sent to a partner: its number and the SHA-256 of its manifest; 0 and "" for none."""

    sequence: int
    manifest: str


NOTHING_SENT = SentBefore(0, "")


def sent_before(place: Place, partner: str) -> SentBefore:
    """Newest package to a partner according to the ledger, even if the target was restored since."""
    with Ledger(place.ledger) as ledger:
        rows = ledger.rows("SELECT key, detail FROM events WHERE step = ?", (STEP,))
    told = [(json.loads(r["detail"]), r["key"]) for r in rows]
    sent = [SentBefore(d["sequence"], key) for d, key in told if (d["way"], d["partner"]) == (FORWARD, partner)]
    return max(sent, key=lambda s: s.sequence, default=NOTHING_SENT)


def tell_ledger(place: Place, book: ExchangeBook, today: date) -> int:
    """Record packages missing in the ledger, e.g. after an interrupted command. Returns their number.

    The day is the package's for sent ones, and today's for packages received now.
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
