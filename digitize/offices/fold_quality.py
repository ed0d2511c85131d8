"""How good, by whom and how fast: what a ledger can say of it, and what nobody measured."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta

from digitize.offices.shape import Effort, NotMeasured, Pace, Quality, Share
from digitize.workspace.ledger import Ledger

DAYS = 28
_FEWEST_OPERATORS = 3
_PAUSE_S = 300
_CODE = re.compile("[A-Z][A-Z0-9]{0,7}")
_UNTOUCHED = """
  SELECT COUNT(*) AS n FROM records WHERE verdict = 'clean' AND record NOT IN (SELECT record FROM decisions)
"""


def fold_quality(ledger: Ledger) -> Quality:
    """Rates of one workspace. Samples compared with the paper and double keying are not part of the ledger yet."""
    clean = _count(ledger, "SELECT COUNT(*) AS n FROM records WHERE verdict = 'clean'")
    # Beside MAX, SQLite takes the other columns from the row that has it: the newest verdict.
    newest = "SELECT verdict, MAX(seq) FROM decisions GROUP BY record, field"
    decided = Counter(r["verdict"] for r in ledger.rows(newest))
    rules = ledger.rows(
        "SELECT code, COUNT(DISTINCT record) AS n FROM findings WHERE severity = 'reject' GROUP BY code"
    )
    return Quality(
        sample=NotMeasured(why="no-sample-drawn"),
        double_keyed=NotMeasured(why="not-keyed-twice"),
        straight_through=Share(part=_count(ledger, _UNTOUCHED), of=clean) if clean else NotMeasured(why="nothing-yet"),
        illegible=Share(part=decided["illegible"], of=decided.total()) if decided else NotMeasured(why="nothing-yet"),
        rejects={r["code"]: r["n"] for r in rules if _CODE.fullmatch(r["code"])},
    )


def fold_effort(ledger: Ledger, today: date) -> Effort:
    """People's work in the last 28 days; pauses of more than five minutes are no work."""
    since = (today - timedelta(days=DAYS)).isoformat()
    rows = ledger.rows("SELECT operator, at FROM decisions WHERE at >= ? ORDER BY operator, at", (since,))
    operators = {r["operator"] for r in rows}
    seconds = 0.0
    for a, b in zip(rows, rows[1:], strict=False):
        gap = (datetime.fromisoformat(b["at"]) - datetime.fromisoformat(a["at"])).total_seconds()
        seconds += gap if a["operator"] == b["operator"] and gap <= _PAUSE_S else 0
    # Of one or two people the minutes would be a report on each of them.
    minutes = round(seconds / 60) if len(operators) >= _FEWEST_OPERATORS else None
    return Effort(operators=len(operators), fields=len(rows), minutes=minutes)


def fold_pace(ledger: Ledger, today: date) -> Pace:
    """What was done in the last 28 days."""
    since = ((today - timedelta(days=DAYS)).isoformat(),)
    pages = "SELECT COUNT(DISTINCT unit) AS n FROM events WHERE step = 'recognise' AND outcome = 'done' AND at >= ?"
    return Pace(
        pages_read=_count(ledger, pages, since),
        fields_settled=_count(ledger, "SELECT COUNT(*) AS n FROM decisions WHERE at >= ?", since),
    )


def _count(ledger: Ledger, sql: str, values: tuple[str, ...] = ()) -> int:
    return int(ledger.execute(sql, values).fetchone()["n"])
