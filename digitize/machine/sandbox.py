"""Run a command that opens untrusted files in its own process, so that a crash is reported with the file's name.

Only Linux forks cheaply and ends the child with its parent; elsewhere the command runs directly.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from digitize.machine.limits import leave_network, limit_process

_NOTE_BYTES = 4096
# Windows has none of them.
_ENDING = {n for name in ("SIGINT", "SIGTERM", "SIGHUP") if (n := getattr(signal, name, None))}
_WATCHED = {*_ENDING, *([signal.SIGCHLD] if sys.platform != "win32" else [])}
_noted: mmap.mmap | None = None
"""Shared with the process that waits: the file that is being read."""


def note_file(name: str) -> None:
    """Remember the file being read, to name it if it crashes the process."""
    if _noted is not None:
        data = name.encode("utf-8", "backslashreplace")[: _NOTE_BYTES - 1]
        _noted[: len(data) + 1] = data + b"\0"


def run_sandboxed(
    work: Callable[[], int], limit_s: float | None, broke: Callable[[str, int], int], *, net: bool
) -> int:
    """Run work in a forked process with limits on memory, files and time. Returns its exit code.

    limit_s: processor time, None for no limit. net: whether it may use the network. broke: return value if a signal
    ended the process, given the file being read ("" if none) and the signal. Call it before starting threads.
    """
    global _noted
    if sys.platform != "linux":
        return work()
    # Who waits holds this end alone: when it is gone, the copy is told.
    left, held = os.pipe()
    noted = mmap.mmap(-1, _NOTE_BYTES)
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    signals = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    copy = os.fork()
    if not copy:
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        os.close(held)
        _noted = noted
        _end_with(left, parent)
        _limit(limit_s, net=net)
        return work()
    os.close(left)
    return _wait_for(copy, noted, broke)


def _end_with(left: int, parent: int) -> None:
    """End this process when its parent is gone, whatever it is doing: the system sends SIGIO."""
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(left, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(left, fcntl.F_SETFL, fcntl.fcntl(left, fcntl.F_GETFL) | os.O_ASYNC)
    if os.getppid() != parent:
        os._exit(1)


def _limit(limit_s: float | None, *, net: bool) -> None:
    import resource

    limit_process()
    if not net:
        leave_network()
    if limit_s is not None:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s) + 1, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _wait_for(copy: int, noted: mmap.mmap, broke: Callable[[str, int], int]) -> int:
    done = 0
    while not done:
        told = signal.sigwaitinfo(_WATCHED)
        if told.si_signo == signal.SIGCHLD:
            done, status = os.waitpid(copy, os.WNOHANG)
        elif told.si_code <= 0:
            # Sent to this process by another; what a terminal sends, as for Ctrl-C, has reached the copy too.
            os.kill(copy, told.si_signo)
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    if -code in _ENDING:
        # As a command that has no copy ends.
        signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
        os.kill(os.getpid(), -code)
    return broke(bytes(noted).partition(b"\0")[0].decode("utf-8", "replace"), -code)
