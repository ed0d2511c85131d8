"""History of answers in the ledger, each under the id assigned by the client.

A decision (`Records.decisions`) is the current answer for a place on the paper. This is the history behind it: first
and second keying of a double-keyed field, quality samples, answers contradicted by another person, and undone ones. An
answer is a result of the step "answer", so it is covered by the ledger's hashes and stored only once.
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
    """One answer.

    client: id assigned by the browser or sheet. item: question, of that reading and source. of: hash of the record at
    that time. made: resulting value, by which answers are compared, "" for the answer itself. purpose, state: the words
    above. batch, form, field: for quality counts. shown: prefilled text. active_ms, keys: time and keystrokes, 0 if not
    measured. seq, at: of its event.
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
        """Text compared with other answers."""
        return self.verdict, self.made or self.value


_NAMES = tuple(f.name for f in fields(PastAnswer) if f.name not in ("seq", "at"))


def unit_of(record: str, cell: str) -> str:
    """Unit of all answers on one place."""
    return f"{STEP}:{record}/{cell}"


def is_recorded(ledger: Ledger, past: PastAnswer) -> bool:
    """Whether that answer was stored before."""
    return ledger.is_done(unit_of(past.record, past.cell), STEP, past.client)


def record_answer(ledger: Ledger, past: PastAnswer) -> bool:
    """Store an answer, with an event that contains no value; False if it was stored before."""
    unit = unit_of(past.record, past.cell)
    with ledger.writing():
        if ledger.is_done(unit, STEP, past.client):
            return False
        plain = {name: value for name, value in asdict(past).items() if name in _NAMES}
        detail = {"operator": past.operator, "purpose": past.purpose, "state": past.state, "verdict": past.verdict}
        return ledger.finish(unit, STEP, past.client, plain, detail)


def undo_answer(ledger: Ledger, past: PastAnswer, operator: str) -> None:
    """Mark an answer as undone; it stays in the history."""
    detail = {"undone": past.client, "operator": operator}
    ledger.record_event(unit_of(past.record, past.cell), STEP, "note", detail=detail)


def list_all_answers(ledger: Ledger) -> tuple[list[PastAnswer], list[PastAnswer]]:
    """All answers that count, and those that were undone; oldest first."""
    return _split_undone(ledger.rows(f"{_ALL} ORDER BY e.seq"))


def list_answers_on(ledger: Ledger, record: str, cell: str) -> list[PastAnswer]:
    """Answers on one place that were not undone, oldest first."""
    return _split_undone(ledger.rows(f"{_ALL} AND s.unit = ? ORDER BY e.seq", (unit_of(record, cell),)))[0]


def _split_undone(rows: list[Any]) -> tuple[list[PastAnswer], list[PastAnswer]]:
    undone = {json.loads(r["detail"]).get("undone") for r in rows if r["outcome"] == "note"}
    found: tuple[list[PastAnswer], list[PastAnswer]] = [], []
    for past in _parse_answers(rows):
        found[past.client in undone].append(past)
    return found


def _parse_answers(rows: list[Any]) -> Iterator[PastAnswer]:
    for row in rows:
        if row["data"] is not None:
            plain = json.loads(zlib.decompress(row["data"]))
            yield PastAnswer(**{n: plain[n] for n in _NAMES if n in plain}, seq=row["seq"], at=row["at"])


def format_now() -> str:
    """The time as decisions keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def as_decision(past: PastAnswer, blank: Decision) -> Decision:
    """An answer as a decision on the place of `blank`."""
    return replace(blank, verdict=past.verdict, value=past.value, operator=past.operator)
