"""What people said, each time they said something: kept in the ledger under the id that the asking program gave it.

A decision (`Records.decisions`) is what holds of a place on the paper. This is the history behind it: the first and the
second key of a double-keyed field, samples for quality, answers that another person contradicts, and what was undone.
An answer is one result of the step "answer", so it is covered by the ledger's hashes and can never be kept twice.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision

STEP = "answer"
FIRST, SECOND, THIRD, SAMPLE, TEST, SENT_BACK = "first", "second", "third", "sample", "test", "sent-back"
"""Why an answer was asked for: to settle; to agree with the first; to decide between two; to look how good answers are;
to compare with what is known; again, since its batch went back."""
SETTLED, WAITING, COUNTED, DISPUTED, RAISED = "settled", "waiting", "counted", "disputed", "raised"
OPENED = "opened"
"""What it became: a decision; one of two keys; a figure of quality; one of two that contradict each other; a question
to the supervisor. OPENED: what was said before counts no more, somebody wants it asked again."""
_ALL = f"""
  SELECT e.seq, e.at, e.outcome, e.detail, CASE e.outcome WHEN 'done' THEN
    (SELECT r.data FROM results r WHERE r.unit = e.unit AND r.step = e.step AND r.key = e.key) END AS data
  FROM state s JOIN events e ON e.unit = s.unit AND e.step = s.step
  WHERE s.step = '{STEP}'"""


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """One thing that a person said at one time.

    client: the id that the browser or the sheet gave it. item: what was asked, of that reading and source. of: the hash
    of the record as it stood. made: what the value became, by which answers are compared, "" for what it says itself.
    purpose, state: the words above. batch, form, field: by which quality is counted. shown: what was prefilled.
    active_ms, keys: time and keystrokes, 0 where nobody counted. seq, at: of its event.
    """

    client: str
    item: str
    record: str
    cell: str
    operator: str
    verdict: str
    value: str
    purpose: str = FIRST
    state: str = SETTLED
    of: str = ""
    made: str = ""
    batch: str = ""
    form: str = ""
    field: str = ""
    shown: str = ""
    note: str = ""
    active_ms: int = 0
    keys: int = 0
    seq: int = 0
    at: str = ""

    @property
    def compared_text(self) -> tuple[str, str]:
        """What is compared with what others said."""
        return self.verdict, self.made or self.value


_NAMES = tuple(f.name for f in fields(PastAnswer) if f.name not in ("seq", "at"))


def unit_of(record: str, cell: str) -> str:
    """The unit under which all that was said of one place is kept."""
    return f"{STEP}:{record}/{cell}"


def is_recorded(ledger: Ledger, past: PastAnswer) -> bool:
    """Whether that answer was kept before."""
    return ledger.is_done(unit_of(past.record, past.cell), STEP, past.client)


def record_answer(ledger: Ledger, past: PastAnswer) -> bool:
    """Keep it, with an event that names no value; False where it was kept before."""
    unit = unit_of(past.record, past.cell)
    with ledger.writing():
        if ledger.is_done(unit, STEP, past.client):
            return False
        plain = {name: value for name, value in asdict(past).items() if name in _NAMES}
        detail = {"operator": past.operator, "purpose": past.purpose, "state": past.state, "verdict": past.verdict}
        return ledger.finish(unit, STEP, past.client, plain, detail)


def undo_answer(ledger: Ledger, past: PastAnswer, operator: str) -> None:
    """Note that an answer counts no more; it stays in the history."""
    detail = {"undone": past.client, "operator": operator}
    ledger.record_event(unit_of(past.record, past.cell), STEP, "note", detail=detail)


def list_all_answers(ledger: Ledger) -> list[PastAnswer]:
    """All that was ever said and not undone, oldest first."""
    return _drop_undone(ledger.rows(f"{_ALL} ORDER BY e.seq"))


def list_answers_on(ledger: Ledger, record: str, cell: str) -> list[PastAnswer]:
    """What was said of one place and not undone, oldest first."""
    return _drop_undone(ledger.rows(f"{_ALL} AND s.unit = ? ORDER BY e.seq", (unit_of(record, cell),)))


def _drop_undone(rows: list[Any]) -> list[PastAnswer]:
    undone = {json.loads(r["detail"]).get("undone") for r in rows if r["outcome"] == "note"}
    return [p for p in _parse_answers(rows) if p.client not in undone]


def _parse_answers(rows: list[Any]) -> Iterator[PastAnswer]:
    for row in rows:
        if row["data"] is not None:
            plain = json.loads(zlib.decompress(row["data"]))
            yield PastAnswer(**{n: plain[n] for n in _NAMES if n in plain}, seq=row["seq"], at=row["at"])


def format_now() -> str:
    """The time as decisions keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def as_decision(past: PastAnswer, blank: Decision) -> Decision:
    """An answer as it settles the place that blank stands for."""
    return replace(blank, verdict=past.verdict, value=past.value, operator=past.operator)
