"""Processes that a command leaves behind for a moment, such as the one its workers are copies of: what they used."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Collection

import psutil

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of linux/prctl.h: who loses its parent is ours."""
_WAIT_S = 10.0


def adopt() -> None:
    """From now on the processes that commands leave behind are children of this one."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def children() -> frozenset[int]:
    """The children that this process has now."""
    return frozenset(one.pid for one in psutil.Process().children())


def reap(others: Collection[int]) -> float:
    """Wait for all children but some, and give their seconds of the processor, with their own workers'.

    It counts in RUSAGE_CHILDREN from then on. What does not end within ten seconds is left alone.
    """
    used, end = 0.0, time.monotonic() + _WAIT_S
    while (left := children() - frozenset(others)) and time.monotonic() < end:
        for pid in left:
            ended, _, spent = os.wait4(pid, os.WNOHANG)
            used += spent.ru_utime + spent.ru_stime if ended else 0.0
        time.sleep(0.01)
    return used
