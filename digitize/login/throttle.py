"""Passwords are not guessed by trying: after some wrong ones a name, and an address, must wait longer each time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from digitize.machine.rate_limit_db import RateCounters

_FREE = 5
_FIRST_S, _LONGEST_S = 2.0, 900.0
_FORGET_S = 3600.0
_TIDY_EVERY = 100


class Throttle:
    """Counts wrong passwords by a key, such as a name or an address."""

    def __init__(
        self, free: int = _FREE, clock: Callable[[], float] = time.monotonic, counts: RateCounters | None = None,
        of: str = "",
    ) -> None:  # fmt: skip
        """free: failures without a delay. counts: of a workspace, shared by all its servers; private to this object if
        not given. of: kind of key.
        """
        self._free, self._clock, self._of = free, clock, of
        self.counts = counts or RateCounters()
        self._failed = 0

    def wait_s(self, key: str) -> float:
        """Seconds until the next attempt is checked, 0 for at once. Raises NotCounted."""
        times, last = self._read_failures(key)
        over = times - self._free
        if over < 0:
            return 0.0
        # At most 2**9 before the longest: shifting by more would cost memory for nothing.
        pause: float = min(_LONGEST_S, _FIRST_S * 2 ** min(over, 9))
        return max(0.0, last + pause - self._clock())

    def count_failure(self, key: str) -> None:
        """Count a wrong password. Raises NotCounted."""
        with self.counts.changing() as db:
            times, _ = self._read_failures(key)
            now = self._clock()
            self._failed += 1
            if self._failed % _TIDY_EVERY == 0:
                db.execute("DELETE FROM wrong WHERE abs(? - at) >= ?", (now, _FORGET_S))
            values = (self.counts.key("wrong", self._of, key), times + 1, now)
            db.execute("INSERT OR REPLACE INTO wrong VALUES (?, ?, ?)", values)

    def reset_failures(self, key: str) -> None:
        """Reset the count after the right password. Raises NotCounted."""
        with self.counts.changing() as db:
            db.execute("DELETE FROM wrong WHERE key = ?", (self.counts.key("wrong", self._of, key),))

    def _read_failures(self, key: str) -> tuple[int, float]:
        """Number and time of failures; none if they are old, or from before this machine started."""
        with self.counts.changing() as db:
            query = "SELECT times, at FROM wrong WHERE key = ?"
            found = db.execute(query, (self.counts.key("wrong", self._of, key),)).fetchone()
            return found if found and abs(self._clock() - found[1]) < _FORGET_S else (0, 0.0)


def start_attempt(tries: Sequence[tuple[Throttle, str]]) -> float:
    """Seconds until an attempt is checked.

    If at once (0), it counts as failed until it succeeds, so that parallel attempts by several processes count like
    sequential ones. Raises NotCounted.
    """
    with ExitStack() as all_of_them:
        for throttle, _ in tries:
            all_of_them.enter_context(throttle.counts.changing())
        wait = max(throttle.wait_s(key) for throttle, key in tries)
        if wait <= 0:
            for throttle, key in tries:
                throttle.count_failure(key)
        return wait
