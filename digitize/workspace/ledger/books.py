"""What a volume's own pages tell of it: the station and year that its sure pages agree on, kept in the ledger.

It is weighed like metadata that intake was told, which go before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.marked import all_parts, is_marking, marked, newest_event, settle
from digitize.workspace.ledger.marks import BOOK
from digitize.workspace.ledger.state import StepState

STEP = "book"
_NAMES = {"police_station": "station", "year": "year"}
LEARNED_ZONES = tuple(_NAMES)
"""Zones whose value is learned from a volume's own pages."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class BookFact:
    """What most sure pages of a volume say in one zone; value "" where it was learned and holds no longer.

    agree, sure: pages that say so, and pages that surely say anything.
    """

    zone: str
    value: str
    agree: int
    sure: int


def unit_of(volume: int) -> str:
    """The unit under which a volume's facts stand in the ledger."""
    return f"{STEP}:{volume}"


def learned(ledger: Ledger) -> dict[int, dict[str, BookFact]]:
    """Volume -> zone -> what was learned of it and holds."""
    found = {}
    for unit, now in ledger.states(STEP).items():
        if holding := _holding(now):
            found[int(unit.partition(":")[2])] = holding
    return found


def learned_of(ledger: Ledger, volume: int) -> dict[str, BookFact]:
    """Zone -> what was learned of one volume and holds."""
    now = ledger.state(unit_of(volume), STEP)
    return _holding(now) if now else {}


def _holding(now: StepState) -> dict[str, BookFact]:
    facts = (BookFact(**plain) for plain in now.detail["facts"])
    return {fact.zone: fact for fact in facts if fact.value}


def unseen(ledger: Ledger) -> list[int]:
    """Volumes of which pages were decided since it was last looked at what they tell."""
    parts = marked(ledger, BOOK) if is_marking(ledger) else all_parts(ledger, BOOK)
    return sorted(int(part.partition(":")[2]) for part in parts)


def record(ledger: Ledger, volume: int, facts: Mapping[str, BookFact]) -> None:
    """Keep what is known of a volume now."""
    with ledger.writing():
        seq = newest_event(ledger)
        detail = {"facts": [asdict(fact) for fact in facts.values()]}
        ledger.record_event(unit_of(volume), STEP, "note", detail=detail)
        settle(ledger, BOOK, [f"volume:{volume}"], seq)


def lines(ledger: Ledger) -> list[str]:
    """What was learned, for people, a line a volume."""
    found, labels = learned(ledger), dict[int, str]()
    volumes = sorted(found)
    for i in range(0, len(volumes), _AT_ONCE):
        some = volumes[i : i + _AT_ONCE]
        sql = f"SELECT volume, label FROM volumes WHERE volume IN ({', '.join('?' * len(some))})"
        labels |= {r["volume"]: r["label"] for r in ledger.rows(sql, some)}
    return [_line(labels.get(volume, str(volume)), facts) for volume, facts in sorted(found.items())]


def _line(label: str, facts: Mapping[str, BookFact]) -> str:
    said = ", ".join(f"{_NAMES[f.zone]} {f.value} ({f.agree} of {f.sure} sure pages)" for f in facts.values())
    return f"Volume {label}, learned from its own pages: {said}. What intake is told goes before it."
