"""A pool of worker processes that survives dying workers and kills hanging ones.

Limits are in processor time. Pebble, a well-kept pool with timeouts, only knows wall-clock time.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TypeVar

from digitize.machine.forkserver import ONE_THREAD, light_context, page_context
from digitize.machine.limits import leave_network, limit_process
from digitize.machine.placing import Workers

Job = TypeVar("Job")
Done = TypeVar("Done")


_START_S = 60.0
"""The longest a worker may take to begin, on a busy machine with a slow disk."""
_BY_CLOCK = 5
"""How many times its processor time a worker may take by the clock. A page of n seconds gives itself up at 10 n by the
clock; its worker, which has 2 n + 30 of the processor, is ended after that, at 10 n + 150."""
_LOOK_S = 0.2
"""Between two looks at the processor time where the system has no timer for it."""


def patience_s(seconds_per_page: float) -> float:
    """Processor time after which a worker that should have given up its page is killed."""
    return 2 * seconds_per_page + 30


def run_jobs(
    work: Callable[[Job], Done],
    jobs: Iterable[Job],
    workers: Workers,
    crashed: Callable[[Job], Done],
    limit_s: float | None = None,
) -> Iterator[tuple[Job, Done]]:
    """Run jobs in processes, yielding results in any order; jobs are drawn as workers become free.

    workers: a number of local processes, or a cluster with the same guarantees.

    jobs may be empty for now and have more later; the iterator is polled after each result. A worker that dies (killed
    for memory, a crash in a library) loses only its own job: the jobs in flight are run again one at a time, and the
    one that crashes its worker twice becomes crashed(job). So does a job that uses more than limit_s of processor time,
    or hangs for a multiple of that by the clock: its worker is killed. A job that only waits for a busy processor is
    not.
    """
    if not isinstance(workers, int):
        return workers.run_jobs(work, jobs, crashed, limit_s)
    return _run(work, jobs, _Pool(workers, limit_s, page_context), crashed)


def in_order(done: Iterable[Done], place: Callable[[Done], int]) -> Iterator[Done]:
    """Results in the order of their positions, counted from 0; early ones are buffered."""
    early: dict[int, Done] = {}
    wanted = 0
    for one in done:
        early[place(one)] = one
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1


def run_light_jobs(
    work: Callable[[Job], Done], jobs: Iterable[Job], crashed: Callable[[Job], Done], limit_s: float
) -> Iterator[tuple[Job, Done]]:
    """As `run_jobs` with one worker, for jobs shorter than the start of a process."""
    return _run(work, jobs, _Pool(1, limit_s, light_context), crashed)


def _run(
    work: Callable[[Job], Done], jobs: Iterable[Job], pool: _Pool, crashed: Callable[[Job], Done]
) -> Iterator[tuple[Job, Done]]:
    waiting = iter(jobs)
    # Without a job no process is begun.
    first = list(islice(waiting, 1))
    if not first:
        return
    with pool:
        pool.start(work, first[0])
        while True:
            # Two for each worker, one in hand and one waiting, so that none is idle while results are written here.
            for job in islice(waiting, 2 * pool.size - len(pool.running)):
                pool.start(work, job)
            if not pool.running:
                return
            yield from pool.collect(work, crashed)


class _Pool:
    """The executor, its jobs in flight, and its restart after a crash."""

    def __init__(self, size: int, limit_s: float | None, context: Callable[[], BaseContext]) -> None:
        self.size = size
        self._context = context
        self.running: dict[Future[object], object] = {}
        self._limit_s = limit_s
        self._given: dict[Future[object], float] = {}

    def __enter__(self) -> _Pool:
        self._executor = new_processes(self.size, self._context())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for the workers; after an error or Ctrl-C kill them, their pages are read again next time."""
        self._executor.shutdown(wait=kind is None, cancel_futures=True)
        if kind is not None:
            _end_workers()

    def start(self, work: Callable[..., object], job: object) -> None:
        future = submit(self._executor, work, job, self._limit_s)
        self.running[future] = job
        self._given[future] = time.monotonic()

    def collect(self, work: Callable[..., Done], crashed: Callable[..., Done]) -> Iterator[tuple[Job, Done]]:
        finished, _ = wait(self.running, timeout=self._left_s(), return_when=FIRST_COMPLETED)
        if not finished:
            _end_workers()
            finished, _ = wait(self.running, return_when=FIRST_COMPLETED)
        broken = []
        for future in finished:
            job = self.running.pop(future)
            self._given.pop(future)
            try:
                yield job, future.result()  # type: ignore[misc]
            except BrokenProcessPool:
                broken.append(job)
        if broken:
            # Which of them killed the worker is not known: the pool fails all that were in hand.
            broken += self.running.values()
            self.running.clear()
            self._given.clear()
            # Not waited for: its workers are gone, or hang.
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = new_processes(self.size, self._context())
            yield from self._one_by_one(work, broken, crashed)

    def _one_by_one(
        self, work: Callable[..., Done], jobs: list[object], crashed: Callable[..., Done]
    ) -> Iterator[tuple[Job, Done]]:
        for job in jobs:
            # Alone, so that it is known which job breaks its worker.
            with new_processes(1, self._context()) as single:
                future = submit(single, work, job, self._limit_s)
                if not wait([future], timeout=silence_s(self._limit_s) if self._limit_s else None).done:
                    _end_workers()
                try:
                    yield job, future.result()  # type: ignore[misc]
                except BrokenProcessPool:
                    yield job, crashed(job)  # type: ignore[misc]

    def _left_s(self) -> float | None:
        """Seconds until a worker counts as hung, its own watchdog included.

        A job waits for all others queued on its worker, each of which may use its full limit.
        """
        if self._limit_s is None:
            return None
        longest_s = 2 * _BY_CLOCK * self._limit_s + silence_s(self._limit_s)
        return max(0.0, min(self._given.values()) + longest_s - time.monotonic())


def new_processes(
    size: int, context: BaseContext | None = None, more: Mapping[str, str] | None = None
) -> ProcessPoolExecutor:
    """Confined single-threaded processes for untrusted files. more: additional environment variables."""
    # Spawned, as Windows does it: a fork would copy libraries in the middle of what their threads do.
    environment = {**ONE_THREAD, **os.environ, **(more or {})}
    context = context or get_context("spawn")
    return ProcessPoolExecutor(size, mp_context=context, initializer=begin_worker, initargs=(environment,))


def submit(
    executor: ProcessPoolExecutor, work: Callable[..., object], job: object, limit_s: float | None
) -> Future[object]:
    """Submit a job to such a process, which ends itself if the job exceeds limit_s of processor time."""
    told = partial(_run_job, work)
    return executor.submit(partial(_run_limited, told, limit_s, _BY_CLOCK * limit_s) if limit_s else told, job)


def silence_s(limit_s: float) -> float:
    """Wall-clock seconds a process with one job may be silent before it counts as hung, its own watchdog included."""
    return _BY_CLOCK * limit_s + _START_S


def _run_job(work: Callable[[Job], Done], job: Job) -> Done:
    """Run a job in a worker, which exits if a library panics: a Rust panic cannot be pickled."""
    try:
        return work(job)
    except (Exception, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        # Not sys.exit, which would be raised once more in the main process.
        os._exit(1)


def _run_limited(work: Callable[[Job], Done], limit_s: float, clock_s: float, job: Job) -> Done:
    """Run a job in a worker that exits when a limit is exceeded, even inside a library call that never returns.

    limit_s: processor time; clock_s: wall clock.
    """
    # faulthandler writes a traceback when it ends the process: of a page that takes too long nobody needs one.
    with Path(os.devnull).open("w") as nowhere, processor_watch(limit_s):
        # Its watch is a thread in C: it ends the process even where a library never gives the interpreter back.
        faulthandler.dump_traceback_later(clock_s, exit=True, file=nowhere)
        try:
            return work(job)
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def processor_watch(limit_s: float) -> Iterator[None]:
    """Watchdog: end this process once its threads together used this processor time."""
    if hasattr(signal, "setitimer"):
        # The system ends the process itself, whatever it is in; Python would wait for a library to come back.
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, limit_s)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        return
    done = threading.Event()  # Windows has no such timer
    threading.Thread(target=_end_when_used, args=(time.process_time() + limit_s, done), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _end_when_used(until_s: float, done: threading.Event) -> None:
    """End this process when its processor time reaches until_s, unless the job is done before."""
    # The wait is the sleep: a job that is done ends it at once.
    while not done.wait(_LOOK_S):
        if time.process_time() > until_s:
            # Not sys.exit, which would end this thread alone.
            os._exit(1)


def _end_workers() -> None:
    """Kill all workers, including unresponsive ones."""
    for worker in active_children():
        worker.kill()


def begin_worker(environment: dict[str, str]) -> None:
    """Worker start: ignore Ctrl-C, apply limits, and exit when the main process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A copy of a process that began earlier knows the surroundings of then.
    os.environ.clear()
    os.environ.update(environment)
    limit_process()
    leave_network()

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
