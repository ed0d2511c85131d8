"""Counts from the ledger: waiting, done, failed, in review, loaded."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from digitize.workspace.capture_counts import CapturedLine, captured_lines
from digitize.workspace.counting import sums
from digitize.workspace.counting.counts_cache import (
    find_few_open,
    iter_part_counts,
    iter_summed_counts,
    iter_volume_counts,
)
from digitize.workspace.counting.tally import add_lines
from digitize.workspace.decisions.left_over import LeftOver
from digitize.workspace.decisions.order import Needed, next_needed
from digitize.workspace.decisions.page_gaps import Gap
from digitize.workspace.failures import FailedKind, TableTrouble, in_words, table_troubles, tables_in_words
from digitize.workspace.ledger import Ledger, books

# One answer for a whole book or table, where the review sheet would ask it of every record.
_DISTRICT = (
    "Records whose district is missing or unknown: {}. Set it once for all of them, with digitize intake DIR FILE "
    "--district NAME or in lists/stations.csv."
)
_ORPHANS = "Rows of old tables that belong to no record: {}. They wait until a row with their key is delivered."
_GONE = "Rows missing in a newer delivery of their whole table: {}. Their records stay as they are, with a note."
_BACK = "Loaded but no longer clean: {}. They count as loaded and in their new state; the next load withdraws them."
_BLANK = "Blank pages, which need no record: {}. To list them: digitize status DIR --blank"
_PARTS = "Pages of records of which a person must say where they belong, or that they are missing: {}."
_LEFT = "Rows that a mapping leaves out, each with its reason: {}."
_GAPS = "Pages missing by the numbers on registers: {}; confirmed by a person as not in the book: {}."


@dataclass(slots=True)
class Totals:
    """The workspace in numbers. pages = waiting + read + failed; records = clean + review + reject + unchecked.

    pages_blank: blank pages among those read. loaded_not_clean: loaded records that are no longer clean; they stay in
    the target until the next load. flags: rule notes on loaded records. orphans: part rows whose record is missing.
    gone: rows of systems missing in a newer complete delivery. columns_left: table columns that a mapping must account
    for; not among the open fields. rows_left: table rows that a mapping leaves out, with its reason; not among the
    reported ones. rows_asked: reported register rows whose type is not decided yet. pages_missing: missing register
    page numbers not decided yet; pages_lost: those missing from the book. parts_asked: sheets of records that a person
    must assign to a record or report missing.
    """

    files: int = 0
    files_refused: int = 0
    pages: int = 0
    pages_waiting: int = 0
    pages_read: int = 0
    pages_failed: int = 0
    pages_blank: int = 0
    records: int = 0
    clean: int = 0
    in_review: int = 0
    rejected: int = 0
    unchecked: int = 0
    loaded: int = 0
    loaded_not_clean: int = 0
    open_fields: int = 0
    unmapped: int = 0
    rows_reported: int = 0
    orphans: int = 0
    gone: int = 0
    rows_left: int = 0
    rows_asked: int = 0
    pages_missing: int = 0
    pages_lost: int = 0
    parts_asked: int = 0
    without_district: int = 0
    columns_left: int = 0
    flags: int = 0

    def as_plain(self) -> dict[str, int]:
        """As JSON types."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"Pages {self.pages}: {self.pages_read} read, {self.pages_failed} failed, {self.pages_waiting} waiting. "
            f"Files refused: {self.files_refused}.",
            *([_BLANK.format(self.pages_blank)] if self.pages_blank else []),
            f"Records {self.records}: {self._format_records()}. Fields that need a person: {self.open_fields}.",
            *([_BACK.format(self.loaded_not_clean)] if self.loaded_not_clean else []),
            *([f"Pages or tables that could not be mapped: {self.unmapped}."] if self.unmapped else []),
            *(
                [f"Rows reported and not mapped: {self.rows_reported}{self._format_asked()}."]
                if self.rows_reported
                else []
            ),
            *([_LEFT.format(self.rows_left)] if self.rows_left else []),
            *(said.format(n) for said, n in ((_ORPHANS, self.orphans), (_GONE, self.gone)) if n),
            *([f"Notes of rules on loaded records: {self.flags}."] if self.flags else []),
            *([_GAPS.format(self.pages_missing, self.pages_lost)] if self.pages_missing or self.pages_lost else []),
            *([_PARTS.format(self.parts_asked)] if self.parts_asked else []),
            *([_DISTRICT.format(self.without_district)] if self.without_district else []),
        ]

    @property
    def to_load(self) -> int:
        """Records ready for the next load."""
        # Counts that an older version kept do not tell loaded_not_clean, until their part changes.
        return max(0, self.clean - (self.loaded - self.loaded_not_clean))

    def _format_records(self) -> str:
        """States of the records: common ones always, rare ones if present; they add up to the total."""
        seldom = ((self.to_load, "to be loaded"), (self.unchecked, "not checked yet"))
        more = "".join(f", {n} {what}" for n, what in seldom if n)
        return f"{self.loaded} loaded{more}, {self.in_review} in review, {self.rejected} rejected"

    def _format_asked(self) -> str:
        """Reported rows, including register rows whose type must be decided."""
        return f"; of {self.rows_asked} a person must say whether they are records" if self.rows_asked else ""


@dataclass(slots=True)
class CountsLine:
    """Counts of one volume, station or language."""

    pages: int = 0
    waiting: int = 0
    read: int = 0
    failed: int = 0
    records: int = 0
    in_review: int = 0
    rejected: int = 0
    loaded: int = 0


@dataclass(slots=True)
class StatusCounts:
    """Everything `digitize status` shows.

    reasons: for review, with counts. left_over: columns not covered by mappings. gaps: missing page numbers. books:
    facts learned from volumes' own pages. captured: records by capture profile. next_needed: work for the next hundred
    records. pages_per_min: measured. volumes_more: volumes without a line.
    """

    totals: Totals = field(default_factory=Totals)
    steps: dict[str, dict[str, int]] = field(default_factory=dict)
    by: dict[str, dict[str, CountsLine]] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    left_over: list[LeftOver] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    failed: list[FailedKind] = field(default_factory=list)
    tables: list[TableTrouble] = field(default_factory=list)
    books: list[str] = field(default_factory=list)
    captured: list[CapturedLine] = field(default_factory=list)
    next_needed: Needed | None = None
    pages_per_min: float | None = None
    minutes_left: float | None = None
    volumes_more: int = 0

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        by = {kind: {name: asdict(line) for name, line in lines.items()} for kind, lines in self.by.items()}
        return {
            "totals": self.totals.as_plain(), "steps": self.steps, **{f"by_{k}": v for k, v in by.items()},
            "review_reasons": self.reasons, "left_over": [asdict(c) for c in self.left_over],
            "page_gaps": [asdict(g) for g in self.gaps], "failures": self.failures,
            "failed_pages": [asdict(k) for k in self.failed], "tables": [asdict(t) for t in self.tables],
            "books": self.books, "captured": [c.as_plain() for c in self.captured],
            "next_needed": asdict(self.next_needed) if self.next_needed else None,
            "pages_per_min": self.pages_per_min, "minutes_left": self.minutes_left,
        }  # fmt: skip

    def lines(self) -> list[str]:
        """The numbers for people, and columns not covered by mappings."""
        said = [*self.totals.lines(), *(n.line() for n in [self.next_needed] if n), in_words(self.failed)]
        said += tables_in_words(self.tables) + self.books
        return [*filter(None, said), *(c.line() for c in self.captured), *(c.line() for c in self.left_over)]


def count_work(ledger: Ledger, *, every_volume: bool = True) -> StatusCounts:
    """Current counts: cached per part, recomputed where dirty.

    every_volume: one line per volume, which reads the counts of each; else only those with the most waiting or failed.
    """
    s = StatusCounts(by={"volume": {}, "station": {}, "language": {}})
    lines: dict[str, dict[str, list[int]]] = {"volume": {}}
    of_all = _Sums()
    with _pause_gc():
        for part, tally in iter_part_counts(ledger) if every_volume else iter_summed_counts(ledger):
            of_all.add(s, part, tally)
            by = tally.get("by", _NONE)
            if not every_volume and part.startswith("volume:"):
                by = {kind: named for kind, named in by.items() if kind != "volume"}
            add_lines(lines, by)
        if not every_volume:
            lines["volume"], s.volumes_more = _first_lines(ledger, of_all, lines["volume"])
        for kind, named in lines.items():
            s.by[kind] = {name: CountsLine(*line) for name, line in named.items()}
    of_all.finish(s)
    s.tables = table_troubles(ledger)
    some = find_few_open(ledger, of_all.few)
    s.books = books.lines(ledger, None if every_volume else sums.MOST_LINES)
    s.captured, s.next_needed = captured_lines(of_all.captured), next_needed(ledger, some)
    _count_steps(s, of_all.not_mapped)
    s.pages_per_min, s.minutes_left = pace(ledger, s.totals.pages_waiting)
    return s


_LABELLED = "SELECT volume, label FROM volumes WHERE label IN ({})"
_AT_ONCE = 500


def _first_lines(ledger: Ledger, of_all: _Sums, found: Mapping[str, list[int]]) -> tuple[dict[str, list[int]], int]:
    """Lines of the volumes in the sums, then of tables, and the number of volumes without a line.

    found: lines of tables by name. A table with the name of a volume shares its line, so that is looked up.
    """
    held = {number: (name, line) for number, name, line in sums.most_waiting(of_all.first)}
    names = sorted(found.keys() - {name for name, _ in held.values()})
    for i in range(0, len(names), _AT_ONCE):
        some = names[i : i + _AT_ONCE]
        rows = ledger.rows(_LABELLED.format(", ".join("?" * len(some))), some)
        for part, tally in iter_volume_counts(ledger, [r["volume"] for r in rows]):
            held |= {number: (name, line) for number, name, line in sums.first_of(part, tally)}
    lines: dict[str, dict[str, list[int]]] = {}
    for own in (dict(held[number] for number in sorted(held)), found):
        add_lines(lines, {"volume": own})
    return lines["volume"], of_all.volumes - len(held)


@contextmanager
def _pause_gc() -> Iterator[None]:
    """Disable the garbage collector meanwhile: a hundred thousand small counts without cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Sums:
    """Totals of parts before output."""

    def __init__(self) -> None:
        self.few: list[sums.Few] = []
        self.first: list[Sequence[Any]] = []
        self.captured: dict[str, list[Any]] = {}
        self.not_mapped = self.volumes = 0
        self._kinds: dict[str, Counter[str]] = {"file": Counter(), "page": Counter(), "map": Counter()}
        self._totals: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def add(self, s: StatusCounts, part: str, tally: Mapping[str, Any]) -> None:
        # Most parts have few of these, and there may be a hundred thousand parts.
        sums.add_numbers(self._totals, tally.get("totals", _NONE))
        for kind, some in tally.get("kinds", _NONE).items():
            sums.add_numbers(self._kinds[kind], some)
        sums.add_numbers(self._failed, tally.get("failed", _NONE))
        sums.add_numbers(self._reasons, tally.get("reasons", _NONE))
        self.not_mapped += tally.get("not_mapped", 0)
        if "left" in tally:
            for column, n in sorted(tally["left"].items()):
                own = [tally["table"], column, tally.get("mapping", "")]
                table, name, mapping = tally.get("of_parts", _NONE).get(column, own)
                s.left_over.append(LeftOver(table, name, n, mapping))
        if "gaps" in tally:
            s.gaps += [Gap(**gap) for gap in tally["gaps"]]
        self.few += sums.few_of(part, tally)
        self.first += sums.first_of(part, tally)
        self.volumes += sums.volumes_of(part, tally)
        sums.add_captured(self.captured, tally.get("captured", _NONE))

    def finish(self, s: StatusCounts) -> None:
        t = s.totals
        for name, n in self._totals.items():
            setattr(t, name, getattr(t, name) + n)
        t.files_refused, t.unmapped = sum(self._kinds["file"].values()), sum(self._kinds["map"].values())
        t.files += t.files_refused
        t.columns_left = len(s.left_over)
        s.failures = {f"{kind}: {why}": n for kind, some in self._kinds.items() for why, n in sorted(some.items())}
        s.failed = [_failed_kind(name, n) for name, n in sorted(self._failed.items())]
        s.reasons = {why: n for why, n in self._reasons.most_common() if n > 0}


_NONE: Mapping[str, Any] = {}


def _failed_kind(name: str, pages: int) -> FailedKind:
    kind, _, again = name.partition("|")
    return FailedKind(kind, pages, again)


def _count_steps(s: StatusCounts, not_mapped: int) -> None:
    t = s.totals
    s.steps = {
        "read": {"waiting": t.pages_waiting, "done": t.pages_read, "failed": t.pages_failed},
        "map": {"waiting": not_mapped, "done": t.records, "failed": t.unmapped},
        # Each row is what the one above it has done, so that all of them add up.
        "check": {"waiting": t.unchecked, "done": t.in_review + t.clean, "failed": t.rejected},
        "review": {"waiting": t.in_review, "done": t.clean, "failed": 0},
        "load": {"waiting": t.to_load, "done": t.loaded - t.loaded_not_clean, "failed": 0},
    }


def pace(ledger: Ledger, waiting: int) -> tuple[float | None, float | None]:
    """(pages per minute, minutes for the waiting pages) over the last thousand pages, without pauses over five minutes;
    None for both if too few.
    """
    sql = "SELECT at FROM events WHERE step = 'recognise' ORDER BY seq DESC LIMIT 1000"
    times = [datetime.fromisoformat(r["at"]) for r in ledger.rows(sql)]
    gaps = [(a - b).total_seconds() for a, b in zip(times, times[1:], strict=False)]
    worked = sum(g for g in gaps if g < 300)
    # Fewer pages tell no rate.
    if len(gaps) < 5 or worked <= 0:
        return None, None
    pages_per_min = round(60 * len(gaps) / worked, 1)
    return pages_per_min, round(waiting / pages_per_min, 1)
