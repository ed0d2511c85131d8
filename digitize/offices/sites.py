"""How far each site of a state is: silent ones by name, books that two sites digitized, refused snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from digitize.machine.text import pluralize
from digitize.offices.books import SameBook, count_records, subtract_withdrawn
from digitize.offices.flags import RaisedFlag, load_flags
from digitize.offices.keys import known_keys
from digitize.offices.office import list_withdrawn, load_newest_sites
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import Received


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site. as_on: day of its newest snapshot, "" when there is none. Counts are None then.

    word: reports, silent (its newest is too old) or no report.
    """

    site: str
    as_on: str
    word: str
    days: int | None
    records: int | None
    validated: int | None
    loaded: int | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sites:
    """All sites of a state, by name. withdrawn: records of copies that sites tell of and the state counts no more."""

    day: date
    sites: list[SiteLine]
    twice: list[SameBook]
    refused: list[Received]
    withdrawn: int = 0

    def lines(self) -> Iterator[str]:
        """For people."""
        for s in self.sites:
            if s.word == "silent":
                yield (
                    f"Silent: {s.site}, {s.days} days since its snapshot of {s.as_on}. Its counts of that day are used."
                )
            if s.word == "no report":
                yield f"No report yet: {s.site}. It is not in any count."
            yield from (f"Look at {s.site}: {flag}" for flag in s.flags)
        for b in self.twice:
            v = b.volume
            yield (
                f"Digitized twice: {v.station}, {v.district}, {v.form} {v.year}, numbers {b.first} to {b.last}, at "
                f"{b.sites[0]} and {b.sites[1]}: up to {b.records:,} records are counted twice. Withdraw "
                "one: digitize state withdraw SITE STATION YEAR --reason ..."
            )
        if self.withdrawn:
            records = pluralize(self.withdrawn, "record")
            yield f"Withdrawn: {records} in these lines, not in any count of the state."
        yield from (f"Refused: {r.file}: {r.flags[0].code}: {r.flags[0].text}" for r in self.refused)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "as_on": self.day.isoformat(),
            "sites": [asdict(s) for s in self.sites],
            "digitized_twice": [{**asdict(b), "volume": b.volume.model_dump()} for b in self.twice],
            "withdrawn_records": self.withdrawn,
            "refused": [
                {"file": r.file, "at": r.at, "code": r.flags[0].code, "why": r.flags[0].text} for r in self.refused
            ],
        }


def list_sites(store: SnapshotStore, day: date, silent_after: int) -> Sites:
    """How far each site is on a day. silent_after: days without a snapshot that make a site silent."""
    newest = {r.reporter: r for r in store.list_newest(day)}
    open_flags = [f for f in load_flags(store, day) if f.is_shown]
    # A site that has a key and never reported must be seen, too.
    known = {k.reporter for k in known_keys(store).values()} | set(newest)
    lines = [_make_line(site, newest.get(site), day, silent_after, open_flags) for site in sorted(known)]
    told = load_newest_sites(store, day)
    counting, twice = subtract_withdrawn(told, list_withdrawn(store, day))
    return Sites(day, lines, twice, store.list_refused(day), count_records(told) - count_records(counting))


def _make_line(site: str, newest: Received | None, day: date, silent_after: int, raised: list[RaisedFlag]) -> SiteLine:
    if newest is None:
        return SiteLine(site, "", "no report", None, None, None, None)
    totals = newest.summary["totals"]
    # By the day it is of, not the day it came: an old one sent late is still old.
    days = (day - date.fromisoformat(newest.as_on)).days
    word = "silent" if days > silent_after else "reports"
    flags = tuple(f"{f.flag.code}: {f.flag.text} (since {f.since}; {f.id})" for f in raised if f.reporter == site)
    return SiteLine(site, newest.as_on, word, days, totals["records"], totals["validated"], totals["loaded"], flags)
