"""State of the exchange with each partner."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from digitize.exchange.books import SENT, BookedPackage, ExchangeBook
from digitize.exchange.conflicts import each_conflict
from digitize.exchange.layout import BACKWARD, FORWARD
from digitize.exchange.statements import each_statement
from mappers.linking.cases import KEY


@dataclass
class PartnerStatus:
    """One partner. sent, taken: number and day of the newest package, 0 and "" for none. has: our package it last
    confirmed. held: existing records it was sent. statements, waiting, conflicts: from it.
    """

    partner: str
    sent: int = 0
    sent_on: str = ""
    taken: int = 0
    taken_on: str = ""
    has: int = 0
    held: int = 0
    statements: int = 0
    waiting: int = 0
    conflicts: int = 0
    not_placed: bool = False
    by_kind: dict[str, int] = field(default_factory=dict)

    def as_plain(self) -> dict[str, object]:
        """As JSON types."""
        return asdict(self)


def exchange_status(book: ExchangeBook) -> list[PartnerStatus]:
    """All partners by name."""
    found: dict[str, PartnerStatus] = {}

    def get_status(partner: str) -> PartnerStatus:
        return found.setdefault(partner, PartnerStatus(partner))

    for p in book.packages():
        _note(get_status(p.partner), p)
    held = f"SELECT partner, COUNT(*) FROM {SENT} WHERE content <> '' GROUP BY partner"
    for partner, count in book.rows(held):
        get_status(partner).held = int(count)
    for some in each_statement(book):
        for s in some:
            status = get_status(s.sender)
            status.statements, status.waiting = status.statements + 1, status.waiting + (not s.record)
            status.by_kind[s.kind] = status.by_kind.get(s.kind, 0) + 1
    for sender, count in Counter(c.sender for c in each_conflict(book)).items():
        get_status(sender).conflicts = count
    return [found[p] for p in sorted(found)]


def what_waits(book: ExchangeBook) -> Iterator[dict[str, str]]:
    """Statements without a record: sender, kind, own id, and the case named by FIR, CNR or prisoner."""
    for some in each_statement(book):
        for s in some:
            if not s.record:
                fir = ", ".join(s.fir[n] for n in KEY if n in s.fir)
                named = {"sender": s.sender, "kind": s.kind, "statement": s.statement}
                yield {**named, "case": fir or s.cnr or s.prisoner}


def _note(status: PartnerStatus, p: BookedPackage) -> None:
    if p.way == FORWARD:
        status.sent, status.sent_on, status.not_placed = p.sequence, p.day, not p.is_placed
    if p.way == BACKWARD:
        status.taken, status.taken_on = p.sequence, p.day
        status.has = max(status.has, p.answers)


def counts_of(counts: str) -> Mapping[str, Mapping[str, int]]:
    """Lines by kind, as stored in the book."""
    made: Mapping[str, Mapping[str, int]] = json.loads(counts)
    return made
