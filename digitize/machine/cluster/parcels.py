"""How many jobs go to a worker of a cluster together: what Dask takes for one task is paid once for all of them."""

from __future__ import annotations

import statistics
from collections import deque

PARCEL_S = 2.5
"""So long the jobs of a parcel should take together, by the clock: some hundred times what its way costs."""
_LONGEST_S = 2 * PARCEL_S
MOST_JOBS = 20
"""As many as one transaction holds where workers record for themselves (digitize/steps/read_keep.py)."""
MOST_BYTES = 256_000
_LOOKED_BACK = 15


def parcel_size(seconds: float | None, left: int, threads: int) -> int:
    """How many jobs go together, at least one.

    seconds: by the clock, of one job; None where nothing came back so far. left: so many are still to be given, as far
    as is known; towards the end parcels grow small, so that all workers end together. threads: of all workers.
    """
    if seconds is None:
        return 1
    by_time = PARCEL_S / max(seconds, PARCEL_S / MOST_JOBS)
    # All that is in hand or waits at workers is then no more than what is left for whoever ends first.
    by_end = left / (2 * threads)
    return max(1, int(min(by_time, by_end)))


def fair_share(waiting: int, free: int) -> int:
    """The most that one parcel may take of the jobs that can be begun now, lest one worker has all and others none."""
    return max(1, -(-waiting // free))


def is_long_enough(seconds: float) -> bool:
    """Whether a worker gives back what it has done of a parcel, and leaves the rest: jobs took longer than they did."""
    return seconds > _LONGEST_S


class JobPace:
    """How long jobs took lately."""

    def __init__(self) -> None:
        self._last = deque[float](maxlen=_LOOKED_BACK)

    def note(self, seconds: float) -> None:
        """Take in one job, by the clock."""
        self._last.append(seconds)

    @property
    def seconds(self) -> float | None:
        """The middle of the last ones, so that the start of a process or one large page says nothing; None for none."""
        return statistics.median(self._last) if self._last else None
