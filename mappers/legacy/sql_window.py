"""The window of bytes in which a SQL dump is read."""

from __future__ import annotations

import re
from pathlib import Path

from mappers.legacy.lines import TextForm, read_chunks, size_in_file


class Window:
    """The part of a file that is looked at. data: its bytes, UTF-16 as UTF-8; at: where the reading stands in them."""

    def __init__(self, path: Path, form: TextForm, start: int = 0, end: int | None = None) -> None:
        self.data, self.at = b"", 0
        self._chunks = read_chunks(path, form, start, end)
        self._size = size_in_file(form)
        self._known_at, self._known_offset = 0, max(start, form.start)

    def offset(self, at: int) -> int:
        """The byte of the file that stands at a place of the window, places being asked for in order."""
        if at >= self._known_at:
            self._known_offset += self._size(self.data[self._known_at : at])
            self._known_at = at
        return self._known_offset

    def read_more(self) -> bool:
        """Read on, letting go of what lies behind. False at the end of the file."""
        chunk = next(self._chunks, b"")
        if not chunk:
            return False
        self.offset(self.at)
        self.data = self.data[self.at :] + chunk
        self._known_at -= self.at
        self.at = 0
        return True

    def read_ahead(self, size: int) -> None:
        """Have so many bytes ahead where the file has them."""
        while len(self.data) - self.at < size and self.read_more():
            pass


def match_end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Where a pattern that begins at a place ends; the place itself where it does not stand there."""
    m = pattern.match(data, at)
    return m.end() if m else at
