"""A server of several processes behind one port, using uvicorn's supervisor."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from socket import socket
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from digitize.errors import DigitizeError, MachineLacks, OptionsError

LAST_ANSWERS_S = 20
"""So long are answers waited for that were begun when the server was told to end."""
_LOG = logging.getLogger("uvicorn.error")
_MOST_ENDED, _WITHIN_S = 5, 60.0
"""Processes that may end by themselves within a time: more of them is no accident."""


def serve_by_many(settings: uvicorn.Config, listening: socket) -> None:
    """Serve with the configured number of processes until Ctrl-C or SIGTERM. listening: the shared socket.

    Raises MachineLacks if they end repeatedly or cannot start.
    """
    settings.app = _Begun(settings.app)
    with _Shared(fileno=listening.detach()) as shared:
        watching = _Watching(settings, [shared])
        try:
            watching.run()
        finally:
            watching.end_all()
    if watching.problem:
        raise MachineLacks(watching.problem)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Entry point of each process: builds its application, and exits when its parent is gone."""

    make: Any

    def __call__(self) -> Any:
        parent = multiprocessing.parent_process()
        if parent is not None:
            threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        try:
            return self.make()
        except DigitizeError as e:
            _LOG.error("%s", e)
            # What stands against one process in its settings does so for all; a target may come back.
            raise SystemExit(STARTUP_FAILURE if isinstance(e, OptionsError) else 1) from None


def _end_with(parent: BaseProcess) -> None:
    """Wait until a parent has ended, then shut down as on a signal, or exit in any case."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_ANSWERS_S + 5)
    os._exit(1)


class _Shared(socket):
    """A listening socket from which a process accepts one connection per wake-up.

    asyncio accepts all that wait: one process would get every long-lived connection of a burst.
    """

    _took = False

    def accept(self) -> tuple[socket, Any]:
        """Accept one connection; raises BlockingIOError on the next call."""
        self._took = not self._took
        if not self._took:
            raise BlockingIOError
        try:
            return super().accept()
        except OSError:
            # Another process was quicker; the next look begins anew.
            self._took = False
            raise

    def __reduce__(self) -> tuple[Callable[..., socket], tuple[Any, ...]]:
        # Windows has none, and one process.
        from multiprocessing.reduction import DupFd

        return _make_socket, (DupFd(self.fileno()),)


def _make_socket(number: Any) -> socket:
    return _Shared(fileno=number.detach())


class _Watching(Multiprocess):
    """Restarts dead processes; gives up if they keep dying. problem: why it gave up, or ""."""

    def __init__(self, settings: uvicorn.Config, sockets: list[socket]) -> None:
        super().__init__(settings, sockets)
        self.problem = ""
        self._ended: deque[float] = deque(maxlen=_MOST_ENDED)

    def keep_subprocess_alive(self) -> None:
        """Restart processes that ended. No liveness check: on a busy machine the answer comes late."""
        for place, one in enumerate(self.processes):
            if self.should_exit.is_set() or one.process.is_alive():
                continue
            one.process.join()
            self._ended.append(time.monotonic())
            if one.exitcode == STARTUP_FAILURE:
                self._give_up("A server process could not start; the reason is above.")
            elif len(self._ended) == _MOST_ENDED and self._ended[-1] - self._ended[0] < _WITHIN_S:
                self._give_up(
                    f"Server processes ended {_MOST_ENDED} times within a minute. The reason is above; if not, check "
                    f"whether the machine has enough memory for --processes."
                )
            else:
                _LOG.warning("A server process (%s) ended; it is replaced.", one.pid)
                self.processes[place] = Process(self.config, self.sockets)
                self.processes[place].start()

    def _give_up(self, problem: str) -> None:
        self.problem = problem
        self.should_exit.set()

    def join_all(self) -> None:
        """Wait for all, but not for ever."""
        end = time.monotonic() + LAST_ANSWERS_S + 5
        for one in self.processes:
            one.process.join(max(0.0, end - time.monotonic()))

    def end_all(self) -> None:
        """End all processes."""
        for one in self.processes:
            if one.process.is_alive():
                one.process.kill()
                one.process.join()

    def handle_hup(self) -> None:
        """Exit when the terminal is gone."""
        self.should_exit.set()

    def handle_ttin(self) -> None:
        """Ignore SIGTTIN/SIGTTOU."""

    handle_ttou = handle_ttin
