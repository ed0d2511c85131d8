"""Answers on pages that wait as possible rescans: they are newer scans, or separate pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digitize.errors import NotFound, OptionsError
from digitize.machine.text import pluralize
from digitize.workspace.intake.again import DeliveryAnswer, ToldAgain
from digitize.workspace.intake.looked import Looked
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.intake.placing import SheetPlacing, page_scan
from digitize.workspace.intake.scanned_again import find_scanned, named_by_person, place_pages
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.waiting_pages import (
    BESIDE,
    REPLACES,
    WaitingPage,
    deliveries,
    describe_delivery,
    format_files,
    keep,
    kept_pages,
    name_of,
)
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import note_scanned


@dataclass(slots=True)
class ScannedAgain:
    """Waiting pages of one delivery, and the answer. waits: new scans; before: known scans.

    chosen: ids of earlier pages that the delivery replaces.
    """

    waits: Mapping[str, WaitingPage]
    before: Sequence[WaitingPage] = ()
    chosen: frozenset[str] = frozenset()
    said: DeliveryAnswer = DeliveryAnswer()
    again: list[str] = field(default_factory=list)


def find_again(
    place: Place, ledger: Ledger, placing: SheetPlacing, looked: Sequence[Looked], said: DeliveryAnswer, *,
    by_person: bool,
) -> ScannedAgain:  # fmt: skip
    """Possible rescans in a delivery, and the answer on them; before anything is written.

    placing: a trial. Raises OptionsError for an impossible answer, NotFound for unknown earlier pages.
    """
    known = {x.sha256 for x in looked if x.known and not x.purged}
    before = [w for w in kept_pages(ledger) if w.sha256 in known] if known else []
    if not said.replaces:
        return ScannedAgain(find_scanned(place, ledger, placing, looked, by_person=by_person), before, said=said)
    chosen = [page for name in said.replaces for page in _find_pages(ledger, name, {x.sha256 for x in looked})]
    if own := next((w for w in before if w.answer == BESIDE and w.page in chosen), None):
        raise OptionsError(
            f"--replaces: {own.name} counts as well as {own.page} because of --beside, and its pages have their own "
            f"numbers. Scan that page again and give its number: page in manifest.csv"
        )
    new = place_pages(placing, looked)
    if not new and not before:
        raise OptionsError("--replaces: no page of this delivery waits for an answer; pages with a number keep it")
    return ScannedAgain(named_by_person(ledger, place, new, chosen), before, frozenset(chosen), said)


def settle(place: Place, ledger: Ledger, found: ScannedAgain) -> ToldAgain:
    """Apply the answer to waiting pages; in the transaction of the intake. Returns questions and results."""
    units = {*found.waits, *(w.unit for w in found.before)}
    own = [w for w in kept_pages(ledger) if w.unit in units] if units else []
    work = _Settling(ledger, place.options.workspace.site_id, found)
    now = [work.settle_page(w) for w in own]
    note_scanned(ledger, place.options.workspace.site_id, work.volumes)
    changed = [b for a, b in zip(own, now, strict=True) if a != b]
    asked = [(format_files(w), _format_question(w)) for w in deliveries([w for w in now if not w.answer])]
    return ToldAgain(tuple(asked), tuple((format_files(w), _describe_answer(w)) for w in deliveries(changed)))


class _Settling:
    """Gives pages that waited their place."""

    def __init__(self, ledger: Ledger, site: str, found: ScannedAgain) -> None:
        self._ledger, self._site, self._found = ledger, site, found
        self._catalogue = Catalogue(ledger)
        self.volumes: set[int] = set()

    def settle_page(self, was: WaitingPage) -> WaitingPage:
        """A page after the answer; unchanged if the answer does not concern it."""
        said = self._found.said
        page = replace(was, operator=said.operator, reason=said.reason)
        if self._found.chosen and not page.answer and (not page.page or page.page in self._found.chosen):
            old = self._catalogue.scan(page.page) if page.page else None
            self._insert(page, old)
            made = replace(page, answer=REPLACES, earlier=f"{old.sha256}:{old.idx}" if old else "")
        elif said.is_beside and page.answer != BESIDE:
            old = self._catalogue.scan(page.page) if page.answer else None
            if old is not None:
                self._put_back(page, old)
            if not page.answer or old is not None:
                self._insert(page, None)
            made = replace(page, answer=BESIDE, earlier="")
        else:
            return was
        keep(self._ledger, made)
        return made

    def _insert(self, page: WaitingPage, old: PageScan | None) -> None:
        """Number a page: as a newer scan of an existing one, or at the end of its volume."""
        volume = old.volume if old else self._catalogue.volume(page.label)
        number = old.number if old else self._catalogue.next_page_number(volume)
        told = Metadata(**page.told)
        if old is not None:
            told = told.merge_over(Metadata(**{n: getattr(old, n) for n in _METADATA}))
        scan = page_scan(self._site, (volume, number), (page.sha256, page.index), page.batch, told)
        self._catalogue.insert_scan(scan)
        self._note(scan, page.name, "done", is_again=old is not None)
        self._found.again.extend([scan.page] if old else [])

    def _put_back(self, page: WaitingPage, now: PageScan) -> None:
        """Restore the earlier scan of a page, if no other came since."""
        sha256, _, index = page.earlier.rpartition(":")
        is_newest = (now.sha256, now.idx) == (page.sha256, page.index)
        if is_newest and (scan := self._catalogue.let_count_again(now.page, sha256, int(index))) is not None:
            self._note(scan, self._name(sha256), "again", is_again=True)

    def _name(self, sha256: str) -> str:
        source = self._catalogue.source(sha256)
        return source.name if source else ""

    def _note(self, scan: PageScan, name: str, outcome: str, *, is_again: bool) -> None:
        self.volumes.add(scan.volume)
        detail = {"name": name, "scanned_again": is_again}
        self._ledger.record_event(scan.page, "intake", outcome, key=f"{scan.sha256}:{scan.idx}", detail=detail)


_METADATA = ("station", "district", "year", "kind", "language")


def _find_pages(ledger: Ledger, name: str, coming: set[str]) -> list[str]:
    """Pages that are meant: by id, label or number of a volume, batch, name of a file. Raises NotFound."""
    catalogue = Catalogue(ledger)
    if catalogue.scan(name):
        return [name]
    try:
        return [s.page for s in catalogue.scans(catalogue.volume_number(name)) if s.sha256 not in coming]
    except NotFound:
        pass
    files = {
        s.sha256 for s in catalogue.sources()
        if s.pages and s.sha256 not in coming
        and (name == s.batch or name.casefold() in (s.name.casefold(), s.name.rpartition("/")[2].casefold()))
    }  # fmt: skip
    found = [s.page for sha256 in files for s in catalogue.scans_of(sha256)]
    if not found:
        raise NotFound(f"--replaces {name}: there is no earlier page, volume or file of that name")
    return sorted(found)


def _format_question(pages: Sequence[WaitingPage]) -> str:
    return (
        f"{describe_delivery(pages)} They wait, and are not read. If they replace the earlier scans, run intake again "
        f"with --replaces {name_of(pages)}; if both are right, with --beside"
    )


def _describe_answer(pages: Sequence[WaitingPage]) -> str:
    """The answer in words."""
    own = [w for w in pages if w.answer == REPLACES and w.page]
    if not own:
        many = pluralize(len(pages), "page counts", "pages count")
        return f"{many} in addition to those that are here, at the end of {pages[0].label}"
    more = len(pages) - len(own)
    rest = f"; {pluralize(more, 'more page has', 'more pages have')} none, and are put at the end" if more else ""
    ids = sorted(w.page for w in own)
    many = pluralize(len(own), "page is the newer scan", "pages are the newer scans")
    return f"{many} of {ids[0]}{f' to {ids[-1]}' if len(ids) > 1 else ''}{rest}"
