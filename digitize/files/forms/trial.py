"""A form tried on pages as a run would read them: what is taken for it, what each zone says, how pages go together.

Nothing is kept: no workspace, no ledger, no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from digitize.errors import InputError
from digitize.files.read_files import FilePageDone, read_pages
from digitize.reading.grouping import PageKind, group_pages
from digitize.reading.lexica import ListSource
from digitize.reading.tying import SheetTie, list_families, read_ties
from ocr.page import PRINT_NOT_KNOWN

if TYPE_CHECKING:
    from ocr.engine import Image
    from ocr.forms.coverage import FoundBands
    from ocr.forms.form import Form, Zone
    from ocr.forms.settings import ReadSettings
    from ocr.forms.zones import FormModels, Match
    from ocr.page import Decided, Reading, Scan

State = Literal["read", "blank", "unread", "unfit"]
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class TriedField:
    """What one zone says. text: the value, or what was read instead of one; confidence: 0..1.

    state: "read"; "blank", nothing is written; "unread", something is; "unfit", what was read is no value of its kind,
    or nothing of its list (list: its name, "" without).
    """

    zone: str
    kind: str
    state: State
    text: str
    confidence: float
    list: str = ""

    @property
    def look(self) -> str:
        """What to look at, "" for a zone that was read."""
        unfit = f"not in the list {self.list}" if self.list else f"no {self.kind}"
        return {"read": "", "blank": "blank", "unread": "written, not read", "unfit": unfit}[self.state]


@dataclass(frozen=True, slots=True)
class TriedFormPage:
    """One page read with a form.

    name: of the file, with the page where it has several. form: the tried print that it was read with, None where a run
    would not take it for that; reason then says why. part: of that form. points: key points that agree with the tried
    print, asked alone. bands: those of its print that were found and all that have print, sixteenths of its height.
    """

    name: str
    form: str | None
    part: int = 1
    points: int = 0
    bands: tuple[int, int] = (0, 0)
    reason: str = ""
    notes: tuple[str, ...] = ()
    fields: tuple[TriedField, ...] = ()
    ties: Mapping[str, SheetTie] = field(default_factory=dict)

    @property
    def is_other_print(self) -> bool:
        """Whether its print was found by its words alone, or lies elsewhere than the form's."""
        return PRINT_NOT_KNOWN in self.notes

    def to_plain(self) -> dict[str, Any]:
        """What the command prints as JSON of it."""
        plain = asdict(self)
        plain.pop("ties")
        return plain


@dataclass(frozen=True, slots=True)
class TriedRecord:
    """Pages that a run would read as one record: their numbers among all tried, from 1.

    doubts: stable words (digitize/reading/tying.py).
    """

    pages: tuple[int, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TriedForm:
    """A form, all its parts that were tried, and the pages read with it. records: only of a form with several parts."""

    forms: tuple[Form, ...]
    pages: tuple[TriedFormPage, ...]
    records: tuple[TriedRecord, ...] = ()

    @property
    def refused(self) -> tuple[TriedFormPage, ...]:
        """Pages that a run would not read with it."""
        return tuple(page for page in self.pages if page.form is None)

    def suspicious(self) -> Iterator[str]:
        """What the pages together say of the file, in words."""
        missing = sorted({form.part for form in self.forms} - {page.part for page in self.pages if page.form})
        if missing and len(missing) < len({form.part for form in self.forms}):
            yield f"no page of part {', '.join(map(str, missing))} was among them"
        for form in self.forms:
            own = [page for page in self.pages if page.form == form.id]
            for number, zone in enumerate(form.zones):
                states = [page.fields[number].state for page in own]
                if len(states) > 1 and set(states) == {"blank"} and not zone.often_blank:
                    yield f"{form.id}, zone {zone.id}: blank on all {len(states)} pages; does its box lie right?"
                elif len(states) > 1 and states.count("unfit") > len(states) / 2 and not zone.list:
                    yield f"{form.id}, zone {zone.id}: what was read is mostly no {zone.kind}; is its kind right?"

    def to_plain(self) -> dict[str, Any]:
        """What the command prints as JSON."""
        return {
            "forms": [form.id for form in self.forms],
            "pages": [page.to_plain() for page in self.pages],
            "records": [asdict(record) for record in self.records],
            "look": list(self.suspicious()),
        }


def try_form(
    name: str, scans: Sequence[Path], settings: ReadSettings, lists: ListSource, workers: int = 1
) -> TriedForm:
    """Read all pages of some files with a form, asked beside all others that are known, as a run asks.

    name: id of a form, or its family: then all its parts. Raises FormError for an unknown name or a wrong file,
    InputError for scans without a page, and EngineMissing.
    """
    from ocr.forms.read import require_engine
    from ocr.forms.zones import load_models
    from ocr.scans.limits import MIN_SIDE_PX

    models = load_models(settings.folders())
    tried = models.select((name,))
    require_engine(settings)
    ask = partial(_try_page, names=tuple(tried.forms), settings=settings, lists=lists)
    found = read_pages(scans, ask, workers, seconds_per_page=settings.seconds_per_page, least_px=MIN_SIDE_PX)
    pages = tuple(map(_as_page, found))
    if not pages:
        raise InputError("the scans have no page.")
    forms = tuple(sorted(tried.forms.values(), key=lambda form: (form.part, form.id)))
    return TriedForm(forms, pages, tuple(_tie(pages, forms)))


def _as_page(done: FilePageDone[TriedFormPage]) -> TriedFormPage:
    if done.found is not None:
        return done.found
    name = done.job.scan.label if done.job.scan else str(done.job.file)
    return TriedFormPage(name, None, reason=done.reason.removeprefix(f"{name}: "))


def _try_page(scan: Scan, names: Sequence[str], settings: ReadSettings, lists: ListSource) -> TriedFormPage:
    """One page; runs in a worker. Raises ScanError and what the engine raises."""
    from ocr.cleaning.contrast import with_plain_ink
    from ocr.forms.read import decide, recognise
    from ocr.forms.zones import load_models
    from ocr.scans.scan import open_page

    models = load_models(settings.folders())
    page = open_page(scan, settings.dpi)
    seen = recognise(page, settings)
    if seen.form is None or seen.form not in names:
        match = _match_alone(with_plain_ink(page.grey), models.select(names))
        reason = _why_not(seen.form, seen.match, seen.reason, match)
        return TriedFormPage(
            scan.label, None, points=match.inliers, bands=match.coverage, reason=reason, notes=seen.notes
        )
    form = models.forms[seen.form]
    match = _match_alone(with_plain_ink(page.grey), models.select((form.id,)))
    reading = decide(seen, lists.load_lists(form.state), settings)
    return TriedFormPage(
        scan.label, form.id, form.part, seen.match, match.coverage, notes=seen.notes,
        fields=tuple(_field(reading.zones[zone.id], zone) for zone in form.zones if zone.id in reading.zones),
        ties=read_ties(form, _texts(reading)),
    )  # fmt: skip


def _match_alone(grey: Image, tried: FormModels) -> Match:
    from ocr.forms.zones import find_form

    return find_form(grey, tried)


def _why_not(form: str | None, points: int, reason: str, alone: Match) -> str:
    """Why a run does not read a page with a tried form, and what to do."""
    if form is not None and alone.form is not None:
        return (
            f"a run reads it as {form}, with which {points} key points agree; with {alone.form.id} {alone.inliers} "
            f"agree{_how_far(alone.coverage)}. Leave it out if it is {form}, or make a new draft from it"
        )
    if form is not None:
        return f"a run reads it as {form}, with which {points} key points agree. Leave it out"
    if alone.form is not None:
        return f"{reason}. {alone.inliers} key points agree with {alone.form.id}{_how_far(alone.coverage)}"
    return f"{reason}. Draft its print: digitize forms new"


def _how_far(coverage: FoundBands) -> str:
    if coverage.share >= _HALF:
        return ""
    return f", in {coverage.found} of {coverage.printed} bands of its height: they may share a head alone"


def _field(decided: Decided, zone: Zone) -> TriedField:
    from ocr.forms.legible import is_noise

    state: State = "read"
    text = decided.value
    if decided.blank:
        state, text = "blank", ""
    elif is_noise(decided) or not (decided.value or decided.raw.strip()):
        state, text = "unread", ""
    elif not decided.value:
        state, text = "unfit", decided.raw
    return TriedField(zone.id, zone.kind, state, text, decided.confidence, zone.list or "")


def _texts(reading: Reading) -> Mapping[str, tuple[str, float]]:
    return {zone: (d.value or d.raw, d.confidence) for zone, d in reading.zones.items() if not d.blank}


def _tie(pages: Sequence[TriedFormPage], forms: Iterable[Form]) -> Iterator[TriedRecord]:
    """The records that a run would make of the pages; none of a form of one page."""
    by_id = {form.id: form for form in forms}
    families = list_families(by_id.values())
    if not families:
        return
    kinds = [
        PageKind(str(n), "form", 0, n, by_id[page.form].family, page.part, page.ties)
        for n, page in enumerate(pages, 1)
        if page.form is not None
    ]
    for group in group_pages(kinds, families):
        yield TriedRecord(tuple(page.number for page in group.pages), group.doubts)
