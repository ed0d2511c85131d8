"""Group commit of log rows added by several threads, since each commit waits for the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from digitize.targets.base import Statement

Write = Callable[[Sequence[Statement]], None]


class _Waiting:
    """A row waiting to be written, and its result."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.is_done = False
        self.error: Exception | None = None


class TogetherLog:
    """Log of one file. Rows added while another thread writes are committed together."""

    def __init__(self) -> None:
        """Start empty."""
        self._asking, self._writing = Lock(), Lock()
        self._waiting: list[_Waiting] = []

    def add(self, statement: Statement, write: Write) -> None:
        """Commit a statement durably before returning. write: all or none, in this thread.

        Raises what write raises, for each statement in its group.
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
    """The log of a file, shared in this process."""
    return _LOGS.setdefault(file, TogetherLog())
