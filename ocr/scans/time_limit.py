"""How long a page may take: by the processor time it uses, and by the clock only for what hangs.

A busy machine gives a process a small part of every second. Its pages are slow then, not wrong, so what counts against
a page is the time that its own process and the programs it started and waited for had on a processor.
"""

from __future__ import annotations

import os
import time

from ocr.errors import OutOfTime

BY_CLOCK = 10
"""How many times its processor time a page may take by the clock. A machine with ten busy processes a core gives a page
a tenth of it; what waits longer hangs: on a disk that is gone, on a lock that nobody opens."""
_LEAST_SHARE = 1 / BY_CLOCK
_TOLD_S = 0.5
"""By the clock, before which the share of the processor cannot be told."""


def processor_s() -> float:
    """Processor time of this process, all threads, and of ended programs that it started (not on Windows)."""
    of_programs = os.times()
    return time.process_time() + of_programs.children_user + of_programs.children_system


class TimeLimit:
    """The time of one page, running from the moment this is made."""

    def __init__(self, seconds: float) -> None:
        """seconds: of the processor."""
        self._seconds = seconds
        self._used_before = processor_s()
        self._begun = time.monotonic()

    def left_s(self) -> float:
        """Seconds of the processor that are left; 0 when the time is up, by the processor or by the clock."""
        if time.monotonic() - self._begun >= BY_CLOCK * self._seconds:
            return 0.0
        return max(0.0, self._seconds - self._seconds_used())

    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.left_s() <= 0

    def raise_if_over(self) -> None:
        """Raise OutOfTime when the time is up."""
        if self.is_over():
            raise OutOfTime("reading took longer than a page may take. Raise read.seconds_per_page")

    def by_clock_s(self) -> float:
        """How long by the clock what is left will last, at the share of a processor that this page had so far.

        For what can be stopped by the clock alone: when it was, and time is left all the same, it is begun again.
        """
        passed = time.monotonic() - self._begun
        share = min(1.0, max(_LEAST_SHARE, self._seconds_used() / passed)) if passed > _TOLD_S else 1.0
        return min(self.left_s() / share, BY_CLOCK * self._seconds - passed)

    def _seconds_used(self) -> float:
        return processor_s() - self._used_before
