"""Copy of the FIR with a number, year and station, as the person may have it."""

from __future__ import annotations

from collections.abc import Mapping

from digitize.errors import NotFound, OptionsError
from digitize.search.store_queries import SearchStore
from digitize.services.asker import ServiceAsker
from digitize.services.copies.copy import FORM, render
from digitize.services.copies.values import OF_STATE
from digitize.services.copies.words import languages
from digitize.services.kinds.fir_status import cases_of
from digitize.services.query_service import ServiceDesk
from mappers.record import Record

NONE = "There is no such FIR, or you may not have a copy of it."
"""The same text for both cases: a person who may not have a copy does not learn that the FIR exists."""


def fir_copy(
    desk: ServiceDesk, asked: Mapping[str, str], asker: ServiceAsker, language: str, digits: str = OF_STATE
) -> bytes:
    """Make the PDF.

    asked: number, year, station, and district if given. Raises NotFound if there is none for this person, OptionsError
    for an invalid query.
    """
    if language not in languages():
        raise OptionsError(f"Copies are available in: {', '.join(languages())}.")
    record = fir_asked(desk, asked, asker)
    return render(record, language, role=asker.role, digits=digits, withheld=desk.find_withheld(record))


def fir_asked(desk: ServiceDesk, asked: Mapping[str, str], asker: ServiceAsker) -> Record:
    """The record, as this person may see it. Raises NotFound, and OptionsError if several match."""
    made = desk.copies(lambda store: _find_meant(store, asked), FORM, asker, asked)
    if not made:
        raise NotFound(NONE)
    if len(made) > 1:
        raise OptionsError("Several FIRs have this number, year and station: name the district, too.")
    return made[0]


def _find_meant(store: SearchStore, asked: Mapping[str, str]) -> list[list[str]]:
    """Ids of matching FIRs; those of equally similar stations together."""
    made: dict[float, list[str]] = {}
    for row in cases_of(store, asked):
        if row.row.form == FORM:
            made.setdefault(row.score, []).append(row.row.record_id)
    return [made[score] for score in sorted(made, reverse=True)]
