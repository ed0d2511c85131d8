"""Reopen or settle decided values: new decisions override old ones, which stay in the history."""

from __future__ import annotations

import uuid
from dataclasses import replace

from digitize.errors import InputError, OptionsError
from digitize.review.answer_history import OPENED, SETTLED, THIRD, PastAnswer, as_decision, record_answer
from digitize.review.answering import CheckedAnswer, GivenAnswer, check_answers, explain_refusal, keep_answer
from digitize.review.places import PlaceToSettle, find_place
from digitize.workspace.decisions.apply import VALUE, VERDICTS
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import UNDONE, Decision
from digitize.workspace.ledger.verdict import REOPENED
from digitize.workspace.run_context import RunContext
from mappers.record import NO_VALUE

_LEAST_LETTERS = 5


def take_back(ledger: Ledger, blank: Decision, before: PastAnswer | None, operator: str, *, client: str = "") -> None:
    """Undo the newest decision on a place: the previous one applies again, if any.

    blank: the decision without its answer; before: an answer that settles it again.
    """
    if before is not None:
        restored = as_decision(before, blank)
    else:
        restored = replace(blank, verdict=UNDONE, value="", operator=operator)
    keep_answer(ledger, restored, undone=True, client=client, by=operator)


def reopen(ledger: Ledger, known: RunContext, record: str, field: str, operator: str, reason: str) -> PlaceToSettle:
    """Ask a value again, even if loaded; the next run returns the record to review.

    field: a path, as in `digitize show`. Raises NotFound, OptionsError without an operator or a reason.
    """
    if not operator.strip():
        raise OptionsError("Give --operator NAME: who reopens it. It is recorded.")
    if len(reason.strip()) < _LEAST_LETTERS:
        raise OptionsError("Give the reason in words; it is recorded.")
    place = find_place(ledger, known, record, field)
    opened = replace(place.blank, verdict=REOPENED, value="", operator=operator.strip())
    with ledger.writing():
        keep_answer(ledger, opened, reason=reason.strip(), field=field)
        record_answer(ledger, _as_past_answer(place, opened, OPENED))
    return place


def settle(
    ledger: Ledger, known: RunContext, record: str, field: str, value: str, operator: str, *, verdict: str = VALUE,
    is_sure: bool = False,
) -> tuple[PlaceToSettle, CheckedAnswer, tuple[str, ...]]:  # fmt: skip
    """Set the value of a place, over all earlier answers.

    Returns the place, the resulting values, and codes of rules that still reject its record.

    Raises NotFound, OptionsError without an operator, InputError for a value that is not understood or unlisted.
    """
    if not operator.strip():
        raise OptionsError("Give --operator NAME: who settles it. It is recorded.")
    if verdict not in VERDICTS or (verdict in (VALUE, NO_VALUE)) != bool(value.strip()):
        raise OptionsError(
            "Give either --value TEXT, or --verdict blank or illegible; for words that are no value of the field, give "
            "--value TEXT --verdict no-value."
        )
    place = find_place(ledger, known, record, field)
    decision = replace(place.blank, verdict=verdict, value=value.strip(), operator=operator.strip())
    (checked,), codes = check_answers(ledger, known, record, [GivenAnswer(decision, is_sure=is_sure)])
    if not checked.is_good:
        raise InputError(f"{record}, {field}: {explain_refusal(checked)}.")
    if verdict == VALUE and not any(line.startswith(f"{field}=") for line in checked.made.split("\n")):
        fed = ", ".join(place.fields)
        raise InputError(f"{record}: the place of {field} contains {fed}; give all of its text, as on the paper.")
    with ledger.writing():
        keep_answer(ledger, decision, field=field)
        record_answer(ledger, replace(_as_past_answer(place, decision, SETTLED), made=checked.made))
    return place, checked, codes


def _as_past_answer(place: PlaceToSettle, decision: Decision, state: str) -> PastAnswer:
    """An overriding answer, as counted by the station."""
    return PastAnswer(
        uuid.uuid4().hex, place.base, decision.record, decision.field, decision.operator, decision.verdict,
        decision.value, purpose=THIRD, state=state, of=place.of, batch=place.batch, form=decision.schema,
        field=place.field,
    )  # fmt: skip
