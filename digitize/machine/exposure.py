"""What other accounts on this machine can read of a workspace, and whether its disk is encrypted."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_OTHERS = stat.S_IRWXO
_NAMED = 5


def open_to_others(folder: Path) -> list[Path]:
    """Files and folders reachable by accounts other than owner and group."""
    return list(_open(folder)) if sys.platform != "win32" and folder.exists() else []


def _open(folder: Path) -> Iterator[Path]:
    mode = folder.stat().st_mode
    # Without the right to enter, nothing below can be reached whatever its own mode.
    if not mode & _OTHERS:
        return
    yield folder
    if not mode & stat.S_IXOTH:
        return
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.is_dir(follow_symlinks=False):
            yield from _open(Path(entry.path))
        elif entry.is_file(follow_symlinks=False) and entry.stat().st_mode & _OTHERS:
            yield Path(entry.path)


def told_exposure(folder: Path) -> tuple[str, str, str]:
    """(state, finding, fix) of the file modes of a workspace."""
    if sys.platform == "win32":
        return "ok", "those of the folder; not checked on Windows", ""
    if not (found := open_to_others(folder)):
        return "ok", "owner and group only", ""
    names = ", ".join(str(p.relative_to(folder.parent)) for p in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return "warn", f"open to other accounts: {names}{more}", f"chmod -R o-rwx {folder}"


def told_encryption(folder: Path) -> tuple[str, str, str]:
    """(state, finding, fix) of the disk that holds a folder."""
    mend = "encrypt the disk (LUKS, BitLocker, FileVault); see docs/operations.md"
    kinds = _layers(folder)
    if not kinds:
        return "warn", "cannot find out whether the disk is encrypted", "ask who set the machine up"
    if "crypt" in kinds:
        return "ok", "the disk is encrypted", ""
    return "warn", "the disk is not encrypted", mend


def _layers(folder: Path) -> list[str]:
    """Device types under a folder from lsblk: disk, part, crypt, lvm; () if unknown."""
    program = shutil.which("lsblk")
    device = folder.stat().st_dev if folder.exists() else 0
    # Number 0: no device of its own, as under a container or a network share.
    if program is None or os.name != "posix" or not os.major(device):
        return []
    path = f"/dev/block/{os.major(device)}:{os.minor(device)}"
    try:
        command = [program, "--inverse", "--noheadings", "--raw", "--output", "TYPE", path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.split() if done.returncode == 0 else []
