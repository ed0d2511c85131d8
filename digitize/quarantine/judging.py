"""Checks on a reject before the rules run: newer contents, and other rows of the same record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digitize.quarantine.order import Age, ReplayCandidate, StandingRecord, find_key
from digitize.targets.rows import DATABASE_CODES, KEY_OWNED
from validators.finding import Finding

_TWICE = "T025"
_DIFFERS = "Another row of the delivery has this record_id but different content; correct, drop or rename one of them."
_REPEATS = "R002"
_ONLY_REPEATS = "The row only repeats another row of the delivery, which was corrected meanwhile."


@dataclass
class Judgement:
    """Result. asked: rejects to check with the rules. stale, forced: ids of rejects. said: findings by reject.

    same: reject -> other waiting rejects with the same content, settled with it; led: those of them that were chosen.
    """

    asked: list[ReplayCandidate] = field(default_factory=list)
    stale: set[int] = field(default_factory=set)
    forced: set[int] = field(default_factory=set)
    said: dict[int, list[Finding]] = field(default_factory=dict)
    led: set[int] = field(default_factory=set)
    same: dict[int, list[ReplayCandidate]] = field(default_factory=dict)


def judge_rejects(
    chosen: Sequence[ReplayCandidate],
    others: Sequence[ReplayCandidate],
    standing: Mapping[str, Mapping[str, StandingRecord]],
    *,
    is_forced: bool,
) -> Judgement:
    """Judge rejects record by record, against other waiting rejects and loaded records; see `Judgement`."""
    made = Judgement()
    groups: dict[tuple[str, str], list[ReplayCandidate]] = {}
    for c in chosen:
        # Nothing is known to be the same record as one without an id.
        groups.setdefault((c.reject.form, c.record.id or f"\x00{c.reject.id}"), []).append(c)
    waiting: dict[tuple[str, str], list[ReplayCandidate]] = {}
    for c in others:
        waiting.setdefault((c.reject.form, c.record.id), []).append(c)
    for (form, id), members in groups.items():
        held = standing.get(form, {}).get(id)
        _judge_record(made, members, waiting.get((form, id), []), held, is_forced=is_forced)
    if not is_forced:
        _give_keys_to_first(made, _drop_overtaken([*chosen, *others], standing))
    return made


def _drop_overtaken(
    waiting: Sequence[ReplayCandidate], standing: Mapping[str, Mapping[str, StandingRecord]]
) -> Mapping[tuple[str, tuple[str, ...]], list[ReplayCandidate]]:
    """Waiting rejects without a newer content of their record, by form and key."""
    newest: dict[tuple[str, str], Age] = {}
    for c in waiting:
        at = c.reject.form, c.record.id
        newest[at] = max(c.age, newest.get(at, c.age))
    found: dict[tuple[str, tuple[str, ...]], list[ReplayCandidate]] = {}
    for c in waiting:
        held = standing.get(c.reject.form, {}).get(c.record.id)
        if c.age == newest[c.reject.form, c.record.id] and not _is_overtaken(c, held) and find_key(c.record):
            found.setdefault((c.reject.form, find_key(c.record)), []).append(c)
    return found


def _give_keys_to_first(
    made: Judgement, waiting: Mapping[tuple[str, tuple[str, ...]], Sequence[ReplayCandidate]]
) -> None:
    """Of records with one key, the first row of the newest delivery gets it, in whatever order they are replayed."""
    for c in list(made.asked):
        rivals = (o for o in waiting.get((c.reject.form, find_key(c.record)), ()) if o.record.id != c.record.id)
        if any((o.age, -o.reject.id) > (c.age, -c.reject.id) for o in rivals):
            said = Finding(c.record.id, "record_id", KEY_OWNED, "reject", DATABASE_CODES[KEY_OWNED])
            made.said[c.reject.id] = [said]
            made.asked.remove(c)


def _judge_record(
    made: Judgement,
    members: Sequence[ReplayCandidate],
    others: Sequence[ReplayCandidate],
    held: StandingRecord | None,
    *,
    is_forced: bool,
) -> None:
    newest = max(c.age for c in (*members, *([] if is_forced else others)))
    now: list[ReplayCandidate] = []
    for c in members:
        is_old = c.age < newest or _is_overtaken(c, held)
        if is_old and not (is_forced and c.age == newest):
            made.stale.add(c.reject.id)
            continue
        if is_old:
            made.forced.add(c.reject.id)
        now.append(c)
    rows = [*now, *(o for o in others if o.age == newest)]
    for c in now:
        # The first of those that say the same, and the one with the child rows, stands for all of them.
        leader = next((o for o in rows if o.covers(c) and not c.covers(o)), None)
        leader = leader or next(o for o in rows if o.content == c.content)
        if any(c.repeats(o) for o in rows):
            made.said[c.reject.id] = [Finding(c.record.id, "record_id", _REPEATS, "reject", _ONLY_REPEATS)]
        elif leader is not c and leader in now:
            made.led.add(c.reject.id)
            made.same.setdefault(leader.reject.id, []).append(c)
        elif any(not c.covers(o) and not o.repeats(c) for o in rows) or _is_taken(c, held, is_forced=is_forced):
            made.said[c.reject.id] = [Finding(c.record.id, "record_id", _TWICE, "reject", _DIFFERS)]
        else:
            made.asked.append(c)
            made.same.setdefault(c.reject.id, []).extend(o for o in rows if o not in now and c.covers(o))


def _is_overtaken(c: ReplayCandidate, held: StandingRecord | None) -> bool:
    if held is not None and held.content == c.content:
        return False
    return bool(c.reject.settled_by) or (held is not None and held.age > c.age)


def _is_taken(c: ReplayCandidate, held: StandingRecord | None, *, is_forced: bool) -> bool:
    """Whether another row of the same delivery was replayed under the same id before."""
    return held is not None and not is_forced and held.is_replay and held.age == c.age and held.content != c.content
