"""A table's rows, read to the end before the first is used: its file is opened and taken apart once."""

from __future__ import annotations

import errno
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

from digitize.errors import DiskFull
from mappers.legacy import LegacyRow

# Part of what a done chunk means (its key names its number): with another size, chunks would be taken for done unread.
CHUNK = 1000


@contextmanager
def kept_chunks(rows: Iterable[LegacyRow], folder: Path) -> Iterator[Iterator[list[LegacyRow]]]:
    """All rows read, and given in chunks from a file in that folder that has no name and is gone with the process.

    So what a table's last row tells (rows cut off, another font) is known before a record is made of its first, and a
    table larger than memory passes. Raises DiskFull, and what reading the rows raises.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        _keep(rows, file, folder)
        file.seek(0)
        yield _given(file)


def _keep(rows: Iterable[LegacyRow], file: IO[bytes], folder: Path) -> None:
    coming = iter(rows)
    while chunk := list(islice(coming, CHUNK)):
        data = pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL)
        try:
            file.write(data)
            # So that a full disk is told here, with its folder, and not wherever the buffer happens to be emptied.
            file.flush()
        except OSError as e:
            if e.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(f"{folder}: no room left on the disk. Make room and run the same command again.") from e
            raise


def _given(file: IO[bytes]) -> Iterator[list[LegacyRow]]:
    while True:
        try:
            yield pickle.load(file)  # our own bytes, written a moment ago
        except EOFError:
            return
