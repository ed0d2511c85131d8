"""Run jobs on this machine for a worker that records its own results; scans come from where it can reach them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from digitize.machine.cluster.one_process import Crashed, OneProcess
from digitize.machine.cluster.site import Site
from digitize.machine.cluster.store import StoreAway
from digitize.machine.cluster.travel import pack, unpack
from digitize.machine.placing import Cluster
from digitize.machine.pool import run_jobs

Job = TypeVar("Job")
Given = TypeVar("Given")


def refuse_job(job: Any, why: str, crashed: Callable[[Any], Any]) -> Any:
    """Result of a job whose file is unavailable: its own refusal if it defines one, else as if it had crashed."""
    refuse = getattr(job, "make_refusal", None)
    return refuse(why) if refuse else crashed(job)


class _Found(Iterator[Any]):
    """Jobs whose files are available; the others are collected in `refused`.

    It runs dry and refills as its source does.
    """

    def __init__(self, jobs: Iterable[Any], site: Site) -> None:
        self._jobs, self._site = iter(jobs), site
        self.refused: deque[tuple[Any, str]] = deque()

    def __next__(self) -> Any:
        while True:
            job = next(self._jobs)
            try:
                return unpack(pack(job, self._site.folder).data, self._site.find)
            except StoreAway as e:
                self.refused.append((job, str(e)))


class Here:
    """A number of processes on this machine, or the single one that a cluster worker has for a job."""

    def __init__(self, site: Site, size: int = 1, hand: OneProcess | None = None) -> None:
        self._site, self._size, self._hand = site, size, hand

    @property
    def size(self) -> int:
        """Number of jobs that may be in flight at once."""
        return self._size

    @property
    def may_record(self) -> bool:
        """False: the caller records the results."""
        return False

    def run_lots(
        self, work: Callable[[Cluster, Job], Given], jobs: Iterable[Job], crashed: Callable[[Job], Given]
    ) -> Iterator[tuple[Job, Given]]:
        """Run lots one by one in this process."""
        # Not a for loop: lots that run dry fill again.
        waiting = iter(jobs)
        while (job := next(waiting, None)) is not None:
            yield job, work(self, job)

    def run_jobs(
        self,
        work: Callable[[Job], Given],
        jobs: Iterable[Job],
        crashed: Callable[[Job], Given],
        limit_s: float | None = None,
    ) -> Iterator[tuple[Job, Given]]:
        """As `digitize.machine.pool.run_jobs`; a job whose scan is unavailable is refused with the reason."""
        found = _Found(jobs, self._site)
        while True:
            if self._hand is None:
                yield from run_jobs(work, found, self._size, crashed, limit_s)
            else:
                yield from self._by_hand(self._hand, work, found, crashed, limit_s)
            if not found.refused:
                return
            while found.refused:
                job, why = found.refused.popleft()
                yield job, refuse_job(job, why, crashed)

    @staticmethod
    def _by_hand(
        hand: OneProcess,
        work: Callable[[Any], Any],
        jobs: Iterator[Any],
        crashed: Callable[[Any], Any],
        limit_s: float | None,
    ) -> Iterator[tuple[Any, Any]]:
        # Not a for loop: jobs that run dry fill again while results are taken in.
        while (job := next(jobs, None)) is not None:
            try:
                came = hand.do(work, job, limit_s)
            except Crashed:
                came = crashed(job)
            yield job, came
