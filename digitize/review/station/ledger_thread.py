"""The single thread that owns the station's ledger; all access is delegated to it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from digitize.errors import DigitizeError, NotFound
from digitize.login.people import Account, People
from digitize.records.trail import list_hidden_zones, list_records_on, list_reported_rows, list_zones
from digitize.review.answer_history import PastAnswer
from digitize.review.answering import GivenAnswer, check_answers
from digitize.review.asked_fields import note_asked_records
from digitize.review.station.loading import Holdings, load_holdings
from digitize.review.station.tasks import Task, TaskBuilder
from digitize.review.station.values_above import ValuesAbove
from digitize.review.station.worklist import Worklist
from digitize.workspace.decisions.special_questions import is_word
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import newest_event
from digitize.workspace.ledger.readings import newest_reading, newest_recognition
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext

T = TypeVar("T")
LEASE_STEP = "keying"
OWNER = "review station:0:"
"""Before the name of whoever holds a lease; with a blank, which no machine's name has."""
_LOOK_EVERY_S = 2.0
_REST = 4.0
_MEASURE_EVERY_S = 60.0
_NEWS = """SELECT 1 FROM events WHERE seq > ? AND (step IN ('map', 'check', 'calibrate')
  OR (step = 'review' AND json_extract(detail, '$.client') IS NULL)) LIMIT 1"""


class Room:
    """State of the station, in its own thread. ledger, known, worklist: only for use in that thread."""

    def __init__(self, place: Place, people: People) -> None:
        """Open the ledger and load the questions."""
        self.place, self.people = place, people
        self.ledger: Ledger
        self._key = self._key_mark()
        self.options = place.options.review
        self.is_measured_since = False
        self.unmasked: dict[str, set[str]] = {}
        self._turned: dict[str, tuple[int, int, int]] = {}
        self._undone: dict[str, tuple[int, PastAnswer]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="review")
        self._loading: threading.Thread | None = None
        self._looked = self._measured = time.monotonic()
        self._rest_until, self._version = 0.0, object()
        self._needs_reload = False
        self._thread.submit(self._open).result()
        self._thread.submit(self._preload)

    async def run_in_thread(self, work: Callable[[Room], T]) -> T:
        """Have something done in the room's thread."""
        return await asyncio.wrap_future(self._thread.submit(self._do, work))

    def run_and_wait(self, work: Callable[[Room], T]) -> T:
        """The same for callers outside an event loop."""
        return self._thread.submit(self._do, work).result()

    def _do(self, work: Callable[[Room], T]) -> T:
        """Reopen the ledger after a change of the site's key: the old one may no longer sign."""
        mark = self._key_mark()
        if mark != self._key:
            self.ledger.close()
            self.ledger, self._key = Ledger(self.place.ledger), mark
            self._finder.ledger = self.ledger
        return work(self)

    def _key_mark(self) -> tuple[int, int]:
        try:
            found = self.place.key.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino

    def close(self) -> None:
        """Give the ledger back."""
        self._thread.submit(self.ledger.close).result()
        self._thread.shutdown()

    def make_tasks(self) -> TaskBuilder:
        """Builds tasks of single places."""
        return TaskBuilder(self.ledger, self.known, self.masks)

    def list_hidden_zones(self, page: str) -> tuple[str, ...]:
        """The zones of a page that name whom the law protects."""
        hidden = list_hidden_zones(list_records_on(self.ledger, page), self.masks)
        # Rows that make no record, as struck ones: no record could say whom they name.
        rows = list_zones(newest_reading(self.ledger, page), list_reported_rows(self.ledger, page))
        return tuple(sorted(hidden | rows))

    def find(self, item: str) -> Task | None:
        """Task of an item; one leased by somebody but no longer asked may still be answered if it is unchanged."""
        task = self.worklist.find(item)
        gone = self.worklist.find_gone(item) if task is None else None
        if gone is None:
            return task
        now = self.make_tasks().find_task(*gone.place)
        if now is None or now.base != gone.base:
            return None
        self.worklist.add_task(replace(gone, of=now.of))
        return self.worklist.find(item)

    def find_answer(self, client: str) -> PastAnswer | None:
        """Stored answer for a client id, unless undone."""
        return self._clients.get(client)

    def remember(self, past: PastAnswer) -> None:
        """Add a stored answer."""
        self._clients[past.client] = past

    def forget(self, past: PastAnswer) -> None:
        """Remove an undone answer; call it after its event was written."""
        self._clients.pop(past.client, None)
        self._undone[past.client] = newest_event(self.ledger), past

    def find_undone(self, client: str) -> PastAnswer | None:
        """Answer that was undone since the station started."""
        return self._undone[client][1] if client in self._undone else None

    def find_newest_undone(self, name: str, item: str) -> PastAnswer | None:
        """Answer of a person on an item that was undone last."""
        base = self.worklist.ids.get(item, item)
        own = [p for _, p in self._undone.values() if p.operator == name and p.item == base]
        return own[-1] if own else None

    def find_place(self, past: PastAnswer, maker: TaskBuilder | None = None) -> Task | None:
        """Place of an answer, whether asked or not; None if its reading changed, or it is no field of a record."""
        try:
            task = (maker or self.make_tasks()).find_task(past.record, past.cell)
        except NotFound:
            return None
        return task if task is not None and task.base == past.item else None

    def ask_again(self, past: PastAnswer) -> Task | None:
        """Question of an undone answer, asked again even if a run has taken the answer up; None as in `find_place`."""
        task = self.worklist.find(past.item) or self.find_place(past)
        if task is None:
            # A question about a row or a gap: it comes back when all is read anew.
            self._needs_reload = True
        elif self.worklist.find(past.item) is None:
            self.worklist.add_task(task)
        return task

    def measure_page(self, page: str) -> tuple[int, int, int]:
        """Quarter turns clockwise of a page's image, and the width and height
        in pixels of its scan before rotation.
        """
        if page not in self._turned:
            found = newest_recognition(self.ledger, page)
            turns = round(found.angle_deg / 90) % 4 if found else 0
            self._turned[page] = (turns, found.width, found.height) if found else (0, 0, 0)
        return self._turned[page]

    def reload_if_changed(self) -> None:
        """Reload changes by others, at most every few seconds, while the current state is served."""
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY_S:
            return
        self._looked = now
        if self._needs_reload and self.start_reload():
            self._needs_reload = False
            return
        if self.is_measured_since and now - self._measured > _MEASURE_EVERY_S and self.start_reload(measure=True):
            self._measured, self.is_measured_since = now, False
            return
        # It changes only when another program wrote: a look at it costs nothing.
        version = self.ledger.version()
        is_low = not self._is_all and self.worklist.count_open() < self.options.at_once // 4
        if version == self._version and not is_low:
            return
        if (is_low or self.ledger.rows(_NEWS, (self._seq,))) and now > self._rest_until:
            self.start_reload()
        elif not self.ledger.rows(_NEWS, (self._seq,)):
            self._version = version

    def start_reload(self, *, measure: bool = False) -> bool:
        """Start a full reload in a separate thread; False if one is running. measure: recompute thresholds first."""
        if self._loading is not None and self._loading.is_alive():
            return False
        self._loading = threading.Thread(target=self._load, args=(measure,), name="review loading", daemon=True)
        self._loading.start()
        return True

    def wait(self) -> None:
        """Wait for the reload."""
        if self._loading is not None:
            self._loading.join()
        self._thread.submit(lambda: None).result()

    def _load(self, measure: bool) -> None:
        begun = time.monotonic()
        try:
            loaded = load_holdings(self.place, measure=measure)
        except DigitizeError:
            # What is wrong is told by the next command; here the old goes on. No text of it: it may hold values.
            logging.getLogger(__name__).error("the station could not reload the ledger")
            return
        finally:
            taken = time.monotonic() - begun
            self._rest_until = time.monotonic() + max(_LOOK_EVERY_S, _REST * taken)
        self._thread.submit(self._take_over, loaded)

    def _open(self) -> None:
        self.ledger = Ledger(self.place.ledger)
        self.worklist = Worklist(self.options)
        self.above = ValuesAbove(lambda: (self.ledger, self.masks), self.worklist.past)
        self._take_over(load_holdings(self.place))
        for row in self.ledger.rows("SELECT unit, owner, until FROM leases WHERE step = ?", (LEASE_STEP,)):
            self.worklist.restore_lease(row["unit"], row["owner"].removeprefix(OWNER), row["until"])

    def _preload(self) -> None:
        """Preload what the first answer needs: forms, patterns, rules."""
        first = next((t for t in self.worklist.tasks.values() if not is_word(t.asked.blank)), None)
        if first is not None:
            with suppress(DigitizeError):
                blank = replace(first.asked.blank, value=first.asked.machine)
                check_answers(self.ledger, self.known, blank.record, [GivenAnswer(blank)])

    def _take_over(self, loaded: Holdings) -> None:
        self.known: RunContext = loaded.known
        loaded.finder.ledger = self.ledger
        self.masks, self._finder = loaded.masks, loaded.finder
        self._seq, self._is_all = loaded.seq, loaded.is_all
        # What was said since the reading began is in the ledger, and not in what was read.
        past = {place: [p for p in own if p.client not in self._undone] for place, own in loaded.past.items()}
        read = {p.client for own in past.values() for p in own}
        for own in self.worklist.past.values():
            for later in (p for p in own if p.client not in read and p.seq > loaded.seq):
                past.setdefault((later.record, later.cell), []).append(later)
        self.worklist.past.clear()
        self.worklist.past.update(past)
        self.worklist.sent_back = loaded.sent_back
        self.worklist.replace_tasks(loaded.tasks)
        note_asked_records(self.ledger, self.place.options.workspace.site_id, loaded.whole)
        self._turned = {}
        self.above.clear()
        self._clients = {p.client: p for own in past.values() for p in own}
        # What was undone since the reading began was settled in what was read.
        for seq, undone in self._undone.values():
            if seq > loaded.seq:
                self.ask_again(undone)
        self._version = self.ledger.version()


def release_held(room: Room, who: Account) -> None:
    """Release all leases of a person."""
    room.worklist.release_all(who.name)
    room.ledger.release(OWNER + who.name)
