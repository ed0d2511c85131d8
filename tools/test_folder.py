"""Where tests may write: prints a folder in memory for TMPDIR, or nothing where there is none that serves.

A bare Debian has a /dev/shm that is no tmpfs (a chroot), holds 64 MB (a container), or is closed to the user that the
database of the tests runs as.
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SHARED = Path("/dev/shm")
_GIB = 1 << 30
_LEAST_FOLDER = 8 * _GIB
# Of a server: parallel queries share some megabytes each, and every worker of the tests starts a server.
_LEAST_SHARED = _GIB


def database_user() -> pwd.struct_passwd | None:
    """Whom a database of the tests runs as; None for ourselves, since only root may not run one."""
    if os.geteuid() != 0:
        return None
    names = {p.pw_name: p for p in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def is_open_to(folder: Path, user: pwd.struct_passwd | None, wanted: int = os.X_OK) -> bool:
    """Whether a user can enter a folder from the root down, and has the wanted rights (os.R_OK ...) in it."""
    if user is None:
        return os.access(folder, wanted | os.X_OK)
    try:
        above = [(p.stat(), os.X_OK) for p in folder.resolve().parents]
        return all(_grants(found, user, right) for found, right in [(folder.stat(), wanted | os.X_OK), *above])
    except OSError:
        return False


def _grants(found: os.stat_result, user: pwd.struct_passwd, wanted: int) -> bool:
    if user.pw_uid == 0:
        return True
    shift = 6 if found.st_uid == user.pw_uid else 3 if found.st_gid == user.pw_gid else 0
    return (stat.S_IMODE(found.st_mode) >> shift) & wanted == wanted


def is_in_memory(folder: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """Whether a folder is a file system in memory of its own."""
    try:
        lines = mounts.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    # The last line of a place is what was mounted over the others.
    kinds = [parts[2] for line in lines if (parts := line.split())[1:2] == [str(folder)]]
    return kinds[-1:] == ["tmpfs"]


def free_bytes(folder: Path) -> int:
    """Bytes that may still be written in a folder, 0 where there is none."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return 0
    return found.f_bavail * found.f_frsize


def shared_memory_type(user: pwd.struct_passwd | None, folder: Path = SHARED) -> str:
    """How a server's processes share memory: "posix" in /dev/shm, "mmap" in files of its own where that is no use."""
    is_usable = is_open_to(folder, user, os.R_OK | os.W_OK) and free_bytes(folder) >= _LEAST_SHARED
    return "posix" if is_usable else "mmap"


def database_folder(user: pwd.struct_passwd | None, folders: Sequence[str | Path] = ("/var/tmp", "/tmp")) -> str:
    """Where a database's user can write: the usual folder for what is temporary, else another one."""
    usual = tempfile.gettempdir()
    # What is made there is given to the user, so that it is enough to reach it.
    return next((str(p) for p in (usual, *folders) if is_open_to(Path(p), user)), usual)


def fast_folder(workers: int, folder: Path = SHARED, user: pwd.struct_passwd | None = None) -> Path | None:
    """The folder in memory, where it is one, has room, and the database's user can reach and run what lies in it."""
    if not is_in_memory(folder) or free_bytes(folder) < _LEAST_FOLDER or _spare_bytes() < (2 * workers + 8) * _GIB:
        return None
    if not is_open_to(folder, None, os.W_OK) or not is_open_to(folder, user or database_user()):
        return None
    return folder if _runs_programs(folder) else None


def _spare_bytes(told: Path = Path("/proc/meminfo")) -> int:
    try:
        lines = told.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def _runs_programs(folder: Path) -> bool:
    """Whether what is written there may be run: some tests begin programs that they write."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        program = Path(made) / "runs"
        program.write_text("#!/bin/sh\n", encoding="utf-8")
        program.chmod(0o755)
        try:
            return subprocess.run([program], check=False).returncode == 0
        except OSError:
            return False


if __name__ == "__main__":
    sys.stdout.write(str(fast_folder(int(sys.argv[1])) or ""))
