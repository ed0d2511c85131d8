"""Spill values that do not fit in memory to an anonymous temporary file."""

from __future__ import annotations

import errno
import os
import pickle
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from digitize.errors import DiskFull

T = TypeVar("T")
_HEAD = 8
# Records repeat themselves: the quickest way makes a tenth of them, in less time than writing them out takes.
_LEVEL = 1


class SpillFile(Generic[T]):
    """Values in insertion order, iterable any number of times. Must be closed, as with `with`."""

    def __init__(self, folder: Path) -> None:
        """folder: on the disk to use; if it is read-only, the system's temporary folder."""
        self._folder = folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())
        self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # closed by `close`

    def __enter__(self) -> SpillFile[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the room on the disk back."""
        # What could not be written is tried once more here; nobody wants it, and it must not hide why it could not.
        with suppress(OSError):
            self._file.close()

    def append(self, value: T) -> None:
        """Append a value. Raises DiskFull."""
        data = zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), _LEVEL)
        try:
            self._file.seek(0, 2)
            self._file.write(len(data).to_bytes(_HEAD, "little") + data)
            # So that a full disk is told here, with its folder, and not wherever the buffer happens to be emptied.
            self._file.flush()
        except OSError as e:
            if e.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise DiskFull(
                f"{self._folder}: no room left on the disk. Make room and run the same command again."
            ) from e

    def __iter__(self) -> Iterator[T]:
        """Iterate in order; concurrent iterations are independent."""
        at = 0
        while True:
            self._file.seek(at)
            head = self._file.read(_HEAD)
            if not head:
                return
            size = int.from_bytes(head, "little")
            at += _HEAD + size
            # Our own bytes, written a moment ago by this process; nobody else can reach them.
            yield pickle.loads(zlib.decompress(self._file.read(size)))
