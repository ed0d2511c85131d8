"""Print how many workers the tests get: one a core and for each 2 GB of free memory, never fewer than two."""

import os
import sys
from pathlib import Path

import psutil

GB_EACH = 2.0  # a worker holds up to 1.6


def cores() -> int:
    """Processors that this process may use; a container may be given fewer than the machine has."""
    may = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        share, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return may
    return may if share == "max" else min(may, max(1, int(share) // int(period)))


def workers(processors: int, free_gb: float) -> int:
    """By processors and free memory."""
    return max(2, min(processors, int(free_gb / GB_EACH)))


if __name__ == "__main__":
    sys.stdout.write(f"{workers(cores(), psutil.virtual_memory().available / 2**30)}\n")
