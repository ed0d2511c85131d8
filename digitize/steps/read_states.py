"""What the ledger says of pages that are being read, and the keys under which they are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digitize.machine.work_keys import work_key
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import PageScan
from digitize.workspace.ledger.core import DONE

State = tuple[str, str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class States:
    """The newest (key, outcome, detail) of pages in the steps of reading."""

    recognised: Mapping[str, State]
    registers: Mapping[str, State]
    decided: Mapping[str, State]


def states_of(ledger: Ledger) -> States:
    """Where all pages stand now."""
    return States(ledger.states("recognise"), ledger.states("register"), ledger.states("decide"))


def recognise_key(known: Known, scan: PageScan, form: str | None) -> str:
    """The key of recognising a page that turned out to be of that form, or of none.

    A page depends on the form it matched alone, so that a new form in the library has only those pages looked at again
    that match none. (That the new one would have fitted better is not noticed; change READ_VERSION for that.)
    """
    settings = known.read_settings(scan.language)
    return work_key("recognise", scan.sha256, str(scan.idx), settings.key(), settings.form_key(form))


def failed_key(known: Known, scan: PageScan) -> str:
    """The key of a page that could not be recognised, whatever its form."""
    settings = known.read_settings(scan.language)
    return work_key("recognise", scan.sha256, str(scan.idx), settings.key(), "failed")


def recognised_today(ledger: Ledger, known: Known, scan: PageScan, now: State | None) -> tuple[str, str | None] | None:
    """Key and form of the recognition that holds today, made now or earlier; None when there is none."""
    if now is None:
        return None
    form = now[2].get("form")
    if now[1] in DONE and now[0] == recognise_key(known, scan, form):
        return now[0], form
    for event in reversed(ledger.events(scan.page)):
        if event.step == "recognise" and event.outcome == "done":
            form = event.detail.get("form")
            key = recognise_key(known, scan, form)
            if key == event.key and ledger.take_up(scan.page, "recognise", key):
                return key, form
    return None
