"""The station's questions in memory, each with the data to show it and accept its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from digitize.masking.cases import CaseMasks, build_case_masks
from digitize.review.answer_history import PastAnswer
from digitize.review.answering import AskedItem, is_current_answer
from digitize.review.asked_fields import list_asked_fields
from digitize.review.labels import PaperWords
from digitize.review.places import find_item_of_cell, main_field, strip_indexes
from digitize.review.prefill import PrefillFloors
from digitize.review.questions import list_questions
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.items import Item, cell_of, item_id, items_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.ledger.verdict import OPERATOR
from digitize.workspace.options import KeyMode
from digitize.workspace.run_context import RunContext
from mappers.text.scripts import INDIC

_INDIC = re.compile(f"[{INDIC}]")


@dataclass(frozen=True, slots=True)
class Task:
    """One question on a place. base: its item's id, for measurement or not; places: record and cell.

    of: hash of its record. page, number, volume: its location; for a table "", 0 and its name. field: main field,
    without row numbers. is_again: settled before, and rejected by a rule. is_masked: it may name a protected person.
    rank: position in the question order. row: for a legacy table the columns and texts of its row, since there is no
    image. is_prefilled: whether the reading may be prefilled, or is only offered.
    """

    base: str
    item: Item
    asked: AskedItem
    mode: KeyMode
    of: str = ""
    batch: str = ""
    form: str = ""
    field: str = ""
    language: str = ""
    volume: str = ""
    page: str = ""
    number: int = 0
    is_again: bool = False
    is_masked: bool = False
    rank: int = 0
    row: tuple[tuple[str, str], ...] = ()
    is_prefilled: bool = True

    @property
    def place(self) -> tuple[str, str]:
        """Record and cell: key of its past answers."""
        return self.asked.blank.record, self.asked.blank.field

    def concerns(self, past: PastAnswer) -> bool:
        """Whether an answer belongs to this task: same reading, and same record if a rule rejected earlier answers."""
        return past.item == self.base and (not self.is_again or past.of == self.of)


class TaskBuilder:
    """Builds tasks from a ledger's items."""

    def __init__(self, ledger: Ledger, known: RunContext, masks: CaseMasks | None = None) -> None:
        """Load shared data. masks: of the whole workspace; otherwise each record's case is looked up."""
        self._ledger, self._known = ledger, known
        self._masks = masks
        self.whole: list[str] = []
        self._readings = Readings(ledger)
        self._words = PaperWords(known, self._readings)
        self._floors = PrefillFloors(ledger)
        self._catalogue = Catalogue(ledger)
        self._volumes = self._catalogue.volume_labels()
        self._tables = {t.unit: t.name for t in self._catalogue.tables()}
        self._hidden: tuple[str, frozenset[str]] = ("", frozenset())

    def list_open(self, most: int, is_settled: Callable[[Task], bool]) -> list[Task]:
        """First unsettled questions in question order."""
        made = ((rank, task) for rank, task in enumerate(self._iterate_all()) if not is_settled(task))
        return [replace(task, rank=rank) for rank, task in islice(made, most)]

    def find_task(self, record: str, cell: str) -> Task | None:
        """One place, open or not; None if it is gone."""
        stored = Records(self._ledger).find(record)
        item = find_item_of_cell(self._ledger, self._known.mappings, stored, cell, self._readings) if stored else None
        return self._make_field_task(stored, item, stored.open) if stored and item else None

    def is_answered(self, record: str, cell: str) -> bool:
        """Whether the record holds a person's answer on a place."""
        stored = Records(self._ledger).find(record)
        values = [v for p, v in stored.record.cells() if cell_of(p, v) == cell] if stored else []
        return any(v.by.startswith(OPERATOR) for v in values)

    def _iterate_all(self) -> Iterator[Task]:
        asking = list_asked_fields(self._ledger, self._known, keeps=True)
        self.whole = list(asking.whole)
        for stored, item in asking.items:
            yield self._make_field_task(stored, item, item.fields)
        for question in list_questions(self._ledger, self._known):
            item, blank = question.item, question.blank
            asked = AskedItem(blank, question.ok, self._find_earlier(blank), item.candidates)
            scan = self._catalogue.scan(item.page) if item.page else None
            yield self._make_task(item, asked, scan, form=blank.schema, is_masked=bool(item.boxes))

    def _make_field_task(self, stored: Stored, item: Item, opened: Sequence[str]) -> Task:
        """opened: fields of the record that need review."""
        blank = Decision(item.record, item.cell, item.reading, item.source, stored.record.form, VALUE, "", "")
        # A question that is asked blind shows no reading; its answer is bound to what was read all the same.
        reading = self._find_reading(stored, item)
        blank = replace(blank, reading=reading)
        asked = AskedItem(blank, item.machine, self._find_earlier(blank), confidence=item.confidence)
        base = item_id(item.record, item.cell, reading, item.source)
        if item.id != base:
            asked = asked.to_measure()
        scan = self._catalogue.scan(item.page) if item.page else None
        values = dict(stored.record.cells())
        is_again = any(values[p].by.startswith(OPERATOR) for p in item.fields if p in values and p in opened)
        masked = bool(self._list_paths(stored).intersection(item.fields))
        task = self._make_task(self._words.add_to(item), asked, scan, form=stored.record.form, is_masked=masked)
        return replace(
            task, of=stored.hash[:16], batch=stored.record.batch, language=stored.language or task.language,
            volume=task.volume or self._tables.get(stored.unit.partition(":")[0], ""),
            is_again=is_again, is_prefilled=self._floors.allow(item),
            row=() if stored.record.pages else self._find_row(stored),
        )  # fmt: skip

    def _make_task(self, item: Item, asked: AskedItem, scan: PageScan | None, *, form: str, is_masked: bool) -> Task:
        blank = asked.blank
        field = strip_indexes(main_field(item))
        return Task(
            base=item_id(blank.record, blank.field, blank.reading, blank.source),
            item=item,
            asked=asked,
            mode=self._known.place.options.review.mode(form, field),
            form=form,
            field=field,
            batch=scan.batch if scan else "",
            language=(scan.language if scan else "") or self._known.state.languages[0],
            volume=self._volumes.get(scan.volume, "") if scan else "",
            page=scan.page if scan else "",
            number=scan.number if scan else 0,
            is_masked=is_masked,
        )

    def _find_reading(self, stored: Stored, item: Item) -> str:
        """Reading of a place, even if the item does not show it."""
        if not item.is_blind:
            return item.reading
        page, _, zone = item.cell.partition(":")[2].rpartition("/")
        reading = self._readings.newest(page)
        if reading is not None and zone in reading.zones:
            return reading.zones[zone].raw
        opened = replace(stored, open=item.fields)
        items = items_of(self._ledger, opened, self._known.mappings, self._readings)
        return next((i.reading for i in items if i.cell == item.cell), "")

    def _find_row(self, stored: Stored) -> tuple[tuple[str, str], ...]:
        """Table row of a record, without columns that feed a masked field."""
        hidden, texts, secret = self._list_paths(stored), dict[str, str](), set[str]()
        for path, value in stored.record.cells():
            if value.origin.column:
                # Of a font's codes nobody can read anything: what they were decoded to stands there instead.
                is_decoded = value.value and _INDIC.search(value.value) and not _INDIC.search(value.raw)
                # Of a part from another table the same column stands in several rows: its row tells which.
                name = cell_of(path, value).partition(":")[2]
                texts.setdefault(name, value.value if is_decoded and value.value else value.raw)
                secret |= {name} if path in hidden else set()
        return tuple((column, text) for column, text in texts.items() if text and column not in secret)

    def _find_earlier(self, blank: Decision) -> Decision | None:
        """Earlier answer that still applies."""
        before = Records(self._ledger).decisions(blank.record).get(blank.field)
        return before if before is not None and is_current_answer(before, blank) else None

    def _list_paths(self, stored: Stored) -> frozenset[str]:
        # Items of a record come one after the other: its case is asked about once.
        if self._hidden[0] != stored.record.id:
            masks = self._masks or build_case_masks(self._ledger, [stored.record])
            self._hidden = stored.record.id, masks.list_masked_paths(stored.record)
        return self._hidden[1]
