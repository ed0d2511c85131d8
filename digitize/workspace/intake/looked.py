"""A file of a delivery and what a first look at it showed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digitize.workspace.intake.delivery import Given
from digitize.workspace.ledger.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Looked:
    """A file after a first look. tables: names of its tables. problem: why it cannot be used, or "".

    known: it was here. refused_before: it was given and could not be used. put_back: its original was gone. purged: on
    which day, by whom and why what is known was purged, "" where it was not. notes: what is wrong with its tables.
    may_be_page: whether what cannot be used may have been a page.
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


def as_known_now(catalogue: Catalogue, look: Looked) -> Looked:
    """The same where another intake has taken the file in, or refused it, since it was looked at."""
    before = catalogue.source(look.sha256) if look.sha256 and not (look.known or look.refused_before) else None
    if before is None:
        return look
    return replace(look, refused_before=True) if before.problem else replace(look, known=True, problem="")
