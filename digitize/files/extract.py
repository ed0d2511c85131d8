"""Field values of a form or register page, without a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.machine.word_tables import read_table
from digitize.reading.grouping import Group, PageKind, group_pages
from digitize.reading.tying import Families, SheetTie, read_ties

_OPEN = frozenset({"police_station", "year", "fir_no", "statutes", "fir.district", "fir.date", "fir.time", "fir.day"})
_OPEN_STARTS = ("fir.gd", "fir.date_", "fir.time_", "fir.info", "fir.io", "fir.rank", "fir.officer", "fir.despatch")

if TYPE_CHECKING:
    from digitize.files.read_files import FilePageDone
    from digitize.reading.job import PageDone, PageReading
    from ocr.forms.kinds import Kind
    from ocr.forms.settings import ReadSettings
    from ocr.page import Reading, Recognition

    GroupedPage = tuple[FilePageDone["Extract"], int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ExtractSettings:
    """How fields are extracted.

    read: read settings, including forms. state: two lower-case letters for place lookups; "" for the state named by the
    form. stations: a station list that overrides the package's. register: register id of all pages, "" to detect.
    metadata: known facts of the book, by zone (ocr/forms/expected.py). spreads: whether scans may
    show several pages (digitize/reading/spreads.py).
    """

    read: ReadSettings
    state: str = ""
    stations: Path | None = None
    register: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    spreads: str = "no"


@dataclass(frozen=True, slots=True)
class Extract:
    """One page's fields. form: None if the page is of no known form; reason then says why.

    kind: "form", "other" (a letter, a sheet not known) or "blank". part: of a form of several sheets, or the page of a
    volume. match: how many key points of the print agree. fields: by the names of items.toml, in the form's order, each
    with value, raw, confidence, box and candidates. rows: of a register. notes: processing steps, as stable codes.
    sensitive: its sections or ages show, or may show, that persons must not be named in copies. ties: the numbers and
    days on it that identify its record.
    """

    form: str | None
    kind: Kind = "other"
    family: str = ""
    part: int = 1
    match: int = 0
    reason: str = ""
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    sensitive: bool = False
    ties: Mapping[str, SheetTie] = field(default_factory=dict)


def form_extract(found: PageReading, settings: ExtractSettings) -> Extract:
    """Fields of a page of a known form. Raises MappingError for an invalid station list."""
    from digitize.reading.calibration import threshold
    from ocr.forms.zones import load_models
    from ocr.plain import reading_from_plain, recognition_from_plain

    seen, reading = recognition_from_plain(found.recognition), reading_from_plain(found.reading)
    form = load_models(settings.read.form_folders).forms[seen.form or ""]
    is_sensitive = _is_sensitive(reading, settings.state or form.state, settings.stations)
    # No workspace, no calibration: whatever was not measured for the form itself is asked.
    fields = list_fields(seen, reading, threshold(form, {}))
    return Extract(
        form.id, "form", form.family, form.part, seen.match, fields=fields, notes=seen.notes, sensitive=is_sensitive,
        ties=read_ties(form, {z: (d.value or d.raw, d.confidence) for z, d in reading.zones.items() if not d.blank}),
    )  # fmt: skip


def other_extract(done: PageDone, why_no_register: str) -> Extract:
    """A page of no known form or register. why_no_register: "" if registers were not tried."""
    seen = done.as_form.recognition
    kind: Kind = "blank" if done.is_blank else "other"
    reasons = [seen["reason"], f"no register: {why_no_register}" if why_no_register and kind == "other" else ""]
    reason = "; ".join(filter(None, reasons))
    return Extract(None, kind, match=seen["match"], reason=reason, notes=tuple(seen["notes"]))


def _is_sensitive(reading: Reading, state: str, stations: Path | None) -> bool:
    """Whether the page's record must be masked; always for a form without a mapping."""
    from digitize.masking.masks import is_masked
    from digitize.reading.calibration import NEVER
    from digitize.reading.values import zone_value
    from mappers.codes import place_lists
    from mappers.errors import MappingError
    from mappers.mapping.load import find_mapping, load_mappings, map_readings
    from mappers.sources.values import MapContext, PageValues
    from mappers.states import load_state

    zones = {z: zone_value(d, NEVER) for z, d in reading.zones.items()}
    profile = load_state(state) if state else None
    context = MapContext("r", state=profile, lists=place_lists(state, stations))
    try:
        mapping = find_mapping(load_mappings(), family=reading.family or "", state=state)
    except MappingError:
        return True
    return any(is_masked(r) for r in map_readings(mapping, [PageValues("p", reading.family or "", zones)], context))


def number_groups(pages: Iterable[FilePageDone[Extract]], families: Families) -> Iterator[GroupedPage]:
    """Pages in order, with the number (from 1) of their filled form and doubts about that group.

    Letters and blank pages belong to the form before them; the files of one call are one book, in order. families: of
    forms with several parts; a page of one waits for the whole book.
    """
    # The grouping asks for pages as it needs them; those that it has not placed yet wait here.
    waiting: dict[str, FilePageDone[Extract]] = {}
    placed: dict[str, tuple[int, Group]] = {}

    def kinds() -> Iterator[PageKind]:
        for number, page in enumerate(pages):
            waiting[str(number)] = page
            found = page.found or Extract(None)
            # A register's pages follow each other as they lie: only forms are tied by the numbers on them.
            is_next = found.part > 1 and found.family not in families
            yield PageKind(
                str(number), "other" if is_next else found.kind, 0, number, found.family, found.part, found.ties
            )

    for number, group in enumerate(group_pages(kinds(), families), 1):
        placed |= {page.page: (number, group) for page in group.pages}
        # Of a later sheet whose first one is not known nobody knows whom it may name.
        if len(group.sheets) > 1 or any(page.part > 1 for page in group.sheets[:1]):
            _share_sensitivity(waiting, group)
        while (first := next(iter(waiting), "")) in placed:
            number_of, own = placed.pop(first)
            yield waiting.pop(first), number_of, own.doubts


def _share_sensitivity(waiting: dict[str, FilePageDone[Extract]], group: Group) -> None:
    """Mark all sheets of a case that one of them makes sensitive, and those of one of which the first is lacking."""
    found = {p.page: own for p in group.sheets if (own := waiting[p.page].found) is not None}
    if group.sheets[0].part > 1 or any(own.sensitive for own in found.values()):
        for page, own in found.items():
            waiting[page] = replace(waiting[page], found=replace(own, sensitive=True))


def list_fields(found: Recognition, reading: Reading, accept: float) -> Mapping[str, Mapping[str, Any]]:
    """Values of all decided zones by item name.

    accept: confidence from which a value may pass without review.
    """
    from digitize.files.extract_rows import as_field

    return {find_item(z.zone): as_field(reading.zones[z.zone], accept) for z in found.zones if z.zone in reading.zones}


def is_open_item(name: str) -> bool:
    """Whether an item concerns no person and so is shown on sensitive pages: place, time, case, law."""
    return name in _OPEN or name.startswith(_OPEN_STARTS)


def find_item(zone: str) -> str:
    """Printed item of a zone, by items.toml; the zone id if there is none."""
    return _items().get(zone, zone)


@cache
def _items() -> Mapping[str, str]:
    return read_table("digitize.files", "items.toml")
