"""Questions about whole rows without a record: are they entries after all?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digitize.reading.rows import DAY, ROW_KINDS, STRUCK
from digitize.workspace.counting.counts_cache import find_volumes_with
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.items import Item, item_id, register_source
from digitize.workspace.decisions.special_questions import Question, row_cell
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.readings import Readings, kept_result
from digitize.workspace.ledger.records import Decision
from digitize.workspace.ledger.state import StepState, step_state
from digitize.workspace.run_context import RunContext
from ocr.page import Box

_ASKED = {
    STRUCK: "the whole row looks struck out",
    "heading": "it looks like a year or a heading across the page",
    "total": "it looks like a sum",
    "blank": "nothing was seen in it",
}


def list_row_questions(ledger: Ledger, known: RunContext, volume: int | None = None) -> Iterator[Question]:
    """Undecided register rows without a record. volume: only this one."""
    yield from _list_of_pages(ledger, known, _list_mapped_pages(ledger, volume))


def list_row_questions_on(ledger: Ledger, known: RunContext, pages: Iterable[str]) -> Iterator[Question]:
    """The same of some pages."""
    yield from _list_of_pages(ledger, known, ((p, mapped) for p in pages if (mapped := ledger.state(p, "map"))))


def _list_of_pages(ledger: Ledger, known: RunContext, pages: Iterable[tuple[str, StepState]]) -> Iterator[Question]:
    readings = Readings(ledger)
    catalogue = Catalogue(ledger)
    for page, mapped in pages:
        scan = catalogue.scan(page) if mapped.is_done and mapped.detail.get("asked") else None
        if scan is None:
            continue
        kept = kept_result(ledger, page, "map", mapped.key)
        for reported in kept["reported"] if kept else ():
            # A day is asked for at the entries below it, where it is not known.
            if not reported["said"] and reported["why"] != DAY:
                yield _make_question(ledger, known, readings, scan, mapped.detail["register"], reported)


def _list_mapped_pages(ledger: Ledger, volume: int | None) -> Iterator[tuple[str, StepState]]:
    """Pages of volumes with questions on rows, in book order; others are not read."""
    sql = "SELECT unit, key, outcome, detail FROM state WHERE step = 'map' AND {} ORDER BY unit"
    for part in find_volumes_with(ledger, "rows_asked") if volume is None else [f"volume:{volume}"]:
        for row in ledger.rows(sql.format(where_of(part)), values_of(part)):
            yield row["unit"], step_state(row["key"], row["outcome"], row["detail"])


def make_row_decision(scan: PageScan, readings: Readings, row: str, seen: str, form: str) -> Decision:
    """A decision on a row without its answer. seen: row type as recognised; form: of its records."""
    record = f"{scan.page}-{row}"
    cell = row_cell(scan.page, row)
    source = register_source(lambda _: scan, readings, record, cell)
    return Decision(record, cell, seen, source, form, VALUE, "", "")


def _make_question(
    ledger: Ledger, known: RunContext, readings: Readings, scan: PageScan, register: str, reported: dict[str, str]
) -> Question:
    row, seen = reported["row"], reported["why"]
    blank = make_row_decision(scan, readings, row, seen, known.mapping_for_family(register).form)
    item = Item(
        id=item_id(blank.record, blank.field, seen, blank.source),
        record=blank.record,
        cell=blank.field,
        fields=("(whole row)",),
        reading=seen,
        value="",
        candidates=ROW_KINDS,
        confidence=0.0,
        why=(f"row-{seen}",),
        said=(f"This row makes no record: {_ASKED[seen]}. Say what it is, or ok.",),
        source=blank.source,
        page=scan.page,
        boxes=_find_boxes(readings, scan.page, row),
    )
    return Question(item, blank, ok=seen)


def _find_boxes(readings: Readings, page: str, row: str) -> tuple[Box, ...]:
    reading = readings.newest(page)
    return next((r.boxes for r in reading.rows if r.id == row), ()) if reading else ()
