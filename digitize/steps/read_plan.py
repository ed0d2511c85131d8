"""Plan the work on pages under the current scans, forms, settings and lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from digitize.reading.volume import Turn
from digitize.steps.read_keys import (
    DECIDE,
    FAILED,
    PRINT_UNKNOWN,
    RECOGNISE,
    REGISTER,
    decide_key,
    failed_key,
    recognise_key,
    register_decide_key,
    register_key,
)
from digitize.steps.retry import is_tried_again, next_seconds
from digitize.workspace.ledger import Ledger, StepState
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.purges import Purged, purged_in
from digitize.workspace.run_context import RunContext
from ocr.page import Carried
from ocr.plain import carried_from_plain


@dataclass(frozen=True, slots=True)
class PageTodo:
    """One page that is not up to date.

    before: context carried over from its volume. matched: the key under which it was recognised as a form or as none,
    "" where that is to be done. form: the form it is then of. registered: the key under which it was recognised as a
    register's, "" where that is to be done. tries_register: whether it is tried as a register's where it is no form.
    last: its previous failure.
    """

    scan: PageScan
    before: Carried | None = None
    matched: str = ""
    form: str | None = None
    registered: str = ""
    tries_register: bool = True
    last: StepState | None = None

    @property
    def is_decided_only(self) -> bool:
        """Whether no recognition is needed."""
        return bool(self.registered) or (bool(self.matched) and self.form is not None)


_States = Mapping[str, dict[str, StepState]]
_MOST_OPEN = 256
_OF_VOLUME = f"""SELECT unit, step, key, outcome, detail FROM state
  WHERE unit IN (SELECT page FROM scans WHERE volume = ?) AND step IN ('{RECOGNISE}', '{REGISTER}', '{DECIDE}')"""


def _states_of(ledger: Ledger, volume: int) -> _States:
    """Step -> page -> state, for one volume."""
    found: _States = {RECOGNISE: {}, REGISTER: {}, DECIDE: {}}
    for r in ledger.execute(_OF_VOLUME, (volume,)):
        found[r["step"]][r["unit"]] = StepState(r["key"], r["outcome"], json.loads(r["detail"]))
    return found


class Desk:
    """Plans the work on each page. Keeps the states of a volume's pages from its first visit."""

    def __init__(self, ledger: Ledger, known: RunContext, *, is_dry: bool = False) -> None:
        """is_dry: do not record earlier work that applies again as the newest."""
        self._ledger, self._known, self._take_up = ledger, known, ledger.is_done if is_dry else ledger.take_up
        self._volumes: dict[int, _States] = {}
        self._purged: dict[int, Mapping[str, Purged]] = {}
        self.kept_as_read = 0
        """So many pages would be read anew, and are not: their originals were purged."""

    def find_state(self, step: str, scan: PageScan) -> StepState | None:
        """Current state of a page in a step."""
        states = self._volumes.get(scan.volume)
        if states is None:
            # Volumes are worked on one after another: those of long ago are not asked for again.
            if len(self._volumes) >= _MOST_OPEN:
                del self._volumes[next(iter(self._volumes))]
            states = self._volumes[scan.volume] = _states_of(self._ledger, scan.volume)
        return states[step].get(scan.page)

    def turn(self, scan: PageScan, before: Carried | None) -> Turn[PageTodo]:
        """Work on a page, given the context from the page before. A form resets the context."""
        purged = self._purge_of(scan)
        if purged is not None and purged.is_personal:
            return self._as_it_was(scan, before)
        turn = self._turn(scan, before)
        # Without a picture nothing is recognised; what was recognised may be decided anew.
        if purged is not None and turn.todo is not None and not turn.todo.is_decided_only:
            self.kept_as_read += 1
            return self._as_it_was(scan, before)
        return turn

    def _as_it_was(self, scan: PageScan, before: Carried | None) -> Turn[PageTodo]:
        now = self.find_state(RECOGNISE, scan)
        is_form = now is not None and now.is_done and now.form is not None
        return Turn(carried=self._carried_last_time(scan, before), is_form=is_form)

    def _purge_of(self, scan: PageScan) -> Purged | None:
        """What was purged from the file of the page's newest scan."""
        if scan.volume not in self._purged:
            self._purged = {scan.volume: purged_in(self._ledger, scan.volume)}
        return self._purged[scan.volume].get(scan.sha256)

    def _turn(self, scan: PageScan, before: Carried | None) -> Turn[PageTodo]:
        if self._is_given_up(scan):
            return Turn(carried=before)
        found = self._recognised_today(scan)
        if found is None:
            todo = PageTodo(scan, before, last=self._failed_before(scan))
            return Turn(todo, waits=True, carried=self._carried_last_time(scan, before))
        key, form = found
        if form is None:
            return self._register_turn(scan, before, key)
        wanted = decide_key(self._known, scan, key, form)
        is_decided = self._is_decided(scan, wanted)
        return Turn(None if is_decided else PageTodo(scan, matched=key, form=form), is_form=True)

    def plan_ahead(self, scan: PageScan, tries_register: bool) -> PageTodo | None:
        """Page to recognise ahead of its turn; None if that is done or failed for good."""
        if self._purge_of(scan) or self._is_given_up(scan) or self._recognised_today(scan) is not None:
            return None
        return PageTodo(scan, tries_register=tries_register, last=self._failed_before(scan))

    def note_match(self, page: str) -> None:
        """Note that a page was recognised as a form or as none."""
        now = self._ledger.state(page, RECOGNISE)
        states = self._volumes.get(int(self._ledger.part_of(page).partition(":")[2]))
        if now is not None and states is not None:
            states[RECOGNISE][page] = now

    def _register_turn(self, scan: PageScan, before: Carried | None, matched: str) -> Turn[PageTodo]:
        """Work on a page that is not a form."""
        decided = self.find_state(DECIDE, scan)
        if decided and decided.is_failed and decided.key == register_key(self._known, scan, before, FAILED):
            waits = is_tried_again(decided, self._known.place.options.read.seconds_per_page)
            todo = PageTodo(scan, before, matched, last=decided) if waits else None
            return Turn(todo, waits, carried=before)
        found = self._registered_today(scan, before)
        if found is None:
            carried = self._carried_last_time(scan, before)
            return Turn(PageTodo(scan, before, matched), waits=True, carried=carried)
        key, detail = found
        wanted = register_decide_key(self._known, key, detail.get("form"))
        is_decided = self._is_decided(scan, wanted)
        todo = None if is_decided else PageTodo(scan, before, matched, registered=key)
        return Turn(todo, carried=_find_carried(detail, before))

    def _is_given_up(self, scan: PageScan) -> bool:
        """Whether recognition failed under the current settings and nothing pending might help."""
        now = self._failed_before(scan)
        return now is not None and not is_tried_again(now, self._known.place.options.read.seconds_per_page)

    def _failed_before(self, scan: PageScan) -> StepState | None:
        """How recognition failed under the current settings, None if it did not."""
        now = self.find_state(RECOGNISE, scan)
        return now if now is not None and now.is_failed and now.key == failed_key(self._known, scan) else None

    def _is_decided(self, scan: PageScan, key: str) -> bool:
        now = self.find_state(DECIDE, scan)
        return (now is not None and now.is_settled_under(key)) or self._take_up(scan.page, DECIDE, key)

    def _recognised_today(self, scan: PageScan) -> tuple[str, str | None] | None:
        """Key and form of the recognition valid today, new or earlier; None if there is none."""
        now = self.find_state(RECOGNISE, scan)
        if now is None:
            return None
        if now.is_done_under(self._key(scan, now.detail)):
            return now.key, now.form
        # It failed under today's settings: nothing older is looked for.
        if now.is_failed and now.key == failed_key(self._known, scan):
            return None
        # A form or setting that was changed and changed back: the newest recognition that fits again holds, unread.
        for event in reversed(self._ledger.events(scan.page)):
            if event.step == RECOGNISE and event.outcome == "done":
                key = self._key(scan, event.detail)
                if key == event.key and self._take_up(scan.page, RECOGNISE, key):
                    return key, event.detail.get("form")
        return None

    def _key(self, scan: PageScan, detail: Mapping[str, Any]) -> str:
        """Today's key of a recognition with these details in the ledger."""
        unknown = bool(detail.get(PRINT_UNKNOWN))
        return recognise_key(self._known, scan, detail.get("form"), print_unknown=unknown)

    def _registered_today(self, scan: PageScan, before: Carried | None) -> tuple[str, Mapping[str, Any]] | None:
        """Key and details of the register recognition valid today; None if there is none."""
        now = self.find_state(REGISTER, scan)
        if now is None:
            return None
        if now.is_done_under(register_key(self._known, scan, before, now.form)):
            return now.key, now.detail
        for event in reversed(self._ledger.events(scan.page)):
            if event.step == REGISTER and event.outcome == "done":
                key = register_key(self._known, scan, before, event.detail.get("form"))
                if key == event.key and self._take_up(scan.page, REGISTER, key):
                    return key, event.detail
        return None

    def _carried_last_time(self, scan: PageScan, before: Carried | None) -> Carried | None:
        """Context the page handed on when last read, assuming the same result today."""
        now = self.find_state(RECOGNISE, scan)
        if now is not None and now.is_done and now.form is not None:
            return None
        register: StepState | None = self.find_state(REGISTER, scan)
        return _find_carried(register.detail, before) if register is not None else before


def _find_carried(detail: Mapping[str, Any], before: Carried | None) -> Carried | None:
    """Context a register page handed on; if its event has none, the context it received."""
    return carried_from_plain(detail["carried"]) if "carried" in detail else before


@dataclass(slots=True)
class PagePlan:
    """Pages to read, counted per volume: there may be millions.

    volumes: volume -> number of pages. decided_only: pages that need no recognition. longest_s: highest processor time
    limit of a page, in seconds. allowed: the only pages that may be read, None for all. idle: volumes with nothing to
    do. kept_as_read: pages without an original, see `Desk`.
    """

    volumes: dict[int, int] = field(default_factory=dict)
    decided_only: int = 0
    longest_s: float = 0.0
    allowed: frozenset[str] | None = None
    idle: list[int] = field(default_factory=list)
    kept_as_read: int = 0

    def __len__(self) -> int:
        """How many pages."""
        return sum(self.volumes.values())

    def add(self, todo: PageTodo, seconds: float) -> None:
        """Count one page. seconds: its time limit."""
        self.volumes[todo.scan.volume] = self.volumes.get(todo.scan.volume, 0) + 1
        self.decided_only += todo.is_decided_only
        self.longest_s = max(self.longest_s, seconds)


def plan(
    ledger: Ledger,
    known: RunContext,
    limit: int | None = None,
    volumes: Iterable[int] | None = None,
    *,
    decided_only: bool = False,
    only: frozenset[str] | None = None,
) -> PagePlan:
    """Pages to read, at most `limit`; pages that failed for good under the current settings are left out.

    Each page is planned as if the pages before it give the same result as last time; changed context may add pages.
    volumes: candidates in reading order, None for all. only: restrict to these pages.
    """
    made, desk = PagePlan(), Desk(ledger, known)
    chosen: set[str] = set()
    is_limited = limit is not None or decided_only or only is not None
    for volume, todos in due_pages(ledger, known, volumes, desk):
        wanted = [t for t in todos if t.is_decided_only or not decided_only]
        wanted = [t for t in wanted if only is None or t.scan.page in only]
        wanted = wanted[: None if limit is None else limit - len(chosen)]
        for todo in wanted:
            made.add(todo, next_seconds(todo.last, known.place.options.read.seconds_per_page))
        if not todos:
            made.idle.append(volume)
        if is_limited:
            chosen.update(t.scan.page for t in wanted)
        if limit is not None and len(chosen) >= limit:
            break
    made.kept_as_read = desk.kept_as_read
    made.allowed = frozenset(chosen) if is_limited else None
    return made


def due_pages(
    ledger: Ledger, known: RunContext, volumes: Iterable[int] | None = None, desk: Desk | None = None
) -> Iterator[tuple[int, list[PageTodo]]]:
    """(volume, its pages to read, possibly none) for each of these volumes in order; None for all."""
    desk, catalogue = desk or Desk(ledger, known), Catalogue(ledger)
    for volume in catalogue.volumes() if volumes is None else volumes:
        yield volume, list(_of_volume(desk, catalogue.scans(volume)))


def _of_volume(desk: Desk, scans: Sequence[PageScan]) -> Iterator[PageTodo]:
    before: Carried | None = None
    for scan in scans:
        turn = desk.turn(scan, before)
        before = turn.carried
        if turn.todo is not None:
            yield turn.todo
