"""Progress reports of a run, independent of the listener."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Listens to a run. Every text is free of values."""

    def start(self, step: str, total: int) -> None:
        """A step begins with so many units to do."""
        ...

    def advance(self, *, failed: bool = False) -> None:
        """Count one unit of the step as done or failed."""
        ...

    def say(self, text: str) -> None:
        """Show a message at once."""
        ...


class Silent:
    """Discards all reports."""

    def start(self, step: str, total: int) -> None:
        """Discarded."""

    def advance(self, *, failed: bool = False) -> None:
        """Discarded."""

    def say(self, text: str) -> None:
        """Discarded."""
