"""Where jobs may be done: in so many processes of this machine, or by a cluster. Steps do not know which."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")


class Cluster(Protocol):
    """Workers on other machines, with the promises of `digitize.machine.pool.run_jobs`."""

    @property
    def size(self) -> int:
        """So many jobs may be in hand at once."""
        ...

    def run_jobs(
        self,
        work: Callable[[Job], Done],
        jobs: Iterable[Job],
        crashed: Callable[[Job], Done],
        limit_s: float | None = None,
    ) -> Iterator[tuple[Job, Done]]:
        """Do jobs, giving back each as it is done; see `digitize.machine.pool.run_jobs`."""
        ...

    @property
    def may_record(self) -> bool:
        """Whether the workers can write into a ledger themselves, if it is one that they reach."""
        ...

    def run_lots(
        self, work: Callable[[Cluster, Job], Done], jobs: Iterable[Job], crashed: Callable[[Job], Done]
    ) -> Iterator[tuple[Job, Done]]:
        """As run_jobs, for work that reads and records for itself; it is given a place for its own jobs."""
        ...


Workers = int | Cluster


def are_many(workers: Workers) -> bool:
    """Whether more than one job may be done at once, so that handing jobs to others is worth their way."""
    return not isinstance(workers, int) or workers > 1


def default_workers() -> int:
    """Cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
