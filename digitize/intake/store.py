"""Keeping originals: by content, read-only, with the memo file of a table beside it."""

from __future__ import annotations

import errno
import hashlib
import shutil
from pathlib import Path

from digitize import system
from digitize.errors import DiskFull
from digitize.workspace import Place

_MEMOS = (".fpt", ".dbt")


def memo_of(path: Path) -> Path | None:
    """The memo file that belongs to a .dbf table, None when there is none."""
    if path.suffix.lower() != ".dbf":
        return None
    beside = {p.name.lower(): p for p in path.parent.iterdir()}
    return next((beside[n] for s in _MEMOS if (n := f"{path.stem.lower()}{s}") in beside), None)


def content_hash(path: Path) -> str:
    """SHA-256 of a file, hex; of a table with a memo file: of both hashes. Raises OSError."""
    memo = memo_of(path)
    own = _sha256(path)
    return own if memo is None else hashlib.sha256((own + _sha256(memo)).encode("ascii")).hexdigest()


def keep_copy(place: Place, path: Path, sha256: str) -> None:
    """Copy a file (and its memo) into the originals, whole or not at all, read-only. Raises DiskFull, OSError."""
    memo = memo_of(path)
    _copy(path, place.original(sha256, path.suffix.lower()))
    if memo is not None:
        _copy(memo, place.original(sha256, memo.suffix.lower()))


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _copy(source: Path, target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        system.sync_file(part)
    except OSError as e:
        part.unlink(missing_ok=True)
        if e.errno == errno.ENOSPC:
            raise DiskFull(
                f"No room left for originals in {target.parent}. Make room and take the files in again."
            ) from e
        raise
    system.make_read_only(part)
    part.replace(target)
    system.sync_folder(target.parent)
