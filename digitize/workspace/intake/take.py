"""One intake: examine all files, store the originals, then write the whole batch in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from digitize.machine.today import today_in_india
from digitize.reading.spreads import YES
from digitize.workspace.intake.again import DeliveryAnswer, ToldAgain, find_replaced, keep_said
from digitize.workspace.intake.answered import ScannedAgain, find_again, settle
from digitize.workspace.intake.bags import open_bags
from digitize.workspace.intake.delivery import Given, list_files, shown_name
from digitize.workspace.intake.looked import Looked, as_known_now
from digitize.workspace.intake.manifest import Metadata, check_metadata, check_places, check_register, require_own_page
from digitize.workspace.intake.placing import SheetPlacing, look_for_pages, look_for_sheets, page_scan
from digitize.workspace.intake.probing import probe_all
from digitize.workspace.intake.report import IntakeReport
from digitize.workspace.intake.sorting import PAGE
from digitize.workspace.intake.store import content_hash, keep_copy, kept_suffix, put_back
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, SourceFile, TableUnit
from digitize.workspace.ledger.purges import purge_of
from digitize.workspace.ledger.waiting_pages import keep, waiting_pages
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import Volumes, note_scanned
from mappers.codes import place_lists

log = logging.getLogger(__name__)
_NOTHING_SAID = DeliveryAnswer()
_STATIONS = "SELECT DISTINCT station FROM scans WHERE volume = ? AND station > '' ORDER BY station"


def take_in(
    place: Place, paths: Sequence[Path], metadata: Metadata, *, link: bool = False, goes_on: bool = False,
    said: DeliveryAnswer = _NOTHING_SAID,
) -> IntakeReport:  # fmt: skip
    """Take in files and folders. goes_on: files from one folder continue one page sequence. said: answer on tables and
    pages delivered before.

    Nothing is written to the ledger before every file was examined and copied, so an interrupted intake leaves no
    partial batch. Raises OptionsError for an invalid manifest or flag and for an unlisted place, NotFound for an
    unknown earlier table or page, MappingError for an invalid list, FormError for an invalid register file, DiskFull,
    LedgerError.
    """
    check_metadata(metadata, "digitize intake")
    with Ledger(place.ledger) as ledger:
        catalogue = Catalogue(ledger)
        looked, seen = list[Looked](), set[str]()
        lists, has_own = place_lists(place.options.workspace.state, *place.own_lists), place.has_stations
        delivery = open_bags(paths)
        for given in (*delivery.refused, *list_files(delivery.paths, metadata, by_person=not goes_on)):
            if not given.problem:
                check_places(given.metadata, given.name, lists, has_own=has_own)
            check_register(given.metadata, given.name, (place.folder / "forms",))
            look = _look(catalogue, given, seen, link=link)
            purged = purge_of(ledger, look.sha256) if look.known else None
            looked.append(replace(look, purged=purged.line()) if purged else look)
        looked = _probe_new(looked)
        of_pages = said if _are_scans(catalogue, looked) else replace(said, replaces=())
        replaced = find_replaced(ledger, looked, replace(said, replaces=()) if of_pages.replaces else said)
        looked = [_keep(place, catalogue, look, link=link) for look in looked]
        codes = look_for_sheets(ledger, looked)
        looked = look_for_pages(place, looked, codes)
        placing = partial(SheetPlacing, ledger, place.options.workspace.site_id, codes, goes_on=goes_on)
        again = find_again(place, ledger, placing(looked, is_trial=True), looked, of_pages, by_person=not goes_on)
        # All files are copied by now: what the ledger says is here, is here.
        with ledger.writing():
            looked = [as_known_now(catalogue, look) for look in looked]
            for bag in delivery.bags:
                ledger.record_event(f"bag:{bag.manifest}", "custody", "note", detail=bag.as_custody())
            report = _Writer(place, ledger, catalogue, placing(looked), again, link=link).write(looked)
            told = keep_said(ledger, looked, said, replaced).and_of(settle(place, ledger, again))
            return _with_answers(report, ledger, again, told)


def _are_scans(catalogue: Catalogue, looked: Sequence[Looked]) -> bool:
    """Whether a delivery has pages and no table."""
    known = [s for x in looked if x.known and (s := catalogue.source(x.sha256)) is not None]
    pages = sum(x.pages for x in looked) + sum(s.pages for s in known)
    return bool(pages) and not any(x.tables for x in looked) and not any(s.media == "table" for s in known)


def _with_answers(report: IntakeReport, ledger: Ledger, again: ScannedAgain, told: ToldAgain) -> IntakeReport:
    """The report with questions and answers on earlier tables and pages."""
    waiting = sum(w.unit in again.waits for w in waiting_pages(ledger)) if again.waits else 0
    scanned = (*report.scanned_again, *again.again)
    return replace(report, again=told, waiting=waiting, pages=report.pages - waiting, scanned_again=scanned)


def _look(catalogue: Catalogue, given: Given, seen: set[str], *, link: bool) -> Looked:
    """A file's content hash, and whether it is known."""
    if given.problem:
        return Looked(given, problem=given.problem, kind="unreadable")
    if link and shown_name(str(given.path)) != str(given.path):
        why = "its name is not UTF-8, so its path cannot be stored. Rename it, or omit --link."
        return Looked(given, problem=why, kind="unreadable")
    try:
        size = given.path.stat().st_size
        sha256 = content_hash(given.path)
    except OSError as e:
        return Looked(given, problem=f"cannot be opened ({e.strerror}). Deliver the file again.", kind="unreadable")
    before = catalogue.source(sha256)
    # What was refused before is tried again: the program may have learned to read it since.
    if sha256 in seen or (before and not before.problem):
        return Looked(given, sha256, size, known=True)
    # Also where it is refused in a moment: a copy of it in the same intake is not refused a second time.
    seen.add(sha256)
    return Looked(given, sha256, size, refused_before=before is not None)


def _probe_new(looked: Sequence[Looked]) -> list[Looked]:
    """The same with the content of new files."""
    made = list(looked)
    places = [i for i, x in enumerate(looked) if not x.known and not x.problem]
    for n, found in probe_all([looked[i].given.path for i in places]):
        made[places[n]] = replace(looked[places[n]], **asdict(found))
    return made


def _keep(place: Place, catalogue: Catalogue, look: Looked, *, link: bool) -> Looked:
    """Copy a new file, or restore a missing original. Raises DiskFull."""
    # What was purged stays purged, whoever brings it again.
    if look.problem or look.purged:
        return look
    path, sha256 = look.given.path, look.sha256
    before = catalogue.source(sha256) if look.known else None
    try:
        # A copy that comes in the same intake is in no catalogue yet.
        if before and not before.problem:
            is_lost = not before.linked and put_back(place, path, sha256, before.suffix)
            return replace(look, put_back=is_lost)
        if not look.known and not link:
            keep_copy(place, path, sha256, kept_suffix(path))
    except OSError as e:
        why = f"cannot be copied ({e.strerror}). Deliver it again."
        return replace(look, known=False, refused_before=before is not None, problem=why, kind="unreadable")
    return look


class _Writer:
    """Writes one examined batch; used inside one transaction."""

    def __init__(
        self, place: Place, ledger: Ledger, catalogue: Catalogue, placing: SheetPlacing, again: ScannedAgain, *,
        link: bool,
    ) -> None:  # fmt: skip
        self._site, self._waits = place.options.workspace.site_id, again.waits
        self._ledger = ledger
        self._catalogue = catalogue
        self._link, self._placing = link, placing
        # Batches and tables are never removed, so their count gives the next number.
        self._batch = f"{self._site}-b{len(catalogue.batches()) + 1:04d}"
        self._tables = len(catalogue.tables())
        self._again: list[str] = []
        self._volumes: set[int] = set()
        self._taken: dict[str, Path] = {}
        self._told: list[tuple[str, str, str, str]] = []

    def write(self, looked: Sequence[Looked]) -> IntakeReport:
        # What is refused once more is no new file, and makes no batch.
        new = [x for x in looked if not x.known and x.sha256 and not (x.problem and x.refused_before)]
        arrived = {x.sha256 for x in new}
        if new:
            self._insert_batch(new)
        for look in looked:
            self._placing.file(look)
            if look.known:
                self._tell(look, is_new=look.sha256 in arrived)
            elif look.problem:
                self._refuse(look)
            else:
                self._take(look)
        self._placing.end()
        note_scanned(self._ledger, self._site, self._volumes & set(Volumes(self._ledger).all()))
        return self._report(looked, new)

    def _insert_batch(self, new: Sequence[Looked]) -> None:
        metadata = new[0].given.metadata
        label = metadata.volume or new[0].given.path.stem
        today = today_in_india().isoformat()
        self._catalogue.insert_batch(
            Batch(self._batch, label, today, metadata.kind, metadata.station, metadata.district, metadata.year)
        )
        self._ledger.record_event(self._batch, "intake", "done", key=self._batch, detail={"files": len(new)})

    def _tell(self, look: Looked, *, is_new: bool) -> None:
        """A known file: its new metadata apply, except for a duplicate within the same intake."""
        told = {} if is_new or look.purged else self._catalogue.tell(look.sha256, asdict(look.given.metadata))
        self._told += [(look.given.name, field, before, now) for field, (before, now) in told.items()]
        more = {**({"said": told} if told else {}), **({"put_back": True} if look.put_back else {}),
                **({"purged": True} if look.purged else {})}  # fmt: skip
        self._note(look, "duplicate", {"name": look.given.name, **more})

    def _refuse(self, look: Looked) -> None:
        # What could not be opened has no content to stand under; its event stands under its name.
        if look.sha256 and not look.refused_before:
            self._insert_source(look)
        detail = {"name": look.given.name, "kind": look.kind, "message": look.problem, "retry": False}
        self._ledger.record_event(look.sha256 or look.given.name, "intake", "failed", detail=detail)
        log.warning("refused at intake: %s (%s)", look.given.name, look.kind)

    def _take(self, look: Looked) -> None:
        if look.refused_before:
            # It takes its own place: it was listed with the reason for which it could not be used.
            self._catalogue.remove_refused(look.sha256)
        self._insert_source(look)
        if self._ledger.state(look.given.name, "intake"):  # it could not be opened before, and now it is here
            self._ledger.record_event(look.given.name, "intake", "done", key=look.sha256)
        self._note(look, "done", {"name": look.given.name, "bytes": look.size, "pages": len(look.indices)})
        metadata = look.given.metadata
        for idx, name in enumerate(look.tables):
            self._tables += 1
            unit = f"{self._site}-t{self._tables:04d}"
            table = TableUnit(
                unit, look.sha256, idx, name, self._batch, metadata.station, metadata.district, metadata.year
            )
            self._catalogue.insert_table(table)
        if look.pages:
            self._number_pages(look)

    def _number_pages(self, look: Looked) -> None:
        number: dict[int, int] = {}
        for idx in look.indices:
            found, metadata = self._placing.page(look, idx)
            if found.what != PAGE:
                self._placing.keep(look, idx, found)
                continue
            if (waits := self._waits.get(f"{look.sha256}:{idx}")) is not None:
                keep(self._ledger, replace(waits, batch=self._batch))
                continue
            volume = found.volume.number if found.volume else self._catalogue.volume(metadata.volume)
            if volume not in number:
                told = int(metadata.page) if metadata.page else 0
                number[volume] = told or self._catalogue.next_page_number(volume)
            self._number_page(look, idx, (volume, number[volume]), metadata)
            number[volume] += 1
        self._placing.end_of(look)

    def _number_page(self, look: Looked, idx: int, place: tuple[int, int], metadata: Metadata) -> None:
        scan = page_scan(self._site, place, (look.sha256, idx), self._batch, metadata)
        require_own_page(self._taken, scan.page, look.given.path)
        # The same volume and number is the same page: the newer scan counts, and its id stays.
        is_again = self._catalogue.scan(scan.page) is not None
        self._again += [scan.page] if is_again else []
        self._volumes.add(scan.volume)
        self._catalogue.insert_scan(scan)
        # The same for all pages of a file, so that it is kept once: which page of it the key tells.
        detail = {"name": look.given.name, "scanned_again": is_again}
        self._ledger.record_event(scan.page, "intake", "done", key=f"{look.sha256}:{idx}", detail=detail)

    def _insert_source(self, look: Looked) -> None:
        path = look.given.path
        linked = str(path.resolve()) if self._link and not look.problem else ""
        self._catalogue.insert_source(
            SourceFile(
                look.sha256, self._batch, look.given.name, look.size, look.media, look.pages,
                kept_suffix(path), linked, look.problem, look.kind,
            )
        )  # fmt: skip

    def _note(self, look: Looked, outcome: str, detail: dict[str, object]) -> None:
        key = look.sha256 if outcome == "done" else ""
        self._ledger.record_event(look.sha256, "intake", outcome, key=key, detail=detail)

    def _report(self, looked: Sequence[Looked], new: Sequence[Looked]) -> IntakeReport:
        taken = [x for x in looked if not x.known and not x.problem]
        return IntakeReport(
            batch=self._batch if new else "",
            files=len(looked),
            taken=len(taken),
            pages=sum(len(x.indices) for x in taken) - self._placing.found.sheets - len(self._placing.found.aside),
            tables=sum(len(x.tables) for x in taken),
            duplicates=tuple(x.given.name for x in looked if x.known),
            refused=tuple((x.given.name, x.problem) for x in looked if x.problem and not x.known),
            scanned_again=tuple(self._again),
            told_anew=tuple(self._told),
            put_back=tuple(x.given.name for x in looked if x.put_back),
            purged=tuple((x.given.name, x.purged) for x in looked if x.purged),
            renamed=tuple(self._list_renamed(looked)),
            doubtful=tuple(to_look_at(taken, self._ledger, self._volumes)),
            sheets=self._placing.found.sheets,
            aside=tuple(self._placing.found.aside),
            sorted_into=dict(self._placing.found.volumes),
            spreads=sum(x.spreads for x in taken),
            uncut=tuple(x.given.name for x in taken if x.given.metadata.spreads == YES and not x.spreads),
        )

    def _list_renamed(self, looked: Sequence[Looked]) -> Iterator[tuple[str, str]]:
        for x in looked:
            here = self._catalogue.source(x.sha256) if x.known else None
            if here is not None and here.name != x.given.name:
                yield x.given.name, here.name


def to_look_at(taken: Iterable[Looked], ledger: Ledger, volumes: Iterable[int]) -> Iterator[tuple[str, str]]:
    """(name, problem) of tables taken in, and of volumes whose metadata name several stations."""
    yield from ((look.given.name, note) for look in taken for note in look.notes)
    labels = Catalogue(ledger).volume_labels()
    for volume in sorted(volumes):
        stations = [row["station"] for row in ledger.rows(_STATIONS, (volume,))]
        if len(stations) > 1:
            yield labels[volume], f"its pages are given for {', '.join(stations)}; two books need two labels"
