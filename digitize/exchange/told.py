"""Which day each exchange took place, told to the office's ledger: from there it goes into its snapshot."""

from __future__ import annotations

from datetime import date

from digitize.exchange.books import ExchangeBook
from digitize.exchange.layout import FORWARD
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place

STEP = "exchange"


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
