"""Cache of page counts per volume in the ledger: only changed volumes are counted again."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from digitize import __version__
from digitize.machine.work_keys import plain_hash
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import ACCOUNT
from digitize.workspace.ledger.part_cache import PartCache
from digitize.workspace.volumes.book import bounds

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
_SHAS = """SELECT s.sha256 FROM scans s WHERE s.page >= ? AND s.page < ?
           AND s.seq = (SELECT MAX(seq) FROM scans WHERE page = s.page)"""
_SCANS = "SELECT COUNT(*) AS n FROM scans WHERE page >= ? AND page < ?"
_RULES = "SELECT code, COUNT(DISTINCT record) AS n FROM findings WHERE record >= ? AND record < ? GROUP BY code"

_VERSION = "3"
"""Raised when the same pages are counted otherwise."""


@dataclass(frozen=True, slots=True)
class PageCounts:
    """Page counts of a volume, as in `VolumeAccount`. key: of its scans, see `make_pages_key`; rules: code -> records
    with a finding of the rule. blank: blank pages.
    """

    scanned: int
    again: int
    waiting: int
    read: int
    recorded: int
    continued: int
    reported: int
    due: int
    failed: dict[str, int]
    unexplained: list[str]
    key: str
    rules: dict[str, int]
    blank: int


class PageCountCache:
    """Page counts, one volume after another."""

    def __init__(self, ledger: Ledger, site: str, *, keeps: bool) -> None:
        """site: of the workspace. keeps: store new counts if the ledger is writable."""

        def fold(part: str) -> str:
            return _count_pages(ledger, bounds(site, int(part.partition(":")[2])))

        self._parts = PartCache(ledger, ACCOUNT, f"{__version__}/{_VERSION}", fold, keeps=keeps)

    def load_counts(self, number: int) -> PageCounts:
        """Of a volume."""
        return PageCounts(**json.loads(self._parts.get(f"volume:{number}")))

    def save(self) -> None:
        """Write new counts."""
        self._parts.flush()


def count_purged(ledger: Ledger, site: str, number: int, gone: set[str]) -> int:
    """Purged pages of a volume. gone: its purged files, by content hash."""
    return sum(r["sha256"] in gone for r in ledger.rows(_SHAS, bounds(site, number))) if gone else 0


def make_pages_key(pages: list[tuple[str, str, int]]) -> str:
    """Key that identifies these scans: page, sha256 and index of each."""
    return plain_hash([list(p) for p in pages])


def _count_pages(ledger: Ledger, within: tuple[str, str]) -> str:
    rows = ledger.rows(_PAGES, within)
    counts: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    unexplained = []
    for row in rows:
        what = _find_fate(row)
        counts[what] += 1
        if what == "failed":
            failed[_find_kind(row)] += 1
        elif what == "unexplained":
            unexplained.append(row["page"])
    found = PageCounts(
        scanned=len(rows),
        again=int(ledger.rows(_SCANS, within)[0]["n"]) - len(rows),
        read=sum(n for what, n in counts.items() if what not in ("waiting", "failed")),
        failed=dict(failed),
        unexplained=unexplained,
        key=make_pages_key([(r["page"], r["sha256"], r["idx"]) for r in rows]),
        rules={r["code"]: r["n"] for r in ledger.rows(_RULES, within)},
        **{name: counts[name] for name in ("waiting", "recorded", "continued", "reported", "due", "blank")},
    )
    return json.dumps(asdict(found), separators=(",", ":"))


def _find_fate(row: Any) -> str:
    if "failed" in (row["read"], row["decided"]):
        return "failed"
    if not row["read"] or not row["decided"]:
        return "waiting"
    if row["recorded"]:
        return "recorded"
    decided = json.loads(row["decided_detail"])
    if decided.get("blank"):
        return "blank"
    if decided.get("part", 1) != 1:
        return "continued"
    if row["mapped"] is None:
        return "due"
    mapped = json.loads(row["mapped_detail"])
    # A page that could not be mapped says why, as one whose rows are reported does.
    return "reported" if row["mapped"] == "failed" or mapped.get("reported") else "unexplained"


def _find_kind(row: Any) -> str:
    detail = row["read_detail"] if row["read"] == "failed" else row["decided_detail"]
    return str(json.loads(detail)["kind"])
