"""How good, by whom and how fast: what a ledger can say of it, and what nobody measured."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from digitize.offices.shape_quality import Effort, FormQuality, NotMeasured, Pace, Quality, Share
from digitize.workspace.calibration.threshold_store import thresholds_in
from digitize.workspace.calibration.values import TOGETHER
from digitize.workspace.ledger import Ledger

DAYS = 28
_FEWEST_OPERATORS = 3
_PAUSE_S = 300
_CODE = re.compile("[A-Z][A-Z0-9]{0,7}")
# Thresholds are measured by print or register; most of its answers say of which form its records are.
_PRINTS = """
  SELECT json_extract(e.detail, '$.measured.form') AS print, r.form, COUNT(*) AS n
  FROM events e JOIN records r ON r.record = e.unit
  WHERE e.step IN ('review', 'calibrate') AND json_extract(e.detail, '$.measured') IS NOT NULL
  GROUP BY 1, 2 ORDER BY n, r.form
"""
_KEYS = "SELECT unit, key, outcome, detail FROM events WHERE step = 'answer' ORDER BY seq"
_SECOND = ("second", "sample")
"""Why a second person was asked: to key it again, or to look how good single keys are (`review/past.py`)."""


def fold_quality(ledger: Ledger, validated: Mapping[str, Sequence[int]], rejects: Mapping[str, int]) -> Quality:
    """Rates of one workspace, and the same by form of the record. validated, rejects: see `PartFold`."""
    audited, twice = _count_audited(ledger), _count_double_keyed(ledger)
    clean, touched = (sum(row[k] for row in validated.values()) for k in range(2))
    newest = """SELECT d.verdict, COUNT(*) AS n FROM decisions d
      JOIN (SELECT MAX(seq) AS seq FROM decisions GROUP BY record, field) n ON n.seq = d.seq GROUP BY d.verdict"""
    decided = Counter({r["verdict"]: r["n"] for r in ledger.rows(newest)})
    return Quality(
        sample=_make_share(audited.values(), "no-sample-drawn"),
        double_keyed=_make_share(twice.values(), "not-keyed-twice"),
        straight_through=Share(part=clean - touched, of=clean) if clean else NotMeasured(why="nothing-yet"),
        illegible=Share(part=decided["illegible"], of=decided.total()) if decided else NotMeasured(why="nothing-yet"),
        rejects={code: n for code, n in sorted(rejects.items()) if _CODE.fullmatch(code)},
        by_form={
            # The forms of which something is validated, and those of which people were asked all the same.
            form: FormQuality(
                audited=_make_share([audited[form]], "no-sample-drawn"),
                double_keyed=_make_share([twice[form]], "not-keyed-twice"),
                validated=n, by_people=people, from_tables=tables,
            )
            for form in sorted({*validated, *audited, *twice})
            for n, people, tables in [validated.get(form, (0, 0, 0))]
        },
    )  # fmt: skip


def _count_audited(ledger: Ledger) -> defaultdict[str, Counter[str]]:
    """Form -> values that had passed and were asked of people all the same, and how many of them were wrong."""
    form_of = {r["print"]: r["form"] for r in ledger.rows(_PRINTS)}
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for m in thresholds_in(ledger).fields.values():
        if m.field != TOGETHER and m.form in form_of and m.audited:
            found[form_of[m.form]].update(of=m.audited, part=m.audited_wrong)
    return found


def _count_double_keyed(ledger: Ledger) -> defaultdict[str, Counter[str]]:
    """Form -> places that a second person keyed, and on how many the two differed at first."""
    first: dict[str, tuple[str, bool]] = {}
    for r in ledger.stream_rows(_KEYS):
        told = json.loads(r["detail"])
        if r["outcome"] == "note" and first.get(r["unit"], ("",))[0] == told.get("undone"):
            first.pop(r["unit"], None)
        elif r["outcome"] == "done" and told.get("purpose") in _SECOND:
            first.setdefault(r["unit"], (r["key"], told.get("state") == "disputed"))
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for unit, (_, differs) in first.items():
        record = unit.removeprefix("answer:").partition("/")[0]
        row = ledger.execute("SELECT form FROM records WHERE record = ?", (record,)).fetchone()
        if row is not None:
            found[row["form"]].update(of=1, part=int(differs))
    return found


def _make_share(counts: Iterable[Counter[str]], why: str) -> Share | NotMeasured:
    whole = sum(counts, Counter())
    return Share(part=whole["part"], of=whole["of"]) if whole["of"] else NotMeasured(why=why)


def fold_effort(ledger: Ledger, today: date) -> Effort:
    """People's work in the last 28 days; pauses of more than five minutes are no work."""
    since = (today - timedelta(days=DAYS)).isoformat()
    rows = ledger.stream_rows("SELECT operator, at FROM decisions WHERE at >= ? ORDER BY operator, at", (since,))
    operators, seconds, fields = set[str](), 0.0, 0
    last: tuple[str, datetime] | None = None
    for r in rows:
        now = r["operator"], datetime.fromisoformat(r["at"])
        gap = (now[1] - last[1]).total_seconds() if last and last[0] == now[0] else 0
        seconds += gap if gap <= _PAUSE_S else 0
        operators.add(now[0])
        fields, last = fields + 1, now
    # Of one or two people the minutes would be a report on each of them.
    minutes = round(seconds / 60) if len(operators) >= _FEWEST_OPERATORS else None
    return Effort(operators=len(operators), fields=fields, minutes=minutes)


def fold_pace(ledger: Ledger, today: date) -> Pace:
    """What was done in the last 28 days."""
    since = ((today - timedelta(days=DAYS)).isoformat(),)
    # A page of no known form was looked at all the same, and counts as failed, not as read.
    pages = """SELECT COUNT(DISTINCT unit) AS n FROM events WHERE step = 'recognise' AND outcome = 'done' AND at >= ?
      AND unit NOT IN (SELECT unit FROM state WHERE step = 'decide' AND outcome = 'failed')"""
    return Pace(
        pages_read=_count(ledger, pages, since),
        fields_settled=_count(ledger, "SELECT COUNT(*) AS n FROM decisions WHERE at >= ?", since),
    )


def _count(ledger: Ledger, sql: str, values: tuple[str, ...] = ()) -> int:
    return int(ledger.execute(sql, values).fetchone()["n"])
