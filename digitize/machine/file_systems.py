"""File system type of a path, if the machine reports it: a ledger needs locks that work."""

from __future__ import annotations

import sys
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_SHARED = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "fuse.sshfs", "fuse.davfs", "davfs"})
"""File systems of other machines, on which SQLite's write-ahead log does not work (sqlite.org/wal.html: all processes
must be on the same host) and locks are often only pretended."""
_REMOTE_DRIVE = 4


def network_share(path: Path) -> str:
    """Type of network share that holds a path, "" if local or unknown."""
    if sys.platform == "win32":
        return _of_drive(path)
    try:
        kind = kind_of(path.resolve(), _MOUNTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return kind if kind in _SHARED else ""


def kind_of(path: Path, mounts: str) -> str:
    """File system type of a path from the lines of /proc/self/mountinfo (proc(5)), "" if not found."""
    found = ""
    longest = -1
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        parts = left.split(" ")
        if len(parts) > 4 and right:
            # A later line is mounted over an earlier one at the same place.
            place = Path(parts[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
            if path.is_relative_to(place) and len(place.parts) >= longest:
                longest, found = len(place.parts), right.split(" ")[0]
    return found


def _of_drive(path: Path) -> str:
    import ctypes

    drive = path.resolve().drive
    if drive.startswith("\\\\"):
        return "smb"
    windows = getattr(ctypes, "windll", None)
    return "smb" if windows and windows.kernel32.GetDriveTypeW(f"{drive}\\") == _REMOTE_DRIVE else ""
