"""Review import: filled rows back in, checked by the same cleaners and rules; conflicts are shown, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digitize.errors import InputError, NotFound
from digitize.reading.rows import RECORD, ROW_KINDS
from digitize.review.gap_questions import GAP_WORDS
from digitize.review.questions import WORDS, list_questions
from digitize.review.row_questions import row_decision
from digitize.review.sheet import OK, Filled, read_sheet
from digitize.review.trial import trial
from digitize.workspace.decisions.apply import BLANK, ILLEGIBLE, VALUE
from digitize.workspace.decisions.entries import ENTRY_WORDS, add_entry
from digitize.workspace.decisions.items import item_id, list_items, row_id
from digitize.workspace.decisions.words import ENTRY, GAP, ROW, is_word
from digitize.workspace.known import Known, learn
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.place import Place


@dataclass(slots=True)
class ReviewImport:
    """What became of the rows: rows = accepted + known + conflicts + refused.

    known: settled the same way before. conflicts, refused: (line, what), without values. still: (record, rule codes)
    of records that a rule refuses even with the accepted values.
    """

    rows: int = 0
    accepted: int = 0
    known: int = 0
    conflicts: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    still: list[tuple[str, str]] = field(default_factory=list)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "rows": self.rows, "accepted": self.accepted, "known": self.known,
            "conflicts": [{"line": n, "what": w} for n, w in self.conflicts],
            "refused": [{"line": n, "what": w} for n, w in self.refused],
            "still": [{"record": r, "codes": c} for r, c in self.still],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a line answers: a decision without an answer; machine: what ok would agree to; before: an earlier answer.

    words: what it may be answered with, where it hangs on no field. row: of a cell of a register, the question what its
    whole row is.
    """

    blank: Decision
    machine: str
    before: Decision | None = None
    words: tuple[str, ...] = ()
    row: _Asked | None = None


def import_review(place: Place, path: Path, operator: str) -> ReviewImport:
    """Take a filled review sheet in. All accepted rows are kept in one transaction.

    operator: name kept with every row that names no other. Raises InputError when the file is no review sheet or a row
    has no operator.
    """
    report = ReviewImport()
    with Ledger(place.ledger) as ledger:
        known = learn(place, ledger)
        rows = list(read_sheet(path))
        answers = _answers(rows, _asked(ledger, known), operator, report)
        with ledger.writing():
            for record, own in _by_record(answers).items():
                _take_record(ledger, known, record, own, report)
        # After the ledger: what it lacks would be asked again, what the list lacks would not.
        for _, answer in answers:
            if answer.field.startswith(f"{ENTRY}:"):
                add_entry(place.own_lists, answer)
    return report


def _asked(ledger: Ledger, known: Known) -> dict[str, _Asked]:
    """Item id -> what it asks: the open items of today, and those settled before."""
    asked = {}
    for of_unit in Records(ledger).decided_units().values():
        for cells in of_unit.values():
            for d in cells.values():
                words = _words_of(d)
                asked[item_id(d.record, d.field, d.reading, d.source)] = _Asked(d, d.value, d, words)
    before = {id: question.before for id, question in asked.items()}
    # Today's questions go over those of decisions: what is open again is asked as it stands now.
    for q in list_questions(ledger, known):
        asked[q.item.id] = _Asked(q.blank, q.ok, before.get(q.item.id), q.item.candidates)
    whole = _WholeRows(ledger, known)
    for stored, item in list_items(ledger, known.mappings):
        blank = Decision(item.record, item.cell, item.reading, item.source, stored.record.form, VALUE, "", "")
        asked[item.id] = _Asked(blank, item.value or item.reading, before.get(item.id), row=whole.of(stored))
    return asked


def _words_of(decision: Decision) -> tuple[str, ...]:
    """What a decision made before might have said instead, where it hangs on no field."""
    return {ROW: ROW_KINDS, GAP: GAP_WORDS, ENTRY: ENTRY_WORDS}.get(decision.field.partition(":")[0], ())


class _WholeRows:
    """The question what a whole row is, of rows of registers that make records."""

    def __init__(self, ledger: Ledger, known: Known) -> None:
        self._ledger, self._known = ledger, known
        self._readings = Readings(ledger)
        self._last: tuple[str, _Asked | None] = ("", None)

    def of(self, stored: Stored) -> _Asked | None:
        """The question of a record's row; None where it is of no register. Items of a record come in a row."""
        if self._last[0] != stored.record.id:
            self._last = stored.record.id, self._look(stored)
        return self._last[1]

    def _look(self, stored: Stored) -> _Asked | None:
        mapped = self._ledger.state(stored.unit, "map")
        scan = Catalogue(self._ledger).scan(stored.unit) if mapped and mapped.is_register else None
        if mapped is None or scan is None:
            return None
        form = self._known.mapping_for_family(mapped.detail["register"]).form
        blank = row_decision(scan, self._readings, row_id(stored.record.id), RECORD, form)
        before = Records(self._ledger).decisions(blank.record).get(blank.field)
        is_of_today = before is not None and before.source == blank.source
        return _Asked(blank, RECORD, before if is_of_today else None, ROW_KINDS)


def _answers(
    rows: Sequence[Filled], asked: Mapping[str, _Asked], operator: str, report: ReviewImport
) -> list[tuple[int, Decision]]:
    """(line, decision) of the rows that say something new; the others are counted or reported."""
    report.rows = len(rows)
    taken: dict[tuple[str, str], tuple[int, Decision]] = {}
    for row in rows:
        if not (row.operator or operator):
            raise InputError(f"Line {row.line} has no operator. Give the name with --operator.")
        question = asked.get(row.item)
        # "blank" is said of the cell that the line shows, not of its whole row.
        if question is not None and row.verdict in ROW_KINDS and row.verdict != BLANK:
            question = question.row or question
        problem = _problem(row, question)
        if question is None or problem:
            report.conflicts.append((row.line, problem))
            continue
        answer = _answer(row, question, row.operator or operator)
        key = (answer.record, answer.field)
        before, twin = question.before, taken.get(key)
        # The same sheet taken in twice, and two lines that agree, are no conflict.
        if _same(before, answer) or (twin and _same(twin[1], answer)):
            report.known += 1
        # Whoever settled it may think again; another person may not overrule them in silence.
        elif before and before.operator != answer.operator:
            report.conflicts.append((row.line, f"{before.operator} settled this otherwise before; agree on one value"))
        elif twin:
            report.conflicts.append((row.line, f"line {twin[0]} of this sheet says otherwise"))
        else:
            taken[key] = (row.line, answer)
    return list(taken.values())


def _problem(row: Filled, question: _Asked | None) -> str:
    if question is None:
        return "not asked any more: the page or its reading changed since this sheet was written; export it again"
    if question.words:
        return "" if _word(row, question) else f"say what it is: {', '.join(question.words)}"
    if row.verdict in WORDS and row.verdict != BLANK:
        return f"{row.verdict!r} is said of rows of registers or of missing pages only"
    if row.verdict not in ("", OK, BLANK, ILLEGIBLE):
        return f"verdict must be {OK}, {BLANK} or {ILLEGIBLE}"
    if row.value and row.verdict in (BLANK, ILLEGIBLE):
        return f"a value and the verdict {row.verdict} contradict each other"
    if row.verdict == OK and not row.value and not question.machine:
        return "there is no reading to say ok to; type the value, or choose blank or illegible"
    return ""


def _word(row: Filled, question: _Asked) -> str:
    """The one of a question's words that a line says, "" when it says something else, or two things."""
    said = {question.machine if w == OK else w for w in (row.verdict, row.value.strip().lower()) if w}
    return said.pop() if len(said) == 1 and said <= {*question.words} else ""


def _answer(row: Filled, question: _Asked, operator: str) -> Decision:
    if question.words:
        return replace(question.blank, value=_word(row, question), operator=operator)
    verdict = row.verdict if row.verdict in (BLANK, ILLEGIBLE) else VALUE
    text = row.value or (question.machine if row.verdict == OK else "")
    return replace(question.blank, verdict=verdict, value=text, operator=operator)


def _same(a: Decision | None, b: Decision) -> bool:
    return a is not None and (a.verdict, a.value) == (b.verdict, b.value)


def _by_record(answers: Sequence[tuple[int, Decision]]) -> dict[str, list[tuple[int, Decision]]]:
    grouped: dict[str, list[tuple[int, Decision]]] = {}
    for line, answer in answers:
        grouped.setdefault(answer.record, []).append((line, answer))
    return grouped


def _take_record(
    ledger: Ledger, known: Known, record: str, own: list[tuple[int, Decision]], report: ReviewImport
) -> None:
    """Try all answers on one record together, and keep those that are understood; words on whole rows are."""
    words = [(line, answer) for line, answer in own if is_word(answer)]
    for _, answer in words:
        _keep(ledger, answer, report)
    own = [(line, answer) for line, answer in own if not is_word(answer)]
    if not own:
        return
    try:
        tried = trial(ledger, known, record, [answer for _, answer in own])
    except NotFound as e:
        report.conflicts += [(line, str(e)) for line, _ in own]
        return
    for line, answer in own:
        lost = tried.lost_fields(answer)
        if lost:
            report.refused.append((line, f"not understood as {', '.join(lost)}; type it as it stands on the paper"))
            continue
        _keep(ledger, answer, report)
    if tried.codes:
        report.still.append((record, ", ".join(tried.codes)))


def _keep(ledger: Ledger, answer: Decision, report: ReviewImport) -> None:
    """Add an answer to the ledger, with an event that names no value."""
    report.accepted += 1
    Records(ledger).insert_decision(answer, datetime.now(UTC).isoformat(timespec="seconds"))
    detail = {"cell": answer.field, "verdict": answer.verdict, "operator": answer.operator}
    ledger.record_event(answer.record, "review", "note", detail=detail)
