"""How a run tells where it stands, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Listens to a run. Every text is free of values."""

    def start(self, step: str, total: int) -> None:
        """A step begins with so many units to do."""
        ...

    def advance(self, *, failed: bool = False) -> None:
        """One unit of the step is done or failed."""
        ...

    def say(self, text: str) -> None:
        """Something a person should know at once."""
        ...


class Silent:
    """Listens and says nothing."""

    def start(self, step: str, total: int) -> None:
        """Nothing."""

    def advance(self, *, failed: bool = False) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""
