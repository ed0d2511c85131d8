"""Purges: file, kind, date, person and reason; values are gone, counts stay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digitize.errors import NotFound
from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.packs import EMPTIED

STEP = "purge"
"""The step of the events; the unit is a file by its content, or a batch when all of it is done, the key is the kind."""
ORIGINALS, PERSONAL = "originals", "personal"
UNFINISHED = "purge_open"
"""In `meta` while files may lie there, or bytes in the ledger, of what an event says is purged."""
_OF = "SELECT key, detail FROM state WHERE unit = ? AND step = 'purge'"
_OF_VOLUME = """SELECT DISTINCT s.sha256, p.key, p.detail FROM scans s
  JOIN state p ON p.unit = s.sha256 AND p.step = 'purge' WHERE s.volume = ?"""
_NEWEST_SCAN = "SELECT sha256 FROM scans WHERE page = ? ORDER BY seq DESC LIMIT 1"
_OF_BATCH = """SELECT 1 FROM sources s JOIN state p ON p.unit = s.sha256 AND p.step = 'purge' AND p.key = 'personal'
  WHERE s.batch = ? LIMIT 1"""
_WITH_VALUES = "SELECT 1 FROM records WHERE grp = ? AND substr(data, 1, 1) <> ? LIMIT 1"
_EMPTIED = "SELECT COUNT(*) AS n FROM records WHERE substr(data, 1, 1) = ?"
_FILES = """SELECT s.sha256, p.key, p.detail FROM state p JOIN sources s ON s.sha256 = p.unit WHERE p.step = 'purge'"""
_DONE = """SELECT key, detail, COUNT(*) AS n FROM events e WHERE step = 'purge' AND outcome = 'done'
  AND EXISTS (SELECT 1 FROM sources WHERE sha256 = e.unit) GROUP BY key, detail ORDER BY MIN(seq)"""


@dataclass(frozen=True, slots=True)
class Purged:
    """what: "originals", or "personal", which includes the original. on: date, YYYY-MM-DD."""

    what: str
    on: str
    operator: str
    reason: str

    @property
    def is_personal(self) -> bool:
        """Whether readings and values are gone as well."""
        return self.what == PERSONAL

    def line(self) -> str:
        """For people."""
        return f"purged on {self.on} by {self.operator} ({self.reason})"


def purge_of(ledger: Ledger, sha256: str) -> Purged | None:
    """Purge of a file, or None."""
    row = ledger.execute(_OF, (sha256,)).fetchone()
    return _parse_purge(row) if row else None


def purge_of_page(ledger: Ledger, page: str) -> Purged | None:
    """The same of the newest scan of a page."""
    row = ledger.execute(_NEWEST_SCAN, (page,)).fetchone()
    return purge_of(ledger, row["sha256"]) if row else None


def purge_of_unit(ledger: Ledger, unit: str) -> Purged | None:
    """The same for a page, a table or a part of one."""
    table = ledger.execute("SELECT sha256 FROM tables WHERE unit = ?", (unit.partition(":")[0],)).fetchone()
    return purge_of(ledger, table["sha256"]) if table else purge_of_page(ledger, unit)


def purged_in(ledger: Ledger, volume: int) -> Mapping[str, Purged]:
    """SHA-256 -> purge, for files with pages of a volume."""
    return {r["sha256"]: _parse_purge(r) for r in ledger.rows(_OF_VOLUME, (volume,))}


def purged_files(ledger: Ledger) -> Mapping[str, Purged]:
    """SHA-256 -> purge, for all files."""
    return {r["sha256"]: _parse_purge(r) for r in ledger.rows(_FILES)}


def is_emptied_batch(ledger: Ledger, batch: str) -> bool:
    """Whether personal data of a batch were purged: it is never loaded again, or the target would lose its records."""
    return ledger.execute(_OF_BATCH, (batch,)).fetchone() is not None


def require_source(ledger: Ledger, record: str, unit: str, *, is_paper: bool) -> None:
    """Raise NotFound for a record that cannot be rebuilt. is_paper: its readings suffice, a table must be read
    again.
    """
    purged = purge_of_unit(ledger, unit)
    if purged is not None and (purged.is_personal or not is_paper):
        raise NotFound(f"Record {record} cannot be mapped or asked again: its source was {purged.line()}.")


def has_values(ledger: Ledger, group: str) -> bool:
    """Whether a group has a record with values."""
    return ledger.execute(_WITH_VALUES, (group, EMPTIED)).fetchone() is not None


def count_emptied(ledger: Ledger, where: str = "", values: Iterable[object] = ()) -> int:
    """Number of records with purged values. where: SQL condition, with its values."""
    # Most ledgers have none, and need not be gone through.
    if not any(p.is_personal for p in purged_files(ledger).values()):
        return 0
    own = f" AND {where}" if where else ""
    return int(ledger.execute(_EMPTIED + own, (EMPTIED, *values)).fetchone()["n"])


def is_unfinished(ledger: Ledger) -> bool:
    """Whether a purge was interrupted before all bytes were gone."""
    return bool(ledger.rows("SELECT 1 FROM meta WHERE key = ?", (UNFINISHED,)))


def count_purges(ledger: Ledger) -> Iterator[tuple[Purged, int]]:
    """Each purge and of how many files, the first first."""
    counts: dict[Purged, int] = {}
    for row in ledger.rows(_DONE):
        one = _parse_purge(row)
        counts[one] = counts.get(one, 0) + int(row["n"])
    yield from counts.items()


def summary(ledger: Ledger) -> list[str]:
    """A line for `digitize status`; none if nothing was purged."""
    kinds = [p.what for p in purged_files(ledger).values()]
    if not kinds:
        return []
    personal = kinds.count(PERSONAL)
    return [
        f"Purged after the state's period: the originals of {len(kinds)} files, and personal data of {personal} "
        f"of them."
    ]


def _parse_purge(row: Any) -> Purged:
    detail = json.loads(row["detail"])
    return Purged(row["key"], detail["on"], detail["operator"], detail["reason"])
