"""Where jobs run: in a number of local processes, or on a cluster. Steps do not know which."""

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
        """Number of jobs that may be in flight at once."""
        ...

    def run_jobs(
        self,
        work: Callable[[Job], Done],
        jobs: Iterable[Job],
        crashed: Callable[[Job], Done],
        limit_s: float | None = None,
    ) -> Iterator[tuple[Job, Done]]:
        """Run jobs, yielding each result when it is done; see `digitize.machine.pool.run_jobs`."""
        ...

    @property
    def may_record(self) -> bool:
        """Whether workers can write to the ledger themselves, if they can reach it."""
        ...

    def run_lots(
        self, work: Callable[[Cluster, Job], Done], jobs: Iterable[Job], crashed: Callable[[Job], Done]
    ) -> Iterator[tuple[Job, Done]]:
        """As run_jobs, for work that reads and records for itself; it is given a place for its own jobs."""
        ...


Workers = int | Cluster


def are_many(workers: Workers) -> bool:
    """Whether more than one job may run at once, so that sending jobs to workers is worth it."""
    return not isinstance(workers, int) or workers > 1


def default_workers() -> int:
    """Number of cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
