"""A file of a delivery after a first look."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digitize.workspace.intake.delivery import Given
from digitize.workspace.ledger.catalogue import Catalogue
from ocr.scans.parts import place_of


@dataclass(frozen=True, slots=True)
class Looked:
    """A file after a first look. tables: their names. problem: why it is unusable, or "".

    known: already taken in. refused_before: given before and unusable. put_back: its original was missing. purged:
    when, by whom and why a known file was purged, "" if not. notes: problems of its tables. may_be_page: whether an
    unusable file may have been a page. places: the indices of its pages where they were looked for (`ocr.scans.parts`).
    """

    given: Given
    sha256: str = ""
    size: int = 0
    media: str = ""
    pages: int = 0
    tables: tuple[str, ...] = ()
    problem: str = ""
    kind: str = ""
    known: bool = False
    refused_before: bool = False
    put_back: bool = False
    purged: str = ""
    notes: tuple[str, ...] = ()
    may_be_page: bool = True
    places: tuple[int, ...] = ()

    @property
    def indices(self) -> tuple[int, ...]:
        """The indices of its pages, in their order."""
        return self.places or tuple(range(self.pages))

    @property
    def spreads(self) -> int:
        """How many of its pictures show several pages."""
        return len({place.picture for place in map(place_of, self.places) if place.is_part})


def as_known_now(catalogue: Catalogue, look: Looked) -> Looked:
    """The same, updated if another intake took or refused the file meanwhile."""
    before = catalogue.source(look.sha256) if look.sha256 and not (look.known or look.refused_before) else None
    if before is None:
        return look
    return replace(look, refused_before=True) if before.problem else replace(look, known=True, problem="")
