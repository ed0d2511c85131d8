"""One confined process that runs jobs in turn for a cluster worker; restarted when it dies."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import process
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any

from digitize.machine.forkserver import ONE_THREAD, page_context
from digitize.machine.pool import new_processes, silence_s, submit


class Crashed(Exception):
    """A job crashed its process twice, or exceeded its time limit twice."""


class OneProcess:
    """A process apart from the worker: it has no network, few files, little memory, and a watch on its time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """environment: variables added to the worker's own."""
        self._environment = environment
        self._executor: ProcessPoolExecutor | None = None
        self._pid = 0

    def do(self, work: Callable[[Any], Any], job: Any, limit_s: float | None) -> Any:
        """Run one job. limit_s: processor time. Raises Crashed, and what work raises."""
        for _ in range(2):
            executor = self._ready()
            future = submit(executor, work, job, limit_s)
            if not wait([future], timeout=silence_s(limit_s) if limit_s else None).done:
                self._kill()
            try:
                return future.result()
            except BrokenProcessPool:
                # What died may have been killed for want of memory, by no fault of the job.
                self._forget()
        raise Crashed

    def close(self) -> None:
        """End the process."""
        self._kill()
        self._forget()

    def _ready(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = new_processes(1, copy_context(), self._environment)
            try:
                # It begins with this submit. NumPy looks for its threads when it is loaded, which may be before the
                # process is told anything else.
                with _surroundings(ONE_THREAD):
                    self._pid = self._executor.submit(os.getpid).result()
            except BrokenProcessPool as e:
                self._forget()
                raise Crashed from e
        return self._executor

    def _kill(self) -> None:
        if self._pid:
            with suppress(ProcessLookupError):
                # Windows has no other signal; there it ends a process as well.
                os.kill(self._pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _forget(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor, self._pid = None, 0


_LOOKED = "digitize.machine.cluster.looked"
_ONE_AT_ONCE = threading.Lock()


def copy_context() -> BaseContext:
    """Start method of such processes: forked from a server that the worker starts once, if possible."""
    _may_have_children()
    with _ONE_AT_ONCE, _no_program():
        return page_context([_LOOKED])


@contextmanager
def _surroundings(names: Mapping[str, str]) -> Iterator[None]:
    """Set extra environment variables for processes started meanwhile; one caller at a time."""
    with _ONE_AT_ONCE, _no_program():
        new = {k: v for k, v in names.items() if k not in os.environ}
        os.environ.update(new)
        try:
            yield
        finally:
            for name in new:
                os.environ.pop(name, None)


@contextmanager
def _no_program() -> Iterator[None]:
    """Start processes without importing this process's main program: it is Dask's, and they only need the jobs."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _may_have_children() -> None:
    """Dask workers are daemon processes, which Python does not allow to have children unless this flag is cleared."""
    process.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
