"""Counts folded from the ledger: how much waits, is done, failed, is in review, is loaded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from digitize.workspace.captured import CapturedLine, captured_lines
from digitize.workspace.decisions.left_over import LeftOver, asked_of_mapping
from digitize.workspace.decisions.order import Needed, next_needed
from digitize.workspace.decisions.page_gaps import MISSING, Gap, find_gaps
from digitize.workspace.failures import FailedKind, by_kind, failed_pages, in_words
from digitize.workspace.ledger import Ledger, books
from digitize.workspace.ledger.records import Records

# The newest scan of a page stands for it; older ones stay in the list.
_PAGES = """
  SELECT s.page, s.volume, s.station, s.language, r.outcome AS read, r.detail AS read_detail,
         d.outcome AS decided, d.detail AS decided_detail
  FROM scans s JOIN (SELECT page, MAX(seq) AS seq FROM scans GROUP BY page) n ON n.seq = s.seq
  LEFT JOIN state r ON r.unit = s.page AND r.step = 'recognise'
  LEFT JOIN state d ON d.unit = s.page AND d.step = 'decide'
"""
# Later parts of a form are mapped with its first one, and wait for nothing by themselves.
_NOT_MAPPED = """
  SELECT COUNT(*) AS n FROM (
    SELECT unit FROM state WHERE step = 'decide' AND outcome <> 'failed' AND json_extract(detail, '$.part') = 1
    UNION SELECT unit FROM tables
  ) u LEFT JOIN state m ON m.unit = u.unit AND m.step = 'map' WHERE m.unit IS NULL
"""


# One answer for a whole book or table, where the review sheet would ask it of every record.
_DISTRICT = (
    "Records whose district is missing or unknown: {}. Said once, by digitize intake DIR FILE --district NAME or in "
    "lists/stations.csv, it holds for all of them."
)
_ORPHANS = "Rows of old tables that belong to no record: {}. They wait until a row with their key is delivered."
_GAPS = "Pages missing by the numbers on registers: {}; not in the book, as a person says: {}."


@dataclass(slots=True)
class Totals:
    """The workspace in numbers. pages = waiting + read + failed; records = clean + review + reject + unchecked.

    flags: notes of the rules that stand beside loaded records. orphans: rows that are parts of records of another
    table, and of none that is there.

    columns_left: columns of tables that a mapping has to account for; they are not among the open fields. rows_asked:
    rows of registers reported of which no person has said yet what they are. pages_missing: numbers left out between
    pages of registers of which nobody has said yet what they are; pages_lost: those that the book has not.
    """

    files: int = 0
    files_refused: int = 0
    pages: int = 0
    pages_waiting: int = 0
    pages_read: int = 0
    pages_failed: int = 0
    records: int = 0
    clean: int = 0
    in_review: int = 0
    rejected: int = 0
    unchecked: int = 0
    loaded: int = 0
    open_fields: int = 0
    unmapped: int = 0
    rows_reported: int = 0
    orphans: int = 0
    rows_asked: int = 0
    pages_missing: int = 0
    pages_lost: int = 0
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
            f"Records {self.records}: {self.loaded} loaded, {self.in_review} in review, {self.rejected} rejected. "
            f"Fields a person must look at: {self.open_fields}.",
            *([f"Pages or tables that could not be mapped: {self.unmapped}."] if self.unmapped else []),
            *([f"Rows reported and not mapped: {self.rows_reported}{self._asked()}."] if self.rows_reported else []),
            *([_ORPHANS.format(self.orphans)] if self.orphans else []),
            *([f"Notes of the rules beside loaded records: {self.flags}."] if self.flags else []),
            *([_GAPS.format(self.pages_missing, self.pages_lost)] if self.pages_missing or self.pages_lost else []),
            *([_DISTRICT.format(self.without_district)] if self.without_district else []),
        ]

    def _asked(self) -> str:
        """Of the rows reported, those of registers of which a person must say what they are."""
        return f"; of {self.rows_asked} a person must say whether they are records" if self.rows_asked else ""


@dataclass(slots=True)
class CountsLine:
    """The counts of one volume, station or language."""

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

    reasons: why a person must look, and how often. left_over: what mappings do not account for. gaps: numbers left out
    between pages. books: what was learned of volumes from their own pages. captured: records by capture profile.
    next_needed: what the next hundred records need. pages_per_min: as measured.
    """

    totals: Totals = field(default_factory=Totals)
    steps: dict[str, dict[str, int]] = field(default_factory=dict)
    by: dict[str, dict[str, CountsLine]] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    left_over: list[LeftOver] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    failed: list[FailedKind] = field(default_factory=list)
    books: list[str] = field(default_factory=list)
    captured: list[CapturedLine] = field(default_factory=list)
    next_needed: Needed | None = None
    pages_per_min: float | None = None
    minutes_left: float | None = None

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        by = {kind: {name: asdict(line) for name, line in lines.items()} for kind, lines in self.by.items()}
        return {
            "totals": self.totals.as_plain(), "steps": self.steps, **{f"by_{k}": v for k, v in by.items()},
            "review_reasons": self.reasons, "left_over": [asdict(c) for c in self.left_over],
            "page_gaps": [asdict(g) for g in self.gaps], "failures": self.failures,
            "failed_pages": [asdict(k) for k in self.failed],
            "books": self.books, "captured": [c.as_plain() for c in self.captured],
            "next_needed": asdict(self.next_needed) if self.next_needed else None,
            "pages_per_min": self.pages_per_min, "minutes_left": self.minutes_left,
        }  # fmt: skip

    def lines(self) -> list[str]:
        """The numbers for people, and what mappings do not account for."""
        failed = in_words(self.failed)
        needed = [self.next_needed.line()] if self.next_needed else []
        said = [*self.totals.lines(), *needed, *([failed] if failed else []), *self.books]
        return [*said, *(c.line() for c in self.captured), *(c.line() for c in self.left_over)]


def count_work(ledger: Ledger) -> StatusCounts:
    """Fold the ledger's newest states into counts."""
    s = StatusCounts(by={"volume": {}, "station": {}, "language": {}})
    _count_files(ledger, s)
    _count_pages(ledger, s)
    _count_records(ledger, s)
    _count_gaps(ledger, s)
    s.books, s.captured, s.next_needed = books.lines(ledger), captured_lines(ledger), next_needed(ledger)
    _count_steps(s, ledger.execute(_NOT_MAPPED).fetchone()["n"])
    _rate(ledger, s)
    return s


def page_status(read: str | None, decided: str | None) -> str:
    """waiting, read or failed, from the newest outcomes of its two steps."""
    if "failed" in (read, decided):
        return "failed"
    return "read" if read and decided else "waiting"


def _count_files(ledger: Ledger, s: StatusCounts) -> None:
    """Files taken in and refused; those that could not be opened at all have no content and stand under their name."""
    taken = ledger.execute("SELECT COUNT(*) AS n FROM sources WHERE problem = ''").fetchone()["n"]
    kinds = Counter(r["kind"] for r in ledger.rows("SELECT kind FROM sources WHERE problem <> ''"))
    sql = """SELECT json_extract(detail, '$.kind') AS kind FROM state WHERE step = 'intake' AND outcome = 'failed'
             AND unit NOT IN (SELECT sha256 FROM sources)"""
    kinds.update(r["kind"] for r in ledger.rows(sql))
    s.totals.files_refused = sum(kinds.values())
    s.totals.files = taken + s.totals.files_refused
    s.failures.update({f"file: {kind}": n for kind, n in sorted(kinds.items())})


def _count_pages(ledger: Ledger, s: StatusCounts) -> None:
    labels = {r["volume"]: r["label"] for r in ledger.rows("SELECT volume, label FROM volumes")}
    stations = Records(ledger).stations_of_pages()
    kinds: Counter[str] = Counter()
    for r in ledger.each(_PAGES):
        # What intake was told goes before what the page was decided in.
        language = r["language"] or json.loads(r["decided_detail"] or "{}").get("language", "")
        station = stations.get(r["page"]) or r["station"]
        status = page_status(r["read"], r["decided"])
        s.totals.pages += 1
        setattr(s.totals, f"pages_{status}", getattr(s.totals, f"pages_{status}") + 1)
        for line in _lines(s, labels[r["volume"]], station, language):
            line.pages += 1
            setattr(line, status, getattr(line, status) + 1)
        if status == "failed":
            detail = r["read_detail"] if r["read"] == "failed" else r["decided_detail"]
            kinds[json.loads(detail)["kind"]] += 1
    s.failures.update({f"page: {kind}": n for kind, n in sorted(kinds.items())})
    s.failed = by_kind(failed_pages(ledger)) if kinds else []


def _count_records(ledger: Ledger, s: StatusCounts) -> None:
    volumes = {r["page"]: r["label"] for r in ledger.rows("SELECT page, label FROM scans JOIN volumes USING (volume)")}
    tables = {r["unit"]: r["name"] for r in ledger.rows("SELECT unit, name FROM tables")}
    mapped = {unit: now.detail for unit, now in ledger.states("map").items() if "left" in now.detail}
    reasons: Counter[str] = Counter()
    left: Counter[tuple[str, str]] = Counter()
    for r in Records(ledger).alike():
        # A chunk of a table is TABLE:NUMBER; the id of a page has no colon.
        unit = r["unit"].partition(":")[0]
        _count_record(s, r, _lines(s, volumes.get(unit) or tables.get(unit, unit), r["station"], r["language"]))
        reasons.update({why: n * r["n"] for why, n in json.loads(r["reasons"]).items()})
        of_mapping = asked_of_mapping(mapped[unit], json.loads(r["open"])) if unit in mapped else {}
        left.update({(unit, column): r["n"] for column in of_mapping.values()})
        # They are asked once, of the mapping; the record counted them among its own.
        reasons["left-over"] -= len(of_mapping) * r["n"]
        s.totals.open_fields -= len(of_mapping) * r["n"]
    s.reasons = {why: n for why, n in reasons.most_common() if n > 0}
    s.left_over = [LeftOver(tables[u], column, n, mapped[u]["file"]) for (u, column), n in sorted(left.items())]
    s.totals.columns_left = len(s.left_over)
    lacking = "SELECT COUNT(DISTINCT record) AS n FROM findings WHERE code = 'F001' AND field = 'district'"
    s.totals.without_district = ledger.execute(lacking).fetchone()["n"]
    noted = "SELECT COUNT(*) AS n FROM findings JOIN records USING (record) WHERE loaded <> ''"
    s.totals.flags = ledger.execute(noted).fetchone()["n"]
    failed = ledger.rows(
        "SELECT json_extract(detail, '$.kind') AS kind FROM state WHERE step = 'map' AND outcome = 'failed'"
    )
    s.totals.unmapped = len(failed)
    s.failures.update({f"map: {kind}": n for kind, n in sorted(Counter(r["kind"] for r in failed).items())})
    rows = ledger.rows("SELECT detail FROM state WHERE step = 'map' AND json_extract(detail, '$.reported') > 0")
    details = [json.loads(r["detail"]) for r in rows]
    # A table's chunks have events of their own, which report the same rows: they would count twice.
    s.totals.rows_reported = sum(d["reported"] for d in details if "chunks" in d or "register" in d)
    s.totals.rows_asked = sum(d.get("asked", 0) for d in details)
    tied = ledger.rows("SELECT detail FROM state WHERE step = 'map' AND json_extract(detail, '$.orphans') IS NOT NULL")
    s.totals.orphans = sum(sum(json.loads(r["detail"])["orphans"].values()) for r in tied)


def _count_gaps(ledger: Ledger, s: StatusCounts) -> None:
    s.gaps = find_gaps(ledger)
    s.totals.pages_missing = sum(g.count for g in s.gaps if not g.said)
    s.totals.pages_lost = sum(g.count for g in s.gaps if g.said == MISSING)


def _count_record(s: StatusCounts, row: Mapping[str, Any], lines: list[CountsLine]) -> None:
    t, verdict, n = s.totals, row["verdict"], row["n"]  # n records that are alike
    t.records += n
    t.loaded += n * row["loaded"]
    t.open_fields += n * len(json.loads(row["open"]))
    t.clean += n * (verdict == "clean")
    t.in_review += n * (verdict == "review")
    t.rejected += n * (verdict == "reject")
    t.unchecked += n * (verdict == "")
    for line in lines:
        line.records += n
        line.loaded += n * row["loaded"]
        line.in_review += n * (verdict == "review")
        line.rejected += n * (verdict == "reject")


def _count_steps(s: StatusCounts, not_mapped: int) -> None:
    t = s.totals
    s.steps = {
        "read": {"waiting": t.pages_waiting, "done": t.pages_read, "failed": t.pages_failed},
        "map": {"waiting": not_mapped, "done": t.records, "failed": t.unmapped},
        "check": {"waiting": t.unchecked, "done": t.records - t.unchecked, "failed": 0},
        "review": {"waiting": t.in_review + t.rejected, "done": t.clean, "failed": 0},
        "load": {"waiting": t.clean - t.loaded, "done": t.loaded, "failed": t.rejected},
    }


def _rate(ledger: Ledger, s: StatusCounts) -> None:
    """Pages a minute over the last thousand pages read, pauses of more than five minutes left out."""
    sql = "SELECT at FROM events WHERE step = 'recognise' ORDER BY seq DESC LIMIT 1000"
    times = [datetime.fromisoformat(r["at"]) for r in ledger.rows(sql)]
    gaps = [(a - b).total_seconds() for a, b in zip(times, times[1:], strict=False)]
    worked = sum(g for g in gaps if g < 300)
    # Fewer pages tell no rate.
    if len(gaps) >= 5 and worked > 0:
        s.pages_per_min = round(60 * len(gaps) / worked, 1)
        s.minutes_left = round(s.totals.pages_waiting / s.pages_per_min, 1)


def _lines(s: StatusCounts, volume: str, station: str, language: str) -> list[CountsLine]:
    names = {"volume": volume, "station": station or "(not said)", "language": language or "(not said)"}
    return [s.by[kind].setdefault(name, CountsLine()) for kind, name in names.items()]
