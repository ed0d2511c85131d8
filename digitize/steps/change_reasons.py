"""Why work is due and how long it will take: which part of its key changed, and times measured for such work here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from statistics import median
from typing import Any

from digitize.steps.inputs import inputs_of
from digitize.steps.map import MapTodo
from digitize.steps.read_keys import DECIDE, RECOGNISE, REGISTER
from digitize.steps.read_plan import Desk, PageTodo, due_pages
from digitize.workspace.ledger import Ledger
from digitize.workspace.run_context import RunContext

NEVER, AGAIN, SOURCE = "never done", "failed before", "the scan or the page before it changed"
BEFORE = "done before inputs were recorded"
READING, ANSWERS, RECORDS = "reading changed", "answers, metadata or table changed", "records changed"
_NOTED = "SELECT seq, detail FROM events WHERE step = 'inputs' ORDER BY seq"
_NOW = "SELECT seq, outcome, detail FROM state WHERE unit = ? AND step = ?"
_TIMES = "SELECT at FROM events WHERE step = ? AND outcome IN ('done', 'failed') ORDER BY seq DESC LIMIT 1000"
_PAUSE_S, _LEAST, _BLOCK = 300, 6, 20
_READ_HERE = """SELECT e.at FROM events e WHERE e.step = 'decide' AND e.outcome = 'done'
  AND NOT EXISTS (SELECT 1 FROM events r WHERE r.seq = e.seq - 1 AND r.unit = e.unit) ORDER BY e.seq DESC LIMIT 1000"""


@dataclass(slots=True)
class StepDue:
    """Work due in a step.

    why: reason -> number of units. seconds: estimated time, None if nothing was measured yet; each_s: median per unit
    on this machine. more: upper bound of units that become due after the earlier steps, and why; more_s: the same in
    seconds; unknown: what cannot be counted yet.
    """

    units: int = 0
    why: dict[str, int] = field(default_factory=dict)
    seconds: float | None = None
    each_s: float | None = None
    more: int = 0
    because: str = ""
    more_s: float | None = None
    unknown: str = ""

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)

    def line(self, step: str) -> str:
        """For people."""
        said = []
        if self.units:
            why = "; ".join(f"{reason}: {n:,}" for reason, n in self.why.items())
            each = f" ({self.each_s:.2g} s each, as measured here)" if self.each_s is not None else ""
            said.append(f"{self.units:,}: {why}; {_describe_time(self.seconds)}{each}")
        if self.more:
            said.append(f"then at most {self.more:,} more, because {self.because}; {_describe_time(self.more_s)}")
        if self.unknown:
            said.append(self.unknown)
        return f"{step} {'; '.join(said)}."

    @property
    def is_any(self) -> bool:
        """Whether there is anything to report."""
        return bool(self.units or self.more or self.unknown)


class Reasons:
    """Compares the inputs of finished work with the inputs of today."""

    def __init__(self, ledger: Ledger, known: RunContext) -> None:
        """Of one ledger."""
        self._ledger, self._known = ledger, known
        self._noted = [(r["seq"], json.loads(r["detail"])) for r in ledger.rows(_NOTED)]
        self._today = inputs_of(known, ("read", "map", "check", "load"))

    def of_page(self, todo: PageTodo) -> str:
        """Why a page must be read or decided again."""
        page = todo.scan.page
        before = self._fetch_state(page, REGISTER if todo.matched and todo.form is None else RECOGNISE)
        if before is None:
            return NEVER
        if before["outcome"] == "failed":
            return AGAIN
        form = json.loads(before["detail"]).get("form")
        if todo.is_decided_only:
            kind = "register" if todo.registered else "form"
            decided = self._fetch_state(page, DECIDE)
            if decided is not None and json.loads(decided["detail"]).get("retry"):
                return AGAIN
            names = ["lists", f"entries of {kind} {form}"]
            return NEVER if decided is None else self._find_change("read", decided["seq"], names, "metadata changed")
        # A page of no form was looked at as a register's as well, and depends on all forms.
        printed = [f"form {form}", "weights"] if form else ["all forms", "register settings", "all registers"]
        names = ["settings", *printed, f"register {form}"]
        return self._find_change("read", before["seq"], names, SOURCE)

    def of_unit(self, todo: MapTodo) -> str:
        """Why a page or table must be mapped again."""
        before = self._fetch_state(todo.unit, "map")
        if before is None:
            return NEVER
        if before["outcome"] == "failed":
            return AGAIN
        decided = self._fetch_state(todo.unit, DECIDE)
        if decided is not None and decided["seq"] > before["seq"]:
            return READING
        mapping = str(json.loads(before["detail"]).get("mapping", "")).partition("@")[0].partition(" ")[0]
        names = [n for n in self._names("map") if not n.startswith("mapping ")] + [f"mapping {mapping}"]
        found = self._find_change("map", before["seq"], names, "")
        return found or self._find_change("map", before["seq"], self._names("map") if todo.table else [], ANSWERS)

    def of_group(self, unit: str) -> str:
        """Why a group must be checked again."""
        return self._of_all("check", unit)

    def of_batch(self, batch: str) -> str:
        """Why a batch must be loaded again."""
        return self._of_all("load", batch)

    def _of_all(self, step: str, unit: str) -> str:
        before = self._fetch_state(unit, step)
        if before is None:
            return NEVER
        if before["outcome"] == "failed":
            return AGAIN
        return self._find_change(step, before["seq"], self._names(step), RECORDS)

    def _names(self, step: str) -> list[str]:
        return [name.partition("/")[2] for name in self._today if name.startswith(f"{step}/")]

    def _fetch_state(self, unit: str, step: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self._ledger.execute(_NOW, (unit, step)).fetchone()
        return found

    def _find_change(self, step: str, seq: int, names: Sequence[str], otherwise: str) -> str:
        """First of these inputs that changed since an event was written."""
        then = next((noted for at, noted in reversed(self._noted) if at < seq), None)
        if then is None:
            # By an earlier version of the program: any of them may be the one.
            return BEFORE
        for name in names:
            key = f"{step}/{name}"
            if then.get(key) != self._today.get(key):
                return f"{name} changed"
        return otherwise


def pages_due(
    ledger: Ledger, known: RunContext, volumes: Iterable[int], limit: int | None
) -> tuple[StepDue, dict[int, int]]:
    """Pages to read in these volumes, at most `limit`, and how many per volume."""
    reasons = Reasons(ledger, known)
    found = due_pages(ledger, known, volumes, Desk(ledger, known, is_dry=True))
    why: Counter[tuple[str, bool]] = Counter()
    where: Counter[int] = Counter()
    for volume, todo in islice(((v, t) for v, some in found for t in some), limit):
        why[reasons.of_page(todo), todo.is_decided_only] += 1
        where[volume] += 1
    decided_only = sum(n for (_, only), n in why.items() if only)
    return due_of(ledger, "read", (r for (r, _), n in why.items() for _ in range(n)), decided_only), dict(where)


def due_of(ledger: Ledger, step: str, reasons: Iterable[str], decided_only: int = 0) -> StepDue:
    """Summarise why units of a step are due. decided_only: number that need no recognition."""
    why = Counter(reasons)
    due = StepDue(sum(why.values()), dict(why.most_common()))
    each = each_of(ledger, step)
    if step == "read" and decided_only:
        cheap = each_seconds(ledger, _READ_HERE)
        known = [(due.units - decided_only, each), (decided_only, cheap if cheap is not None else each)]
    else:
        known = [(due.units, each)]
    if all(s is not None or not n for n, s in known):
        due.seconds = sum(n * s for n, s in known if s is not None)
        due.each_s = due.seconds / due.units if due.units else each
    return due


def each_of(ledger: Ledger, step: str) -> float | None:
    """Measured seconds per unit of a step; None if too few were done."""
    return each_seconds(ledger, _TIMES, (RECOGNISE if step == "read" else step,))


def each_seconds(ledger: Ledger, sql: str, values: Iterable[str] = ()) -> float | None:
    """Seconds from one unit to the next: the median over blocks of the last thousand, without pauses.

    Assumes the same number of workers as then. None if too few were done.
    """
    times = [datetime.fromisoformat(r["at"]) for r in ledger.rows(sql, values)]
    gaps = [(a - b).total_seconds() for a, b in zip(times, times[1:], strict=False)]
    worked = [g for g in gaps if g < _PAUSE_S]
    if len(worked) < _LEAST - 1:
        return None
    # Of several that end together most gaps are nothing: a block tells how fast they really came.
    blocks = [worked[i : i + _BLOCK] for i in range(0, len(worked), _BLOCK)]
    return median(sum(block) / len(block) for block in blocks if len(block) == _BLOCK or len(blocks) == 1)


def _describe_time(seconds: float | None) -> str:
    return "duration not known yet" if seconds is None else f"about {_span(seconds)}"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:,.1f} h"
