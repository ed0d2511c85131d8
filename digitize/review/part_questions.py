"""What a person is asked of the sheets of a record: do they belong together, and are parts of it missing?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digitize.reading.tying import APART, COPY, DISAGREE, LACKING, MISSING, TOGETHER, TWICE, UNSURE, PartQuestion
from digitize.workspace.counting.counts_cache import find_volumes_with
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.items import Item, item_id
from digitize.workspace.decisions.page_parts import part_cell, part_source, record_of
from digitize.workspace.decisions.special_questions import Question
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Decision
from digitize.workspace.ledger.state import StepState, step_state
from digitize.workspace.run_context import RunContext
from ocr.page import Box, enclose_boxes

TIE_WORDS = (TOGETHER, APART, COPY)
PART_WORDS = (*TIE_WORDS, MISSING)
_SAID = {
    UNSURE: "nothing read on it says for sure that it goes with",
    DISAGREE: "its numbers and days are not all those of",
    TWICE: "there is a page {} already in the record that begins on",
}
_TIE = (
    "Page {} is a page {} of its form, and {} {}. Say {} if both are of one record, {} if not, {} if it is another "
    "scan of a page that is there."
)
_FIRST = "Page {} is a page {} of its form, and no page 1 is there that it goes with. Take the scans in, or say {}."
_LATER = (
    "The record that begins on page {} lacks page {} of its form. Take the scans in, or say {} where the book has none."
)


def list_part_questions(ledger: Ledger, known: RunContext, volume: int | None = None) -> Iterator[Question]:
    """What is asked of sheets, as the books lie. volume: in it alone."""
    sql = "SELECT unit, key, outcome, detail FROM state WHERE step = 'map' AND {} ORDER BY unit"
    for part in find_volumes_with(ledger, "parts_asked") if volume is None else [f"volume:{volume}"]:
        rows = ledger.rows(sql.format(where_of(part)), values_of(part))
        yield from _list_of(ledger, known, (step_state(r["key"], r["outcome"], r["detail"]) for r in rows))


def list_part_questions_on(ledger: Ledger, known: RunContext, pages: Iterable[str]) -> Iterator[Question]:
    """The same of records that begin on some pages."""
    yield from _list_of(ledger, known, (mapped for p in pages if (mapped := ledger.state(p, "map"))))


def _list_of(ledger: Ledger, known: RunContext, mapped: Iterable[StepState]) -> Iterator[Question]:
    readings = Readings(ledger)
    for state in mapped:
        for plain in state.detail.get("parts", ()) if state.is_done else ():
            if question := _make_question(ledger, known, readings, PartQuestion(**plain)):
                yield question


def _make_question(ledger: Ledger, known: RunContext, readings: Readings, asked: PartQuestion) -> Question | None:
    """None where a page is gone, or a person said a word since; the next run takes it up."""
    catalogue = Catalogue(ledger)
    scan = catalogue.scan(asked.page)
    cell = part_cell(asked)
    source = part_source(cell, scan, catalogue.scan) if scan else ""
    reading = readings.newest(asked.page)
    if scan is None or reading is None or not source:
        return None
    record, words = record_of(asked.page), TIE_WORDS if asked.other else (MISSING,)
    item = Item(
        id=item_id(record, cell, asked.why, source),
        record=record,
        cell=cell,
        fields=("(pages of one record)",),
        reading=asked.why,
        value="",
        candidates=words,
        confidence=0.0,
        why=(asked.why,),
        said=(_tell(asked),),
        source=source,
        page=asked.page,
        box=_find_ties(known, readings, asked.page),
    )
    form = known.mapping_for_family(reading.family or "").form
    return Question(item, Decision(record, cell, asked.why, source, form, VALUE, "", ""), ok="")


def _tell(asked: PartQuestion) -> str:
    if asked.other:
        why = _SAID[asked.why].format(asked.part)
        return _TIE.format(asked.page, asked.part, why, asked.other, *TIE_WORDS)
    return (_LATER if asked.why == LACKING and asked.part > 1 else _FIRST).format(asked.page, asked.part, MISSING)


def _find_ties(known: RunContext, readings: Readings, page: str) -> Box | None:
    """Where on a page the numbers stand that tie it."""
    reading = readings.newest(page)
    form = known.forms.get(reading.form or "") if reading else None
    boxes = [reading.zones[z].box for z in form.ties if z in reading.zones] if reading and form else []
    return enclose_boxes(boxes) if boxes else None
