"""Replay: corrected records are checked again by the same rules and loaded if they pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digitize.machine.text import pluralize
from digitize.machine.work_keys import work_key
from digitize.quarantine.judging import Judgement, judge_rejects
from digitize.quarantine.order import LoadTimes, ReplayCandidate, StandingRecord, find_key, find_rivals, make_candidates
from digitize.quarantine.rejects import Reject, find_rejects, make_update
from digitize.quarantine.rule_check import RuleSettingsGiven, check_rejects
from digitize.targets.base import Load, Receipt, Statement, Target
from digitize.targets.deliveries import enter_delivery
from digitize.targets.quarantine_store import OPEN, REPLAYED, SETTLED
from validators.finding import Finding

_NO_ID = Finding(
    "", "record_id", "D004", "reject", "The record has no record_id, and its key is incomplete, so none can be made."
)


@dataclass(frozen=True, slots=True)
class ForcedReplay:
    """Who overwrites newer content with older content, and why."""

    by: str
    why: str


@dataclass
class ReplayResult:
    """Result: numbers loaded and kept. stale: kept because of newer content."""

    loaded: int = 0
    stay: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    stale: list[Reject] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The outcome for people; no values."""
        made = [
            f"{pluralize(self.loaded, 'record')} loaded, {pluralize(self.stay, 'stays', 'stay')} in the quarantine."
        ]
        if self.stale:
            made.append(
                f"{len(self.stale)} of these are older than what was loaded since, so they were not loaded. Drop them "
                f"in the sheet, correct the newer one, or overwrite it: --force --operator NAME --reason WHY"
            )
            made += [f"  reject {r.id}: record {r.record.id}, {r.place}" for r in self.stale[:_SHOWN]]
        if len(self.stale) > _SHOWN:
            made.append(f"  and {len(self.stale) - _SHOWN} more")
        return made


_SHOWN = 20


def replay_rejects(
    target: Target,
    rejects: Sequence[Reject],
    asked: RuleSettingsGiven | None = None,
    forced: ForcedReplay | None = None,
) -> ReplayResult:
    """Check rejects with the rules and load those without findings.

    They are judged together with all waiting rejects of the same id or key, and never overwrite newer content unless
    forced. Findings of every reject are updated. Raises TargetRefused; what was loaded before it counts as replayed the
    next time.
    """
    done = ReplayResult()
    while rejects:
        refused, loaded = _replay_round(target, rejects, asked or RuleSettingsGiven(), forced, done)
        # What was loaded may have freed the key that another one wants.
        rejects = find_rejects(target, ids=refused) if loaded and refused else ()
        done.stay -= len(rejects)
    return done


def _replay_round(
    target: Target, rejects: Sequence[Reject], asked: RuleSettingsGiven, forced: ForcedReplay | None, done: ReplayResult
) -> tuple[list[int], int]:
    """One pass. Returns rejects that the target itself refused, and the number loaded."""
    ages = LoadTimes(target)
    chosen = make_candidates(rejects, ages)
    others = find_rivals(target, chosen, ages)
    both = [*chosen, *others]
    standing = {form: ages.find_standing(form, _list_ids(both, form)) for form in {c.reject.form for c in both}}
    judged = judge_rejects(chosen, others, standing, is_forced=forced is not None)
    findings = _check_by_settings(target, judged, others, asked)
    good: list[ReplayCandidate] = []
    said: list[Statement] = []
    for c in (c for c in chosen if c.reject.id not in judged.led):
        found = [*judged.said.get(c.reject.id, ()), *_list_refusing(c, findings)]
        # A row that could not be read has no fields; until some are typed there is nothing to load.
        found += [] if c.record.id and c.record.fields else [_NO_ID]
        if c.reject.id in judged.stale:
            done.stay, done.stale = done.stay + 1, [*done.stale, replace(c.reject, record=c.record)]
        elif found:
            done.stay += 1
            now = replace(c.reject, record=c.record, findings=found)
            said.append(make_update(now, OPEN, {"did": "replayed", "codes": list(now.codes)}))
        else:
            good.append(c)
    is_good = {c.reject.id for c in good}
    # Those that another one stands for stay with it.
    done.stay += sum(len(_select_led(judged, c)) for c in chosen if c.reject.id not in is_good)
    target.run_all(said)
    return _load_all(target, good, judged, findings, forced, standing, done)


def _select_led(judged: Judgement, leader: ReplayCandidate) -> list[ReplayCandidate]:
    return [c for c in judged.same.get(leader.reject.id, ()) if c.reject.id in judged.led]


def _list_ids(chosen: Sequence[ReplayCandidate], form: str) -> list[str]:
    return sorted({c.record.id for c in chosen if c.reject.form == form and c.record.id})


def _check_by_settings(
    target: Target, judged: Judgement, others: Sequence[ReplayCandidate], asked: RuleSettingsGiven
) -> Mapping[int, Sequence[Finding]]:
    """Findings by reject: each by the settings of its own load, compared with possible duplicates."""
    found: dict[int, Sequence[Finding]] = {}
    groups: dict[tuple[str, str], list[ReplayCandidate]] = {}
    for c in judged.asked:
        groups.setdefault((c.reject.form, c.reject.settings), []).append(c)
    for (form, key), members in groups.items():
        beside = {c.record.id: c.record for c in (*others, *judged.asked) if c.reject.form == form}
        keys = {find_key(c.record) for c in members}
        own = {c.record.id: c.record for c in members}
        near = [r for id, r in beside.items() if id not in own and find_key(r) in keys - {()}]
        told = check_rejects(form, [*own.values(), *near], asked.load_settings(target, form, key))
        found |= {c.reject.id: told.get(c.record.id, []) for c in members}
    return found


def _list_refusing(c: ReplayCandidate, findings: Mapping[int, Sequence[Finding]]) -> list[Finding]:
    told = findings.get(c.reject.id, ())
    return [f for f in told if f.severity != "note" and (f.field, f.code) not in c.reject.confirmed]


def _load_all(
    target: Target,
    good: Sequence[ReplayCandidate],
    judged: Judgement,
    findings: Mapping[int, Sequence[Finding]],
    forced: ForcedReplay | None,
    standing: Mapping[str, Mapping[str, StandingRecord]],
    done: ReplayResult,
) -> tuple[list[int], int]:
    """Load passing rejects delivery by delivery, so that each record is as old as its source row."""
    groups: dict[tuple[bool, int], list[ReplayCandidate]] = {}
    for c in good:
        groups.setdefault((c.reject.id in judged.forced, c.reject.delivery), []).append(c)
    refused, loaded = [], 0
    for (is_forced, delivery), members in sorted(groups.items()):
        # Made from what goes in: after a break the target knows the same corrections again. With the length of the
        # trail, which grows when the target refuses one: asked again later, it may have room for it.
        content = [f"{c.reject.id}:{c.content}:{len(c.reject.trail)}" for c in members]
        id = work_key("replay", *content)
        source: dict[str, object] = {"replay": True, "delivery": delivery}
        if is_forced:
            # As new as the word of the person who put it there: whatever came before is older from now on.
            source |= enter_delivery(target, f"forced {id}", None)
        noted = [f for c in members for f in findings.get(c.reject.id, ())]
        rows = {c.record.id: c.reject.row for c in members}
        load = Load(
            id, f"replay-{id[:12]}", [*{c.record.id: c.record for c in members}.values()], (), 0, noted, source, rows
        )
        done.receipts.append(target.load(load))
        step = {"did": "forced", "by": forced.by, "why": forced.why} if is_forced and forced else {"did": "replayed"}
        out = _record_outcome(target, members, judged, id, step)
        refused += out
        loaded += len(members) - len(out)
        done.loaded += len(members) - len(out)
        done.stay += len(out) + sum(len(_select_led(judged, c)) for c in members if c.reject.id in out)
    return refused, loaded


def _record_outcome(
    target: Target, members: Sequence[ReplayCandidate], judged: Judgement, load: str, step: Mapping[str, str]
) -> list[int]:
    """Record the outcome of submitted rejects. Returns those that the target itself refused."""
    held: dict[tuple[str, str], str] = {}
    for form in {c.reject.form for c in members}:
        ids = _list_ids(members, form)
        held |= {(form, r): content for r, (_, content) in target.versions(form, ids).items()}
    out = [c for c in members if held.get((c.reject.form, c.record.id)) != c.content]
    # What the target says has been written into the reject that people know (`digitize.targets.quarantine_store`).
    again = {r.id: r for r in find_rejects(target, ids=[c.reject.id for c in out])} if out else {}
    settled: list[Statement] = []
    for c in members:
        now = replace(c.reject, record=c.record, findings=[])
        if c in out:
            now = replace(now, findings=again[c.reject.id].findings)
            settled.append(make_update(now, OPEN, {"did": "replayed", "codes": list(now.codes)}))
            continue
        settled.append(make_update(now, REPLAYED, step, load=load))
        same = judged.same.get(c.reject.id, ())
        settled += [make_update(o.reject, SETTLED, {"did": "settled", "same_as": c.reject.id}, load=load) for o in same]
    target.run_all(settled)
    return [c.reject.id for c in out]
