"""Files that are archives of parts, told apart by the names of their parts."""

from __future__ import annotations

import zipfile
from pathlib import Path

ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def package_names(path: Path) -> frozenset[str]:
    """Names of the parts of an archive; none when it is no archive or its list of parts is damaged."""
    try:
        with zipfile.ZipFile(path) as package:
            return frozenset(package.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return frozenset()
