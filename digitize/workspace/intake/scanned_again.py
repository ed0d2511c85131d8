"""Possible rescans of known pages, found before any page gets a number, for a person's decision.

Such pages wait: a number is final, and reading is expensive. The answer makes a scan the newer one of its page, or a
separate page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from digitize.machine.pool import run_light_jobs
from digitize.workspace.intake.looked import Looked
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.intake.placing import SheetPlacing
from digitize.workspace.intake.sorting import PAGE
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.waiting_pages import WaitingPage
from digitize.workspace.place import Place
from ocr.scans.parts import place_of

if TYPE_CHECKING:
    from ocr.page import Scan


if TYPE_CHECKING:
    from ocr.page import Scan
    from ocr.quality.likeness import Fingerprint

_MOST_LOOKED = 1500
"""Pages of a volume and a delivery of which all pictures are compared; of more, only those that are called the same."""
_MOST_NAMED = 3
"""Files of one name in so many volumes at most: "scan.pdf" says nothing."""
_TOLD = ("station", "district", "year")
_LIMIT_S = 60.0
"""The processor time that one page may take."""
LOOK, NAME, ORDER = "look", "name", "order"


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
                assert source is not None, "every scan belongs to a file that was taken in"
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
        for index in () if look.known or look.problem else look.indices:
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


def compare(
    new: Mapping[str, Scan], old: Mapping[str, Scan], pairs: Iterable[tuple[str, str]], *, all_likely: bool
) -> dict[tuple[str, str], float]:
    """(new, old) of pages that look alike -> similarity, 0..1. all_likely: besides these pairs also all others with
    writing in the same places.

    One page takes 0.1 s, one pair 0.07 s. Unreadable images, or those with fewer than 12 letters, match none; and a
    mismatch does not prove two different pages, since one may be scanned smaller, or bent.
    """
    from ocr.quality.likeness import SAME, likeness

    wanted = set(pairs)
    chosen = {**old, **new} if all_likely else {n: {**old, **new}[n] for pair in wanted for n in pair}
    prints = {
        name: found for (name, _), found in run_light_jobs(_look, list(chosen.items()), _skip_page, _LIMIT_S) if found
    }
    wanted |= _likely(prints, new, old) if all_likely else set()
    judged = {pair for pair in wanted if set(pair) <= prints.keys()}
    found = {pair: likeness(prints[pair[1]].fine, prints[pair[0]].fine) for pair in sorted(judged)}
    return {pair: alike for pair, alike in found.items() if alike >= SAME}


def _likely(
    prints: Mapping[str, Fingerprint], new: Mapping[str, Scan], old: Mapping[str, Scan]
) -> set[tuple[str, str]]:
    import numpy as np

    from ocr.quality.likeness import likely_pairs

    names = sorted(prints)
    if len(names) < 2:  # noqa: PLR2004
        return set()
    found = likely_pairs(np.stack([prints[n].coarse for n in names]))
    both = [(names[a], names[b]) for a, b in found]
    return {(a, b) if a in new else (b, a) for a, b in both if (a in new and b in old) or (b in new and a in old)}


def _look(job: tuple[str, Scan]) -> Fingerprint | None:
    from ocr.errors import ScanError
    from ocr.quality.lettering import find_lettering
    from ocr.quality.likeness import take_fingerprint
    from ocr.quality.page import LEAST_LETTERS
    from ocr.quality.picture import open_picture

    try:
        picture = open_picture(job[1])
    except (ScanError, OSError):
        return None
    # Pages without writing are all alike.
    return take_fingerprint(picture) if len(find_lettering(picture).stats) >= LEAST_LETTERS else None


def _skip_page(job: tuple[str, Scan]) -> None:
    return None


@dataclass(frozen=True, slots=True)
class OnePage:
    """A new or existing page. id: its scan, or the page's own. name: of its file; of: pages of that file."""

    id: str
    name: str
    index: int = 0
    of: int = 1


def by_name(new: Sequence[OnePage], old: Sequence[OnePage]) -> dict[str, str]:
    """New page -> old page of a file with the same name (ignoring case), position and page count."""
    places = {_place(p): p.id for p in old}
    return {p.id: places[_place(p)] for p in new if _place(p) in places}


def pair_up(
    new: Sequence[OnePage], old: Sequence[OnePage], same: Mapping[tuple[str, str], float], named: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """New page -> (old page, criterion), each old one once. new, old: in order. same: pairs that look alike, with
    similarity.

    A name is weaker than an image: pages of a PDF shift by one if one more was scanned. If most are matched, the rest
    between two pairs is matched in order if both sides have as many. Pages before the first and after the last pair may
    be other pages of the book: they are matched only if the totals are equal.
    """
    pairs: dict[str, tuple[str, str]] = {}
    for one, other in sorted(same, key=lambda pair: (-same[pair], pair)):
        if one not in pairs and other not in {o for o, _ in pairs.values()}:
            pairs[one] = (other, LOOK)
    taken = {other for other, _ in pairs.values()}
    for one, other in named.items():
        if one not in pairs and other not in taken:
            pairs[one] = (other, NAME)
            taken.add(other)
    return {**pairs, **_pair_between(new, old, pairs)} if 2 * len(pairs) >= len(new) else pairs


def _pair_between(
    new: Sequence[OnePage], old: Sequence[OnePage], pairs: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    at = {p.id: i for i, p in enumerate(old)}
    known = [(i, at[pairs[p.id][0]]) for i, p in enumerate(new) if p.id in pairs]
    if len(new) == len(old):
        known = [(-1, -1), *known, (len(new), len(old))]
    found: dict[str, tuple[str, str]] = {}
    for (a, b), (c, d) in zip(known, known[1:], strict=False):
        # As many on both sides, and none of those there is another's: the order on paper is the same.
        others = old[b + 1 : d]
        if c - a == d - b and not {o.id for o in others} & {o for o, _ in pairs.values()}:
            found |= {new[a + k].id: (old[b + k].id, ORDER) for k in range(1, c - a)}
    return found


def _place(page: OnePage) -> tuple[str, int, str, int]:
    # A half of a spread is the same half of another scan, wherever each was cut.
    place = place_of(page.index)
    return (page.name.rpartition("/")[2].casefold(), place.picture, place.side, page.of)
