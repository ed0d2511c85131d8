"""What is asked, and what people said, of things that are no field: a whole row of a register, a gap between pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import PageScan
from digitize.workspace.ledger.records import Decision, Records

if TYPE_CHECKING:
    from digitize.workspace.decisions.items import Item
    from digitize.workspace.ledger.readings import Readings

ROW, GAP, ENTRY = "row", "gap", "entry"
"""Kinds of places that are no cell: a whole row ("row:PAGE/r03"), a gap behind a page ("gap:8-11"), a name for a list
("entry:station/NAME")."""
_ROWS = f"{ROW}:"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked that hangs on no field; answered with one of the item's candidates.

    blank: the decision without its answer. ok: what ok agrees to, "" where there is nothing to agree to.
    """

    item: Item
    blank: Decision
    ok: str


def row_cell(page: str, row: str) -> str:
    """The place that a word on a row is kept under."""
    return f"{_ROWS}{page}/{row}"


def is_word(decision: Decision) -> bool:
    """Whether a decision says what a row or a gap is, or whether a name is for a list."""
    return decision.field.partition(":")[0] in (ROW, GAP, ENTRY)


def words_of(decisions: Iterable[Decision]) -> Mapping[str, Mapping[str, str]]:
    """Page -> row -> what a person says it is, of those decisions that say so."""
    found: dict[str, dict[str, str]] = {}
    for decision in (d for d in decisions if d.field.startswith(_ROWS)):
        page, _, row = decision.field.removeprefix(_ROWS).rpartition("/")
        found.setdefault(page, {})[row] = decision.value
    return found


def find_row_words(ledger: Ledger, scan: PageScan, readings: Readings) -> Mapping[str, str]:
    """Row -> what a person says it is, of the rows of one page; a row that is not there any more is left out."""
    from digitize.workspace.decisions.items import register_source  # brings mapping, which `digitize status` needs not

    decided = Records(ledger).decisions_of(scan.page)
    words = [d for own in decided.values() for d in own.values() if d.field.startswith(_ROWS)]
    holding = (d for d in words if d.source == register_source(lambda _: scan, readings, d.record, d.field))
    return words_of(holding).get(scan.page, {})
