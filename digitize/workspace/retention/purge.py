"""Purge what is due: one transaction per file with its event; then files, copies and free pages are removed.

The event is stored before the first byte is removed: after an interruption, the same command removes what is recorded
as purged and still exists. A file's data are never purged partially.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from digitize.errors import LedgerError, OptionsError, TooManyRefused
from digitize.machine.progress import Progress
from digitize.machine.today import today_in_india
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import SourceFile
from digitize.workspace.ledger.copies import compact
from digitize.workspace.ledger.purges import ORIGINALS, PERSONAL, STEP, UNFINISHED, is_unfinished, purged_files
from digitize.workspace.place import Place
from digitize.workspace.retention import purge_files
from digitize.workspace.retention.due import DueState, Period, check_due, is_purged
from digitize.workspace.retention.purge_groups import PurgeGroup, choose_groups
from digitize.workspace.retention.purge_records import (
    EmptiedCounts,
    count_records,
    drop_unused_shapes,
    empty_units,
    units_of,
)

KINDS = (ORIGINALS, PERSONAL)
_LEAST_LETTERS = 10
_SOURCES = "SELECT * FROM sources WHERE batch = ? AND problem = '' ORDER BY sha256"
_OPEN = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_TARGETS = """SELECT r.target, COUNT(*) AS n FROM state s JOIN receipts r ON r.load = s.key AND r.batch = s.unit
  WHERE s.step = 'load' AND s.outcome IN ('done', 'again') AND s.unit = ? GROUP BY r.target"""


@dataclass(frozen=True, slots=True)
class PurgeOrder:
    """What to purge, and who decided. what: one of KINDS. batches, volume: only those; all due ones if empty.

    before: only loads before that day. with_failed: include what gave no record. today: the day.
    """

    what: str
    reason: str = ""
    operator: str = ""
    user: str = ""
    batches: tuple[str, ...] = ()
    volume: str = ""
    before: date | None = None
    with_failed: bool = False
    is_dry: bool = False
    today: date = field(default_factory=today_in_india)

    def check(self) -> None:
        """Raises OptionsError for an unknown kind, or without a reason."""
        if self.what not in KINDS:
            raise OptionsError(f"--what must be {' or '.join(KINDS)}; not {self.what}")
        if self.volume and self.batches:
            raise OptionsError("Give --batch or --volume, not both.")
        if self.is_dry:
            return
        letters = sum(c.isalnum() for c in self.reason)
        if letters < _LEAST_LETTERS or len(self.reason.split()) < 2 or not self.operator.strip():  # noqa: PLR2004
            raise OptionsError(
                f"A purge needs --reason, at least {_LEAST_LETTERS} letters in two words, and --operator NAME. Both "
                f"are kept permanently; do not name persons in the reason."
            )

    def as_detail(self) -> dict[str, Any]:
        """As recorded in each event."""
        return {"on": self.today.isoformat(), "reason": self.reason.strip(), "operator": self.operator.strip(),
                "user": self.user}  # fmt: skip


@dataclass(slots=True)
class PurgeReport:
    """What was or would be purged. refused: (batches, reason). removed: exports and sheets. left: copies held by
    others.
    """

    what: str
    is_dry: bool = False
    purged: list[str] = field(default_factory=list)
    done_before: int = 0
    counts: EmptiedCounts = field(default_factory=EmptiedCounts)
    failed: int = 0
    refused: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


def purge(place: Place, order: PurgeOrder, progress: Progress) -> PurgeReport:
    """Purge what is due, and finish an interrupted purge.

    Raises OptionsError, NotFound, TooManyRefused if something named is not due, LedgerError.
    """
    order.check()
    report = PurgeReport(order.what, order.is_dry)
    period = Period.from_options(
        order.what, place.options.retention, order.today, order.before, with_failed=order.with_failed
    )  # fmt: skip
    with Ledger(place.ledger) as ledger:
        going = _choose_due(ledger, order, period, report)
        progress.start("purge", len(going))
        loads: dict[str, int] = {}
        for one in going:
            _purge(ledger, place, one, order, report)
            for row in (r for b in one.batches for r in ledger.rows(_TARGETS, (b,))):
                loads[row["target"]] = loads.get(row["target"], 0) + int(row["n"])
            progress.advance()
        report.left += _list_left(place, ledger, order, going, loads)
        is_open = not order.is_dry and is_unfinished(ledger)
    if is_open:
        report.removed = finish_purge(place)
    return report


def _choose_due(ledger: Ledger, order: PurgeOrder, period: Period, report: PurgeReport) -> list[PurgeGroup]:
    """Due groups; obstacles of the others are added to the report."""
    looked: list[tuple[PurgeGroup, DueState]] = [
        (one, check_due(ledger, one, period)) for one in choose_groups(ledger, order.batches, order.volume)
    ]
    report.refused = [(one.name, s.why) for one, s in looked if s.why]
    report.done_before = sum(s.is_done for _, s in looked)
    if report.refused and (order.batches or order.volume):
        told = " ".join(f"{name}: {'; '.join(why)}." for name, why in report.refused)
        raise TooManyRefused(f"Nothing was purged. {told}")
    report.failed = sum(s.failed for _, s in looked if s.is_due)
    return [one for one, s in looked if s.is_due]


def _purge(ledger: Ledger, place: Place, one: PurgeGroup, order: PurgeOrder, report: PurgeReport) -> None:
    for batch in one.batches:
        counts = EmptiedCounts()
        for source in _sources(ledger, batch):
            counts.add(_purge_file(ledger, place, source, order))
        report.counts.add(counts)
        report.purged.append(batch)
        if not order.is_dry and not is_purged(ledger, batch, order.what):
            detail = {**order.as_detail(), **counts.as_plain(), "with_failed": order.with_failed}
            ledger.record_event(batch, STEP, "done", key=order.what, detail=detail)


def _purge_file(ledger: Ledger, place: Place, source: SourceFile, order: PurgeOrder) -> EmptiedCounts:
    pages, tables = units_of(ledger, source.sha256)
    units = [*pages, *tables]
    linked = int(bool(source.linked))
    records = count_records(ledger, units)
    counts = EmptiedCounts(1 - linked, 0 if linked else source.bytes, len(pages), len(tables), records, linked)
    if order.is_dry or is_purged(ledger, source.sha256, order.what):
        return counts
    with ledger.writing():
        # Before anything is gone: whoever comes after a kill knows that something may lie there still.
        ledger.execute(_OPEN, (UNFINISHED, order.what))
        if order.what == PERSONAL:
            empty_units(ledger, units)
        ledger.record_event(source.sha256, STEP, "done", key=order.what, detail=order.as_detail())
    if not linked:
        purge_files.remove(purge_files.originals_of(place, source))
    return counts


def _sources(ledger: Ledger, batch: str) -> Iterator[SourceFile]:
    for row in ledger.rows(_SOURCES, (batch,)):
        yield SourceFile(**dict(row))


def finish_purge(place: Place) -> list[str]:
    """Remove everything recorded as purged that still exists. Returns removed exports and sheets.

    Raises LedgerError while the ledger is open elsewhere, which keeps old bytes in a side file; the next purge finishes
    it.
    """
    with Ledger(place.ledger) as ledger:
        purged = purged_files(ledger)
        for row in ledger.stream_rows("SELECT * FROM sources WHERE problem = '' AND linked = ''"):
            if row["sha256"] in purged:
                purge_files.remove(purge_files.originals_of(place, SourceFile(**dict(row))))
        removed = purge_files.remove_written(place, *(_units(ledger, what) for what in KINDS))
        with ledger.writing():
            drop_unused_shapes(ledger)
    compact(place.ledger, whole=True)
    _require_gone(place)
    with Ledger(place.ledger) as ledger:
        ledger.execute("DELETE FROM meta WHERE key = ?", (UNFINISHED,))
    return removed


def _units(ledger: Ledger, what: str) -> set[str]:
    """Pages and tables with at least that kind of purge."""
    shas = [sha for sha, p in purged_files(ledger).items() if what == ORIGINALS or p.is_personal]
    return {unit for sha in shas for some in units_of(ledger, sha) for unit in some}


def _require_gone(place: Place) -> None:
    where = place.ledger
    if not isinstance(where, Path):
        return
    log = where.with_name(where.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise LedgerError(
            f"{where} is in use, so old bytes remain in {log.name}. Stop `digitize run`, `watch` and `review serve`, "
            f"then run the same command again to finish the purge."
        )


def _list_left(
    place: Place, ledger: Ledger, order: PurgeOrder, going: list[PurgeGroup], loads: dict[str, int]
) -> Iterator[str]:
    """Copies this program does not remove, in sentences."""
    if not going:
        return
    linked = [s.linked for one in going for b in one.batches for s in _sources(ledger, b) if s.linked]
    if linked:
        yield f"{len(linked)} originals are linked and outside the workspace: {', '.join(linked[:20])}"
    if order.what == PERSONAL:
        copies = list(purge_files.copies_of(place, ledger))
        if copies:
            yield f"Copies of the ledger still contain it; remove them: {', '.join(copies)}"
        if sealed := list(purge_files.sealed_files(place)):
            yield f"Encrypted files cannot be checked; remove them if they contain it: {', '.join(sealed[:20])}"
    yield from purge_files.targets_left(place, loads)
