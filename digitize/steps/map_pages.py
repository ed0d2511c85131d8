"""One filled form: zone values with people's decisions applied, mapped to records in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digitize.reading.tying import PartQuestion
from digitize.reading.values import zone_value
from digitize.steps.other_readings import as_read_today
from digitize.workspace.capture_choice import capture_counts
from digitize.workspace.decisions.apply import Settled, apply_to_page, keep_valid, sign_record
from digitize.workspace.decisions.page_parts import question_to_plain, record_of
from digitize.workspace.decisions.same_day import confirm_weekday, link_same_days, note_followers
from digitize.workspace.decisions.special_questions import is_word
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import PageScan
from digitize.workspace.ledger.readings import newest_reading
from digitize.workspace.ledger.records import Decision, Records, Stored, group_alone, record_hash
from digitize.workspace.run_context import RunContext
from mappers.mapping.answers import SourceAnswers
from mappers.mapping.load import map_readings
from mappers.record import FieldValue, Record
from mappers.schema.capture import capture
from mappers.sources.values import MapContext, PageValues
from ocr.page import Reading

GROUP = ("state", "district", "police_station", "year")
"""Fields whose values make up a record's group."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """The pages of one filled form, in order. keys: of their readings, with the cuts of their forms. doubts, questions,
    is_copy: see `digitize.reading.grouping.Group`.
    """

    pages: tuple[PageScan, ...]
    keys: tuple[str, ...]
    family: str
    doubts: tuple[str, ...] = ()
    questions: tuple[PartQuestion, ...] = ()
    is_copy: bool = False


def map_group(
    ledger: Ledger, known: RunContext, filled: FilledForm, key: str, decisions: Mapping[str, Mapping[str, Decision]]
) -> int:
    """Map one group and store its records and the "done" event in one transaction. Returns their number."""
    pages, unit = filled.pages, filled.pages[0].page
    made = [] if filled.is_copy else make_records(ledger, known, pages, decisions)
    records = [replace(record, doubts=filled.doubts) for record in made]
    first = newest_reading(ledger, unit)
    form = known.forms.get(first.form or "") if first else None
    language = form.languages[0] if form else ""
    stored = [_store(record, pages[0], language) for record in records]
    detail = {
        "records": len(stored),
        "left_over": sum(len(r.left_over) for r in records),
        "mapping": known.mapping_for_family(form.family).by if form else "",
        **capture_counts(records, known.capture),
        **({"parts": [question_to_plain(q) for q in filled.questions]} if filled.questions else {}),
    }
    with ledger.writing_leased(unit, "map", known.owner):
        Records(ledger).replace_unit(unit, stored)
        ledger.finish(unit, "map", key, {"records": [r.id for r in records]}, detail)
    return len(stored)


def make_records(
    ledger: Ledger, known: RunContext, pages: Sequence[PageScan], decisions: Mapping[str, Mapping[str, Decision]]
) -> list[Record]:
    """Records of a page group under these decisions; nothing is written."""
    readings = {p.page: newest_reading(ledger, p.page) for p in pages}
    first = readings[pages[0].page]
    assert first is not None and first.family is not None
    mapping = known.mapping_for_family(first.family)
    record_id = record_of(pages[0].page)
    sources = {p.page: f"{p.sha256}:{p.idx}" for p in pages}
    own = as_read_today(ledger, pages, readings, _list_own_decisions(pages, decisions))
    # What is typed for a field that nothing feeds lies on no page: it hangs on the first one.
    settled = keep_valid(own, mapping.form, {c: sources.get(_page_of(c) or pages[0].page, "") for c in own})
    values = [page_values(p.page, reading, known) for p in pages if (reading := readings[p.page])]
    values = [*values[:1], *(_drop_ties(known, v, readings[v.page], values[0]) for v in values[1:])]
    context = known.context(record_id, pages[0].batch, pages[0])
    days = [link_same_days(v, apply_to_page(v, settled), _day_groups(known, readings[v.page])) for v in values]
    records = map_readings(mapping, [values for values, _ in days], context)
    followers = {place: leader for _, own in days for place, leader in own.items()}
    signed = (note_followers(_sign(r, settled, values, context), followers) for r in records)
    return [capture(confirm_weekday(r), known.capture) for r in signed]


def _list_own_decisions(
    pages: Sequence[PageScan], decisions: Mapping[str, Mapping[str, Decision]]
) -> Mapping[str, Decision]:
    """What people settled of a record, and of its later sheets while they stood by themselves."""
    own: dict[str, Decision] = {}
    for page in reversed(pages[1:]):
        later = decisions.get(record_of(page.page), {})
        own |= {cell: d for cell, d in later.items() if _page_of(cell) == page.page}
    return own | {c: d for c, d in decisions.get(record_of(pages[0].page), {}).items() if not is_word(d)}


def _drop_ties(known: RunContext, values: PageValues, reading: Reading | None, first: PageValues) -> PageValues:
    """A later sheet without what it repeats of the first one: to be tied to it, or since all of its volume has it."""
    form = known.forms.get(reading.form or "") if reading else None
    told = frozenset((*form.ties, *form.per_volume) if form else ()) & first.zones.keys()
    return replace(values, zones={name: zone for name, zone in values.zones.items() if name not in told})


def _day_groups(known: RunContext, reading: Reading | None) -> list[tuple[str, ...]]:
    """Zones of a page that usually carry the same date, as defined by its form."""
    form = known.forms.get(reading.form or "") if reading else None
    return [rule.dates for rule in form.agree] if form else []


def page_values(page: str, reading: Reading, known: RunContext) -> PageValues:
    """Convert a reading to mapping input."""
    zones = {
        name: zone_value(d, known.threshold_of(reading.form, name, page), is_own=known.is_measured(reading.form, name))
        for name, d in reading.zones.items()
    }
    return PageValues(page, reading.family or "", zones)


def group_of(record: Record) -> str:
    """Station and year within which numbers must be unique; a separate group while these are not certain."""
    return group_in(record.id, [record.fields.get(n) for n in GROUP])


def group_in(record_id: str, cells: Sequence[FieldValue | SourceAnswers | None]) -> str:
    """As `group_of`, by the record's values of GROUP."""
    # A misread station or year would put it among strangers, whose numbers it then seems to repeat.
    if any(c is None or not c.value or not c.is_sure() for c in cells):
        return group_alone(record_id)
    return "|".join(c.value for c in cells if c and c.value)


def station_of(record: Record, said: str) -> str:
    """Station of the record if certain, else the station in the metadata."""
    return station_in(record.fields.get("police_station"), said)


def station_in(cell: FieldValue | SourceAnswers | None, said: str) -> str:
    """As `station_of`, by the record's station."""
    return cell.value if cell and cell.value and cell.is_sure() else said


def _sign(record: Record, settled: Settled, values: Sequence[PageValues], context: MapContext) -> Record:
    read = {f"zone:{v.page}/{name}": zone.raw for v in values for name, zone in v.zones.items()}
    return sign_record(record, settled, read, context)


def _store(record: Record, page: PageScan, language: str) -> Stored:
    station = station_of(record, page.station)
    # What may be no whole record is no neighbour of others, whose number it may bear.
    group = group_alone(record.id) if record.doubts else group_of(record)
    return Stored(record, page.page, group, station, page.language or language, record_hash(record))


def _page_of(cell: str) -> str:
    return cell.partition(":")[2].rpartition("/")[0]
