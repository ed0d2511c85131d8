"""Which pages are not read under today's scans, forms, settings and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digitize.keys import work_key
from digitize.known import Known
from digitize.ledger import Ledger
from digitize.ledger.catalogue import Catalogue, PageScan
from digitize.ledger.core import DONE

State = tuple[str, str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Todo:
    """One page that is not up to date. recognised: the key of its recognition when only deciding is left, else ""."""

    scan: PageScan
    recognised: str = ""


def plan(ledger: Ledger, known: Known, limit: int | None = None) -> list[Todo]:
    """The pages to read, at most limit of them; those that failed for good under today's settings are left out."""
    recognised, decided = ledger.states("recognise"), ledger.states("decide")
    todos: list[Todo] = []
    for scan in Catalogue(ledger).scans():
        if limit is not None and len(todos) >= limit:
            break
        todo = _look(ledger, known, scan, recognised.get(scan.page), decided.get(scan.page))
        if todo is not None:
            todos.append(todo)
    return todos


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


def decide_key(known: Known, scan: PageScan, recognised: str, form: str | None) -> str:
    """The key of deciding a page recognised under a key."""
    settings = known.read_settings(scan.language)
    return work_key("decide", recognised, known.lexica_key, settings.rules_key(form))


def _look(ledger: Ledger, known: Known, scan: PageScan, recognised: State | None, decided: State | None) -> Todo | None:
    """What is to do for one page, None when nothing is."""
    if recognised is None:
        return Todo(scan)
    if recognised[1] == "failed" and recognised[0] == failed_key(known, scan):
        return Todo(scan) if recognised[2].get("retry") else None
    found = _recognised(ledger, known, scan, recognised)
    if found is None:
        return Todo(scan)
    key, form = found
    wanted = decide_key(known, scan, key, form)
    is_settled = decided is not None and decided[0] == wanted
    return None if is_settled or ledger.take_up(scan.page, "decide", wanted) else Todo(scan, key)


def _recognised(ledger: Ledger, known: Known, scan: PageScan, now: State) -> tuple[str, str | None] | None:
    """Key and form of the recognition that holds today, made now or earlier; None when there is none."""
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
