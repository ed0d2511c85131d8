"""Sign-off of batches: by whom, or sent back; stored as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digitize.workspace.ledger import Ledger

STEP = "quality"
SIGNED, BACK = "signed-off", "sent-back"


@dataclass(frozen=True, slots=True)
class BatchDecision:
    """Newest decision on a batch. what: SIGNED or BACK; seq: of its event."""

    batch: str
    what: str
    by: str
    seq: int
    at: str = ""
    looked_at: int | None = None
    """Answers that had been checked; None of a word of an older version that did not say so."""


@dataclass(frozen=True, slots=True)
class WeakSignOff:
    """Weak basis of a signature: answers checked, total, and open questions."""

    batch: str
    looked_at: int
    answers: int
    open: int

    def is_confirmed_by(self, form: Mapping[str, str]) -> bool:
        """Whether somebody saw these numbers, or worse ones, and confirmed."""
        shown = [form.get(name, "") for name in ("looked_at", "open")]
        # Longer numbers are nobody's; int would take them for long.
        if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in shown):
            return False
        return int(shown[0]) <= self.looked_at and int(shown[1]) >= self.open


def record_batch_decision(ledger: Ledger, batch: str, what: str, by: str, **more: Any) -> None:
    """Record a decision on a batch, with its figures."""
    ledger.record_event(f"{STEP}:{batch}", STEP, "note", detail={"what": what, "by": by, **more})


def load_batch_decisions(ledger: Ledger) -> dict[str, BatchDecision]:
    """Batch -> newest decision."""
    found = {}
    sql = "SELECT s.unit, s.seq, e.at FROM state s JOIN events e ON e.seq = s.seq WHERE s.step = ?"
    at = {r["unit"]: (r["seq"], r["at"]) for r in ledger.rows(sql, (STEP,))}
    for unit, now in ledger.states(STEP).items():
        batch = unit.partition(":")[2]
        told = (now.detail["what"], now.detail["by"], *at[unit], now.detail.get("looked_at"))
        found[batch] = BatchDecision(batch, *told)
    return found


def list_books_of_batches(ledger: Ledger) -> dict[str, list[str]]:
    """Batch -> names of the books and tables that came in with it."""
    found: dict[str, list[str]] = {}
    rows = ledger.rows(
        """SELECT DISTINCT s.batch, v.label AS name FROM scans s JOIN volumes v ON v.volume = s.volume
           UNION SELECT batch, name FROM tables ORDER BY 1, 2"""
    )
    for row in rows:
        found.setdefault(row["batch"], []).append(row["name"])
    return found


def list_sent_back(ledger: Ledger) -> dict[str, int]:
    """Batch -> event of its last return, for batches that were ever sent back."""
    # By the units that there are: over all events it would take as long as the ledger is.
    sql = f"""SELECT e.unit, MAX(e.seq) AS seq FROM state s JOIN events e ON e.unit = s.unit AND e.step = s.step
      WHERE s.step = '{STEP}' AND json_extract(e.detail, '$.what') = '{BACK}' GROUP BY e.unit"""
    return {r["unit"].partition(":")[2]: r["seq"] for r in ledger.rows(sql)}
