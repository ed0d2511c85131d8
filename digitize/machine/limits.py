"""Resource limits of a process, so that a malicious file costs one worker and no more."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = 4 << 30
"""Bytes of its own that a worker may hold; a sound page or table needs a tenth."""
OPEN_FILES = 512
_SECONDS, _SECONDS_PER_MB = 60.0, 30.0
"""Of the processor. A slow machine reads a megabyte of the dearest kind in a tenth of that."""


def limit_process(memory: int = MEMORY, open_files: int = OPEN_FILES) -> None:
    """Limit memory (bytes) and open files of this process and its children.

    Exceeding them raises MemoryError or OSError, or ends the process if a library cannot report it. Windows has no such
    limits: there a process over its memory is ended.
    """
    if sys.platform == "win32":
        threading.Thread(target=end_above, args=(memory,), daemon=True).start()
        return
    import resource

    # On Linux what is reserved and never used must not count: libraries reserve far more than they touch.
    of_memory = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    for what, most in ((of_memory, memory), (resource.RLIMIT_NOFILE, open_files), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # A system that refuses leaves the process as it was: it is not worth ending for.
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, hard))


def end_above(memory: int, every_s: float = 0.2) -> None:
    """End this process when its own memory exceeds the limit; never returns."""
    import psutil

    own, pause = psutil.Process(), threading.Event()
    while not pause.wait(every_s):
        used = own.memory_info()
        if getattr(used, "private", used.rss) > memory:
            # Not sys.exit, which would end this thread alone.
            os._exit(1)


def leave_network() -> None:
    """Drop network access for good, for this process and its children.

    Python itself opens no connections from here on. On Linux with Python 3.12 or later the process also moves to an
    isolated network namespace, if allowed; call it before starting threads.
    """
    sys.addaudithook(_refuse_network)
    if sys.platform == "linux" and hasattr(os, "unshare"):
        with suppress(OSError):
            _unshare_network()


_NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_LINKS = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg")


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    # A path, or none, stands for this machine alone: workers are spoken with over such sockets.
    if event in _NAMES or (event in _LINKS and isinstance(args[1], tuple)):
        raise PermissionError("a worker that opens files has no network")


def _unshare_network() -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        # Who may do all keeps their own view of users: files of others would be closed to them in a new one.
        os.unshare(os.CLONE_NEWNET)  # type: ignore[attr-defined,unused-ignore]
        return
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)  # type: ignore[attr-defined,unused-ignore]
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path(f"/proc/self/{name}").write_text(text, encoding="ascii")


@contextmanager
def held_memory(memory: int = MEMORY) -> Iterator[None]:
    """Limit the memory of this process temporarily; the previous limit is restored afterwards."""
    if sys.platform != "linux":
        # Elsewhere all that is reserved counts, and libraries have reserved more than that before.
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    least = min(x for x in (memory, soft, hard) if x != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, (least, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def seconds_for(paths: Iterable[Path]) -> float:
    """Processor time limit for reading these files and folder contents; more than any valid file needs."""
    return _SECONDS + _SECONDS_PER_MB * sum(map(_bytes_in, paths)) / 1e6


def _bytes_in(path: Path) -> int:
    with suppress(OSError, ValueError):
        return sum(_bytes_in(p) for p in path.iterdir()) if path.is_dir() else path.stat().st_size
    return 0
