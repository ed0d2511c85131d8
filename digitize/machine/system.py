"""All code that depends on the operating system."""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
    """Sync a folder's entries to disk (fsync); Windows does this itself and has no call for it."""
    if sys.platform != "win32":
        sync_file(path)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Lock a file against other processes and threads that use this lock; released if the holder dies. Raises OSError.

    The lock is a file next to it, NAME.lock, which stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _hold(fd)
        yield
    finally:
        os.close(fd)


def _hold(fd: int) -> None:
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(fd, fcntl.LOCK_EX)
        return
    import msvcrt

    while True:
        try:
            return msvcrt.locking(fd, msvcrt.LK_LOCK, 1)
        # It waits for ten seconds and no longer.
        except OSError as e:
            if e.errno != errno.EDEADLOCK:
                raise


def keep_from_others() -> None:
    """Make new files of this process and its workers private to the owner: files 0600, folders 0700."""
    os.umask(0o077)


def share_with(group: str, folder: Path) -> None:
    """Make new files readable and writable by a group as well, and give it the folder.

    Raises LookupError if there is no such group.
    """
    if sys.platform == "win32":
        return
    os.umask(0o007)
    import grp

    number = grp.getgrnam(group).gr_gid
    for path in _top(folder):
        with suppress(OSError):
            os.chown(path, -1, number)
            # The mark on a folder hands its group on to what is made in it.
            path.chmod(0o2770 if path.is_dir() else 0o660)


def close_to_others(folder: Path) -> None:
    """Remove access for others from a workspace made by an earlier version: the folder and its direct entries.

    What is below is shielded by these folders. Group write access was intended and stays. Files of other owners or on
    read-only media are left unchanged.
    """
    if sys.platform == "win32":
        return
    for path in _top(folder):
        with suppress(OSError):
            mode = path.stat().st_mode
            shut = stat.S_IRWXO | (0 if mode & stat.S_IWGRP else stat.S_IRWXG)
            if mode & shut:
                path.chmod(mode & ~shut)


def _top(folder: Path) -> list[Path]:
    return [folder, *(p for p in folder.iterdir() if not p.is_symlink())]


def make_read_only(path: Path) -> None:
    """Take the right to write from everybody, and every right from others: an original is 0400, with a group 0440."""
    path.chmod(path.stat().st_mode & (stat.S_IRUSR | stat.S_IRGRP))


def make_private(path: Path) -> None:
    """Make a file private to its owner (on Windows the profile folder's own rules apply)."""
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def is_open_to_others(path: Path) -> bool:
    """Whether others than the owner may read or change a file; on Windows this is not checked."""
    return sys.platform != "win32" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def process_name() -> str:
    """Identity of this process, by which a later one can tell whether it is alive: host, machine, pid and start
    time.
    """
    import psutil

    return f"{socket.gethostname()}/{_machine()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_dead(owner: str) -> bool:
    """Whether the named process is certainly dead; False for one on another machine.

    owner: from `process_name`; anything after "#" is the owner's own.
    """
    import psutil

    host, pid, started = owner.partition("#")[0].rsplit(":", 2)
    own = f"{socket.gethostname()}/{_machine()}"
    # Names of earlier versions say the host alone.
    if host not in (own, socket.gethostname()):
        # Nothing is known of another machine's processes; there a lease ends by its time. But this one, started anew?
        return "/" in host and host.rpartition(".")[0] == own.rpartition(".")[0]
    try:
        # The name has two decimals of it. The number alone would not do: systems give it to a new process later.
        return bool(abs(psutil.Process(int(pid)).create_time() - float(started)) > 0.05)
    except psutil.NoSuchProcess:
        return True
    # It lives, and is somebody else's.
    except psutil.AccessDenied:
        return False


def _machine() -> str:
    """Machine id and pid namespace, "." and boot time, to tell it from others with the same name.

    Containers share the machine but reuse pids; "" if the system does not report them.
    """
    parts = []
    for path in ("/etc/machine-id", "/proc/sys/kernel/random/boot_id"):
        try:
            parts.append(Path(path).read_text(encoding="ascii").strip().replace("-", "")[:8])
        except OSError:
            parts.append("")
    try:
        world = str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        world = ""
    return f"{parts[0]}-{world}.{parts[1]}" if any((*parts, world)) else ""


def user_name() -> str:
    """Account of this process as "user@host"."""
    import getpass

    try:
        name = getpass.getuser()
    # In a container the number may have no name.
    except (OSError, KeyError):
        name = f"uid {os.getuid()}" if sys.platform != "win32" else "unknown"
    return f"{name}@{socket.gethostname()}"


def is_root() -> bool:
    """Whether this process is root; always False on Windows."""
    return bool(getattr(os, "geteuid", lambda: 1)() == 0)


def free_bytes(path: Path) -> int:
    """Free bytes on the disk that holds path."""
    import shutil

    return shutil.disk_usage(path).free
