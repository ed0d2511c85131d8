"""Rows of a log that several threads add at one time: written in one transaction, since each waits for the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from digitize.targets.base import Statement

Write = Callable[[Sequence[Statement]], None]


class _Waiting:
    """One row that waits to be written, and what became of it."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.is_done = False
        self.error: Exception | None = None


class TogetherLog:
    """What is added to one file. Whoever comes while another writes is written with all others that came meanwhile."""

    def __init__(self) -> None:
        """Nothing waits yet."""
        self._asking, self._writing = Lock(), Lock()
        self._waiting: list[_Waiting] = []

    def add(self, statement: Statement, write: Write) -> None:
        """Have a statement written, for good before this returns. write: all of them or none, by this thread.

        Raises what write raises, for each of those that it was to write.
        """
        own = _Waiting(statement)
        with self._asking:
            self._waiting.append(own)
        with self._writing:
            if not own.is_done:
                with self._asking:
                    some, self._waiting = self._waiting, []
                try:
                    write([one.statement for one in some])
                except Exception as e:
                    for one in some:
                        one.error = e
                finally:
                    for one in some:
                        one.is_done = True
        if own.error is not None:
            raise own.error


_LOGS: dict[str, TogetherLog] = {}


def log_of(file: str) -> TogetherLog:
    """The one log of a file, in this process."""
    return _LOGS.setdefault(file, TogetherLog())
