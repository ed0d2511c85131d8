"""Write to standard output, or to a file that appears under its name only when complete."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from digitize.errors import DiskFull, OutputError
from digitize.machine.exit_texts import block_on_terminal


class WholeFile:
    """One byte stream, opened with the first write, so that no output leaves no file."""

    def __init__(self, target: Path | None, head: bytes = b"") -> None:
        """target: None for standard output. head: written before the first bytes."""
        self._target, self._head = target, head
        self._part = _part(target) if target else None
        self._stream: BinaryIO | None = None

    @property
    def is_begun(self) -> bool:
        """Whether anything was written."""
        return self._stream is not None

    def write(self, data: bytes) -> None:
        """Write on. Raises DiskFull and OutputError, naming the file."""
        with writing(self._target):
            if self._stream is None:
                self._stream = self._part.open("wb") if self._part else sys.stdout.buffer
                self._stream.write(self._head)
            self._stream.write(data if self._part or not sys.stdout.isatty() else _make_printable(data))
            # Whoever reads along in a pipe gets each page when it is done.
            if self._part is None:
                self._stream.flush()

    def close(self, tail: bytes = b"", *, keep: bool = True) -> None:
        """Write the last bytes and move the file into place, or discard it if not `keep`."""
        if self._stream is None:
            return
        with writing(self._target):
            try:
                if keep:
                    self._stream.write(tail)
                    self._stream.flush()
                if self._part:
                    self._stream.close()
                if keep and self._part and self._target and self._part != self._target:
                    self._part.replace(self._target)
            finally:
                if self._part and self._part != self._target:
                    # After the replacement there is nothing left to take away.
                    self._part.unlink(missing_ok=True)


def _make_printable(data: bytes) -> bytes:
    """Text for a terminal, without control characters."""
    return block_on_terminal(data.decode("utf-8", "replace")).encode("utf-8")


def _part(target: Path) -> Path:
    """Temporary name of the file; a device or pipe cannot be renamed and is written directly."""
    return target if target.exists() and not target.is_file() else target.with_name(f"{target.name}.part")


def require_writable(target: Path | None) -> None:
    """Raise OutputError or DiskFull, before work is begun, when a file cannot be written; None: standard output."""
    if target is None:
        return
    part = _part(target)
    with writing(target):
        if part != target:
            # Beside one that stands there: another run may be writing its part.
            with tempfile.TemporaryFile(dir=target.parent):
                pass
        elif target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


@contextmanager
def writing(target: Path | None) -> Iterator[None]:
    """Report write errors. Raises DiskFull, OutputError; a closed pipe is not an error."""
    try:
        yield
    # It is an OSError, too, and would be told as a fault below.
    except BrokenPipeError:
        raise
    except OSError as e:
        place = target or "standard output"
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"{place}: no room left on the disk. Make room and run the same command again.") from e
        what = e.strerror or type(e).__name__
        raise OutputError(
            f"{place}: cannot be written ({what}). Give another place, or correct its permissions."
        ) from e
