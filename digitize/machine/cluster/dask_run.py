"""Jobs of one step on a Dask cluster: few in flight, resubmitted when lost, in any order."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import length_hint
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from digitize.errors import MachineLacks
from digitize.machine.cluster.at_worker import Broke, JobDone, JobTold, Lacking, Outcome, Raised, RunSession, do_there
from digitize.machine.cluster.here import refuse_job
from digitize.machine.cluster.parcels import MOST_BYTES, JobPace, fair_share, parcel_size
from digitize.machine.cluster.roster import FILES, Roster
from digitize.machine.cluster.travel import Packed, pack

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK_S = 2.0
_MOST_LOSSES = 10
"""A job that was in hand on so many workers when they died is taken for what kills them."""


class DaskPlace(Protocol):
    """The cluster as seen by the jobs of one step."""

    folder: Path
    session: RunSession
    roster: Roster

    @property
    def size(self) -> int:
        """Number of threads of usable workers."""

    @property
    def client(self) -> Client:
        """The connection, reopened if it was lost."""

    def look_around(self) -> bool:
        """Update the roster. Returns whether it changed."""

    def await_someone(self, since: float) -> None:
        """Raise MachineLacks if there has been no worker for too long. since: when the last one left."""


@dataclass(slots=True, eq=False)
class _Job:
    """is_alone: the job was lost once; it is sent alone in case it is what kills workers."""

    job: Any
    packed: Packed
    needs: frozenset[str]
    losses: int = 0
    is_alone: bool = False


@dataclass(slots=True)
class _Parcel:
    """Jobs in flight with the same requirements. fit: workers that may do them, None for all."""

    jobs: list[_Job]
    fit: list[str] | None
    future: Future | None = None


class DaskRun:
    """The jobs of one run_jobs call."""

    def __init__(
        self, cluster: DaskPlace, work: Callable[..., Any], limit_s: float | None, do: Callable[..., Any] = do_there
    ) -> None:
        """do: how a worker runs the job, see `at_worker`."""
        self._cluster, self._work, self._limit_s, self._do = cluster, work, limit_s, do
        self._name, self._numbers = uuid4().hex[:12], itertools.count()
        self._given: dict[str, _Parcel] = {}
        self._waiting: deque[_Job] = deque()
        self._stuck: list[_Job] = []
        self._pace = JobPace()
        self._news: SimpleQueue[str] = SimpleQueue()
        self._looked = self._had_workers = time.monotonic()

    def go(self, jobs: Iterator[Any], crashed: Callable[[Any], Any]) -> Iterator[tuple[Any, Any]]:
        """Run all jobs. If their number is known (`operator.length_hint`), several are sent to a worker together."""
        try:
            while True:
                self._fill(jobs)
                if not self._given and not self._waiting:
                    break
                yield from self._collect(crashed)
        finally:
            self._drop()
        if self._stuck:
            why = self._cluster.roster.why_not(self._stuck[0].needs)
            raise MachineLacks(f"{len(self._stuck)} jobs wait for a worker that can do them: {why}")

    def _fill(self, jobs: Iterator[Any]) -> None:
        # Two for each thread, one in hand and one waiting. What is in flight is what a loss may cost, and no more.
        while (free := 2 * self._cluster.size - len(self._given)) > 0:
            left = length_hint(jobs, 0) + len(self._waiting)
            size = parcel_size(self._pace.seconds, left, self._cluster.size)
            self._draw(jobs, free * size)
            if not self._waiting:
                return
            self._give(self._next_parcel(min(size, fair_share(len(self._waiting), free))))

    def _draw(self, jobs: Iterator[Any], most: int) -> None:
        """Have so many waiting, or all that there are for now."""
        while len(self._waiting) < most:
            job = next(jobs, None)
            if job is None:
                return
            packed = pack((self._work, job), self._cluster.folder)
            needs = frozenset(getattr(job, "needs", ())) | (frozenset({FILES}) if packed.needs_files else frozenset())
            self._waiting.append(_Job(job, packed, needs))

    def _next_parcel(self, most: int) -> list[_Job]:
        first = self._waiting.popleft()
        jobs, size = [first], len(first.packed.data)
        while self._waiting and len(jobs) < most and not first.is_alone:
            one = self._waiting[0]
            size += len(one.packed.data)
            if one.is_alone or one.needs != first.needs or size > MOST_BYTES:
                break
            jobs.append(self._waiting.popleft())
        return jobs

    def _give(self, jobs: list[_Job]) -> None:
        fit = self._cluster.roster.fit_for(jobs[0].needs)
        if fit == [] and self._cluster.roster.is_known:
            self._stuck += jobs
            return
        key = f"digitize-{self._name}-{next(self._numbers)}"
        future = self._cluster.client.submit(
            self._do, self._cluster.session, [one.packed.data for one in jobs], self._limit_s,
            key=key, workers=fit or None, allow_other_workers=False, pure=False,
        )  # fmt: skip
        self._given[key] = _Parcel(jobs, fit, future)
        future.add_done_callback(lambda future: self._news.put(future.key))

    def _collect(self, crashed: Callable[[Any], Any]) -> Iterator[tuple[Any, Any]]:
        try:
            key = self._news.get(timeout=LOOK_S)
        except Empty:
            key = ""
        if time.monotonic() - self._looked > LOOK_S:
            self._look()
        parcel = self._given.pop(key, None)
        if parcel is None or parcel.future is None:
            return
        future, parcel.future = parcel.future, None
        told = self._fetch_result(parcel, future)
        # Of one that was lost, or took too long, what is not told of is given again.
        self._waiting.extendleft(reversed(parcel.jobs[len(told) :]))
        # An error ends all of it; what else came of the parcel comes before.
        for one, (outcome, seconds) in sorted(zip(parcel.jobs, told, strict=False), key=_is_raised):
            if isinstance(outcome, JobDone):
                self._pace.note(seconds)
            yield from self._came(one, outcome, crashed)

    def _came(self, one: _Job, outcome: Outcome, crashed: Callable[[Any], Any]) -> Iterator[tuple[Any, Any]]:
        """Deliver the result of a job to the caller. Raises what the work raised."""
        if isinstance(outcome, JobDone):
            yield one.job, outcome.value
        elif isinstance(outcome, Lacking):
            yield one.job, refuse_job(one.job, outcome.message, crashed)
        elif isinstance(outcome, Broke):
            yield one.job, crashed(one.job)
        elif isinstance(outcome.error, ImportError) and one.losses < _MOST_LOSSES:
            one.losses, one.is_alone = one.losses + 1, True
            self._waiting.append(one)
        else:
            raise outcome.error

    def _fetch_result(self, parcel: _Parcel, future: Future) -> Sequence[JobTold]:
        """Results of a parcel, empty if it was lost. Raises what the work raised."""
        from distributed import CancelledError, KilledWorker

        try:
            return future.result(timeout=60)  # type: ignore[no-any-return]
        # The scheduler went, and forgot what it was asked; or the worker with the result did.
        except (CancelledError, TimeoutError, OSError) as e:
            if isinstance(e, OSError) and future.status == "error":
                raise
        # ImportError: of a worker that joined a moment ago, without the program; it is looked at, and gets no more.
        except (KilledWorker, ImportError) as e:
            first, *others = parcel.jobs
            if not others and first.losses >= _MOST_LOSSES - 1:
                if isinstance(e, ImportError):
                    raise
                return [JobTold(Broke(), 0.0)]
            for one in parcel.jobs:
                one.losses += 1
        for one in parcel.jobs:
            one.is_alone = True
        return []

    def _look(self) -> None:
        """Update the roster and resubmit jobs that wait for a worker."""
        self._looked = time.monotonic()
        has_news = self._cluster.look_around()
        roster = self._cluster.roster
        if roster.threads:
            self._had_workers = self._looked
        elif not roster.is_waiting:
            self._cluster.await_someone(self._had_workers)
        client = self._cluster.client
        for key, parcel in list(self._given.items()):
            if parcel.future is not None and parcel.future.client is not client:
                # Of a connection that was given up.
                self._take_back(key, parcel)
        if not has_news:
            return
        self._waiting.extend(self._stuck)
        self._stuck = []
        for key, parcel in list(self._given.items()):
            # All that might do it are gone: Dask would wait for them for ever.
            if parcel.fit and not any(map(roster.has, parcel.fit)) and parcel.future is not None:
                parcel.future.cancel()
                self._take_back(key, parcel)

    def _take_back(self, key: str, parcel: _Parcel) -> None:
        del self._given[key]
        parcel.future = None
        self._waiting.extendleft(reversed(parcel.jobs))

    def _drop(self) -> None:
        """Cancel what is in flight, e.g. after an error."""
        futures = [p.future for p in self._given.values() if p.future is not None]
        self._given.clear()
        for future in futures:
            future.cancel()


def _is_raised(came: tuple[_Job, JobTold]) -> bool:
    return isinstance(came[1].outcome, Raised)
