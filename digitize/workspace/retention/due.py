"""When a batch may be purged: all of it is settled and loaded, and the retention period is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from digitize.machine.today import day_in_india
from digitize.workspace.counting.parts import count_part
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.purges import ORIGINALS, PERSONAL, STEP
from digitize.workspace.options import Retention
from digitize.workspace.retention.purge_groups import PurgeGroup

_LOADED = """SELECT e.at FROM state s JOIN events e ON e.seq = s.seq
  WHERE s.unit = ? AND s.step = 'load' AND s.outcome IN ('done', 'again')"""
_FOLDED = "SELECT COUNT(*) AS n FROM records WHERE batch = ?"
_ASIDE = """SELECT COUNT(*) AS n FROM state t JOIN sources s ON t.unit > s.sha256 || ':' AND t.unit < s.sha256 || ';'
  WHERE s.batch = ? AND t.step = 'sorting' AND t.outcome = 'failed'"""
# Parts of a record of another table: nothing is asked of them, and nothing is loaded.
_PART = "part-of-another-record"


@dataclass(frozen=True, slots=True)
class DueState:
    """Whether a batch may be purged. since: day of its newest load, "" if none. why: obstacles, each with the command.

    failed: pages, rows and tables without a record, which are purged as well.
    """

    since: str = ""
    why: tuple[str, ...] = ()
    failed: int = 0
    is_done: bool = False

    @property
    def is_due(self) -> bool:
        """Whether it is due now."""
        return not self.why and not self.is_done


@dataclass(frozen=True, slots=True)
class Period:
    """what: originals or personal. years: retention period, None if not set. before: only loads before that day.
    with_failed: include what gave no record. today: day of the purge.
    """

    what: str
    years: int | None
    today: date
    before: date | None = None
    with_failed: bool = False

    @classmethod
    def from_options(
        cls, what: str, options: Retention, today: date, before: date | None, *, with_failed: bool
    ) -> Period:
        """As the workspace is set."""
        years = options.originals_years if what == ORIGINALS else options.personal_years
        return cls(what, years, today, before, with_failed)


def check_due(ledger: Ledger, one: PurgeGroup, period: Period) -> DueState:
    """Purge state of batches that belong together."""
    if all(is_purged(ledger, batch, period.what) for batch in one.batches):
        return DueState(is_done=True)
    since, why = "", list(_not_loaded(ledger, one))
    if not why:
        since = day_in_india(max(r["at"] for b in one.batches for r in ledger.rows(_LOADED, (b,))))
        # Of very many batches most are too young, and need not be counted.
        if early := tuple(_too_early(since, period)):
            return DueState(since, early)
    open_things, failed = _open_things(ledger, one)
    why += open_things
    if sum(failed.values()) and not period.with_failed:
        told = ", ".join(f"{n} {what}" for what, n in failed.items() if n)
        why.append(
            f"{told} made no record: check them (digitize status DIR), then use --with-failed to purge them, too"
        )
    return DueState(since, tuple(why), sum(failed.values()))


def is_purged(ledger: Ledger, batch: str, what: str) -> bool:
    """Whether that was done with a batch; who lost its personal data has no originals either."""
    return any(ledger.is_done(batch, STEP, kind) for kind in dict.fromkeys((what, PERSONAL)))


def _not_loaded(ledger: Ledger, one: PurgeGroup) -> Iterator[str]:
    for batch in one.batches:
        count = ledger.execute(_FOLDED, (batch,)).fetchone()["n"]
        # A batch that only scanned pages again, or gave the later pages of a form, has no record that begins in it.
        if not ledger.rows(_LOADED, (batch,)) and (count or len(one.batches) == 1):
            yield f"{batch} is not loaded, or was undone: digitize run DIR"
        if n := ledger.execute(_ASIDE, (batch,)).fetchone()["n"]:
            yield f"{n} pages of {batch} are set aside: digitize batch sort DIR"


def _too_early(since: str, period: Period) -> Iterator[str]:
    name = "originals_years" if period.what == ORIGINALS else "personal_years"
    if period.years is None:
        yield f"the state's period is not set: [retention] {name} in digitize.toml"
        return
    due = years_after(date.fromisoformat(since), period.years)
    if due > period.today:
        yield f"loaded on {since}, kept for {period.years} years: due on {due.isoformat()}"
    elif period.before is not None and since >= period.before.isoformat():
        yield f"loaded on {since}, which is not before {period.before.isoformat()}"


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the first of March for a 29 February that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _open_things(ledger: Ledger, one: PurgeGroup) -> tuple[list[str], dict[str, int]]:
    """(what must be settled first, with the command; what gave no record, with counts)."""
    sums = dict.fromkeys(("waiting", "unmapped", "review", "rejected", "unchecked", "unloaded"), 0)
    failed = dict.fromkeys(("pages that failed", "unmapped tables", "unexplained rows", "rows without a record"), 0)
    for part in one.parts:
        tally = count_part(ledger, part)
        t = tally.totals
        sums["waiting"] += t.get("pages_waiting", 0)
        sums["unmapped"] += tally.not_mapped
        sums["review"] += t.get("in_review", 0) - tally.reasons.get(_PART, 0)
        sums["rejected"] += t.get("rejected", 0)
        sums["unchecked"] += t.get("unchecked", 0)
        sums["unloaded"] += t.get("clean", 0) - t.get("loaded", 0) + t.get("loaded_not_clean", 0)
        found = (t.get("pages_failed", 0), tally.kinds["map"].total(), t.get("rows_asked", 0), t.get("orphans", 0))
        failed = {what: n + more for (what, n), more in zip(failed.items(), found, strict=True)}
    return [_SAID[what].format(n) for what, n in sums.items() if n], failed


_SAID = {
    "waiting": "{} pages wait to be read: digitize run DIR",
    "unmapped": "{} pages or tables wait to be mapped: digitize run DIR",
    "review": "{} records are in review: digitize review export DIR",
    "rejected": "{} records are rejected: digitize review export DIR",
    "unchecked": "{} records are not checked: digitize run DIR",
    "unloaded": "{} records are not loaded: digitize run DIR; those refused by the target: digitize quarantine list",
}
