"""Physical volumes: metadata at receipt, hand counts, and custody. Append-only.

All are ledger events of the unit "volume:NUMBER": "received" (metadata), "counted" (pages, by hand), "custody" (who had
it), "labels" (sheets printed), "scanned" (number of pages so far), "looked" (image inspection). The newest one applies;
those of custody form a chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from digitize.errors import InputError, NotFound
from digitize.machine.today import today_in_india
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, is_number
from digitize.workspace.volumes.sheet_text import label_mark

RECEIVED, COUNTED, CUSTODY, LABELS, LOOKED, SCANNED = "received", "counted", "custody", "labels", "looked", "scanned"
WHATS = ("delivered", "received", "scanned", "moved", "checked", "handed-back")
"""What may happen to a volume in the chain of custody, beside "bag", which a BagIt delivery tells by itself."""
_YEARS = re.compile(r"\d{4}(-\d{4})?")
_MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class VolumeFacts:
    """Metadata of a volume given at receipt; "" if unknown. years: "1987" or "1987-1989".

    pages: counted by hand, None if not counted.
    """

    label: str
    station: str = ""
    district: str = ""
    kind: str = ""
    years: str = ""
    language: str = ""
    pages: int | None = None

    @property
    def year(self) -> str:
        """Year of all its pages, "" if there are several."""
        return self.years if len(self.years) == 4 else ""


@dataclass(frozen=True, slots=True)
class ReceivedVolume:
    """A received volume: its number in the workspace, and its metadata."""

    number: int
    facts: VolumeFacts

    def is_named_by(self, mark: str) -> bool:
        """Whether a sheet with that mark was printed for this volume."""
        return label_mark(self.facts.label) == mark


@dataclass(frozen=True, slots=True)
class CustodyEvent:
    """One step of custody: what happened, who did it, to whom it went, on which day. recorded: entry time."""

    what: str
    by: str
    to: str
    on: str
    note: str
    recorded: str = ""


def unit_of(number: int) -> str:
    """Unit of a volume's events."""
    return f"volume:{number}"


def bounds(site: str, number: int) -> tuple[str, str]:
    """Bounds of the ids of all pages of a volume, and of all records that start on them."""
    # "." comes next after "-".
    return f"{site}-{number:04d}-", f"{site}-{number:04d}."


def note_scanned(ledger: Ledger, site: str, numbers: Iterable[int]) -> None:
    """Store the page counts of these volumes, so that `status` need not count millions of pages."""
    sql = "SELECT COUNT(DISTINCT page) AS n FROM scans WHERE page >= ? AND page < ?"
    for number in sorted(set(numbers)):
        pages = int(ledger.rows(sql, bounds(site, number))[0]["n"])
        before = ledger.state(unit_of(number), SCANNED)
        if pages and (before is None or before.detail["pages"] != pages):
            ledger.record_event(unit_of(number), SCANNED, "note", detail={"pages": pages})


def check_facts(facts: VolumeFacts, where: str) -> None:
    """Raise InputError for an invalid label, years, or count."""
    if not facts.label.strip() or any(not c.isprintable() for c in facts.label):
        raise InputError(f"{where}: a volume needs a label, such as --volume 'FIR book 1987/2', on one line.")
    if facts.years and not _YEARS.fullmatch(facts.years):
        raise InputError(f"{where}: years must be like 1987 or 1987-1989; not {facts.years}")
    if facts.pages is not None and not 0 < facts.pages <= _MOST_PAGES:
        raise InputError(f"{where}: pages counted must be a number from 1 to {_MOST_PAGES}")


def check_day(text: str) -> str:
    """A day as YYYY-MM-DD, today's for "". Raises InputError."""
    try:
        return (date.fromisoformat(text) if text else today_in_india()).isoformat()
    except ValueError as e:
        raise InputError(f"--on {text}: give the date as 2026-11-29") from e


class Volumes:
    """Reads and writes the metadata of a workspace's volumes."""

    def __init__(self, ledger: Ledger) -> None:
        """Volumes of one ledger."""
        self._ledger = ledger

    def receive(self, facts: VolumeFacts, *, by: str, brought_by: str = "", on: str = "", note: str = "") -> int:
        """Record the receipt of a volume. New metadata override earlier ones. Returns its number.

        by: who received it; brought_by: who delivered it. Raises InputError for invalid metadata.
        """
        check_facts(facts, facts.label or "volume")
        _require_person(by)
        with self._ledger.writing():
            number = Catalogue(self._ledger).volume(facts.label)
            before = self.find_by_number(number)
            known = {f.name: getattr(facts, f.name) for f in fields(facts) if getattr(facts, f.name)}
            told = replace(before.facts, **known) if before else facts
            plain = {k: v for k, v in asdict(told).items() if k != "pages"}
            self._ledger.record_event(unit_of(number), RECEIVED, "note", detail=plain)
            if facts.pages is not None:
                self.count(number, facts.pages, by=by, on=on)
            if not before or brought_by:
                self.add_custody(
                    number, CustodyEvent("received", by, "", check_day(on), note or f"from {brought_by or '?'}")
                )
        return number

    def count(self, number: int, pages: int, *, by: str, on: str = "") -> None:
        """Record a hand count of pages. Earlier counts stay in the history."""
        _require_person(by)
        check_facts(VolumeFacts("x", pages=pages), "count")
        detail = {"pages": pages, "by": by, "on": check_day(on)}
        self._ledger.record_event(unit_of(number), COUNTED, "note", detail=detail)

    def add_custody(self, number: int, step: CustodyEvent) -> None:
        """Add a step to a volume's chain of custody."""
        if step.what not in WHATS:
            raise InputError(f"{step.what}: the event must be one of {', '.join(WHATS)}")
        _require_person(step.by)
        detail = {k: v for k, v in asdict(step).items() if k != "recorded"}
        self._ledger.record_event(unit_of(number), CUSTODY, "note", detail=detail)

    def note(self, number: int, step: str, detail: Mapping[str, Any]) -> None:
        """Record printing or inspection."""
        self._ledger.record_event(unit_of(number), step, "note", detail=detail)

    def find_by_number(self, number: int) -> ReceivedVolume | None:
        """A received volume, None if never received."""
        state = self._ledger.state(unit_of(number), RECEIVED)
        if state is None:
            return None
        counted = self._ledger.state(unit_of(number), COUNTED)
        pages = counted.detail["pages"] if counted else None
        return ReceivedVolume(number, VolumeFacts(**{**state.detail, "pages": pages}))

    def all(self) -> dict[int, ReceivedVolume]:
        """Number -> volume, of all that were received, in that order."""
        counted = {unit: state.detail["pages"] for unit, state in self._ledger.states(COUNTED).items()}
        found = {}
        for unit, state in self._ledger.states(RECEIVED).items():
            number = int(unit.partition(":")[2])
            found[number] = ReceivedVolume(number, VolumeFacts(**{**state.detail, "pages": counted.get(unit)}))
        return dict(sorted(found.items()))

    def find(self, name: str) -> ReceivedVolume:
        """A received volume by its label or number. Raises NotFound."""
        numbers = {Catalogue(self._ledger).find_volume(name), int(name) if is_number(name) else None}
        # A book may be called as another is numbered: the first that was received is meant.
        for number in sorted(n for n in numbers if n is not None):
            if (volume := self.find_by_number(number)) is not None:
                return volume
        raise NotFound(f"There is no volume {name}. See: digitize batch account DIR")

    def custody(self, number: int) -> list[CustodyEvent]:
        """A volume's chain of custody, oldest first."""
        events = (e for e in self._ledger.events(unit_of(number)) if e.step == CUSTODY)
        return [CustodyEvent(**e.detail, recorded=e.at) for e in events]

    def counts(self, number: int) -> list[tuple[int, str, str]]:
        """Hand counts: pages, person, day; oldest first."""
        events = (e for e in self._ledger.events(unit_of(number)) if e.step == COUNTED)
        return [(e.detail["pages"], e.detail["by"], e.detail["on"]) for e in events]

    def count_scanned(self) -> dict[int, int]:
        """Number -> pages scanned so far, of volumes with any."""
        return {int(u.partition(":")[2]): s.detail["pages"] for u, s in self._ledger.states(SCANNED).items()}

    def has_printed(self) -> bool:
        """Whether sheets were printed here: then an unreadable code may be one of them."""
        return bool(self._ledger.states(LABELS))


def _require_person(by: str) -> None:
    if not by.strip():
        raise InputError("Give --by NAME: who did it. It is recorded.")


def chain_lines(chain: list[CustodyEvent]) -> Iterator[str]:
    """The chain for people."""
    for step in chain:
        to = f" to {step.to}" if step.to else ""
        yield f"{step.on}  {step.what}{to}, by {step.by}{f' ({step.note})' if step.note else ''}"
