"""What a person is asked that hangs on no field: whole rows that make no record, gaps in the numbers of pages,
names that are in no list.
"""

from __future__ import annotations

from collections.abc import Iterator

from digitize.reading.rows import ROW_KINDS
from digitize.review.entry_questions import entry_questions
from digitize.review.gap_questions import GAP_WORDS, gap_questions
from digitize.review.row_questions import row_questions
from digitize.workspace.decisions.entries import ENTRY_WORDS
from digitize.workspace.decisions.words import Question
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger

WORDS = (*ROW_KINDS, *GAP_WORDS, *ENTRY_WORDS)
"""All that such a question may be answered with."""


def list_questions(ledger: Ledger, known: Known) -> Iterator[Question]:
    """All that is open today."""
    yield from row_questions(ledger, known)
    yield from gap_questions(ledger)
    yield from entry_questions(ledger, known)
