"""Cache keys of recognition and decision: the same key means the work is done."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from digitize.machine.work_keys import plain_hash, work_key
from digitize.workspace.ledger.catalogue import PageScan
from digitize.workspace.run_context import RunContext

if TYPE_CHECKING:
    from ocr.page import Carried

RECOGNISE, REGISTER, DECIDE = "recognise", "register", "decide"
FAILED = "failed"
UNKNOWN_FORM = "unknown-form"
"""Kind of failure of a page that is neither a known form nor a known register's."""


PRINT_UNKNOWN = "print_unknown"
"""In what the ledger says of a page: its form was found by its words, and its print is none that is known."""


def recognise_key(known: RunContext, scan: PageScan, form: str | None, *, print_unknown: bool = False) -> str:
    """Recognition key of a page that turned out to be of that form, or of none.

    A page of unknown print depends on all forms, as a page of no form does: the next form added may match.

    A matched page depends only on its form, so a new form in the library re-examines only unmatched pages. (A better
    match by the new form goes unnoticed; change READ_VERSION for that.)
    """
    settings = known.read_settings(scan.language)
    # No part at all without weights of its own, so that pages keep the key they have; a page of no form needs none.
    weights = settings.weights_key(form)
    own = [weights] if weights else []
    printed = settings.form_key(None if print_unknown else form)
    return work_key(RECOGNISE, scan.sha256, str(scan.idx), known.read_key(scan.language), printed, *own)


def failed_key(known: RunContext, scan: PageScan) -> str:
    """The key of a page that could not be recognised, whatever its form."""
    return work_key(RECOGNISE, scan.sha256, str(scan.idx), known.read_key(scan.language), FAILED)


def decide_key(known: RunContext, scan: PageScan, recognised: str, form: str | None) -> str:
    """The key of deciding a page recognised under a key as a form."""
    settings = known.read_settings(scan.language)
    metadata = metadata_of(known, scan)
    # No part at all where nothing was told, so that such pages keep the key they have.
    return work_key(
        DECIDE, recognised, known.lexica_key, settings.rules_key(form), *([plain_hash(metadata)] if metadata else [])
    )


def register_key(known: RunContext, scan: PageScan, before: Carried | None, form: str | None) -> str:
    """Recognition key of a page as that register, or of none; form "failed" if recognition failed.

    It depends on the page's scan, on the settings, on what the page before handed on, and on the register it turned out
    to be of: on all of them when it is of none.
    """
    carried = plain_hash(asdict(before)) if before else ""
    printed = form if form == FAILED else known.register_keys.get(form, ("", ""))[0]
    named = named_register(known, scan)
    return work_key(
        REGISTER, recognise_key(known, scan, None), known.register_key(scan.language), named, printed, carried
    )


def register_decide_key(known: RunContext, recognised: str, form: str | None) -> str:
    """The key of deciding a page recognised under a key as a register's."""
    return work_key(DECIDE, recognised, known.lexica_key, known.register_keys.get(form, ("", ""))[1])


def metadata_of(known: RunContext, scan: PageScan) -> dict[str, str]:
    """Metadata of the page's volume, by the zone that shows them (ocr/forms/expected.py).

    Intake metadata take precedence over what was learned from the volume's pages.
    """
    return {zone: fact.value for zone, fact in known.books.get(scan.volume, {}).items()} | told_of(scan)


def told_of(scan: PageScan) -> dict[str, str]:
    """Intake metadata of the page's volume, by zone."""
    told = {"police_station": scan.station, "district": scan.district, "year": scan.year}
    return {zone: value for zone, value in told.items() if value}


def named_register(known: RunContext, scan: PageScan) -> str:
    """Register named at intake for a page, "" if none."""
    return scan.kind if known.registers.find(scan.kind) else ""
