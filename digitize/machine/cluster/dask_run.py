"""One step's jobs on a Dask cluster: few in flight, given again when they are lost, in no set order."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from digitize.errors import MachineLacks
from digitize.machine.cluster.at_worker import Broke, JobDone, Lacking, RunSession, do_there
from digitize.machine.cluster.roster import FILES, Roster
from digitize.machine.cluster.travel import Packed, pack

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK_S = 2.0
_MOST_LOSSES = 10
"""A job that was in hand on so many workers when they died is taken for what kills them."""


class DaskPlace(Protocol):
    """The cluster as one step's jobs see it."""

    folder: Path
    session: RunSession
    roster: Roster

    @property
    def size(self) -> int:
        """Threads of the workers that may work."""

    @property
    def client(self) -> Client:
        """The connection, made anew where it was lost."""

    def look_around(self) -> bool:
        """See who came and who went. Returns whether anybody did."""

    def await_someone(self, since: float) -> None:
        """Raise MachineLacks when there has been no worker for too long. since: when there was one last."""


@dataclass(slots=True)
class _InHand:
    job: Any
    packed: Packed
    needs: frozenset[str]
    losses: int = 0
    future: Future | None = None
    fit: list[str] | None = None


class DaskRun:
    """The jobs of one call of run_jobs."""

    def __init__(
        self, cluster: DaskPlace, work: Callable[..., Any], limit_s: float | None, do: Callable[..., Any] = do_there
    ) -> None:
        """do: how a worker goes about it, see `at_worker`."""
        self._cluster, self._work, self._limit_s, self._do = cluster, work, limit_s, do
        self._name, self._numbers = uuid4().hex[:12], itertools.count()
        self._given: dict[str, _InHand] = {}
        self._again: deque[_InHand] = deque()
        self._stuck: list[_InHand] = []
        self._news: SimpleQueue[str] = SimpleQueue()
        self._looked = self._had_workers = time.monotonic()

    def go(self, jobs: Iterator[Any], crashed: Callable[[Any], Any]) -> Iterator[tuple[Any, Any]]:
        """Do all jobs."""
        try:
            while True:
                self._fill(jobs)
                if not self._given and not self._again:
                    break
                yield from self._collect(crashed)
        finally:
            self._drop()
        if self._stuck:
            why = self._cluster.roster.why_not(self._stuck[0].needs)
            raise MachineLacks(f"{len(self._stuck)} jobs wait for a worker that may do them: {why}")

    def _fill(self, jobs: Iterator[Any]) -> None:
        # Two for each thread, one in hand and one waiting. What is in flight is what a loss may cost, and no more.
        while len(self._given) < 2 * self._cluster.size:
            if self._again:
                self._give(self._again.popleft())
                continue
            job = next(jobs, None)
            if job is None:
                return
            packed = pack((self._work, job), self._cluster.folder)
            needs = frozenset(getattr(job, "needs", ())) | (frozenset({FILES}) if packed.needs_files else frozenset())
            self._give(_InHand(job, packed, needs))

    def _give(self, hand: _InHand) -> None:
        hand.fit = self._cluster.roster.fit_for(hand.needs)
        if hand.fit == [] and self._cluster.roster.is_known:
            self._stuck.append(hand)
            return
        key = f"digitize-{self._name}-{next(self._numbers)}"
        hand.future = self._cluster.client.submit(
            self._do, self._cluster.session, hand.packed.data, self._limit_s,
            key=key, workers=hand.fit or None, allow_other_workers=False, pure=False,
        )  # fmt: skip
        self._given[key] = hand
        hand.future.add_done_callback(lambda future: self._news.put(future.key))

    def _collect(self, crashed: Callable[[Any], Any]) -> Iterator[tuple[Any, Any]]:
        try:
            key = self._news.get(timeout=LOOK_S)
        except Empty:
            key = ""
        if time.monotonic() - self._looked > LOOK_S:
            self._look()
        hand = self._given.pop(key, None)
        if hand is None or hand.future is None:
            return
        future, hand.future = hand.future, None
        came = self._outcome(hand, future)
        if isinstance(came, JobDone):
            yield hand.job, came.value
        elif isinstance(came, Lacking):
            refused = getattr(hand.job, "refused", None)
            yield hand.job, refused(came.message) if refused else crashed(hand.job)
        elif isinstance(came, Broke):
            yield hand.job, crashed(hand.job)

    def _outcome(self, hand: _InHand, future: Future) -> JobDone | Broke | Lacking | None:
        """What came of a job; None where it was lost and is given again. Raises what the work raised."""
        from distributed import CancelledError, KilledWorker

        try:
            return future.result(timeout=60)  # type: ignore[no-any-return]
        # The scheduler went, and forgot what it was asked; or the worker with the result did.
        except (CancelledError, TimeoutError, OSError) as e:
            if isinstance(e, OSError) and future.status == "error":
                raise
        except KilledWorker:
            hand.losses += 1
            if hand.losses >= _MOST_LOSSES:
                return Broke()
        # A worker that joined a moment ago, without the program; it is looked at, and gets no more.
        except ImportError:
            hand.losses += 1
            if hand.losses >= _MOST_LOSSES:
                raise
        self._again.append(hand)
        return None

    def _look(self) -> None:
        """See who came and who went: what waits for somebody is given again."""
        self._looked = time.monotonic()
        has_news = self._cluster.look_around()
        roster = self._cluster.roster
        if roster.threads:
            self._had_workers = self._looked
        elif not roster.is_waiting:
            self._cluster.await_someone(self._had_workers)
        client = self._cluster.client
        for key, hand in list(self._given.items()):
            if hand.future is not None and hand.future.client is not client:
                # Of a connection that was given up.
                self._take_back(key, hand)
        if not has_news:
            return
        self._again.extend(self._stuck)
        self._stuck = []
        for key, hand in list(self._given.items()):
            # All that might do it are gone: Dask would wait for them for ever.
            if hand.fit and not any(map(roster.has, hand.fit)) and hand.future is not None:
                hand.future.cancel()
                self._take_back(key, hand)

    def _take_back(self, key: str, hand: _InHand) -> None:
        del self._given[key]
        hand.future = None
        self._again.append(hand)

    def _drop(self) -> None:
        """Nobody waits for what is still in flight, as after an error: it need not be done."""
        futures = [h.future for h in self._given.values() if h.future is not None]
        self._given.clear()
        for future in futures:
            future.cancel()
