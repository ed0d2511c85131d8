"""Account of a volume's pages: received, counted, scanned, read, failed, recorded, and open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from digitize.machine.text import pluralize
from digitize.volumes.page_count_cache import PageCountCache, PageCounts, count_purged
from digitize.workspace.counting.counts_cache import read_gaps
from digitize.workspace.decisions.page_gaps import NO_GAP, Gap, find_gaps
from digitize.workspace.ledger import Ledger, StepState
from digitize.workspace.ledger.purges import purged_in
from digitize.workspace.volumes.book import LOOKED, CustodyEvent, ReceivedVolume, Volumes, unit_of

_BOOK_RULES = {
    "R001": "FIR numbers that appear twice", "R003": "gaps in the FIR numbers",
    "R011": "gaps in the page numbers",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccountFinding:
    """A finding that needs attention. kind: stable code; text: for people; count: number of pages."""

    kind: str
    text: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class VolumeAccount:
    """A volume in numbers.

    scanned = waiting + read + failed; read = recorded + continued + reported + due + blank + unexplained. counted: by
    hand, None if not done. again: older scans of rescanned pages. sheets: cover and end sheets. continued: later pages
    of a form; reported: pages whose rows are reported, or that state they have nothing to record; due: read and not
    mapped yet. failed: kind -> pages. holder: last in the chain of custody. purged: pages whose originals were deleted
    after their retention period; they are not missing. blank: blank pages.
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
    blank: int = 0
    findings: tuple[AccountFinding, ...] = ()

    @property
    def missing(self) -> int:
        """Counted pages that were not scanned; negative if more were scanned; 0 if not counted."""
        return 0 if self.counted is None else self.counted - self.scanned

    @property
    def is_balanced(self) -> bool:
        """Whether nothing is open: all counted pages exist, and each is recorded or explained."""
        return not self.findings and not self.waiting and not self.due

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {**asdict(self), "missing": self.missing, "is_balanced": self.is_balanced}


def list_accounts(ledger: Ledger, site: str, only: int | None = None) -> list[VolumeAccount]:
    """Accounts of all received volumes, or of one."""
    volumes = Volumes(ledger)
    known = list(volumes.all().values()) if only is None else [v for v in [volumes.find_by_number(only)] if v]
    sheets = Counter(int(s.detail["volume"]) for s in ledger.states("sheet").values())
    gaps: dict[str, list[Gap]] = {}
    # Of all volumes from the counts that are kept, which look at no page.
    for gap in (find_gaps(ledger, only) if only is not None else read_gaps(ledger)) if known else ():
        gaps.setdefault(gap.volume, []).append(gap)
    pages = PageCountCache(ledger, site, keeps=only is None)
    looked = ledger.states(LOOKED) if only is None else {unit_of(only): ledger.state(unit_of(only), LOOKED)}
    # Asked of each volume only where something was purged at all.
    purges = bool(ledger.rows("SELECT 1 FROM events WHERE step = 'purge' LIMIT 1"))
    made = []
    for volume in known:
        number, own = volume.number, pages.load_counts(volume.number)
        gone = count_purged(ledger, site, number, {*purged_in(ledger, number)}) if purges else 0
        account = _make_account(volume, own, _find_holder(chain := volumes.custody(number)), sheets[number], gone)
        gaps_of = [g for g in gaps.get(volume.facts.label, []) if g.said != NO_GAP]
        state = looked.get(unit_of(number))
        seen = _find_look_problems(state, own.key)
        found = (
            *_find_count_problems(account, chain),
            *_find_page_problems(account),
            *_find_gap_problems(gaps_of),
            *seen,
            *_find_rule_problems(own.rules),
        )
        made.append(replace(account, findings=found))
    pages.save()
    return made


def _make_account(volume: ReceivedVolume, own: PageCounts, holder: str, sheets: int, purged: int) -> VolumeAccount:
    names = ("scanned", "again", "waiting", "read", "recorded", "continued", "reported", "due", "blank", "failed")
    return VolumeAccount(
        volume.number, volume.facts.label, volume.facts.pages, sheets=sheets, holder=holder, purged=purged,
        unexplained=tuple(own.unexplained), **{name: getattr(own, name) for name in names},
    )  # fmt: skip


def _find_holder(chain: list[CustodyEvent]) -> str:
    return f"{chain[-1].what} {chain[-1].on}, {chain[-1].to or chain[-1].by}" if chain else ""


def _find_count_problems(made: VolumeAccount, chain: list[CustodyEvent]) -> Iterator[AccountFinding]:
    if made.counted is None:
        yield AccountFinding("not-counted", "its pages were not counted by hand: digitize batch count")
    elif made.missing > 0 and made.scanned:
        counts = f"{pluralize(made.counted, 'page was', 'pages were')} counted by hand and {made.scanned} scanned"
        yield AccountFinding("pages-missing", f"{counts}: {made.missing} missing", made.missing)
    elif made.missing < 0:
        counts = f"{pluralize(made.counted, 'page was', 'pages were')} counted by hand and {made.scanned} scanned"
        yield AccountFinding("pages-over", f"{counts}: {-made.missing} too many", -made.missing)
    if not made.scanned:
        yield AccountFinding("not-scanned", "no page was scanned yet")
    if chain and chain[-1].what == "handed-back" and (made.missing > 0 or made.failed or made.unexplained):
        yield AccountFinding("handed-back-open", "it was handed back while pages are missing or failed")


def _find_page_problems(made: VolumeAccount) -> Iterator[AccountFinding]:
    for kind, n in sorted(made.failed.items()):
        yield AccountFinding("failed", f"{pluralize(n, 'page')} could not be read: {kind}", n)
    if made.unexplained:
        n, named = len(made.unexplained), ", ".join(made.unexplained[:5])
        yield AccountFinding(
            "nothing-recorded",
            f"{pluralize(n, 'page is', 'pages are')} read, but gave no record: {named}",
            n,
        )


def _find_gap_problems(gaps: list[Gap]) -> Iterator[AccountFinding]:
    for gap in gaps:
        said = f", {gap.said} as a person says" if gap.said else ""
        text = f"after {gap.page} the written numbers jump from {gap.after} to {gap.before}{said}"
        yield AccountFinding("number-gap", text, gap.count)


def _find_look_problems(state: StepState | None, key: str) -> Iterator[AccountFinding]:
    """Problems found by `digitize batch look`, if it checked exactly these pages. key: of them."""
    if state is None:
        return
    if state.detail["pages"] != key:
        yield AccountFinding("looked-before", "pages came since its pictures were checked: digitize batch look")
    for kind, text, count in state.detail["found"]:
        yield AccountFinding(kind, text, count)


def _find_rule_problems(rules: Mapping[str, int]) -> Iterator[AccountFinding]:
    for code, n in rules.items():
        if code in _BOOK_RULES:
            yield AccountFinding(code, f"{_BOOK_RULES[code]}, at {pluralize(n, 'record')}", n)


def format_summary(ledger: Ledger) -> list[str]:
    """Two lines for `digitize status` from stored counts; none if no volume was received."""
    lines = []
    volumes, scanned = Volumes(ledger).all(), Volumes(ledger).count_scanned()
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
        lines.append(f"Pages set aside at intake, to be assigned to volumes: {aside}. digitize batch sort DIR")
    return lines
