"""`digitize watch`: process new scans and answers automatically, and learn at night."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from digitize.errors import DigitizeError
from digitize.learning.learn import learn_handwriting
from digitize.machine.progress import Progress
from digitize.steps.run import RunOptions, run_workspace
from digitize.steps.run_report import RunReport
from digitize.workspace.place import Place, open_place

Wait = Callable[[float], bool]
"""Waits so many seconds; returns whether to end now."""
Intake = Callable[[Place, Wait], Iterable[str]]
"""Takes in what came, and gives lines for people."""


def _do_nothing(place: Place, wait: Wait) -> Iterable[str]:
    return ()


class NightWatch:
    """One workspace, kept up to date until stopped."""

    def __init__(
        self,
        folder: Path,
        flags: Mapping[str, Any],
        progress: Progress,
        now: Callable[[], datetime] = datetime.now,
        intake: Intake = _do_nothing,
    ) -> None:
        """flags: as those of `open_place`. now: the office's local time, in which `[learn] at` is given. intake: run
        before each pass, e.g. for a watched folder.
        """
        self._intake = intake
        self._folder, self._flags, self._progress, self._now = folder, flags, progress, now
        self._since = now()
        self._said = ""

    def go_on(self, every_s: float, wait: Wait) -> None:
        """Bring everything up to date repeatedly, every_s seconds after the previous pass.

        Errors are reported and retried: a target that is away for an hour must not end the day. Raises OptionsError if
        the settings cannot be read at the start.
        """
        open_place(self._folder, self._flags)
        while True:
            self._update_once(wait)
            if wait(every_s):
                return

    def _update_once(self, wait: Wait) -> None:
        try:
            # Settings may have been changed since.
            place = open_place(self._folder, self._flags)
            for line in self._intake(place, wait):
                self._progress.say(line)
            self._run(place)
            if self._is_night(place.options.learn.at):
                self._learn(place)
        except DigitizeError as e:
            self._say_new(f"{e} It will be retried.")

    def _run(self, place: Place) -> None:
        report: RunReport = run_workspace(place, RunOptions(), self._progress)
        if not report.is_idle:
            self._said = ""
            for line in report.lines():
                self._progress.say(line)
        report.raise_if_too_many(place.options.run.max_failed_share)

    def _learn(self, place: Place) -> None:
        learned = learn_handwriting(place, self._progress)
        for line in learned.lines():
            self._progress.say(line)
        if learned.is_adopted:
            self._run(open_place(self._folder, self._flags))

    def _is_night(self, at: str) -> bool:
        """Whether the hour of learning passed since the last call."""
        if not at:
            return False
        before, self._since = self._since, self._now()
        today = datetime.combine(self._since.date(), time.fromisoformat(at))
        # Reading may have gone on over midnight.
        return any(before < hour <= self._since for hour in (today, today - timedelta(days=1)))

    def _say_new(self, text: str) -> None:
        # The same words every five minutes would hide what else is said.
        if text != self._said:
            self._progress.say(text)
        self._said = text
