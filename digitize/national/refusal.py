"""What is wrong with a snapshot, by name."""

from __future__ import annotations

from dataclasses import dataclass

from digitize.errors import DigitizeError


class Refused(DigitizeError):
    """A snapshot that cannot be taken; code: its name in reports."""

    def __init__(self, code: str, text: str) -> None:
        """text: what is wrong and what to do."""
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a snapshot that was taken all the same and that people should look at."""

    code: str
    text: str
