"""Possible rescans: pages that wait for a person's decision, and the decisions.

Events are on the scan, "SHA256:INDEX"; the newest one applies.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from digitize.machine.text import pluralize
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.core import Ledger

STEP = "scanned-again"
REPLACES, BESIDE = "replaces", "beside"
"""What a person may say of such a page."""
NOT_CARRIED = -1
_MOST = 5
_HOW = {"look": "look the same", "name": "have the same name", "order": "are between such pages"}


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """A page of a delivery that may be a rescan.

    name: of its file; index: 0-based in it; label: of its volume. page: id of the page it seems to be, "" for one that
    only came with such pages. how: criterion (look, name, order), "" if none. told: its intake metadata. answer:
    REPLACES, BESIDE, or "" if open. earlier: "SHA256:INDEX" of the scan that it replaced. answers: number of decisions
    on that scan; carried: those that apply to this one, NOT_CARRIED while it is unread.
    """

    sha256: str
    index: int
    name: str
    batch: str
    label: str
    page: str = ""
    how: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    earlier: str = ""
    operator: str = ""
    reason: str = ""
    answers: int = 0
    carried: int = NOT_CARRIED

    @property
    def unit(self) -> str:
        """The id of its scan."""
        return f"{self.sha256}:{self.index}"

    def as_plain(self) -> dict[str, object]:
        """As in an event; the scan itself is in the unit."""
        names = ("index", "name", "batch", "label", "page", "how", "answer", "earlier", "operator", "reason",
                 "answers", "carried")  # fmt: skip
        return {**{n: getattr(self, n) for n in names}, "told": dict(self.told)}


def kept_pages(ledger: Ledger) -> list[WaitingPage]:
    """All current and former waiting pages, by name."""
    found = (_page(unit, now.detail) for unit, now in ledger.states(STEP).items())
    return sorted(found, key=_reading_order)


def _reading_order(page: WaitingPage) -> tuple[str, str, str, tuple[int, int]]:
    # Here, as `status` looks whether pages wait, and loads nothing of scans.
    from ocr.scans.parts import place_of

    return page.batch, page.label, page.name, place_of(page.index).order


def waiting_pages(ledger: Ledger) -> list[WaitingPage]:
    """Pages without a decision."""
    return [w for w in kept_pages(ledger) if not w.answer]


def keep(ledger: Ledger, page: WaitingPage) -> None:
    """Record a question or answer on a page."""
    ledger.record_event(page.unit, STEP, "note", detail=page.as_plain())


def summary(ledger: Ledger) -> list[str]:
    """Lines for `digitize status`; none if nothing waits and no page was marked as a rescan."""
    kept = kept_pages(ledger)
    waits = deliveries([w for w in kept if not w.answer])
    days = {b.batch: b.taken_in for b in Catalogue(ledger).batches()} if waits else {}
    lines = [
        f"{format_files(own)}: {describe_delivery(own)} Delivered on {days.get(own[0].batch, '?')}; they wait, and "
        f"are not read. If they replace the earlier scans: digitize intake DIR FILES --replaces {name_of(own)}; if "
        "both are right: digitize intake DIR FILES --beside"
        for own in waits[:_MOST]
    ]
    if more := len(waits[_MOST:]):
        lines.append(f"and {pluralize(more, 'delivery', 'deliveries')} more like this.")
    done = [w for w in kept if w.answer == REPLACES and w.page]
    if done:
        answers, carried = (
            sum(getattr(w, n) for w in done if w.carried != NOT_CARRIED) for n in ("answers", "carried")
        )
        on = (
            f" Of {pluralize(answers, 'answer')} on them {carried} remain valid for the newer scans." if answers else ""
        )
        lines.append(f"Pages marked as rescans by a person: {len(done)}.{on}")
    return lines


def deliveries(pages: Sequence[WaitingPage]) -> list[list[WaitingPage]]:
    """Pages of one volume from the same intake."""
    return [list(own) for _, own in groupby(pages, key=lambda w: (w.batch, w.label))]


def format_files(pages: Sequence[WaitingPage]) -> str:
    """The files of pages, for people."""
    files = list(dict.fromkeys(w.name for w in pages))
    return files[0] + (f" and {pluralize(len(files) - 1, 'more file')}" if len(files) > 1 else "")


def describe_delivery(pages: Sequence[WaitingPage]) -> str:
    """One sentence for people on the pages of one delivery to one volume."""
    ids = sorted(w.page for w in pages if w.page)
    by = [f"{n} {why}" for how, why in _HOW.items() if (n := sum(w.how == how for w in pages))]
    ones = f"{ids[0]} to {ids[-1]}" if len(ids) > 1 else ids[0]
    many = pluralize(len(pages), "page")
    return f"{many} of {pages[0].label} may already be scanned, as {ones}: {', '.join(by)}."


def name_of(pages: Sequence[WaitingPage]) -> str:
    """NAME for `--replaces` for these pages: the page, or the volume, as typed."""
    ids = [w.page for w in pages if w.page]
    return ids[0] if len(ids) == len(pages) == 1 else shlex.quote(pages[0].label)


def _page(unit: str, detail: Mapping[str, Any]) -> WaitingPage:
    return WaitingPage(unit.rpartition(":")[0], **detail)
