"""Review import: filled rows are checked by the same cleaners and rules; conflicts are shown, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitize.errors import InputError, NotFound
from digitize.machine.work_keys import work_key
from digitize.masking.cases import build_case_masks
from digitize.masking.masks import MASK
from digitize.reading.rows import ROW_KINDS
from digitize.review.answer_history import (
    DISPUTED,
    SETTLED,
    THIRD,
    PastAnswer,
    format_now,
    list_answers_on,
    record_answer,
)
from digitize.review.answering import (
    AskedItem,
    GivenAnswer,
    Reply,
    as_decision,
    check_answers,
    explain_refusal,
    find_problem,
    is_same_answer,
    keep_answer,
)
from digitize.review.askable import find_askable
from digitize.review.sheet import FilledRow, read_sheet
from digitize.review.verdicts import OK, SURE
from digitize.workspace.decisions.entries import add_entry
from digitize.workspace.decisions.places import cell_of
from digitize.workspace.decisions.special_questions import ENTRY, is_word
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.measuring import measure_place
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext, build_run_context
from mappers.record import BLANK


@dataclass(slots=True)
class ReviewImport:
    """Result: rows = accepted + known + conflicts + refused.

    known: settled the same way before. conflicts, refused: (line, reason), without values. still: (record, rule codes)
    of records that a rule rejects despite the accepted values. said: threshold changes, in sentences. disputes: (item,
    current value, contradicting value), for a third person to decide.
    """

    rows: int = 0
    accepted: int = 0
    known: int = 0
    conflicts: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    still: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    disputes: list[tuple[str, Decision, Decision]] = field(default_factory=list)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "rows": self.rows, "accepted": self.accepted, "known": self.known,
            "conflicts": [{"line": n, "what": w} for n, w in self.conflicts],
            "refused": [{"line": n, "what": w} for n, w in self.refused],
            "still": [{"record": r, "codes": c} for r, c in self.still],
            "said": self.said,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _AnsweredLine:
    """Content of a line.

    decides: dispute that it decides as a third person, "" if none.
    """

    line: int
    given: GivenAnswer
    decides: str = ""


def import_review(place: Place, path: Path, operator: str) -> ReviewImport:
    """Import a filled review sheet. All accepted rows are stored in one transaction.

    operator: for rows that name none. Raises InputError if the file is no review sheet or a row has no operator.
    """
    report = ReviewImport()
    with Ledger(place.ledger) as ledger:
        known = build_run_context(place, ledger)
        rows = list(read_sheet(path))
        asked = find_askable(ledger, known, {row.item for row in rows}, (row.record for row in rows))
        answers = _AnswerSorter(ledger, asked, operator, report).sort_rows(rows)
        with ledger.writing():
            for record, own in _group_by_record(answers).items():
                _take_record(ledger, known, record, own, report)
            for disputed in report.disputes:
                note_dispute(ledger, *disputed)
            report.said = measure_place(ledger, place)
        # After the ledger: what it lacks would be asked again, what the list lacks would not.
        for line in answers:
            if line.given.decision.field.startswith(f"{ENTRY}:"):
                add_entry(place.own_lists, line.given.decision)
    return report


class _AnswerSorter:
    """Rows with something new; the others are counted or reported."""

    def __init__(self, ledger: Ledger, asked: Mapping[str, AskedItem], operator: str, report: ReviewImport) -> None:
        self._ledger, self._asked, self._operator, self._report = ledger, asked, operator, report
        self._taken: dict[tuple[str, str], _AnsweredLine] = {}

    def sort_rows(self, rows: Sequence[FilledRow]) -> list[_AnsweredLine]:
        self._report.rows = len(rows)
        for row in rows:
            if not (row.operator or self._operator):
                raise InputError(f"Line {row.line} has no operator. Give the name with --operator.")
            if row.fault:
                self._report.refused.append((row.line, row.fault))
                continue
            reply = Reply(row.value, row.verdict, row.operator or self._operator, is_sure=row.verdict == SURE)
            question = self._asked.get(row.item)
            # "blank" is said of the cell that the line shows, not of its whole row.
            if question is not None and row.verdict in ROW_KINDS and row.verdict != BLANK:
                question = question.row or question
            problem = find_problem(reply, question) or self._find_unseen(row, question)
            if question is None or problem:
                self._report.conflicts.append((row.line, problem))
            else:
                self._sort_row(row, reply, question)
        return list(self._taken.values())

    def _find_unseen(self, row: FilledRow, question: AskedItem | None) -> str:
        """Why "ok" cannot stand where the sheet hid the value, "" if it can."""
        if question is None or question.words or row.verdict != OK or row.value:
            return ""
        # A sheet without its readings shows none either: then the law of today says what was hidden.
        if row.shown == MASK or (not row.shown and self._is_masked(question.blank)):
            return (
                f"{MASK} hides the value: nobody saw what {OK} would confirm; type it from the paper, or export with "
                "--unmask"
            )
        return ""

    def _is_masked(self, asked: Decision) -> bool:
        stored = Records(self._ledger).find(asked.record)
        if stored is None:
            return False
        values = dict(stored.record.cells())
        paths = build_case_masks(self._ledger, [stored.record]).list_masked_paths(stored.record)
        return any(cell_of(path, values.get(path)) == asked.field for path in paths)

    def _sort_row(self, row: FilledRow, reply: Reply, question: AskedItem) -> None:
        answer = as_decision(reply, question)
        key = (answer.record, answer.field)
        before, twin = question.before, self._taken.get(key)
        # The same sheet taken in twice, and two lines that agree, are no conflict.
        if is_same_answer(before, answer) or (twin and is_same_answer(twin.given.decision, answer)):
            self._report.known += 1
        # Whoever settled it may think again; another person may not overrule them in silence, a third may decide.
        elif before and before.operator != answer.operator and not is_third_opinion(self._ledger, before, answer):
            self._report.disputes.append((row.item, before, answer))
            said = f"{before.operator} settled this differently before; a third person must decide, in another line"
            self._report.conflicts.append((row.line, said))
        elif twin:
            self._report.conflicts.append((row.line, f"line {twin.line} of this sheet says something else"))
        else:
            decides = row.item if before and before.operator != answer.operator else ""
            self._taken[key] = _AnsweredLine(
                row.line, GivenAnswer(answer, question.is_measured, reply.is_sure), decides
            )


def _group_by_record(answers: Sequence[_AnsweredLine]) -> dict[str, list[_AnsweredLine]]:
    grouped: dict[str, list[_AnsweredLine]] = {}
    for line in answers:
        grouped.setdefault(line.given.decision.record, []).append(line)
    return grouped


def _take_record(
    ledger: Ledger, known: RunContext, record: str, own: Sequence[_AnsweredLine], report: ReviewImport
) -> None:
    """Try all answers on one record together, and store those that are understood, including answers on whole rows."""
    for line in own:
        if is_word(line.given.decision):
            keep_answer(ledger, line.given.decision)
            report.accepted += 1
    own = [line for line in own if not is_word(line.given.decision)]
    if not own:
        return
    try:
        checked, codes = check_answers(ledger, known, record, [line.given for line in own])
    except NotFound as e:
        report.conflicts += [(line.line, str(e)) for line in own]
        return
    for line, found in zip(own, checked, strict=True):
        if found.is_good:
            keep_answer(ledger, found.decision, found.measured)
            if line.decides:
                close_dispute(ledger, line.decides, found.decision)
            report.accepted += 1
        else:
            report.refused.append((line.line, explain_refusal(found)))
    if codes:
        report.still.append((record, ", ".join(codes)))


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
