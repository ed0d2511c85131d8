"""A pool of worker processes that outlives a worker that dies."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")


def run_jobs(
    work: Callable[[Job], Done], jobs: Iterable[Job], workers: int, crashed: Callable[[Job], Done]
) -> Iterator[tuple[Job, Done]]:
    """Do jobs in processes, giving back each as it is done, in no set order; jobs are drawn as workers come free.

    A worker that dies (killed for memory, a crash in a library) takes only its own job with it: the jobs in hand are
    done again one at a time, and the one that breaks its worker twice becomes crashed(job).
    """
    waiting = iter(jobs)
    first = list(islice(waiting, 1))
    if not first:
        return
    waiting = chain(first, waiting)
    with _Pool(workers) as pool:
        while True:
            for job in islice(waiting, 2 * pool.size - len(pool.running)):
                pool.start(work, job)
            if not pool.running:
                return
            yield from pool.collect(work, crashed)


class _Pool:
    """The executor, what it is working on, and how to begin again when it breaks."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.running: dict[Future[object], object] = {}
        self._executor = self._new(size)

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for the workers; after an error or Ctrl-C end them at once, their pages are read again next time."""
        self._executor.shutdown(wait=kind is None, cancel_futures=True)
        if kind is not None:
            for worker in active_children():
                worker.terminate()

    def start(self, work: Callable[..., object], job: object) -> None:
        self.running[self._executor.submit(work, job)] = job

    def collect(self, work: Callable[..., Done], crashed: Callable[..., Done]) -> Iterator[tuple[Job, Done]]:
        finished, _ = wait(self.running, return_when=FIRST_COMPLETED)
        broken = []
        for future in finished:
            job = self.running.pop(future)
            try:
                yield job, future.result()  # type: ignore[misc]
            except BrokenProcessPool:
                broken.append(job)
        if broken:
            broken += self.running.values()
            self.running.clear()
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = self._new(self.size)
            yield from self._one_by_one(work, broken, crashed)

    def _one_by_one(
        self, work: Callable[..., Done], jobs: list[object], crashed: Callable[..., Done]
    ) -> Iterator[tuple[Job, Done]]:
        for job in jobs:
            with self._new(1) as single:
                try:
                    yield job, single.submit(work, job).result()  # type: ignore[misc]
                except BrokenProcessPool:
                    yield job, crashed(job)  # type: ignore[misc]

    @staticmethod
    def _new(size: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(max_workers=size, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """In a worker: leave Ctrl-C to the main process, and end when that is gone instead of waiting for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
