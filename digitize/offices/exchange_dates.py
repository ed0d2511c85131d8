"""When the exchanges with the other pillars last took place: by the ledgers, beside what officers state of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date

from digitize.offices.shape import PILLARS, Exchanges, Snapshot
from digitize.workspace.ledger import Ledger

ExchangeDays = Mapping[str, Mapping[str, date]]
"""Way -> pillar -> day."""
WAYS = ("forward", "backward")
_EVENTS = "SELECT detail FROM events WHERE step = 'exchange' AND outcome = 'done'"


def fold_exchanges(ledger: Ledger, today: date) -> Exchanges:
    """The last day of each that a ledger tells of, up to today."""
    days: dict[str, dict[str, date]] = {way: {} for way in WAYS}
    for row in ledger.stream_rows(_EVENTS):
        told = json.loads(row["detail"])
        day, of = date.fromisoformat(told["day"]), days[told["way"]]
        if day <= today and told["pillar"] in PILLARS:
            of[told["pillar"]] = max(day, of.get(told["pillar"], day))
    return Exchanges(**{way: dict(sorted(of.items())) for way, of in days.items()})


def find_latest(parts: Iterable[Exchanges | None]) -> Exchanges | None:
    """Of several offices; None where none of them tells."""
    told = [p for p in parts if p is not None]
    if not told:
        return None
    return Exchanges(
        **{
            way: {
                p: max(d)
                for p in sorted(PILLARS)
                if (d := [x.select_days(way)[p] for x in told if p in x.select_days(way)])
            }
            for way in WAYS
        }
    )


def list_exchange_days(snapshot: Snapshot | None) -> ExchangeDays:
    """Way -> pillar -> the last day, by the ledger or as stated, whichever is later."""
    days: dict[str, dict[str, date]] = {way: {} for way in WAYS}
    for way in WAYS if snapshot else ():
        links = getattr(snapshot.statement, way) if snapshot and snapshot.statement else {}
        stated = {p: link.last_exchange for p, link in links.items() if link.last_exchange}
        told = snapshot.exchanges.select_days(way) if snapshot and snapshot.exchanges else {}
        for pillar in PILLARS:
            known = [d for d in (stated.get(pillar), told.get(pillar)) if d is not None]
            days[way] |= {pillar: max(known)} if known else {}
    return days
