"""How fast pages are read, and how long those that wait will take."""

from __future__ import annotations

from datetime import datetime

from digitize.workspace.ledger import Ledger


def pace(ledger: Ledger, waiting: int) -> tuple[float | None, float | None]:
    """(pages a minute, minutes for so many that wait), over the last thousand pages read, pauses of more than five
    minutes left out; None for both where too few were read.
    """
    sql = "SELECT at FROM events WHERE step = 'recognise' ORDER BY seq DESC LIMIT 1000"
    times = [datetime.fromisoformat(r["at"]) for r in ledger.rows(sql)]
    gaps = [(a - b).total_seconds() for a, b in zip(times, times[1:], strict=False)]
    worked = sum(g for g in gaps if g < 300)
    # Fewer pages tell no rate.
    if len(gaps) < 5 or worked <= 0:
        return None, None
    pages_per_min = round(60 * len(gaps) / worked, 1)
    return pages_per_min, round(waiting / pages_per_min, 1)
