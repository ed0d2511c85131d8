"""Line number in its file at which a row of a legacy table starts."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from mappers.legacy import LegacyRow, find_reader

# Kinds of files that people open as text, and look for a line in.
_TEXTS = ("delimited", "fixed", "sql")
# Counted piece by piece, so that a large file is never in memory as a whole.
_PIECE = 1 << 20


class LineCounter:
    """Counts lines while rows pass in order.

    For binary files the row number is used.
    """

    def __init__(self, path: Path) -> None:
        """path: of the file."""
        self._path, self._offset, self._line = path, 0, 1
        self._is_text = find_reader(path) in _TEXTS and not _is_utf16(path)

    def find_lines(self, rows: Sequence[LegacyRow]) -> list[int]:
        """The lines of the next rows, from 1."""
        if not self._is_text or any(row.offset < 0 for row in rows):
            return [row.number for row in rows]
        with self._path.open("rb") as f:
            f.seek(self._offset)
            return [self._line_of(f, row.offset) for row in rows]

    def _line_of(self, f: BinaryIO, offset: int) -> int:
        while self._offset < offset and (piece := f.read(min(_PIECE, offset - self._offset))):
            self._line += piece.count(b"\n")
            self._offset += len(piece)
        return self._line


def _is_utf16(path: Path) -> bool:
    with path.open("rb") as f:
        return f.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
