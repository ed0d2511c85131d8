"""Read, for pages that are none of the known forms: as those of a register, in the order of their volume.

A page needs what the page before handed on, so the pages of one volume are read one after another, and volumes side by
side. Every page is in the ledger before the next of its volume begins.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from digitize.machine.work_keys import plain_hash, work_key
from digitize.reading.days import DAY_COLUMN, day_above
from digitize.reading.page import PageDone, PageFailed, RegisterJob, register_settings
from digitize.reading.rows import DAY, DITTO, NO_ENTRY, RECORD, STRUCK, no_entry
from digitize.steps.read_states import States, failed_key, recognise_key, recognised_today
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan, Source
from digitize.workspace.ledger.core import DONE
from ocr.page import Around, Carried, Decided, Reading, RowPlace
from ocr.plain import carried_from_plain, reading_from_plain, recognition_from_plain

REGISTER = "register"
UNKNOWN_FORM = "unknown-form"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RegisterTodo:
    """One page to read as a register's. before: what its volume carries to it. recognised: the key of its recognition
    when only deciding is left, else "".
    """

    scan: PageScan
    before: Carried | None
    recognised: str = ""


class Volume:
    """Goes through the pages of one volume, with what is carried from page to page."""

    def __init__(self, ledger: Ledger, known: Known, scans: Sequence[PageScan], states: States) -> None:
        """scans: of one volume, in order. states: of the steps recognise, register and decide."""
        self._ledger, self._known, self._states = ledger, known, states
        self._scans = deque(scans)
        self._before: Carried | None = None

    def next(self, *, is_plan: bool = False) -> RegisterTodo | None:
        """The next page that is not up to date; None at the end, or where a page waits to be recognised.

        A form begins anew what follows it. is_plan: go on behind pages that wait.
        """
        while self._scans:
            scan = self._scans.popleft()
            now = self._states.recognised.get(scan.page)
            is_failed = now is not None and now[1] == "failed" and now[0] == failed_key(self._known, scan)
            found = None if is_failed else recognised_today(self._ledger, self._known, scan, now)
            if found is None:
                if not is_plan and not (is_failed and now and not now[2].get("retry")):
                    self._scans.clear()
                continue
            if found[1] is not None:
                self._before = None
                continue
            todo = self._look(scan)
            if todo is not None:
                return todo
        return None

    def done(self, carried: Carried | None) -> None:
        """Go on with what a page handed on."""
        self._before = carried

    def pass_over(self, todo: RegisterTodo) -> None:
        """Go on as if a page had been read as it was last time."""
        self._carry(self._states.registers.get(todo.scan.page))

    def stop(self) -> None:
        """Leave the rest for another time: what the next page needs is not known."""
        self._scans.clear()

    def _look(self, scan: PageScan) -> RegisterTodo | None:
        """What is to do for a page; when nothing is, what it handed on is carried further."""
        decided = self._states.decided.get(scan.page)
        if decided and decided[1] == "failed" and decided[0] == register_key(self._known, scan, self._before, FAILED):
            return RegisterTodo(scan, self._before) if decided[2].get("retry") else None
        found = self._recognised(scan)
        if found is None:
            return RegisterTodo(scan, self._before)
        key, detail = found
        wanted = decide_key(self._known, key, detail.get("form"))
        if (decided and decided[0] == wanted) or self._ledger.take_up(scan.page, "decide", wanted):
            self._carry((key, "done", detail))
            return None
        return RegisterTodo(scan, self._before, key)

    def _recognised(self, scan: PageScan) -> tuple[str, Mapping[str, Any]] | None:
        """Key and detail of the reading as a register's that holds today, made now or earlier."""
        now = self._states.registers.get(scan.page)
        if now is None:
            return None
        if now[1] in DONE and now[0] == register_key(self._known, scan, self._before, now[2].get("form")):
            return now[0], now[2]
        for event in reversed(self._ledger.events(scan.page)):
            if event.step == REGISTER and event.outcome == "done":
                key = register_key(self._known, scan, self._before, event.detail.get("form"))
                if key == event.key and self._ledger.take_up(scan.page, REGISTER, key):
                    return key, event.detail
        return None

    def _carry(self, state: tuple[str, str, Mapping[str, Any]] | None) -> None:
        if state is not None and "carried" in state[2]:
            self._before = carried_from_plain(state[2]["carried"])


class Queue(Iterator[RegisterJob]):
    """Jobs as volumes come free: at most one page of a volume is in hand. It runs dry, and fills again."""

    def __init__(self, ledger: Ledger, known: Known, volumes: Sequence[Volume], allowed: frozenset[str] | None) -> None:
        """allowed: the only pages that may be read, None for all."""
        self._ledger, self._known, self._allowed = ledger, known, allowed
        self._free = deque(volumes)
        self._busy: dict[str, tuple[Volume, RegisterTodo]] = {}
        self._sources = {s.sha256: s for s in Catalogue(ledger).sources()}

    def __next__(self) -> RegisterJob:
        """The next job that there is for now."""
        while self._free:
            volume = self._free.popleft()
            todo = volume.next()
            if todo is None or (self._allowed is not None and todo.scan.page not in self._allowed):
                continue
            if self._ledger.claim([todo.scan.page], REGISTER, self._known.owner):
                self._busy[todo.scan.page] = (volume, todo)
                return register_job(self._ledger, self._known, todo, self._sources[todo.scan.sha256])
        raise StopIteration

    def take(self, page: str) -> tuple[Volume, RegisterTodo]:
        """The volume and the task of a page that is done; its volume is free again."""
        volume, todo = self._busy.pop(page)
        self._free.append(volume)
        return volume, todo


def register_key(known: Known, scan: PageScan, before: Carried | None, form: str | None) -> str:
    """The key of recognising a page as one of that register, or of none; form "failed" for one that could not be.

    It depends on the page's scan, on the settings, on what the page before handed on, and on the register it turned out
    to be of: on all of them when it is of none.
    """
    carried = plain_hash(asdict(before)) if before else ""
    printed = form if form == FAILED else known.register_keys.get(form, ("", ""))[0]
    said = said_register(known, scan)
    return work_key(
        "register", recognise_key(known, scan, None), known.register_key(scan.language), said, printed, carried
    )


def decide_key(known: Known, recognised: str, form: str | None) -> str:
    """The key of deciding a page recognised under a key."""
    return work_key("decide", recognised, known.lexica_key, known.register_keys.get(form, ("", ""))[1])


def said_register(known: Known, scan: PageScan) -> str:
    """The register that a page was said to be of at intake, "" when that was not said."""
    return scan.kind if known.registers.find(scan.kind) else ""


def register_job(ledger: Ledger, known: Known, todo: RegisterTodo, source: Source) -> RegisterJob:
    """What a worker needs for one page."""
    path = Path(source.linked) if source.linked else known.place.original(source.sha256, source.suffix)
    kept = ledger.result(todo.scan.page, REGISTER, todo.recognised) if todo.recognised else None
    read = known.read_settings(todo.scan.language)
    return RegisterJob(
        page=todo.scan.page,
        path=path,
        sha256=source.sha256,
        index=todo.scan.idx,
        register=said_register(known, todo.scan),
        languages=read.languages,
        settings=register_settings(read),
        dpi=known.place.options.read.dpi,
        lexica=known.lexica,
        folders=read.form_folders,
        before=todo.before,
        recognition=kept,
        is_copy=not source.linked,
    )


def write_register(ledger: Ledger, known: Known, todo: RegisterTodo, done: PageDone | PageFailed) -> Carried | None:
    """Keep what came of a page, and return what it hands on."""
    page = todo.scan.page
    if isinstance(done, PageFailed):
        why = {"kind": done.kind, "message": done.message, "retry": done.retry}
        key = register_key(known, todo.scan, todo.before, FAILED)
        with ledger.writing():
            ledger.fail(page, REGISTER, key, why)
            ledger.fail(page, "decide", key, why)
        return todo.before
    form = done.reading["form"]
    recognised = todo.recognised or register_key(known, todo.scan, todo.before, form)
    carried = carried_from_plain(done.recognition["carried"])
    with ledger.writing():
        if not todo.recognised:
            handed = {} if carried == todo.before else {"carried": done.recognition["carried"]}
            ledger.finish(page, REGISTER, recognised, done.recognition, {"form": form, **handed})
        _write_decided(ledger, known, todo.scan, decide_key(known, recognised, form), done)
    return carried


def _write_decided(ledger: Ledger, known: Known, scan: PageScan, key: str, done: PageDone) -> None:
    reading = reading_from_plain(done.reading)
    if reading.form is None:
        first = ledger.state(scan.page, "recognise")
        why = (ledger.result(scan.page, "recognise", first[0]) if first else {}).get("reason", "")
        message = (
            f"Page {scan.page}: {why}; as a register's: {reading.reason}. "
            "Add a form file for this print, or take the page out of the volume."
        )
        ledger.fail(scan.page, "decide", key, {"kind": UNKNOWN_FORM, "message": message, "retry": False})
        return
    language = scan.language or known.state.languages[0]
    form = {"form": reading.form, "family": reading.family, "part": 1, "language": language}
    around = recognition_from_plain(done.recognition).around
    has_days = known.registers.forms[reading.form].days
    is_above = day_above(around) is not None
    facts = {"numbers": page_numbers(around), "days": has_days, "day_above": is_above}
    facts |= page_facts(reading, has_days=has_days, is_day_above=is_above)
    ledger.finish(scan.page, "decide", key, done.reading, {**form, REGISTER: True, **facts})


def page_numbers(around: Sequence[Around]) -> list[int]:
    """The numbers that a page bears, two of a spread, from the left."""
    return [a.number for a in sorted(around, key=lambda a: a.box.x0) if a.number is not None]


def page_facts(
    reading: Reading,
    said: Mapping[str, str] = MappingProxyType({}),
    *,
    has_days: bool = False,
    is_day_above: bool = False,
) -> dict[str, Any]:
    """What the pages beside this one must know of it.

    said: row -> what a person says it is. Returned are rows: how many it has; continues: whether its first one began on
    the page before; ditto: columns whose first cell is a ditto mark; and through: those with nothing else in them. The
    day above entries counts as a column that is a ditto mark until one is written (has_days; is_day_above the table).
    """
    cells: dict[str, dict[str, Decided]] = {row.id: {} for row in reading.rows}
    for name, cell in reading.zones.items():
        row, _, column = name.partition(".")
        cells[row][column] = cell
    marks: dict[str, list[bool]] = {}
    kinds = {place.id: _kind(place, cells[place.id], said) for place in reading.rows}
    for place in reading.rows:
        if kinds[place.id] == RECORD and not place.continues:
            for column, cell in cells[place.id].items():
                marks.setdefault(column, []).append(DITTO in cell.notes)
    if has_days:
        marks[DAY_COLUMN] = _day_marks(
            [kinds[p.id] for p in reading.rows if not p.continues], is_day_above=is_day_above
        )
    first = next(iter(reading.rows), None)
    return {
        "rows": len(reading.rows),
        "continues": first is not None and first.continues and kinds[first.id] not in NO_ENTRY,
        "ditto": sorted(column for column, found in marks.items() if found and found[0]),
        "through": sorted(column for column, found in marks.items() if all(found)),
    }


def _day_marks(kinds: Sequence[str], *, is_day_above: bool) -> list[bool]:
    """For each entry whether its day is that of the page before. kinds: of the rows that begin on a page, in order."""
    found, is_known = [], is_day_above
    for kind in kinds:
        is_known = is_known or kind == DAY
        if kind == RECORD:
            found.append(not is_known)
    return found or [not is_known]


def _kind(place: RowPlace, cells: Mapping[str, Decided], said: Mapping[str, str]) -> str:
    """What a row is, of ROW_KINDS: by a person's word, else by what was seen of it."""
    written = [cell for cell in cells.values() if not cell.blank]
    is_struck = bool(written) and all(STRUCK in cell.notes for cell in written)
    return said.get(place.id) or no_entry(place.notes) or (STRUCK if is_struck else RECORD)
