"""Possible rescans of known pages, found before any page gets a number, for a person's decision.

Such pages wait: a number is final, and reading is expensive. The answer makes a scan the newer one of its page, or a
separate page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from digitize.workspace.intake.looked import Looked
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.intake.page_likeness import compare
from digitize.workspace.intake.pairing import OnePage, by_name, pair_up
from digitize.workspace.intake.placing import SheetPlacing
from digitize.workspace.intake.sorting import PAGE
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.waiting_pages import WaitingPage
from digitize.workspace.place import Place

if TYPE_CHECKING:
    from ocr.page import Scan

_MOST_LOOKED = 1500
"""Pages of a volume and a delivery of which all pictures are compared; of more, only those that are called the same."""
_MOST_NAMED = 3
"""Files of one name in so many volumes at most: "scan.pdf" says nothing."""
_TOLD = ("station", "district", "year")


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page of a delivery and its would-be place. label: of the volume."""

    look: Looked
    index: int
    label: str
    metadata: Metadata

    @property
    def id(self) -> str:
        """The id of its scan."""
        return f"{self.look.sha256}:{self.index}"

    def as_paired(self) -> OnePage:
        """As input of the pairing."""
        return OnePage(self.id, self.look.given.name, self.index, self.look.pages)

    def waits(self, page: str = "", how: str = "") -> WaitingPage:
        """As a waiting page. page: the one it seems to be; how: criterion."""
        told = {k: v for k, v in asdict(self.metadata).items() if v and k not in ("volume", "page")}
        return WaitingPage(self.look.sha256, self.index, self.look.given.name, "", self.label, page, how, told)


@dataclass(slots=True)
class OldPages:
    """The newest scans of pages that are here, in order, with their files."""

    ledger: Ledger
    place: Place
    scans: dict[str, PageScan] = field(default_factory=dict)
    sources: dict[str, SourceFile] = field(default_factory=dict)

    def add(self, scans: Sequence[PageScan]) -> None:
        """Add these scans."""
        for scan in scans:
            if scan.sha256 not in self.sources:
                source = Catalogue(self.ledger).source(scan.sha256)
                assert source is not None, "every scan is of a file that was taken in"
                self.sources[scan.sha256] = source
            self.scans[scan.page] = scan

    def list_as_paired(self) -> list[OnePage]:
        """As they are paired."""
        found = ((page, s, self.sources[s.sha256]) for page, s in self.scans.items())
        return [OnePage(page, source.name, s.idx, source.pages) for page, s, source in found]

    def pictures(self) -> dict[str, Scan]:
        """Page -> scan to compare."""
        from ocr.page import Scan

        found = ((page, s, self.sources[s.sha256]) for page, s in self.scans.items())
        return {
            page: Scan(self.place.original(s.sha256, f.suffix, f.linked), s.sha256, s.idx, page) for page, s, f in found
        }


def find_scanned(
    place: Place, ledger: Ledger, placing: SheetPlacing, looked: Sequence[Looked], *, by_person: bool
) -> dict[str, WaitingPage]:
    """Scan ("SHA256:INDEX") -> probable match, for the pages of a delivery that wait for a decision.

    placing: a trial, which writes nothing. by_person: a person delivers a complete set; for a scanner that delivers
    page by page only images with the same file name are compared, and only similar ones wait.
    """
    new: dict[str, list[NewPage]] = {}
    for page in place_pages(placing, looked):
        new.setdefault(page.label, []).append(page)
    found: dict[str, WaitingPage] = {}
    for label, own in new.items():
        old = _find_candidates(place, ledger, label, own)
        if old.scans:
            found |= _in_volume(own, old, by_person=by_person)
    return found


def place_pages(placing: SheetPlacing, looked: Sequence[Looked]) -> list[NewPage]:
    """New pages of a delivery that go into a volume; a page with a given number is a newer scan by that.

    placing: a trial.
    """
    found = []
    for look in looked:
        placing.file(look)
        for index in range(0 if look.known or look.problem else look.pages):
            where, metadata = placing.page(look, index)
            if where.what == PAGE and not metadata.page:
                label = where.volume.facts.label if where.volume else metadata.volume
                found.append(NewPage(look, index, label, metadata))
    return found


def _find_candidates(place: Place, ledger: Ledger, label: str, new: Sequence[NewPage]) -> OldPages:
    """Candidate matches: pages of the volume, and of multi-page files with the same name elsewhere."""
    old, catalogue = OldPages(ledger, place), Catalogue(ledger)
    volume = catalogue.find_volume(label)
    if volume is not None:
        old.add([s for s in catalogue.scans(volume) if _may_be_same(s, new[0].metadata)])
    names = {_base(p.look.given.name) for p in new if p.look.pages > 1}
    files = [(sha256, _base(name)) for sha256, name in catalogue.of_many_pages()] if names else []
    for name in sorted(names):
        called = [sha256 for sha256, other in files if other == name]
        for sha256 in called if len(called) <= _MOST_NAMED else ():
            scans = catalogue.scans_of(sha256)
            old.add([s for s in scans if s.volume != volume and _may_be_same(s, new[0].metadata)])
    return old


def _in_volume(new: Sequence[NewPage], old: OldPages, *, by_person: bool) -> dict[str, WaitingPage]:
    ones, others = [p.as_paired() for p in new], old.list_as_paired()
    named = by_name(ones, others)
    all_likely = by_person and len(ones) + len(others) <= _MOST_LOOKED
    seen = _compare_pages(new, old, named, all_likely=all_likely)
    if not by_person:
        named = {}
    pairs = pair_up(ones, others, seen, named)
    # Most of it: then it is the book once more, and the few that are not known again wait with it.
    are_most = bool(pairs) and by_person and 2 * len(pairs) >= len(new)
    return {p.id: p.waits(*pairs.get(p.id, ())) for p in new if p.id in pairs or are_most}


def _compare_pages(
    new: Sequence[NewPage], old: OldPages, named: Mapping[str, str], *, all_likely: bool
) -> dict[tuple[str, str], float]:
    from ocr.page import Scan

    if not named and not all_likely:
        return {}
    mine = {p.id: Scan(p.look.given.path, p.look.sha256, p.index, p.look.given.name) for p in new}
    return compare(mine, old.pictures(), named.items(), all_likely=all_likely)


def _may_be_same(scan: PageScan, told: Metadata) -> bool:
    """Whether the metadata do not differ: each station has its own book of that name."""
    pairs = ((getattr(scan, n).casefold(), getattr(told, n).casefold()) for n in _TOLD)
    return all(a == b for a, b in pairs if a and b)


def _base(name: str) -> str:
    return name.rpartition("/")[2].casefold()


def named_by_person(
    ledger: Ledger, place: Place, new: Sequence[NewPage], pages: Sequence[str]
) -> dict[str, WaitingPage]:
    """As `find_scanned`, if a person named the earlier pages: then nothing else matters, and all of them wait."""
    old = OldPages(ledger, place)
    old.add([s for p in pages if (s := Catalogue(ledger).scan(p)) is not None])
    ones, others = [p.as_paired() for p in new], old.list_as_paired()
    if len(ones) == len(others) == 1:
        return {new[0].id: new[0].waits(pages[0], "name")}
    named = by_name(ones, others)
    seen = _compare_pages(new, old, named, all_likely=len(ones) + len(others) <= _MOST_LOOKED)
    pairs = pair_up(ones, others, seen, named)
    if not pairs and len(ones) == len(others):
        pairs = {a.id: (b.id, "order") for a, b in zip(ones, others, strict=True)}
    return {p.id: p.waits(*pairs.get(p.id, ())) for p in new}
