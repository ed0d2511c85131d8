"""Store originals by content hash, read-only, with the companions of tables: memo file, layout."""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.errors import DiskFull
from digitize.machine import system
from digitize.workspace.place import Place

if TYPE_CHECKING:
    from mappers.legacy import ReadAs

LAYOUT = ".layout.toml"
# Of one folder's texts of fixed width together, where a file has none of its own.
FOLDER_LAYOUT = "layout.toml"
_HEAD = 4096
# What texts of fixed width are mostly called: a layout of the folder is theirs, whether or not their rows fit it.
_FIXED = (".txt", ".dat", ".prn", ".asc")


def companions(path: Path) -> list[tuple[Path, str]]:
    """Companions of a table with the extension under which they are stored: memo file or layout.

    The content of the table decides, not its name. Raises OSError.
    """
    from mappers.legacy.dbf_head import looks_like_dbf
    from mappers.legacy.memo import memos_beside

    with path.open("rb") as f:
        head = f.read(_HEAD)
    if looks_like_dbf(path, head):
        return [(p, p.suffix.lower()) for p in memos_beside(path)][:1]
    return [(p, LAYOUT) for p in _layouts(path)][:1]


def _layouts(path: Path) -> Iterator[Path]:
    """Layouts next to a fixed-width text that are its own, or its folder's."""
    from mappers.legacy.memo import is_beside

    own, of_folder = path.with_suffix(LAYOUT), path.with_name(FOLDER_LAYOUT)
    found = [p for p in (own, of_folder) if p != path and is_beside(p, path)]
    if not found or not _may_be_fixed(path):
        return
    yield from (p for p in found if p == own or path.suffix.lower() in _FIXED or _fits(path, p))


def _may_be_fixed(path: Path) -> bool:
    """Whether nothing in a file contradicts fixed width: packed numbers make it look binary."""
    from mappers.errors import TableError
    from mappers.legacy import find_reader, is_guess
    from ocr.scans.scan import media_of

    try:
        reader = find_reader(path)
    except TableError:
        return False
    return (not reader or is_guess(reader)) and not media_of(path)


def _fits(path: Path, layout: Path) -> bool:
    from mappers.errors import MappingError
    from mappers.legacy.layout import read_layout
    from mappers.legacy.readers.fixed import fits_layout

    try:
        return fits_layout(path, read_layout(layout))
    except MappingError:
        return False


def how_to_read(path: Path) -> ReadAs:
    """Read options from a table's companions. Raises MappingError for an invalid layout."""
    from mappers.legacy import ReadAs
    from mappers.legacy.layout import read_layout

    layout = next((p for p, suffix in companions(path) if suffix == LAYOUT), None)
    return ReadAs(layout=read_layout(layout)) if layout else ReadAs()


def content_hash(path: Path) -> str:
    """SHA-256 of a file, hex; of a table with a companion: of both hashes. Raises OSError."""
    own = _sha256(path)
    # A memo file or layout that is mended later makes a new source: the same bytes then say something else.
    beside = "".join(_sha256(p) for p, _ in companions(path))
    return own if not beside else hashlib.sha256((own + beside).encode("ascii")).hexdigest()


def keep_copy(place: Place, path: Path, sha256: str, suffix: str) -> None:
    """Copy a file and its companions to the originals, atomically and read-only. Raises DiskFull, OSError."""
    _copy(path, place.original(sha256, suffix))
    for beside, ending in companions(path):
        _copy(beside, place.original(sha256, ending))


def put_back(place: Place, path: Path, sha256: str, suffix: str) -> bool:
    """Restore missing or changed originals. Returns whether any were.

    Raises DiskFull, OSError.
    """
    wanted = {place.original(sha256, suffix): path}
    wanted |= {place.original(sha256, ending): beside for beside, ending in companions(path)}
    lost = [kept for kept, own in wanted.items() if not kept.is_file() or _sha256(kept) != _sha256(own)]
    for kept in lost:
        kept.unlink(missing_ok=True)
        _copy(wanted[kept], kept)
    return bool(lost)


def kept_suffix(path: Path) -> str:
    """Extension of a stored file; none for an odd name, since files are identified by content."""
    suffix = path.suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9_]{1,16}", suffix) else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _copy(source: Path, target: Path) -> None:
    # Its name is its content's hash: what is there is the same file.
    if target.exists():
        return
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, part)
        # Bytes, then the name, then the folder: after a power cut no name stands for half a file.
        system.sync_file(part)
    except OSError as e:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"No room left for originals in {target.parent}. Make room and take the files in again."
            ) from e
        raise
    # Before it has its name, under which it can never be written to.
    system.make_read_only(part)
    part.replace(target)
    system.sync_folder(target.parent)
