"""The marked parts of a ledger: which there are, and that nothing is to be done in them."""

from __future__ import annotations

from collections.abc import Iterable

from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.marks import ALL_PARTS, MARK_ALL


def list_dirty(ledger: Ledger, what: str) -> list[str]:
    """The parts that a step has to look at."""
    return [r["part"] for r in ledger.rows("SELECT part FROM marks WHERE what = ? ORDER BY part", (what,))]


def list_parts(ledger: Ledger, what: str) -> list[str]:
    """Every part that a step may look at."""
    return sorted({str(r[1]) for r in ledger.rows(ALL_PARTS[what])})


def mark_all(ledger: Ledger, what: str) -> None:
    """Have a step look everywhere: what it depends on beside the ledger changed."""
    ledger.execute(MARK_ALL[what])


def clear_marks(ledger: Ledger, what: str, parts: Iterable[str], seq: int) -> None:
    """Take away the marks of parts in which nothing is to be done. seq: the newest event before they were looked at."""
    sql = "DELETE FROM marks WHERE what = ? AND part = ? AND seq <= ?"
    ledger.execute_many(sql, [(what, part, seq) for part in parts])


def newest_event(ledger: Ledger) -> int:
    """The number of the newest event."""
    # Not MAX: of a view a database would go through all events for it.
    row = ledger.execute("SELECT seq FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return int(row["seq"]) if row else 0


def newest_of_step(ledger: Ledger, step: str) -> int:
    """The number of a step's newest event, 0 where it has none."""
    # Not MAX, and of the view: so both databases walk the index of steps from its end (`by_number`).
    row = ledger.execute("SELECT seq FROM events WHERE step = ? ORDER BY seq DESC LIMIT 1", (step,)).fetchone()
    return int(row["seq"]) if row else 0
