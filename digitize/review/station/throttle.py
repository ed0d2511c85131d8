"""Passwords are not guessed by trying: after some wrong ones a name, and an address, must wait longer each time."""

from __future__ import annotations

import time
from collections.abc import Callable

_FREE = 5
_FIRST_S, _LONGEST_S = 2.0, 900.0
_FORGET_S = 3600.0
_MOST = 10_000


class Throttle:
    """Counts wrong passwords by a key, such as a name or an address."""

    def __init__(self, free: int = _FREE, clock: Callable[[], float] = time.monotonic) -> None:
        """free: wrong ones that cost nothing."""
        self._free, self._clock = free, clock
        self._wrong: dict[str, tuple[int, float]] = {}

    def wait_s(self, key: str) -> float:
        """Seconds until the next try is looked at, 0 where it is at once."""
        count, last = self._wrong.get(key, (0, 0.0))
        over = count - self._free
        if over < 0:
            return 0.0
        # At most 2**9 before the longest: shifting by more would cost memory for nothing.
        pause: float = min(_LONGEST_S, _FIRST_S * 2 ** min(over, 9))
        return max(0.0, last + pause - self._clock())

    def failed(self, key: str) -> None:
        """One more wrong password."""
        now = self._clock()
        if len(self._wrong) >= _MOST:
            self._wrong = {k: w for k, w in self._wrong.items() if now - w[1] < _FORGET_S}
        count, last = self._wrong.get(key, (0, now))
        self._wrong[key] = (count + 1 if now - last < _FORGET_S else 1, now)

    def came_in(self, key: str) -> None:
        """The right one: forget the wrong ones."""
        self._wrong.pop(key, None)
