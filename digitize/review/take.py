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
from digitize.review.measuring import list_open
from digitize.review.questions import WORDS, list_questions
from digitize.review.row_questions import row_decision
from digitize.review.sheet import OK
from digitize.review.sheet_read import Filled, read_sheet
from digitize.review.trial import trial
from digitize.steps.measure import answer_of
from digitize.workspace.calibration.proving import LADDER
from digitize.workspace.decisions.apply import BLANK, ILLEGIBLE, VALUE
from digitize.workspace.decisions.entries import ENTRY_WORDS, add_entry
from digitize.workspace.decisions.items import item_id, measured_id, row_id
from digitize.workspace.decisions.words import ENTRY, GAP, ROW, is_word
from digitize.workspace.known import Known, learn
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.measuring import measure_place
from digitize.workspace.place import Place


@dataclass(slots=True)
class ReviewImport:
    """What became of the rows: rows = accepted + known + conflicts + refused.

    known: settled the same way before. conflicts, refused: (line, what), without values. still: (record, rule codes)
    of records that a rule refuses even with the accepted values. said: what the answers open or close, in sentences.
    """

    rows: int = 0
    accepted: int = 0
    known: int = 0
    conflicts: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    still: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

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
class _Asked:
    """What a line answers: a decision without an answer; machine: what ok would agree to; before: an earlier answer.

    words: what it may be answered with, where it hangs on no field. row: of a cell of a register, the question what its
    whole row is. is_measured: the answer shows how right the machine is; confidence: of what it made.
    """

    blank: Decision
    machine: str
    before: Decision | None = None
    words: tuple[str, ...] = ()
    row: _Asked | None = None
    is_measured: bool = False
    confidence: float = 1.0

    def to_measure(self) -> _Asked:
        """The same, asked to measure: where the sheet showed no reading there is nothing to agree to."""
        return replace(self, machine="" if self.confidence >= LADDER[-1] else self.machine, is_measured=True)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a line of the sheet says. is_measured: whether that shows how right the machine is."""

    line: int
    decision: Decision
    is_measured: bool = False


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
            report.said = measure_place(ledger, place)
        # After the ledger: what it lacks would be asked again, what the list lacks would not.
        for given in answers:
            if given.decision.field.startswith(f"{ENTRY}:"):
                add_entry(place.own_lists, given.decision)
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
    for stored, item in list_open(ledger, known):
        blank = Decision(item.record, item.cell, item.reading, item.source, stored.record.form, VALUE, "", "")
        machine, earlier = item.machine, before.get(item.id)
        asked[item.id] = _Asked(blank, machine, earlier, row=whole.of(stored), confidence=item.confidence)
    return asked | {measured_id(id): a.to_measure() for id, a in asked.items() if not a.words}


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


def _answers(rows: Sequence[Filled], asked: Mapping[str, _Asked], operator: str, report: ReviewImport) -> list[_Given]:
    """The rows that say something new; the others are counted or reported."""
    report.rows = len(rows)
    taken: dict[tuple[str, str], _Given] = {}
    for row in rows:
        if not (row.operator or operator):
            raise InputError(f"Line {row.line} has no operator. Give the name with --operator.")
        if row.fault:
            report.refused.append((row.line, row.fault))
            continue
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
        if _same(before, answer) or (twin and _same(twin.decision, answer)):
            report.known += 1
        # Whoever settled it may think again; another person may not overrule them in silence.
        elif before and before.operator != answer.operator:
            report.conflicts.append((row.line, f"{before.operator} settled this otherwise before; agree on one value"))
        elif twin:
            report.conflicts.append((row.line, f"line {twin.line} of this sheet says otherwise"))
        else:
            taken[key] = _Given(row.line, answer, question.is_measured)
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


def _by_record(answers: Sequence[_Given]) -> dict[str, list[_Given]]:
    grouped: dict[str, list[_Given]] = {}
    for given in answers:
        grouped.setdefault(given.decision.record, []).append(given)
    return grouped


def _take_record(ledger: Ledger, known: Known, record: str, own: Sequence[_Given], report: ReviewImport) -> None:
    """Try all answers on one record together, and keep those that are understood; words on whole rows are."""
    for given in own:
        if is_word(given.decision):
            _keep(ledger, given.decision, report)
    own = [given for given in own if not is_word(given.decision)]
    before = Records(ledger).one(record)
    if not own:
        return
    try:
        tried = trial(ledger, known, record, [given.decision for given in own])
    except NotFound as e:
        report.conflicts += [(given.line, str(e)) for given in own]
        return
    for given in own:
        lost = tried.lost_fields(given.decision)
        if lost:
            said = f"not understood as {', '.join(lost)}; type it as it stands on the paper"
            report.refused.append((given.line, said))
            continue
        found = answer_of(ledger, before.record, tried.record, given.decision) if given.is_measured and before else None
        _keep(ledger, given.decision, report, found)
    if tried.codes:
        report.still.append((record, ", ".join(tried.codes)))


def _keep(ledger: Ledger, answer: Decision, report: ReviewImport, measured: Mapping[str, Any] | None = None) -> None:
    """Add an answer to the ledger, with an event that names no value. measured: what it says of the machine."""
    report.accepted += 1
    Records(ledger).insert_decision(answer, datetime.now(UTC).isoformat(timespec="seconds"))
    detail: dict[str, Any] = {"cell": answer.field, "verdict": answer.verdict, "operator": answer.operator}
    if measured is not None:
        detail["measured"] = measured
    ledger.record_event(answer.record, "review", "note", detail=detail)
