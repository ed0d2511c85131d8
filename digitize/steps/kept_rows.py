"""Rows of a table, read to the end before the first is used, so that the file is parsed once."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from digitize.machine.spill_file import SpillFile
from mappers.legacy import LegacyRow
from mappers.mapping.left_rows import count_left

# Part of what a done chunk means (its key names its number): with another size, chunks would be taken for done unread.
CHUNK = 1000


class KeptRows(NamedTuple):
    """Rows of a chunk, pickled once and sent to workers as they are. left: rows not mapped."""

    total: int
    left: list[LegacyRow]
    data: bytes

    def rows(self) -> list[LegacyRow]:
        """All of them."""
        rows: list[LegacyRow] = pickle.loads(self.data)  # our own bytes, written a moment ago
        return rows

    def count_left(self) -> int:
        """How many of the rows that are not mapped the mapping leaves out."""
        return sum(count_left(r.problem for r in self.left).values())


def keep_rows(rows: list[LegacyRow]) -> KeptRows:
    """The rows of a chunk, packed."""
    left = [r for r in rows if not is_usable(r)]
    return KeptRows(len(rows), left, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))


def is_usable(row: LegacyRow) -> bool:
    """Whether a row is mapped; all others are reported."""
    return not row.deleted and not row.problem


@contextmanager
def kept_chunks(rows: Iterable[LegacyRow], folder: Path) -> Iterator[Iterator[KeptRows]]:
    """Read all rows, then give them in chunks from an anonymous temporary file in that folder.

    Facts that only the last row reveals (truncated rows, another font) are known before the first record is made, and
    tables larger than memory work. Raises DiskFull, and whatever reading the rows raises.
    """
    coming = iter(rows)
    with SpillFile[KeptRows](folder) as away:
        while chunk := list(islice(coming, CHUNK)):
            away.append(keep_rows(chunk))
        yield iter(away)
