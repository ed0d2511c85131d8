"""Is every page of a volume accounted for? Received, counted, scanned, read, failed, recorded, and what is open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from digitize.machine.work_keys import plain_hash
from digitize.workspace.counting.kept import kept_gaps
from digitize.workspace.decisions.page_gaps import NO_GAP, Gap, find_gaps
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.purges import purged_in
from digitize.workspace.volumes.book import CustodyEvent, ReceivedVolume, Volumes, bounds, unit_of

_PAGES = """
  SELECT s.page, s.sha256, s.idx,
         (SELECT outcome FROM state WHERE unit = s.page AND step = 'recognise') AS read,
         (SELECT outcome FROM state WHERE unit = s.page AND step = 'decide') AS decided,
         (SELECT outcome FROM state WHERE unit = s.page AND step = 'map') AS mapped,
         (SELECT detail FROM state WHERE unit = s.page AND step = 'recognise') AS read_detail,
         (SELECT detail FROM state WHERE unit = s.page AND step = 'decide') AS decided_detail,
         (SELECT detail FROM state WHERE unit = s.page AND step = 'map') AS mapped_detail,
         EXISTS (SELECT 1 FROM records WHERE unit = s.page) AS recorded
  FROM scans s
  WHERE s.page >= ? AND s.page < ? AND s.seq = (SELECT MAX(seq) FROM scans WHERE page = s.page) ORDER BY s.page
"""
_SCANS = "SELECT COUNT(*) AS n FROM scans WHERE page >= ? AND page < ?"
_RULES = "SELECT code, COUNT(DISTINCT record) AS n FROM findings WHERE record >= ? AND record < ? GROUP BY code"
_BOOK_RULES = {
    "R001": "FIR numbers that stand twice", "R003": "holes in the row of FIR numbers",
    "R011": "holes in the numbers of leaves",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccountFinding:
    """Something that somebody must look at. kind: a stable word; text: for people; count: how many pages."""

    kind: str
    text: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class VolumeAccount:
    """A volume in numbers.

    scanned = waiting + read + failed; read = recorded + continued + reported + due + unexplained. counted: by hand,
    None if nobody did. again: older scans of pages. sheets: cover and end sheets scanned. continued: later pages of a
    form; reported: pages whose rows are reported or that hold nothing to record, and say so; due: read
    and not mapped yet. failed: kind -> pages. holder: the last in the chain of custody. purged: pages whose originals
    went after their time; nothing is missing of them.
    """

    number: int
    label: str
    counted: int | None
    scanned: int = 0
    again: int = 0
    sheets: int = 0
    waiting: int = 0
    read: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    recorded: int = 0
    continued: int = 0
    reported: int = 0
    due: int = 0
    unexplained: tuple[str, ...] = ()
    holder: str = ""
    purged: int = 0
    findings: tuple[AccountFinding, ...] = ()

    @property
    def missing(self) -> int:
        """Pages counted by hand that were not scanned; negative where more were scanned than counted; 0 uncounted."""
        return 0 if self.counted is None else self.counted - self.scanned

    @property
    def is_balanced(self) -> bool:
        """Whether nothing is open: all counted pages are here, and each is recorded or explained."""
        return not self.findings and not self.waiting and not self.due

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {**asdict(self), "missing": self.missing, "is_balanced": self.is_balanced}


def accounts(ledger: Ledger, site: str, only: int | None = None) -> list[VolumeAccount]:
    """The account of every volume that was received, or of one."""
    volumes = Volumes(ledger)
    known = [v for v in volumes.all().values() if only in (None, v.number)]
    sheets = Counter(int(s.detail["volume"]) for s in ledger.states("sheet").values())
    gaps: dict[str, list[Gap]] = {}
    # Of all volumes from the counts that are kept, which look at no page.
    for gap in (find_gaps(ledger, only) if only is not None else kept_gaps(ledger)) if known else ():
        gaps.setdefault(gap.volume, []).append(gap)
    return [_account(ledger, site, v, sheets[v.number], gaps.get(v.facts.label, [])) for v in known]


def _account(ledger: Ledger, site: str, volume: ReceivedVolume, sheets: int, gaps: list[Gap]) -> VolumeAccount:
    within = bounds(site, volume.number)
    rows = ledger.rows(_PAGES, within)
    chain = Volumes(ledger).custody(volume.number)
    made = VolumeAccount(volume.number, volume.facts.label, volume.facts.pages, len(rows), sheets=sheets)
    made = replace(made, **_folded(rows), holder=_holder(chain))
    made = replace(made, again=int(ledger.rows(_SCANS, within)[0]["n"]) - len(rows))
    gone = purged_in(ledger, volume.number)
    made = replace(made, purged=sum(r["sha256"] in gone for r in rows))
    own = [g for g in gaps if g.said != NO_GAP]
    seen = _looked(ledger, volume.number, rows)
    found = (*_of_counts(made, chain), *_of_pages(made), *_of_gaps(own), *seen, *_of_rules(ledger, within))
    return replace(made, findings=found)


def _folded(rows: list[Any]) -> dict[str, Any]:
    """What became of each page, counted."""
    counts: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    unexplained = []
    for row in rows:
        what = _fate(row)
        counts[what] += 1
        if what == "failed":
            failed[_kind(row)] += 1
        elif what == "unexplained":
            unexplained.append(row["page"])
    names = ("waiting", "recorded", "continued", "reported", "due")
    read = sum(n for what, n in counts.items() if what not in ("waiting", "failed"))
    return {**{n: counts[n] for n in names}, "failed": dict(failed), "read": read, "unexplained": tuple(unexplained)}


def _fate(row: Any) -> str:
    if "failed" in (row["read"], row["decided"]):
        return "failed"
    if not row["read"] or not row["decided"]:
        return "waiting"
    if row["recorded"]:
        return "recorded"
    if json.loads(row["decided_detail"]).get("part", 1) != 1:
        return "continued"
    if row["mapped"] is None:
        return "due"
    mapped = json.loads(row["mapped_detail"])
    # A page that could not be mapped says why, as one whose rows are reported does.
    return "reported" if row["mapped"] == "failed" or mapped.get("reported") else "unexplained"


def _kind(row: Any) -> str:
    detail = row["read_detail"] if row["read"] == "failed" else row["decided_detail"]
    return str(json.loads(detail)["kind"])


def _holder(chain: list[CustodyEvent]) -> str:
    return f"{chain[-1].what} {chain[-1].on}, {chain[-1].to or chain[-1].by}" if chain else ""


def _of_counts(made: VolumeAccount, chain: list[CustodyEvent]) -> Iterator[AccountFinding]:
    if made.counted is None:
        yield AccountFinding("not-counted", "nobody counted its pages by hand: digitize batch count")
    elif made.missing > 0 and made.scanned:
        counts = f"{made.counted} pages were counted by hand and {made.scanned} scanned"
        yield AccountFinding("pages-missing", f"{counts}: {made.missing} missing", made.missing)
    elif made.missing < 0:
        counts = f"{made.counted} pages were counted by hand and {made.scanned} scanned"
        yield AccountFinding("pages-over", f"{counts}: {-made.missing} too many", -made.missing)
    if not made.scanned:
        yield AccountFinding("not-scanned", "no page of it was scanned yet")
    if chain and chain[-1].what == "handed-back" and (made.missing > 0 or made.failed or made.unexplained):
        yield AccountFinding("handed-back-open", "it was handed back while pages are missing or failed")


def _of_pages(made: VolumeAccount) -> Iterator[AccountFinding]:
    for kind, n in sorted(made.failed.items()):
        yield AccountFinding("failed", f"{n} pages could not be read: {kind}", n)
    if made.unexplained:
        n, named = len(made.unexplained), ", ".join(made.unexplained[:5])
        yield AccountFinding("nothing-recorded", f"{n} pages are read, and nothing was recorded of them: {named}", n)


def _of_gaps(gaps: list[Gap]) -> Iterator[AccountFinding]:
    for gap in gaps:
        said = f", {gap.said} as a person says" if gap.said else ""
        text = f"behind {gap.page} the written numbers leap from {gap.after} to {gap.before}{said}"
        yield AccountFinding("number-gap", text, gap.count)


def _looked(ledger: Ledger, number: int, rows: list[Any]) -> Iterator[AccountFinding]:
    """What `digitize batch look` found in the pictures, if it looked at these very pages."""
    state = ledger.state(unit_of(number), "looked")
    if state is None:
        return
    if state.detail["pages"] != pages_key([(r["page"], r["sha256"], r["idx"]) for r in rows]):
        yield AccountFinding("looked-before", "pages came since its pictures were looked at: digitize batch look")
    for kind, text, count in state.detail["found"]:
        yield AccountFinding(kind, text, count)


def _of_rules(ledger: Ledger, within: tuple[str, str]) -> Iterator[AccountFinding]:
    for row in ledger.rows(_RULES, within):
        if row["code"] in _BOOK_RULES:
            yield AccountFinding(row["code"], f"{_BOOK_RULES[row['code']]}, at {row['n']} records", row["n"])


def pages_key(pages: list[tuple[str, str, int]]) -> str:
    """By which it is known whether these scans were looked at: page, sha256 and index of each."""
    return plain_hash([list(p) for p in pages])


def summary(ledger: Ledger) -> list[str]:
    """Two lines for `digitize status`, without a look at single pages; none where no volume was received."""
    lines = []
    volumes, scanned = Volumes(ledger).all(), Volumes(ledger).scanned()
    if volumes:
        counted = [v for v in volumes.values() if v.facts.pages is not None]
        hand = sum(v.facts.pages or 0 for v in counted)
        machine = sum(scanned.get(v.number, 0) for v in volumes.values())
        differ = sum(v.facts.pages != scanned.get(v.number, 0) for v in counted)
        lines.append(
            f"Volumes received {len(volumes)}: {hand} pages counted by hand in {len(counted)} of them, {machine} "
            f"scanned; {differ} differ: digitize batch account DIR"
        )
    aside = sum(s.is_failed for s in ledger.states("sorting").values())
    if aside:
        lines.append(f"Pages set aside at intake, to be placed by a person: {aside}. digitize batch sort DIR")
    return lines
