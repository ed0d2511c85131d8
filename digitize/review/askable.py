"""Valid questions for answers, looked up by record: item id -> question.

An item's id is a hash that does not reveal its record; the sheet has it in a separate column, so only those records are
read. If that column was removed or changed, all records are searched once, some hundreds at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import chain, islice

from digitize.reading.rows import RECORD, ROW_KINDS
from digitize.reading.tying import MISSING
from digitize.review.answering import AskedItem
from digitize.review.gap_questions import GAP_WORDS
from digitize.review.open_items import list_open_items
from digitize.review.part_questions import TIE_WORDS
from digitize.review.questions import list_questions, list_questions_on
from digitize.review.row_questions import make_row_decision
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.entries import ENTRY_WORDS, LIST_FILES
from digitize.workspace.decisions.items import item_id, measured_id, row_id
from digitize.workspace.decisions.special_questions import ENTRY, GAP, PART, ROW, TIE
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.ledger.verdict import REOPENED
from digitize.workspace.run_context import RunContext

_AT_ONCE = 200
_IS_OURS = "SELECT 1 FROM scans WHERE page IN (?, ?) UNION ALL SELECT 1 FROM tables WHERE unit = ? LIMIT 1"


def find_askable(
    ledger: Ledger, known: RunContext, items: Collection[str], records: Iterable[str]
) -> dict[str, AskedItem]:
    """Current or previously settled questions of these items. records: named for them, "" if none.

    Memory: some hundred records, and the result.
    """
    named = list(dict.fromkeys(records))
    found = _find_in_batches(ledger, known, named, items)
    if all(item in found for item in items) or all(_is_of_workspace(ledger, name) for name in named):
        return found
    return _find_in_batches(ledger, known, _all_names(ledger, known), items)


def list_askable(ledger: Ledger, known: RunContext, names: AbstractSet[str]) -> dict[str, AskedItem]:
    """All questions on some records, on rows and pages without one, and on lists: open items, and settled ones."""
    asked = {}
    for cells in Records(ledger).decisions_on(sorted(names)).values():
        for d in (d for d in cells.values() if d.verdict != REOPENED):
            asked[item_id(d.record, d.field, d.reading, d.source)] = AskedItem(d, d.value, d, _list_words(d))
    before = {id: question.before for id, question in asked.items()}
    # Today's questions go over those of decisions: what is open again is asked as it stands now.
    for q in list_questions_on(ledger, known, names):
        asked[q.item.id] = AskedItem(q.blank, q.ok, before.get(q.item.id), q.item.candidates)
    whole = WholeRowQuestions(ledger, known)
    for stored, item in list_open_items(ledger, known, names):
        blank = Decision(item.record, item.cell, item.reading, item.source, stored.record.form, VALUE, "", "")
        machine, earlier = item.machine, before.get(item.id)
        asked[item.id] = AskedItem(blank, machine, earlier, row=whole.find_question(stored), confidence=item.confidence)
    return asked | {measured_id(id): a.to_measure() for id, a in asked.items() if not a.words}


def _find_in_batches(
    ledger: Ledger, known: RunContext, names: Iterable[str], items: Collection[str]
) -> dict[str, AskedItem]:
    wanted, found = frozenset(items), dict[str, AskedItem]()
    waiting = iter(names)
    while some := frozenset(islice(waiting, _AT_ONCE)):
        found |= {id: asked for id, asked in list_askable(ledger, known, some).items() if id in wanted}
    return found


def _all_names(ledger: Ledger, known: RunContext) -> Iterator[str]:
    """Everything with a possible question or a decision."""
    rows = chain(
        ledger.stream_rows("SELECT record FROM records WHERE record > '' ORDER BY record"),
        ledger.stream_rows("SELECT DISTINCT record FROM decisions ORDER BY record"),
    )
    yield from (row["record"] for row in rows)
    yield from dict.fromkeys(question.item.record for question in list_questions(ledger, known))


def _is_of_workspace(ledger: Ledger, name: str) -> bool:
    """Whether a name belongs to a record, row, page or list of this workspace, possibly deleted."""
    unit = name.rpartition("-r")[0]
    return name in LIST_FILES or bool(ledger.rows(_IS_OURS, (name, unit, unit)))


def _list_words(decision: Decision) -> tuple[str, ...]:
    """Alternative words of an earlier decision without a field."""
    words: Mapping[str, tuple[str, ...]] = {
        ROW: ROW_KINDS, GAP: GAP_WORDS, ENTRY: ENTRY_WORDS, PART: (MISSING,), TIE: TIE_WORDS, f"{TIE}:": (MISSING,),
    }  # fmt: skip
    kind = decision.field.partition(":")[0]
    return words.get(decision.field, words.get(kind, ()))


class WholeRowQuestions:
    """Questions about the type of a whole register row that gives a record."""

    def __init__(self, ledger: Ledger, known: RunContext) -> None:
        self._ledger, self._known = ledger, known
        self._readings = Readings(ledger)
        self._last: tuple[str, AskedItem | None] = ("", None)

    def find_question(self, stored: Stored) -> AskedItem | None:
        """Question about a record's row; None outside registers. Items of a record come consecutively."""
        if self._last[0] != stored.record.id:
            self._last = stored.record.id, self._build_question(stored)
        return self._last[1]

    def _build_question(self, stored: Stored) -> AskedItem | None:
        mapped = self._ledger.state(stored.unit, "map")
        scan = Catalogue(self._ledger).scan(stored.unit) if mapped and mapped.is_register else None
        if mapped is None or scan is None:
            return None
        form = self._known.mapping_for_family(mapped.detail["register"]).form
        blank = make_row_decision(scan, self._readings, row_id(stored.record.id), RECORD, form)
        before = Records(self._ledger).decisions(blank.record).get(blank.field)
        is_of_today = before is not None and before.source == blank.source
        return AskedItem(blank, RECORD, before if is_of_today else None, ROW_KINDS)
