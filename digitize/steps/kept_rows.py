"""A table's rows, read to the end before the first is used: its file is opened and taken apart once."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from digitize.machine.spill_file import SpillFile
from mappers.legacy import LegacyRow

# Part of what a done chunk means (its key names its number): with another size, chunks would be taken for done unread.
CHUNK = 1000


class KeptRows(NamedTuple):
    """Rows of a chunk, packed once: nobody takes them apart on their way to a worker. left: those not mapped."""

    total: int
    left: list[LegacyRow]
    data: bytes

    def rows(self) -> list[LegacyRow]:
        """All of them."""
        rows: list[LegacyRow] = pickle.loads(self.data)  # our own bytes, written a moment ago
        return rows


def keep_rows(rows: list[LegacyRow]) -> KeptRows:
    """The rows of a chunk, packed."""
    left = [r for r in rows if not is_usable(r)]
    return KeptRows(len(rows), left, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))


def is_usable(row: LegacyRow) -> bool:
    """Whether a row is mapped; all others are reported."""
    return not row.deleted and not row.problem


@contextmanager
def kept_chunks(rows: Iterable[LegacyRow], folder: Path) -> Iterator[Iterator[KeptRows]]:
    """All rows read, and given in chunks from a file in that folder that has no name and is gone with the process.

    So what a table's last row tells (rows cut off, another font) is known before a record is made of its first, and a
    table larger than memory passes. Raises DiskFull, and what reading the rows raises.
    """
    coming = iter(rows)
    with SpillFile[KeptRows](folder) as away:
        while chunk := list(islice(coming, CHUNK)):
            away.put(keep_rows(chunk))
        yield iter(away)
