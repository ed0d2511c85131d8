"""State of a file when hashed, and whether it changed since: batches are named by file content."""

from __future__ import annotations

import hashlib
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError

# A file that was written so shortly before may be written again within the same tick of the file system's clock.
_FRESH_SECONDS = 2.0
_Stat = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A hashed file. seen: file system state before hashing; is_fresh: it had just been written."""

    path: Path
    sha256: str
    seen: _Stat
    is_fresh: bool

    def has_changed(self) -> bool:
        """Whether the content changed. Reads the file again only if the file system cannot tell."""
        now = _stat(self.path)
        if now == self.seen and not self.is_fresh:
            return False
        return now[0] != self.seen[0] or _sha256(self.path) != self.sha256


def see_file(path: Path) -> SeenFile:
    """Hash a file. Raises InputError when it cannot be read."""
    seen = _stat(path)
    is_fresh = time.time() - max(seen[1], seen[2]) / 1e9 < _FRESH_SECONDS
    return SeenFile(path, _sha256(path), seen, is_fresh)


def require_unchanged(files: Iterable[SeenFile]) -> None:
    """Raise InputError if a file changed: the rows read may be a mix of two versions."""
    if changed := [f.path.name for f in files if f.has_changed()]:
        raise InputError(
            f"{changed[0]}: the file changed while it was read. Nothing of it was loaded. Wait until it is complete, "
            f"and run the same command again."
        )


def _stat(path: Path) -> _Stat:
    try:
        found = path.stat()
    except OSError as e:
        raise InputError(f"{path.name}: cannot be read: {e.strerror or type(e).__name__}") from e
    # A pipe would be waited for without end, and a device has no end.
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{path.name}: is a pipe, socket or device, not a file. Save it as a file first.")
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError as e:
        raise InputError(f"{path.name}: cannot be read: {e.strerror or type(e).__name__}") from e
