"""Questions and answers about things that are no field: a whole register row, a gap between pages."""

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

ROW, GAP, ENTRY, PART, TIE = "row", "gap", "entry", "part", "tie"
"""Kinds of places that are no cell: a whole row ("row:PAGE/r03"), a gap behind a page ("gap:8-11"), a name for a list
("entry:station/NAME"), a part that a record lacks ("part:2"), a sheet and the first page of the record that it may
belong to ("tie:PAGE", "tie:" where there is none)."""
_ROWS = f"{ROW}:"


@dataclass(frozen=True, slots=True)
class Question:
    """A question without a field, answered by one of the item's candidates.

    blank: the decision without its answer. ok: what "ok" confirms, "" if nothing.
    """

    item: Item
    blank: Decision
    ok: str


def row_cell(page: str, row: str) -> str:
    """Place under which an answer on a row is stored."""
    return f"{_ROWS}{page}/{row}"


def is_word(decision: Decision) -> bool:
    """Whether a decision is on a row type, a gap, a name for a list, or the sheets of a record."""
    return decision.field.partition(":")[0] in (ROW, GAP, ENTRY, PART, TIE)


def words_of(decisions: Iterable[Decision]) -> Mapping[str, Mapping[str, str]]:
    """Page -> row -> type, from such decisions."""
    found: dict[str, dict[str, str]] = {}
    for decision in (d for d in decisions if d.field.startswith(_ROWS)):
        page, _, row = decision.field.removeprefix(_ROWS).rpartition("/")
        found.setdefault(page, {})[row] = decision.value
    return found


def find_row_words(ledger: Ledger, scan: PageScan, readings: Readings) -> Mapping[str, str]:
    """Row -> type set by a person, for one page; missing rows are ignored."""
    from digitize.workspace.decisions.items import register_source  # brings mapping, which `digitize status` needs not

    decided = Records(ledger).decisions_of(scan.page)
    words = [d for own in decided.values() for d in own.values() if d.field.startswith(_ROWS)]
    holding = (d for d in words if d.source == register_source(lambda _: scan, readings, d.record, d.field))
    return words_of(holding).get(scan.page, {})
