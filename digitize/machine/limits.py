"""What one process may use of this machine, so that a file made to break things costs one worker and no more."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = 4 << 30
"""Bytes of its own that a worker may hold; a sound page or table needs a tenth."""
OPEN_FILES = 512
_SECONDS, _SECONDS_PER_MB = 60.0, 30.0
"""Of the processor. A slow machine reads a megabyte of the dearest kind in a tenth of that."""


def limit_process(memory: int = MEMORY, open_files: int = OPEN_FILES) -> None:
    """Hold this process, and those it starts, to so many bytes and open files. Windows has no such limits.

    What is more raises MemoryError or OSError, or ends the process where a library cannot say so.
    """
    if sys.platform == "win32":
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


@contextmanager
def held_memory(memory: int = MEMORY) -> Iterator[None]:
    """Hold this process to so many bytes for a while; what was allowed before is allowed again behind it."""
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
    """The processor time that reading files, and what lies in folders, may take: more than any sound ones need."""
    return _SECONDS + _SECONDS_PER_MB * sum(map(_bytes_in, paths)) / 1e6


def _bytes_in(path: Path) -> int:
    with suppress(OSError, ValueError):
        return sum(_bytes_in(p) for p in path.iterdir()) if path.is_dir() else path.stat().st_size
    return 0
