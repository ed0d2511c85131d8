"""Questions without a field: whole rows without a record, gaps in page numbers, sheets of a record, unlisted names."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import chain

from digitize.reading.rows import ROW_KINDS
from digitize.review.gap_questions import GAP_WORDS, list_gap_questions, list_gap_questions_on
from digitize.review.part_questions import PART_WORDS, list_part_questions, list_part_questions_on
from digitize.review.row_questions import list_row_questions, list_row_questions_on
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.entries import ADD, ENTRY_WORDS, LEAVE, LIST_FILES, Typed, find_typed
from digitize.workspace.decisions.items import Item, item_id
from digitize.workspace.decisions.special_questions import Question
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision
from digitize.workspace.run_context import RunContext

WORDS = tuple(dict.fromkeys((*ROW_KINDS, *GAP_WORDS, *PART_WORDS, *ENTRY_WORDS)))
"""All that such a question may be answered with."""


def list_questions(ledger: Ledger, known: RunContext, volume: int | None = None) -> Iterator[Question]:
    """All open ones. volume: only this one; lists belong to no volume."""
    yield from list_row_questions(ledger, known, volume)
    yield from list_gap_questions(ledger, volume)
    yield from list_part_questions(ledger, known, volume)
    yield from list_entry_questions(ledger, known) if volume is None else ()


def list_questions_on(ledger: Ledger, known: RunContext, names: AbstractSet[str]) -> Iterator[Question]:
    """Those of some rows (PAGE-r03), pages and lists; nothing else is read."""
    pages = sorted({name.rpartition("-r")[0] for name in names})
    found = (
        list_row_questions_on(ledger, known, pages),
        list_part_questions_on(ledger, known, pages),
        list_gap_questions_on(ledger, names),
        list_entry_questions(ledger, known) if names & {*LIST_FILES} else (),
    )
    yield from (question for question in chain(*found) if question.item.record in names)


def list_entry_questions(ledger: Ledger, known: RunContext) -> Iterator[Question]:
    """Undecided names; each is asked once."""
    return (_as_question(typed) for typed in find_typed(ledger, known.lists))


def _as_question(typed: Typed) -> Question:
    records = "1 record" if typed.count == 1 else f"{typed.count} records"
    item = Item(
        id=item_id(typed.file, typed.cell, typed.district, ""),
        record=typed.file,
        cell=typed.cell,
        fields=(f"(list of {typed.list}s)",),
        reading=typed.name,
        value="",
        candidates=ENTRY_WORDS,
        confidence=0.0,
        why=("not-in-list",),
        said=(
            f"Typed in {records} and in no list of {typed.list}s. Say {ADD} to put it into {typed.file}, so "
            f"that it is read elsewhere, too; {LEAVE} where it is none.",
        ),
        source="",
    )
    return Question(item, Decision(typed.file, typed.cell, typed.district, "", "", VALUE, "", ""), ok=ADD)
