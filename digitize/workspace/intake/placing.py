"""Sort a delivery by its cover sheets: pages to examine, their places, and what the ledger stores."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from digitize.machine.pool import in_order, run_jobs, run_light_jobs
from digitize.reading.spreads import AUTO, LIMIT_S, NO, PictureJob, SpreadLook, find_places, leave_whole
from digitize.workspace.intake.delivery import folder_label, shown_name
from digitize.workspace.intake.looked import Looked
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.intake.page_codes import PageCodes, codes_of
from digitize.workspace.intake.sorting import BEHIND, PAGE, SHEET, RowStanding, Sorted, Sorter
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import PageScan
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import ReceivedVolume, Volumes
from digitize.workspace.volumes.sheet_text import SheetDamaged, from_text
from mappers.states import load_state
from ocr.scans.parts import format_place, parse_places, place_of

_FEW_PICTURES = 8
"""So few are looked at in one worker: starting more takes longer."""
SHEET_STEP, SORTING, ENDS_IN = "sheet", "sorting", "sorted"
"""Steps: of a sheet, of a page that a person must place, and of a file, where the row of pages stands behind it."""
_NO_VOLUME = -1


@dataclass(slots=True)
class SortedPages:
    """Counts for the report. aside: (file and page, reason). volumes: label -> pages sorted into it by sheets."""

    sheets: int = 0
    aside: list[tuple[str, str]] = field(default_factory=list)
    volumes: Counter[str] = field(default_factory=Counter)


def look_for_sheets(ledger: Ledger, looked: Sequence[Looked]) -> Mapping[Path, tuple[PageCodes, ...]]:
    """Codes of the pages of a delivery; empty without sheets.

    If volumes were received here every new page is examined (40 ms per page). Otherwise only the first page of each
    folder, where a sheet would be.
    """
    new = [(x.given.path, x.pages) for x in looked if x.pages and not x.known and not x.problem]
    if not Volumes(ledger).all():
        rows = [list(own) for _, own in groupby(new, key=lambda f: f[0].parent)]
        # A sheet alone has no pages to sort.
        first = codes_of([(own[0][0], 1) for own in rows if sum(pages for _, pages in own) > 1])
        if not any(_has_ours(codes) for codes in first.values()):
            return {}
    return codes_of(new)


def look_for_pages(place: Place, looked: Sequence[Looked], codes: Mapping[Path, tuple[PageCodes, ...]]) -> list[Looked]:
    """The same with the indices of their pages, where pictures show several; a cover sheet is never cut."""
    made, jobs = list(looked), list[PictureJob]()
    of_job: list[int] = []
    for i, look in enumerate(looked):
        if not look.pages or look.known or look.problem:
            continue
        told = look.given.metadata
        listed = parse_places(told.spreads)
        if listed and all(place_of(x).picture < look.pages for x in listed):
            made[i] = replace(look, places=listed)
            continue
        if told.spreads == NO:
            continue
        how = SpreadLook(
            told.spreads or AUTO, _languages(place, told), (place.folder / "forms",), register=told.kind,
            engine=place.options.read.engine,
        )  # fmt: skip
        own = codes.get(look.given.path, ())
        for picture in range(look.pages):
            is_sheet = picture < len(own) and _has_ours(own[picture : picture + 1])
            jobs.append(PictureJob(len(jobs), look.given.path, picture, replace(how, asked=NO) if is_sheet else how))
            of_job.append(i)
    found: dict[int, tuple[int, ...]] = {}
    for job, indices in _find_places(jobs, place.options.run.jobs or os.cpu_count() or 1):
        found[of_job[job.order]] = found.get(of_job[job.order], ()) + indices
    for i, indices in found.items():
        made[i] = replace(made[i], places=indices)
    return made


def _find_places(jobs: Sequence[PictureJob], workers: int) -> Iterator[tuple[PictureJob, tuple[int, ...]]]:
    """Each picture, in order, with the indices of its pages."""
    if len(jobs) < _FEW_PICTURES:
        done = run_light_jobs(find_places, jobs, leave_whole, LIMIT_S)
    else:
        done = run_jobs(find_places, jobs, workers, leave_whole, LIMIT_S)
    yield from in_order(done, lambda one: one[0].order)


def _languages(place: Place, told: Metadata) -> tuple[str, ...]:
    return (told.language,) if told.language else load_state(place.options.workspace.state).languages


def _has_ours(codes: Sequence[PageCodes]) -> bool:
    return any(_is_ours(text) for page in codes for text in page.texts)


def _is_ours(text: str) -> bool:
    try:
        return from_text(text) is not None
    except SheetDamaged:
        return True


class SheetPlacing:
    """Assigns each page of one delivery its place and records non-pages; used inside the intake's transaction.

    goes_on: files from one folder continue one page sequence over all deliveries, as from a watched scanner. is_trial:
    compute places only; nothing is written.
    """

    def __init__(
        self, ledger: Ledger, site: str, codes: Mapping[Path, tuple[PageCodes, ...]], looked: Sequence[Looked],
        *, goes_on: bool = False, is_trial: bool = False,
    ) -> None:  # fmt: skip
        self._is_trial = is_trial
        self._ledger, self._codes, self._goes_on = ledger, codes, goes_on
        volumes = Volumes(ledger)
        self._received = volumes.all()
        self._by_label = {v.facts.label: v for v in self._received.values()}
        self._sorter = Sorter(site, self._received, expects=volumes.has_printed())
        rows = groupby(looked, key=lambda x: x.given.path.parent)
        # Folder by folder: whether a sheet is among its new pages.
        self._sheeted = {parent for parent, own in rows if any(_has_ours(codes.get(x.given.path, ())) for x in own)}
        self._row: Path | None = None
        self._rows: dict[Path, RowStanding] = {}
        self._has_turned = False
        self.found = SortedPages()

    def file(self, look: Looked) -> None:
        """Start the next file of the delivery."""
        parent = look.given.path.parent
        if parent != self._row:
            self.end()
            begun = self._load_standing(_scanner(parent)) if self._goes_on else RowStanding()
            # A folder whose name lies between those of two files interrupts their row, and does not end it.
            self._sorter.begin(self._rows.get(parent, begun), has_sheets=parent in self._sheeted)
            self._row = parent
        self._has_turned = False
        if look.known:
            # Only what holds a sheet is remembered: other pages that come again change nothing.
            remembered = self._load_standing(look.sha256)
            self._sorter.standing = self._sorter.standing if remembered == RowStanding() else remembered
        elif look.problem and look.may_be_page:
            self._sorter.lose_track(f"{look.given.name} could not be opened")

    def page(self, look: Looked, index: int) -> tuple[Sorted, Metadata]:
        """Place and metadata of a page of that file."""
        metadata = look.given.metadata
        codes = self._codes.get(look.given.path)
        if codes is None:
            return Sorted(PAGE), self._fill_facts(metadata)
        # The folder's name stands for a volume where nobody told one; it is no word against a sheet.
        told = metadata.volume if metadata.volume != folder_label(look.given.path) else ""
        found = self._sorter.place(codes[place_of(index).picture], told)
        self._has_turned |= bool(found.role) or found.kind not in ("", BEHIND)
        if found.what == SHEET:
            self.found.sheets += 1
        elif found.volume is not None:
            self.found.volumes[found.volume.facts.label] += 1
        return found, _metadata(found.volume, metadata) if found.volume else self._fill_facts(metadata)

    def _fill_facts(self, told: Metadata) -> Metadata:
        """The given metadata, completed by those of a received volume."""
        volume = self._by_label.get(told.volume)
        return told.merge_over(_facts(volume)) if volume else told

    def keep(self, look: Looked, index: int, found: Sorted) -> None:
        """Write down a page that is a sheet, or that a person must place."""
        unit, name = f"{look.sha256}:{index}", look.given.name
        detail = {"name": name, "index": index, "volume": found.volume.number if found.volume else None}
        if found.what == SHEET:
            self._ledger.record_event(unit, SHEET_STEP, "done", key=unit, detail={**detail, "role": found.role})
            return
        self.found.aside.append((f"{name}, {format_place(index)}", found.why))
        why = {"kind": found.kind, "message": found.why, "retry": False}
        self._ledger.record_event(unit, SORTING, "failed", key=unit, detail={**detail, **why})

    def end_of(self, look: Looked) -> None:
        """Remember the position after a file: it may come again, followed by others."""
        if self._has_turned:
            self._remember(look.sha256, self._sorter.standing)

    def end(self) -> None:
        """End of a page sequence: a scanner's position is stored."""
        if self._row is not None:
            self._rows[self._row] = self._sorter.standing
        if self._goes_on and self._row is not None and not self._is_trial:
            unit = _scanner(self._row)
            if self._sorter.standing != self._load_standing(unit):
                self._remember(unit, self._sorter.standing)

    def _remember(self, unit: str, standing: RowStanding) -> None:
        volume = standing.volume.number if standing.volume else _NO_VOLUME
        self._ledger.record_event(unit, ENDS_IN, "note", detail={"volume": volume, "aside": standing.aside})

    def _load_standing(self, unit: str) -> RowStanding:
        state = self._ledger.state(unit, ENDS_IN)
        if state is None:
            return RowStanding()
        return RowStanding(self._received.get(state.detail["volume"]), state.detail["aside"])


def _scanner(folder: Path) -> str:
    """Unit under which the position of a folder's page sequence is stored."""
    return f"scanner:{shown_name(str(folder.resolve()))}"


def _metadata(volume: ReceivedVolume, told: Metadata) -> Metadata:
    """Metadata of a page placed by a sheet: those of its volume, completed by the given ones."""
    return replace(_facts(volume).merge_over(told), page="")


def _facts(volume: ReceivedVolume) -> Metadata:
    facts = volume.facts
    return Metadata(facts.label, facts.station, facts.district, facts.year, facts.kind, facts.language)


def page_scan(site: str, page: tuple[int, int], scan: tuple[str, int], batch: str, said: Metadata) -> PageScan:
    """One page as stored in the ledger. page: numbers of its volume, and within it; scan: its file's hash, and
    index.
    """
    volume, number = page
    name = f"{site}-{volume:04d}-{number:04d}"
    told = (said.kind, said.station, said.district, said.year, said.language)
    return PageScan(name, *scan, batch, volume, number, *told)
