"""Which rejects belong to one record, and which is newest: older content never replaces newer content.

Of two contents the one from the later delivery is newer (`digitize.targets.deliveries`). For loads by earlier versions
without a delivery number, the load time decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from digitize.quarantine.rejects import Reject, iter_rejects
from digitize.targets.base import Target
from digitize.targets.flat import FIELD_END, row_hash, text_hash
from digitize.targets.source_rows import source_row
from mappers.record import Record, to_plain
from mappers.schema import form_tables

Age = tuple[int, str]


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """A record in the target. is_replay: loaded from the quarantine."""

    age: Age
    content: str
    is_replay: bool


@dataclass(frozen=True, slots=True)
class ReplayCandidate:
    """A reject with the id it would be loaded under. content: hash of its current content; own: without its rows."""

    reject: Reject
    record: Record
    content: str
    own: str
    age: Age

    def covers(self, other: ReplayCandidate) -> bool:
        """Whether it includes everything the other one has, possibly as child rows."""
        return self.content == other.content or (self.own == other.own and other.own == other.content)

    @property
    def is_as_refused(self) -> bool:
        """Whether it is unchanged."""
        return source_row(self.reject.form, to_plain(self.reject.record)) == self.reject.row.partition("-")[0]

    def repeats(self, other: ReplayCandidate) -> bool:
        """Whether it only repeats another row of its delivery that was corrected since."""
        same = self.reject.row.partition("-")[0] == other.reject.row.partition("-")[0]
        return same and self.is_as_refused and not other.is_as_refused


class LoadTimes:
    """Times of a target's loads; each is queried once."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._known: dict[str, tuple[Age, bool]] = {}

    def find_age(self, reject: Reject) -> Age:
        """Age of a reject's content."""
        return (reject.delivery, "") if reject.delivery else self._read_load(reject.load)[0]

    def find_standing(self, form: str, ids: Sequence[str]) -> Mapping[str, StandingRecord]:
        """Of some records, those in the target."""
        found = self._target.versions(form, ids)
        loads = {load: self._read_load(load) for load, _ in found.values()}
        return {r: StandingRecord(loads[load][0], content, loads[load][1]) for r, (load, content) in found.items()}

    def _read_load(self, load: str) -> tuple[Age, bool]:
        if load not in self._known:
            rows = self._target.run(
                "SELECT CAST(at AS text), CAST(source AS text) FROM loads WHERE load_id = ?", [load]
            )
            at, source = (rows[0][0], json.loads(rows[0][1])) if rows else ("", {})
            number = int(source.get("delivery", 0))
            self._known[load] = (number, "" if number else at), bool(source.get("replay"))
        return self._known[load]


def make_candidates(rejects: Iterable[Reject], ages: LoadTimes) -> list[ReplayCandidate]:
    """Rejects in the form in which they would be loaded."""
    made = []
    for reject in rejects:
        record = _give_id(reject.record)
        own = row_hash(replace(record, children={}))
        made.append(ReplayCandidate(reject, record, row_hash(record), own, ages.find_age(reject)))
    return made


def find_rivals(target: Target, chosen: Sequence[ReplayCandidate], ages: LoadTimes) -> list[ReplayCandidate]:
    """Other waiting rejects with the id or key of a chosen one, and those with the ids of these."""
    taken = {c.reject.id for c in chosen}
    found: list[ReplayCandidate] = []
    for form in sorted({c.reject.form for c in chosen}):
        ids = {c.record.id for c in chosen if c.reject.form == form}
        keys = {find_key(c.record) for c in chosen if c.reject.form == form} - {()}
        near = _find_waiting(target, form, ids, keys, taken, ages)
        # A rival counts only while no newer content of its own record waits, which may have another key.
        further = {c.record.id for c in near} - ids
        if further:
            near += _find_waiting(target, form, further, set(), taken | {c.reject.id for c in near}, ages)
        found += near
    return found


def _find_waiting(
    target: Target, form: str, ids: Set[str], keys: Set[tuple[str, ...]], taken: Set[int], ages: LoadTimes
) -> list[ReplayCandidate]:
    found = []
    for other in iter_rejects(target, form=form):
        if other.id not in taken and not other.settled_by and other.record.fields:
            record = _give_id(other.record)
            if record.id in ids or find_key(record) in keys:
                found += make_candidates([other], ages)
    return found


def find_key(record: Record) -> tuple[str, ...]:
    """Complete key of a record, () if incomplete."""
    values = [record.value(k) for k in form_tables(record.form)[record.form].key]
    return tuple(v or "" for v in values) if values and all(values) else ()


def _give_id(record: Record) -> Record:
    """Give a record without an id one made from its key, if complete."""
    if record.id or not (key := find_key(record)):
        return record
    return replace(record, id=f"key-{text_hash(FIELD_END.join(key))}")
