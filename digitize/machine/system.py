"""The only module that knows one operating system from another."""

from __future__ import annotations

import os
import socket
import stat
import sys
from pathlib import Path


def sync_file(path: Path) -> None:
    """Have the file's bytes on the disk before going on."""
    # Windows refuses to flush a file that is only open for reading.
    fd = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folder(path: Path) -> None:
    """Have the folder's entries on the disk; Windows does so by itself and has no call for it."""
    if sys.platform != "win32":
        sync_file(path)


def make_read_only(path: Path) -> None:
    """Take the write permission from everybody, so that an original is not changed by accident."""
    path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def make_private(path: Path) -> None:
    """Leave a file readable by its owner alone (on Windows the profile folder's own rules apply)."""
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def process_name() -> str:
    """This process, such that a later one can tell whether it still lives: host, pid and start time."""
    import psutil

    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_dead(owner: str) -> bool:
    """Whether the process of that name certainly lives no more; False for one on another host."""
    import psutil

    host, pid, started = owner.rsplit(":", 2)
    # Nothing is known of another machine's processes; there a lease ends by its time.
    if host != socket.gethostname():
        return False
    try:
        # The name has two decimals of it. The number alone would not do: systems give it to a new process later.
        return bool(abs(psutil.Process(int(pid)).create_time() - float(started)) > 0.05)
    except psutil.NoSuchProcess:
        return True
    # It lives, and is somebody else's.
    except psutil.AccessDenied:
        return False


def user_name() -> str:
    """The account under which this process runs, as "user@host"."""
    import getpass

    try:
        name = getpass.getuser()
    # In a container the number may have no name.
    except (OSError, KeyError):
        name = f"uid {os.getuid()}" if sys.platform != "win32" else "unknown"
    return f"{name}@{socket.gethostname()}"


def is_root() -> bool:
    """Whether this process may do everything; on Windows nothing asks for it."""
    return bool(getattr(os, "geteuid", lambda: 1)() == 0)


def free_bytes(path: Path) -> int:
    """Room left on the disk that holds path."""
    import shutil

    return shutil.disk_usage(path).free
