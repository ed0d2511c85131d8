"""Files that are archives of parts: told apart by the names of their parts, refused when they unpack to too much."""

from __future__ import annotations

import zipfile
from pathlib import Path

from mappers.errors import TableError

ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST = 2 * 1024**3
_HIGHEST_RATIO = 500
_MOST_PARTS = 100_000


def package_names(path: Path) -> frozenset[str]:
    """Names of the parts of an archive; none when it is no archive or its list of parts is damaged."""
    try:
        with zipfile.ZipFile(path) as package:
            return frozenset(package.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return frozenset()


def check_package(path: Path) -> None:
    """Refuse an archive that is damaged, locked, or would unpack to something monstrous. Raises TableError."""
    try:
        with zipfile.ZipFile(path) as package:
            infos = package.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as e:
        raise TableError(f"{path.name}: a damaged archive", kind="unreadable") from e
    size = sum(i.file_size for i in infos)
    if any(i.flag_bits & 1 for i in infos):
        raise TableError(f"{path.name}: the archive is protected by a password", kind="encrypted")
    if size > _LARGEST or size > _HIGHEST_RATIO * max(path.stat().st_size, 1) or len(infos) > _MOST_PARTS:
        raise TableError(f"{path.name}: would unpack to {size // 1024**2} MB; refused", kind="unreadable")
