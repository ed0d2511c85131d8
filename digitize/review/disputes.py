"""Disputes: two people answer differently; neither overrules the other, a third person decides."""

from __future__ import annotations

from digitize.machine.work_keys import work_key
from digitize.review.answer_history import (
    DISPUTED,
    SETTLED,
    THIRD,
    PastAnswer,
    format_now,
    list_answers_on,
    record_answer,
)
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision


def note_dispute(ledger: Ledger, item: str, holding: Decision, other: Decision) -> None:
    """Record an answer that contradicts the current decision; the decision stays in force."""
    client = work_key("dispute", item, other.operator, other.verdict, other.value)
    record_answer(ledger, PastAnswer(
        client, item, other.record, other.field, other.operator, other.verdict, other.value,
        purpose=THIRD, state=DISPUTED, form=other.schema,
    ))  # fmt: skip


def close_dispute(ledger: Ledger, item: str, decided: Decision) -> None:
    """Keep that a third person decided."""
    client = work_key("decided", item, decided.operator, decided.verdict, decided.value, format_now())
    record_answer(ledger, PastAnswer(
        client, item, decided.record, decided.field, decided.operator, decided.verdict, decided.value,
        purpose=THIRD, state=SETTLED, form=decided.schema,
    ))  # fmt: skip


def list_disputants(ledger: Ledger, record: str, cell: str) -> set[str]:
    """Who contradicted the current decision on a place, without a ruling yet."""
    open_: set[str] = set()
    for past in list_answers_on(ledger, record, cell):
        open_ = open_ | {past.operator} if past.state == DISPUTED else set()
    return open_


def is_third_opinion(ledger: Ledger, holding: Decision, answer: Decision) -> bool:
    """Whether the decision is disputed, and the answer is from neither party."""
    others = list_disputants(ledger, holding.record, holding.field)
    return bool(others) and answer.operator not in {holding.operator, *others}
