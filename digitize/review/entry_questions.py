"""Questions about typed names in no list: do they belong there?"""

from __future__ import annotations

from collections.abc import Iterator

from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.entries import ADD, ENTRY_WORDS, LEAVE, Typed, find_typed
from digitize.workspace.decisions.items import Item, item_id
from digitize.workspace.decisions.special_questions import Question
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision
from digitize.workspace.run_context import RunContext


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
