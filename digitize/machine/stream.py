"""Stream values from a worker to this process, so that a file that crashes its reader costs only the worker.

A pool runs many jobs; this runs one job with much output: the rows of a table, a first look at each of many files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from digitize.machine.forkserver import light_context
from digitize.machine.pool import begin_worker, processor_watch

Job = TypeVar("Job")
Value = TypeVar("Value")
_BY_CLOCK = 5
"""How many times its processor time a worker may be silent by the clock."""
_START_S = 60.0


class WorkerBroke(Exception):
    """The worker died or exceeded its time limit."""


def stream(make: Callable[[Job], Iterable[Value]], job: Job, limit_s: float) -> Iterator[Value]:
    """Yield the values of make(job), computed in a worker. make, job and values are pickled.

    limit_s: processor time for all of them. Raises WorkerBroke, and what make raises. The worker is ended when
    iteration stops.
    """
    context = light_context()
    here, there = context.Pipe(duplex=False)
    worker: BaseProcess = context.Process(  # type: ignore[attr-defined]  # each kind has its own
        target=_give, args=(there, dict(os.environ), make, job, limit_s), daemon=True
    )
    worker.start()
    there.close()
    try:
        while (value := _next(here, _BY_CLOCK * limit_s + _START_S)) is not _END:
            yield value
    finally:
        here.close()
        worker.kill()
        worker.join()


_END = object()


def _next(here: Connection, patience_s: float) -> Any:
    try:
        if not here.poll(patience_s):
            raise WorkerBroke
        what, value = here.recv()
    except (EOFError, OSError) as e:
        raise WorkerBroke from e
    if what == "raised":
        raise _error(*value)
    return value if what == "value" else _END


def _give(
    there: Connection,
    environment: dict[str, str],
    make: Callable[[Job], Iterable[Value]],
    job: Job,
    limit_s: float,
) -> None:
    begin_worker(environment)
    with processor_watch(limit_s):
        try:
            for value in make(job):
                there.send(("value", value))
            there.send(("end", None))
        except BrokenPipeError:
            return
        except Exception as e:
            # Not the error itself: those that take more than a message do not survive the journey.
            there.send(("raised", (type(e), e.args, e.__dict__)))


def _error(kind: type[Exception], args: tuple[Any, ...], more: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(more)
    return error
