"""What people said of the sheets of records, and what is asked of them: kept at the record that a sheet would begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from digitize.reading.tying import LACKING, MISSING, PartQuestion
from digitize.workspace.decisions.special_questions import PART, TIE
from digitize.workspace.ledger.catalogue import PageScan
from digitize.workspace.ledger.records import Decision


def record_of(page: str) -> str:
    """The id of the record that begins on a form's page, also where none does today."""
    return f"{page}-r1"


def part_cell(question: PartQuestion) -> str:
    """The place that a word on a sheet is kept under."""
    if question.why == LACKING and question.part > 1:
        return f"{PART}:{question.part}"
    return f"{TIE}:{question.other}"


def part_source(cell: str, scan: PageScan, scan_of: Callable[[str], PageScan | None]) -> str:
    """What a word on a sheet is bound to: its scan, and that of the record's first page, "" where that is gone."""
    own, (kind, _, other) = f"{scan.sha256}:{scan.idx}", cell.partition(":")
    if kind == PART or not other:
        return own
    second = scan_of(other)
    return f"{own} {second.sha256}:{second.idx}" if second else ""


def find_part_words(
    decisions: Iterable[Decision], scan: PageScan, scan_of: Callable[[str], PageScan | None]
) -> tuple[Mapping[str, str], frozenset[int]]:
    """What persons said of one page: record's first page, or "", -> word; and the parts that its record lacks.

    A word on pages that were scanned anew does not count.
    """
    said, lacking = dict[str, str](), set[int]()
    for d in decisions:
        kind, _, place = d.field.partition(":")
        if kind not in (PART, TIE) or d.source != part_source(d.field, scan, scan_of):
            continue
        if kind == TIE:
            said[place] = d.value
        elif d.value == MISSING:
            lacking.add(int(place))
    return said, frozenset(lacking)


def question_to_plain(question: PartQuestion) -> dict[str, Any]:
    """A question as JSON types."""
    return {name: getattr(question, name) for name in PartQuestion.__slots__}
