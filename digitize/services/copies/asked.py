"""A copy of the FIR of a number, a year and a station, as whoever asks may have it, by the desk."""

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

NONE = "There is no such FIR, or it is not one to be copied for you."
"""The same words for both: who may not have a copy is not told that there is one."""


def fir_copy(
    desk: ServiceDesk, asked: Mapping[str, str], asker: ServiceAsker, language: str, digits: str = OF_STATE
) -> bytes:
    """The PDF. asked: number, year, station, and district where it was said.

    Raises NotFound where there is none for whoever asks, OptionsError for what cannot be asked.
    """
    if language not in languages():
        raise OptionsError(f"Copies are made in: {', '.join(languages())}.")
    return render(fir_asked(desk, asked, asker), language, role=asker.role, digits=digits)


def fir_asked(desk: ServiceDesk, asked: Mapping[str, str], asker: ServiceAsker) -> Record:
    """The record, as whoever asks may be shown it. Raises NotFound, and OptionsError where several may be meant."""
    made = desk.copies(lambda store: _find_meant(store, asked), FORM, asker, asked)
    if not made:
        raise NotFound(NONE)
    if len(made) > 1:
        raise OptionsError("Several FIRs have this number, year and station: name the district too.")
    return made[0]


def _find_meant(store: SearchStore, asked: Mapping[str, str]) -> list[list[str]]:
    """Ids of the FIRs that may be meant, those of stations that are equally near to what was typed together."""
    made: dict[float, list[str]] = {}
    for row in cases_of(store, asked):
        if row.row.form == FORM:
            made.setdefault(row.score, []).append(row.row.record_id)
    return [made[score] for score in sorted(made, reverse=True)]
