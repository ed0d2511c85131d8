"""Batch size of jobs sent to a cluster worker: the overhead of a Dask task is paid once per parcel."""

from __future__ import annotations

import statistics
from collections import deque

PARCEL_S = 2.5
"""So long the jobs of a parcel should take together, by the clock: some hundred times what its way costs."""
_LONGEST_S = 2 * PARCEL_S
MOST_JOBS = 20
"""As many as one transaction holds where workers record for themselves (digitize/steps/read.py)."""
MOST_BYTES = 256_000
_LOOKED_BACK = 15


def parcel_size(seconds: float | None, left: int, threads: int) -> int:
    """Number of jobs per parcel, at least one.

    seconds: wall-clock time of one job; None before the first result. left: remaining jobs, if known; parcels shrink
    towards the end so that all workers finish together. threads: of all workers.
    """
    if seconds is None:
        return 1
    by_time = PARCEL_S / max(seconds, PARCEL_S / MOST_JOBS)
    # All that is in hand or waits at workers is then no more than what is left for whoever ends first.
    by_end = left / (2 * threads)
    return max(1, int(min(by_time, by_end)))


def fair_share(waiting: int, free: int) -> int:
    """Largest share of the startable jobs for one parcel, so that one worker does not take them all."""
    return max(1, -(-waiting // free))


def is_long_enough(seconds: float) -> bool:
    """Whether a worker should return what is done of a parcel and leave the rest, because jobs took longer than
    expected.
    """
    return seconds > _LONGEST_S


class JobPace:
    """Recent durations of jobs."""

    def __init__(self) -> None:
        self._last = deque[float](maxlen=_LOOKED_BACK)

    def note(self, seconds: float) -> None:
        """Add one duration (wall clock)."""
        self._last.append(seconds)

    @property
    def seconds(self) -> float | None:
        """Median of recent durations, so that process start or one large page does not matter; None if there
        are none.
        """
        return statistics.median(self._last) if self._last else None
