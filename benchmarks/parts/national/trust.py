"""Whether the national picture can be fooled: planted contradictions, laundered flags, touched histories, differences.

Everything is invented and drawn with seeds; what is true of it is worked out here, without the code that is judged.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from digitize.offices.contradict import find_contradictions
from digitize.offices.disclosure_groups import DisclosedGroups, close_group
from digitize.offices.flags import collect_flags
from digitize.offices.keys import add_key
from digitize.offices.receive import add_files
from digitize.offices.rollup import SnapshotReport, roll_up_nation
from digitize.offices.shape import Snapshot
from digitize.offices.store import SnapshotStore
from sample_data.makers.national import Invented, invent, month_ends, seal_plain, snapshot

Close = Callable[[DisclosedGroups, int, int], DisclosedGroups]
_LAST = date(2025, 6, 30)


def plant_contradictions(folder: Path, worlds: int) -> dict[str, int]:
    """Statements made false on purpose, in some states of each world; the others state what is so."""
    planted_all = named = false = 0
    for seed in range(worlds):
        rng = random.Random(100 + seed)
        states = invent(folder / f"contradict{seed}", stations=360, records=200_000, seed=200 + seed)
        month = rng.choice([60, 90, 119])
        day = month_ends(120, _LAST)[month]
        planted: set[tuple[str, str]] = set()
        reports = []
        for s in states:
            body = snapshot(s, month, 120, day, with_stations=True)
            kind = rng.choice(["", "", "", "wrong", "left-out", "old", "unknown"])
            planted |= _plant(rng, s, body, kind)
            reports.append(SnapshotReport(Snapshot.model_validate_json(json.dumps(body)), "", 0))
        found = {(c.code, c.kind) for c in find_contradictions(roll_up_nation(reports), day)}
        planted_all, named, false = (
            planted_all + len(planted),
            named + len(planted & found),
            false + len(found - planted),
        )
    return {"contradictions_planted": planted_all, "contradictions_named": named, "contradictions_false": false}


def _plant(rng: random.Random, s: Invented, body: dict[str, Any], kind: str) -> set[tuple[str, str]]:
    """State what is so, but for the kind; returns what must be named."""
    t, stated = body["totals"], body["statement"]
    is_complete = 100 * t["of_expected"] >= 99 * t["expected"]
    stated["legacy_complete"] = is_complete
    if kind == "wrong":
        stated["legacy_complete"] = not is_complete
        return {(s.code, "incomplete-and-is" if is_complete else "complete-and-is-not")}
    if kind == "left-out" and s.covered > 1:
        stated["covered"] = s.covered - rng.randint(1, s.covered - 1)
        return {(s.code, "stations-left-out")}
    if kind == "old":
        stated["as_on"] = (date.fromisoformat(body["as_on"]) - timedelta(days=rng.randint(401, 2000))).isoformat()
        return {(s.code, "old")}
    if kind == "unknown":
        _without_inventory(rng, body)
        stated["legacy_complete"] = True
        t = body["totals"]
        behind = t["expected"] and 100 * t["of_expected"] < 99 * t["expected"]
        return {(s.code, "complete-and-is-not" if behind else "complete-and-unknown")}
    return set()


def _without_inventory(rng: random.Random, body: dict[str, Any]) -> None:
    """Take the inventory of a third and more of the stations away; sums stay right."""
    rows = body["stations"]
    for row in rng.sample(rows, max(1, round(len(rows) * rng.uniform(0.34, 1)))):
        row[3] = row[4] = None
    for i, d in enumerate(body["districts"]):
        own = [r for r in rows if r[2] == i]
        kept = [r for r in own if r[3] is not None]
        wanted = [sum(r[at] for r in kept) if kept else None for at in (3, 4)]
        done = {"expected": wanted[0], "pages_expected": wanted[1], "of_expected": sum(r[12] for r in kept),
                "pages_of_expected": sum(r[5] for r in kept)}  # fmt: skip
        d["counts"].update(done)
        d["stations"]["inventoried"] = len(kept)
    for name in ("expected", "of_expected", "pages_expected", "pages_of_expected"):
        values = [d["counts"][name] for d in body["districts"] if d["counts"][name] is not None]
        body["totals"][name] = sum(values) if values else None


def launder(folder: Path, tries: int) -> dict[str, int]:
    """A misdeed in one month, and months after that show nothing of it; each must still stand among the flags."""
    states = invent(folder / "launder", stations=72, records=20_000, seed=7)
    rng, lost = random.Random(3), 0
    ends = month_ends(6, _LAST)
    for n in range(tries):
        # Of one that has not begun nothing can fall.
        begun = [
            s for s in states if snapshot(s, 0, 6, ends[0], with_stations=False)["districts"][0]["counts"]["pages_read"]
        ]
        state = rng.choice([s for s in begun if s.links["forward"]["e-courts"]["done"]])
        bodies = [copy.deepcopy(snapshot(state, m, 6, d, with_stations=False)) for m, d in enumerate(ends)]
        code = rng.choice(sorted(_MISDEEDS))
        _MISDEEDS[code](bodies, rng.randint(1, 4))
        if rng.random() < 0.5:
            # Mended on the same day as well.
            at = rng.randint(1, 4)
            again = {**copy.deepcopy(bodies[at]), "made_at": f"{ends[at]}T15:00:00Z"}
            bodies.insert(at + 1, again)
        with SnapshotStore(folder / f"launder{n}.sqlite") as store:
            add_key(store, state.code, state.public)
            for i, body in enumerate(bodies):
                path = folder / f"{n}-{i}.snapshot"
                path.write_bytes(seal_plain(body, state.key))
                add_files(store, "state", "", [path])
                if rng.random() < 0.3:
                    add_files(store, "state", "", [path])
            found = [f for f in collect_flags(enumerate(store.list_taken())) if f.is_shown]
        lost += code.partition(":")[0] not in {f.flag.code for f in found}
    return {"laundered_tried": tries, "laundered": lost}


def _expect_less(bodies: list[dict[str, Any]], at: int) -> None:
    for body in bodies[at:]:
        for counts in (body["totals"], body["districts"][0]["counts"]):
            counts["expected"] -= 5


def _one_fell(bodies: list[dict[str, Any]], at: int) -> None:
    for counts in (bodies[at]["totals"], bodies[at]["districts"][0]["counts"]):
        counts["pages_read"] = counts["pages_failed"] = 0
    bodies[at]["totals"]["pages_read"] = sum(d["counts"]["pages_read"] for d in bodies[at]["districts"])
    bodies[at]["totals"]["pages_failed"] = sum(d["counts"]["pages_failed"] for d in bodies[at]["districts"])


def _take_back(bodies: list[dict[str, Any]], at: int) -> None:
    bodies[at]["statement"]["forward"]["e-courts"] = {"done": False, "since": None, "last_exchange": None}


def _rewrite(bodies: list[dict[str, Any]], at: int) -> None:
    for i, body in enumerate(bodies):
        # Numbers and hashes of heads; from one month on another history, which then goes on undisturbed.
        hashes = [(10 * (m + 1), f"{m + 1:x}" * 64 if m < 9 and not (i >= at > m) else "f" * 64) for m in range(i + 1)]
        body["office"] = {"seq": hashes[-1][0], "hash": hashes[-1][1], "told": hashes[:-1]}


_MISDEEDS: dict[str, Callable[[list[dict[str, Any]], int], None]] = {
    "expected-fell": _expect_less, "total-fell": _one_fell, "contradicts-earlier": _take_back,
    "history-rewritten": _rewrite,
}  # fmt: skip


def disclose(attacks: int, close: Close = close_group) -> dict[str, int]:
    """Whoever sees every report of two sites and their state, and knows which FIRs are new, asks about one FIR.

    It is disclosed when no other world gives all the same reports and has that FIR the other way. So for each a world
    is looked for: the FIR turned round, alone or with one other of the same district. close: how groups are told, those
    of FIRs or, with `close_at_least`, those of records that a service can find.
    """
    rng, disclosed = random.Random(11), 0
    for _ in range(attacks):
        share = rng.choice([0.0, 0.01, 0.05, 0.2, 0.5, 0.9, 0.99, 1.0])
        sizes = [[rng.choice([0, 1, 1, 2, 5, 20, 49, 50, 51]) for _ in range(12)] for _ in range(2)]
        months = [[[rng.random() < share for _ in range(n)] for n in own] for own in sizes]
        places = [(s, m, i) for s in range(2) for m in range(12) for i in range(len(months[s][m]))]
        if places:
            target = rng.choice(places)
            disclosed += not any(_reports(w, close) == _reports(months, close) for w in _others(months, target, places))
    return {"disclosure_attacks": attacks, "disclosed_by_difference": disclosed}


def _others(world: list[list[list[bool]]], target: tuple[int, int, int], places: list[Any]) -> Iterator[Any]:
    def turned(*at: tuple[int, int, int]) -> Any:
        made = copy.deepcopy(world)
        for s, m, i in at:
            made[s][m][i] = not made[s][m][i]
        return made

    yield turned(target)
    was = world[target[0]][target[1]][target[2]]
    # One that is the other way: both turned, and sums stay.
    for p in places:
        if p[0] == target[0] and world[p[0]][p[1]][p[2]] != was:
            yield turned(target, p)


def _reports(world: list[list[list[bool]]], close: Close) -> list[Any]:
    """What is told month by month of each site, and of both together."""
    told, shown = [DisclosedGroups(), DisclosedGroups()], []
    for m in range(12):
        for s in range(2):
            known = sum(len(x) for x in world[s][: m + 1])
            told[s] = close(told[s], known, sum(map(sum, world[s][: m + 1])))
            shown.append((known, told[s].count, told[s].of, told[s].hidden))
        shown.append(tuple(a + b for a, b in zip(shown[-2], shown[-1], strict=True)))
    return shown
