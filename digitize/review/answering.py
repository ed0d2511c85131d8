"""Process one answer: does it fit the question, is it understood, what values result, and how is it stored.

The only entry for answers: both the spreadsheet import and the station use it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from digitize.masking.masks import MASK
from digitize.review.questions import WORDS
from digitize.review.trial import try_decisions
from digitize.review.verdicts import OK, SURE
from digitize.steps.measure import answer_of
from digitize.workspace.calibration.threshold_proof import LADDER
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.ledger.verdict import REOPENED
from digitize.workspace.run_context import RunContext
from mappers.record import BLANK, ILLEGIBLE, NO_VALUE


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A question as answered: a decision without an answer; machine: what "ok" confirms; before: an earlier answer.

    words: allowed answers of a question without a field. row: for a register cell, the question about its whole row.
    is_measured: the answer measures the machine; confidence: of its value.
    """

    blank: Decision
    machine: str
    before: Decision | None = None
    words: tuple[str, ...] = ()
    row: AskedItem | None = None
    is_measured: bool = False
    confidence: float = 1.0

    def to_measure(self) -> AskedItem:
        """The same, for measurement: if no reading was shown there is nothing to confirm."""
        return replace(self, machine="" if self.confidence >= LADDER[-1] else self.machine, is_measured=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """A person's reply. is_sure: the value is on the paper, though in no list."""

    value: str
    verdict: str
    operator: str
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """Result of checking an answer. lost: fields for which no cleaner understood it; unlisted: lists that lack it.

    measured: what it shows about the machine, for its event. made: resulting field values as one text.
    """

    decision: Decision
    lost: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    measured: Mapping[str, Any] | None = None
    made: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it may be stored."""
        return not self.lost and not self.unlisted


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer as a decision. is_measured: whether it measures the machine; is_sure: see `Reply`."""

    decision: Decision
    is_measured: bool = False
    is_sure: bool = False


def find_problem(row: Reply, question: AskedItem | None) -> str:
    """Why a reply does not answer the question, "" if it does."""
    if question is None:
        return "no longer asked: the page or its reading has changed; it will be asked again"
    if row.value.strip().casefold() == MASK:
        return f"{MASK} is not a value: it says that the value is hidden; type what is written on the paper"
    if question.words:
        return "" if _parse_word(row, question) else f"say what it is: {', '.join(question.words)}"
    if row.verdict in WORDS and row.verdict != BLANK:
        return f"{row.verdict!r} is only for rows of registers or missing pages"
    if row.verdict not in ("", OK, SURE, BLANK, ILLEGIBLE, NO_VALUE):
        return f"verdict must be {OK}, {BLANK}, {ILLEGIBLE} or {NO_VALUE}"
    if row.value and row.verdict in (BLANK, ILLEGIBLE):
        return f"a value and the verdict {row.verdict} contradict each other"
    if row.verdict in (SURE, NO_VALUE) and not row.value:
        return f"{row.verdict} needs what is written typed beside it"
    if row.verdict == OK and not row.value and not question.machine:
        return f"there is no reading to accept; type the value, or choose {BLANK} or {ILLEGIBLE}"
    return ""


def _parse_word(row: Reply, question: AskedItem) -> str:
    """The allowed word given in a line, "" if it is another text, or several words."""
    said = {question.machine if w == OK else w for w in (row.verdict, row.value.strip().lower()) if w}
    return said.pop() if len(said) == 1 and said <= {*question.words} else ""


def as_decision(row: Reply, question: AskedItem) -> Decision:
    """The answer as stored."""
    if question.words:
        return replace(question.blank, value=_parse_word(row, question), operator=row.operator)
    verdict = row.verdict if row.verdict in (BLANK, ILLEGIBLE, NO_VALUE) else VALUE
    text = row.value or (question.machine if row.verdict == OK else "")
    return replace(question.blank, verdict=verdict, value=text, operator=row.operator)


def is_current_answer(decision: Decision, blank: Decision) -> bool:
    """Whether a decision answers the current question. blank: the question, without its answer."""
    is_of_today = (decision.reading, decision.source) == (blank.reading, blank.source)
    return is_of_today and decision.verdict != REOPENED


def is_same_answer(a: Decision | None, b: Decision) -> bool:
    """Whether two answers agree."""
    return a is not None and (a.verdict, a.value) == (b.verdict, b.value)


def check_answers(
    ledger: Ledger, known: RunContext, record: str, given: Sequence[GivenAnswer], *, with_rules: bool = True
) -> tuple[list[CheckedAnswer], tuple[str, ...]]:
    """Try all answers on one record together without writing.

    Returns the results in order, and codes of rules that still reject it.

    with_rules: run the rules as well; without, codes are empty and it takes a tenth of the time. Raises NotFound if the
    record is gone.
    """
    before = Records(ledger).find(record)
    tried = try_decisions(ledger, known, record, [g.decision for g in given], with_rules=with_rules)
    checked = []
    for one in given:
        lost = tuple(tried.lost_fields(one.decision))
        strange = () if lost or one.is_sure else tuple(tried.unlisted_fields(one.decision, known.lists))
        is_measured = one.is_measured and before is not None and not lost
        found = answer_of(ledger, known, before.record, tried.record, one.decision) if is_measured and before else None
        checked.append(CheckedAnswer(one.decision, lost, strange, found, tried.format_values(one.decision)))
    return checked, tried.codes


def explain_refusal(checked: CheckedAnswer) -> str:
    """Message for an answer that is not stored, "" otherwise; without its value."""
    if checked.lost:
        return f"not understood as {', '.join(checked.lost)}; type it as on the paper"
    if checked.unlisted:
        where = ", ".join(checked.unlisted)
        return f"in no list ({where}); check it, and say {SURE} if the paper says so"
    return ""


def has_measured_answer(ledger: Ledger, record: str, cell: str) -> bool:
    """Whether an answer on a place was stored that measures the machine."""
    sql = """SELECT 1 FROM events WHERE unit = ? AND step = 'review' AND json_extract(detail, '$.cell') = ?
      AND json_extract(detail, '$.measured') IS NOT NULL LIMIT 1"""
    return bool(ledger.rows(sql, (record, cell)))


def keep_answer(ledger: Ledger, answer: Decision, measured: Mapping[str, Any] | None = None, **more: Any) -> None:
    """Add an answer to the ledger, with an event that contains no value. measured: what it shows about the machine.

    more: further event details, as JSON types.
    """
    with ledger.writing():
        Records(ledger).insert_decision(answer, datetime.now(UTC).isoformat(timespec="seconds"))
        detail: dict[str, Any] = {"cell": answer.field, "verdict": answer.verdict, "operator": answer.operator, **more}
        if measured is not None:
            detail["measured"] = measured
        ledger.record_event(answer.record, "review", "note", detail=detail)
