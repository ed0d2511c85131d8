"""Pages that sheets could not place: a person assigns their volume, or says what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitize.errors import InputError, NotFound
from digitize.workspace.intake.delivery import natural
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.intake.placing import SHEET_STEP, SORTING, page_scan
from digitize.workspace.intake.sorting import BEHIND
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import ReceivedVolume, note_scanned
from digitize.workspace.volumes.sheet_text import COVER
from ocr.scans.parts import place_of


@dataclass(frozen=True, slots=True)
class SetAside:
    """A page that a person must place. unit: its id, "SHA256:INDEX"; index: its 0-based place in the file."""

    unit: str
    name: str
    index: int
    kind: str
    why: str


AS = ("page", "sheet", "nothing")


@dataclass(frozen=True, slots=True)
class PersonSays:
    """A person's decision on pages set aside. what: one of AS; volume: destination; why: reason for leaving
    them out.
    """

    what: str
    by: str
    volume: ReceivedVolume | None = None
    why: str = ""


def set_aside(ledger: Ledger) -> list[SetAside]:
    """Pages set aside, in order of arrival."""
    states = ((u, s) for u, s in ledger.states("sorting").items() if s.is_failed)
    found = [SetAside(u, s.detail["name"], s.detail["index"], s.kind, s.detail["message"]) for u, s in states]
    return sorted(found, key=lambda a: (natural(a.name), place_of(a.index).order))


def choose(ledger: Ledger, name: str, *, with_rest: bool) -> list[SetAside]:
    """Find a page set aside by id or part of one; with_rest: also those set aside only because they follow it.

    Raises NotFound, InputError if several match.
    """
    waiting = set_aside(ledger)
    places = [i for i, a in enumerate(waiting) if a.unit.startswith(name) or short(a.unit) == name]
    if not places:
        raise NotFound(f"No page {name} is set aside. See: digitize batch sort DIR")
    if len(places) > 1:
        raise InputError(f"{len(places)} pages that are set aside start with {name}: give the whole id.")
    chosen = [waiting[places[0]]]
    for other in waiting[places[0] + 1 :] if with_rest else ():
        if other.kind != BEHIND:
            break
        chosen.append(other)
    return chosen


def short(unit: str) -> str:
    """An id that people can type: twelve digits of the file's hash and the page's number in the file, from 1.

    Of a scan of several pages which of them it is, too, as in "0a1b2c3d4e5f:1-last".
    """
    sha256, _, index = unit.rpartition(":")
    place = place_of(int(index))
    return f"{sha256[:12]}:{place.picture + 1}{'-' if place.side else ''}{place.side}"


def settle(place: Place, ledger: Ledger, pages: Sequence[SetAside], said: PersonSays) -> list[str]:
    """Record the decision, in one transaction. Returns the ids of the resulting pages.

    Raises InputError if it is incomplete.
    """
    if said.what not in AS:
        raise InputError(f"--as {said.what}: must be one of {', '.join(AS)}")
    if not said.by.strip():
        raise InputError("Give --by NAME: who decided. It is recorded.")
    if said.what == "nothing" and len(said.why.split()) < 2:  # noqa: PLR2004  # one word is no reason
        raise InputError("To leave a page out, give a reason in words: --reason")
    if said.what != "nothing" and said.volume is None:
        raise InputError("Give the volume: --volume LABEL")
    with ledger.writing():
        made = [page_id for page in pages for page_id in _settle(place, ledger, page, said)]
        if said.volume is not None:
            note_scanned(ledger, place.options.workspace.site_id, [said.volume.number])
    return made


def _settle(place: Place, ledger: Ledger, page: SetAside, said: PersonSays) -> list[str]:
    number = said.volume.number if said.volume else None
    detail = {"volume": number, "as": said.what, "by": said.by, "why": said.why, "name": page.name, "index": page.index}
    ledger.record_event(page.unit, SORTING, "done", key=f"{page.unit}:{said.what}:{number}", detail=detail)
    if said.what == "sheet":
        sheet = {"name": page.name, "index": page.index, "volume": number, "role": COVER}
        ledger.record_event(page.unit, SHEET_STEP, "done", key=page.unit, detail=sheet)
    if said.what != "page" or said.volume is None:
        return []
    catalogue = Catalogue(ledger)
    source = catalogue.source(page.unit.rpartition(":")[0])
    if source is None:
        raise NotFound(f"{page.name} is no longer here.")
    facts, volume = said.volume.facts, said.volume.number
    own = Metadata(facts.label, facts.station, facts.district, facts.year, facts.kind, facts.language)
    where = (volume, catalogue.next_page_number(volume))
    scan = page_scan(place.options.workspace.site_id, where, (source.sha256, page.index), source.batch, own)
    catalogue.insert_scan(scan)
    told = {"name": page.name, "index": page.index, "scanned_again": False, "placed_by": said.by}
    ledger.record_event(scan.page, "intake", "done", key=page.unit, detail=told)
    return [scan.page]
