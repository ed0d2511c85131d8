"""The most memory that a process has used."""

from __future__ import annotations

import resource
from pathlib import Path


def peak_mb() -> float:
    """Of this process since its program was started, in MB of 2**20 bytes.

    From /proc where there is one: `ru_maxrss` of a child begins with what its parent had when it forked.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text(encoding="ascii").splitlines() if x.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
