"""What people said that whole rows of registers are: a record, struck out, a heading; and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from digitize.ledger import Ledger
from digitize.ledger.catalogue import PageScan
from digitize.ledger.records import Decision, Records
from digitize.readings import Readings
from digitize.review.items import register_source

ROW = "row"
"""Kind of a cell that is a whole row: "row:PAGE/r03"."""
_ROWS = f"{ROW}:"


def row_cell(page: str, row: str) -> str:
    """The place that a word on a row is kept under."""
    return f"{_ROWS}{page}/{row}"


def is_word(decision: Decision) -> bool:
    """Whether a decision says what a row is."""
    return decision.field.startswith(_ROWS)


def words_of(decisions: Iterable[Decision]) -> Mapping[str, Mapping[str, str]]:
    """Page -> row -> what a person says it is, of those decisions that say so."""
    found: dict[str, dict[str, str]] = {}
    for decision in filter(is_word, decisions):
        page, _, row = decision.field.removeprefix(_ROWS).rpartition("/")
        found.setdefault(page, {})[row] = decision.value
    return found


def said_on(ledger: Ledger, scan: PageScan, readings: Readings) -> Mapping[str, str]:
    """Row -> what a person says it is, of the rows of one page; a row that is not there any more is left out."""
    decided = Records(ledger).decisions_of(scan.page)
    words = [d for own in decided.values() for d in own.values() if is_word(d)]
    holding = (d for d in words if d.source == register_source(lambda _: scan, readings, d.record, d.field))
    return words_of(holding).get(scan.page, {})
