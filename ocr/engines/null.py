"""The engine that sees nothing: for taking pages in and finding forms on a machine without an engine."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.engine import EngineText, LineImage


class NullEngine:
    """Reads every crop as empty, so every zone with ink waits for a person."""

    def name_and_version(self) -> str:
        """Always "null 1"."""
        return "null 1"

    def languages(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """An empty text for each crop."""
        return [EngineText("", 0.0) for _ in lines]


def build(argument: str, timeout_s: float | None) -> NullEngine:
    """The engine; it needs neither argument nor time."""
    return NullEngine()
