"""Which pages are not read under today's scans, forms, settings and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from digitize.machine.work_keys import plain_hash, work_key
from digitize.steps.read_states import State, States, failed_key, recognised_today, states_of
from digitize.steps.registers import RegisterTodo, Volume
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan


@dataclass(frozen=True, slots=True)
class Todo:
    """One page that is not up to date. recognised: the key of its recognition when only deciding is left, else ""."""

    scan: PageScan
    recognised: str = ""


def plan(ledger: Ledger, known: Known, limit: int | None = None) -> list[Todo | RegisterTodo]:
    """The pages to read, at most limit of them; those that failed for good under today's settings are left out.

    Pages of registers behind one that is to be read are in it as they stand now; what it hands on may add others.
    """
    states = states_of(ledger)
    todos = (
        todo for scans in by_volume(Catalogue(ledger).scans()) for todo in _of_volume(ledger, known, scans, states)
    )
    return list(islice(todos, limit))


def by_volume(scans: Sequence[PageScan]) -> list[list[PageScan]]:
    """Pages in order, those of one volume together."""
    return [list(pages) for _, pages in groupby(scans, key=lambda s: s.volume)]


def decide_key(known: Known, scan: PageScan, recognised: str, form: str | None) -> str:
    """The key of deciding a page recognised under a key."""
    settings = known.read_settings(scan.language)
    said = [plain_hash(said_of(scan))] if said_of(scan) else []
    return work_key("decide", recognised, known.lexica_key, settings.rules_key(form), *said)


def said_of(scan: PageScan) -> dict[str, str]:
    """What was said at intake of the book that a page stands in, by the zone that tells it (ocr/forms/expected.py)."""
    said = {"police_station": scan.station, "district": scan.district, "year": scan.year}
    return {zone: value for zone, value in said.items() if value}


def _of_volume(ledger: Ledger, known: Known, scans: Sequence[PageScan], states: States) -> list[Todo | RegisterTodo]:
    looks = (_look(ledger, known, s, states.recognised.get(s.page), states.decided.get(s.page)) for s in scans)
    todos: list[Todo | RegisterTodo] = [todo for todo in looks if todo is not None]
    volume = Volume(ledger, known, scans, states)
    while (todo := volume.next(is_plan=True)) is not None:
        todos.append(todo)
        volume.pass_over(todo)
    return sorted(todos, key=lambda t: t.scan.page)


def _look(ledger: Ledger, known: Known, scan: PageScan, recognised: State | None, decided: State | None) -> Todo | None:
    """What is to do for one page, None when nothing is, or when it is none of the known forms."""
    if recognised is None:
        return Todo(scan)
    if recognised[1] == "failed" and recognised[0] == failed_key(known, scan):
        return Todo(scan) if recognised[2].get("retry") else None
    found = recognised_today(ledger, known, scan, recognised)
    if found is None:
        return Todo(scan)
    key, form = found
    if form is None:
        return None
    wanted = decide_key(known, scan, key, form)
    is_settled = decided is not None and decided[0] == wanted
    return None if is_settled or ledger.take_up(scan.page, "decide", wanted) else Todo(scan, key)
