"""Mappings that remember what was worked out of a piece of text: words come again in cells that are all different."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")
REMEMBERED = 1 << 16


class Memory(dict[str, V], Generic[V]):
    """Pieces of text and what they make; forgotten all at once when there are too many."""

    def __init__(self, make: Callable[[str], V]) -> None:
        """make: what is worked out once for each piece."""
        super().__init__()
        self._make = make

    def __missing__(self, piece: str) -> V:
        if len(self) >= REMEMBERED:
            self.clear()
        made = self[piece] = self._make(piece)
        return made
