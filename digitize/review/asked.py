"""All that an answer may be taken for today: item id -> what it asks."""

from __future__ import annotations

from digitize.reading.rows import RECORD, ROW_KINDS
from digitize.review.answering import AskedPlace
from digitize.review.gap_questions import GAP_WORDS
from digitize.review.measuring import list_open
from digitize.review.questions import list_questions
from digitize.review.row_questions import row_decision
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.entries import ENTRY_WORDS
from digitize.workspace.decisions.items import item_id, measured_id, row_id
from digitize.workspace.decisions.words import ENTRY, GAP, ROW
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.ledger.verdict import REOPENED


def all_asked(ledger: Ledger, known: Known) -> dict[str, AskedPlace]:
    """Item id -> what it asks: the open items of today, and those settled before."""
    asked = {}
    for of_unit in Records(ledger).decided_units().values():
        for cells in of_unit.values():
            for d in (d for d in cells.values() if d.verdict != REOPENED):
                words = _words_of(d)
                asked[item_id(d.record, d.field, d.reading, d.source)] = AskedPlace(d, d.value, d, words)
    before = {id: question.before for id, question in asked.items()}
    # Today's questions go over those of decisions: what is open again is asked as it stands now.
    for q in list_questions(ledger, known):
        asked[q.item.id] = AskedPlace(q.blank, q.ok, before.get(q.item.id), q.item.candidates)
    whole = WholeRows(ledger, known)
    for stored, item in list_open(ledger, known):
        blank = Decision(item.record, item.cell, item.reading, item.source, stored.record.form, VALUE, "", "")
        machine, earlier = item.machine, before.get(item.id)
        asked[item.id] = AskedPlace(blank, machine, earlier, row=whole.of(stored), confidence=item.confidence)
    return asked | {measured_id(id): a.to_measure() for id, a in asked.items() if not a.words}


def _words_of(decision: Decision) -> tuple[str, ...]:
    """What a decision made before might have said instead, where it hangs on no field."""
    return {ROW: ROW_KINDS, GAP: GAP_WORDS, ENTRY: ENTRY_WORDS}.get(decision.field.partition(":")[0], ())


class WholeRows:
    """The question what a whole row is, of rows of registers that make records."""

    def __init__(self, ledger: Ledger, known: Known) -> None:
        self._ledger, self._known = ledger, known
        self._readings = Readings(ledger)
        self._last: tuple[str, AskedPlace | None] = ("", None)

    def of(self, stored: Stored) -> AskedPlace | None:
        """The question of a record's row; None where it is of no register. Items of a record come in a row."""
        if self._last[0] != stored.record.id:
            self._last = stored.record.id, self._look(stored)
        return self._last[1]

    def _look(self, stored: Stored) -> AskedPlace | None:
        mapped = self._ledger.state(stored.unit, "map")
        scan = Catalogue(self._ledger).scan(stored.unit) if mapped and mapped.is_register else None
        if mapped is None or scan is None:
            return None
        form = self._known.mapping_for_family(mapped.detail["register"]).form
        blank = row_decision(scan, self._readings, row_id(stored.record.id), RECORD, form)
        before = Records(self._ledger).decisions(blank.record).get(blank.field)
        is_of_today = before is not None and before.source == blank.source
        return AskedPlace(blank, RECORD, before if is_of_today else None, ROW_KINDS)
