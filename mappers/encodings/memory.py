"""Mappings that a text is looked up in piece by piece."""

from __future__ import annotations

from collections.abc import Callable

_REMEMBERED = 1 << 16


class Memory(dict[str, str]):
    """Pieces of text already worked out; forgotten all at once when there are too many."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, piece: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        made = self[piece] = self._make(piece)
        return made


class Kept(dict[str, str]):
    """A mapping in which what is not there stays as it is."""

    def __missing__(self, key: str) -> str:
        return key
