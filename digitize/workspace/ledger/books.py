"""Facts learned from a volume's own pages: station and year on which confident pages agree, stored in the ledger.

Used like intake metadata, which take precedence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from digitize.machine.text import pluralize
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import BOOK, clear_marks, list_dirty, list_parts, newest_event
from digitize.workspace.ledger.state import StepState

STEP = "book"
_NAMES = {"police_station": "station", "year": "year"}
LEARNED_ZONES = tuple(_NAMES)
"""Zones whose value is learned from a volume's own pages."""
_AT_ONCE = 500
# Each volume that was looked at has such an event; of most nothing is learned, since intake was told.
_LEARNED = """SELECT unit, detail FROM state WHERE step = ? AND detail <> '{"facts": []}'"""
_NO_VALUE = '"value": ""'


@dataclass(frozen=True, slots=True)
class BookFact:
    """Value of most confident pages of a volume in one zone; "" if it was learned and no longer holds.

    agree, sure: pages with this value, and confident pages with any value.
    """

    zone: str
    value: str
    agree: int
    sure: int


def unit_of(volume: int) -> str:
    """Ledger unit of a volume's facts."""
    return f"{STEP}:{volume}"


class LearnedBooks:
    """Volume -> zone -> valid fact; loaded on first use."""

    def __init__(self, ledger: Ledger) -> None:
        """Facts in one ledger."""
        self._ledger = ledger
        self._held: dict[int, dict[str, BookFact]] = {}

    def get(self, volume: int, default: dict[str, BookFact] | None = None) -> dict[str, BookFact]:
        """Facts of a volume; empty if none."""
        if volume not in self._held:
            self._held[volume] = learned_of(self._ledger, volume) or default or {}
        return self._held[volume]

    def __setitem__(self, volume: int, facts: dict[str, BookFact]) -> None:
        """Something else was learned of a volume."""
        self._held[volume] = facts


def learned_of(ledger: Ledger, volume: int) -> dict[str, BookFact]:
    """Zone -> valid fact of one volume."""
    now = ledger.state(unit_of(volume), STEP)
    return _holding(now) if now else {}


def _holding(now: StepState) -> dict[str, BookFact]:
    facts = (BookFact(**plain) for plain in now.detail["facts"])
    return {fact.zone: fact for fact in facts if fact.value}


def list_unseen(ledger: Ledger) -> list[int]:
    """Volumes with pages decided since facts were last learned from them."""
    parts = list_dirty(ledger, BOOK) if ledger.is_current else list_parts(ledger, BOOK)
    return sorted(int(part.partition(":")[2]) for part in parts)


def record(ledger: Ledger, volume: int, facts: Mapping[str, BookFact]) -> None:
    """Store the current facts of a volume."""
    with ledger.writing():
        seq = newest_event(ledger)
        detail = {"facts": [asdict(fact) for fact in facts.values()]}
        ledger.record_event(unit_of(volume), STEP, "note", detail=detail)
        clear_marks(ledger, BOOK, [f"volume:{volume}"], seq)


def lines(ledger: Ledger, most: int | None = None) -> list[str]:
    """Learned facts for people, one line per volume. most: maximum number of volumes, followed by the number of
    others.
    """
    volumes = sorted(_known_volumes(ledger))
    found, labels = {v: learned_of(ledger, v) for v in volumes[:most]}, dict[int, str]()
    for i in range(0, len(found), _AT_ONCE):
        some = list(found)[i : i + _AT_ONCE]
        sql = f"SELECT volume, label FROM volumes WHERE volume IN ({', '.join('?' * len(some))})"
        labels |= {r["volume"]: r["label"] for r in ledger.rows(sql, some)}
    more = len(volumes) - len(found)
    others = f"And {pluralize(more, 'volume')} more, from their own pages: digitize status DIR --json"
    last = [others] if more else []
    return [_line(labels.get(volume, str(volume)), facts) for volume, facts in found.items()] + last


def _known_volumes(ledger: Ledger) -> Iterator[int]:
    """Volumes with valid facts."""
    for row in ledger.stream_rows(_LEARNED, (STEP,)):
        # What holds no longer is said with no value; few are, and these alone are taken apart.
        facts = json.loads(row["detail"])["facts"] if _NO_VALUE in row["detail"] else ()
        if not facts or any(fact["value"] for fact in facts):
            yield int(row["unit"].partition(":")[2])


def _line(label: str, facts: Mapping[str, BookFact]) -> str:
    said = ", ".join(f"{_NAMES[f.zone]} {f.value} ({f.agree} of {f.sure} sure pages)" for f in facts.values())
    return f"Volume {label}, from its own pages: {said}. Intake metadata take precedence."
