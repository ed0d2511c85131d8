"""The only module that knows one operating system from another."""

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
    """Have the folder's entries on the disk; Windows does so by itself and has no call for it."""
    if sys.platform != "win32":
        sync_file(path)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Change a file with no other process or thread doing so that asks here; whoever dies lets go. Raises OSError.

    A file beside it, NAME.lock, is held meanwhile and stays.
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
    """Have all that this process and its workers make readable by its owner alone: files 0600, folders 0700."""
    os.umask(0o077)


def share_with(group: str, folder: Path) -> None:
    """Have what is made from now on readable and writable by a group as well, and hand the folder to it.

    Raises LookupError when there is no such group.
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
    """Take from a workspace of earlier versions what others may: of the folder itself and of what lies right in it.

    Below them nobody can reach what the folders shut off. Where a group may write, it was meant to: it stays. What is
    somebody else's, or on a medium that is only read, stays as it is.
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
    """Leave a file readable by its owner alone (on Windows the profile folder's own rules apply)."""
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def is_open_to_others(path: Path) -> bool:
    """Whether others than a file's owner may read or change it; on Windows the file's own rules are not looked at."""
    return sys.platform != "win32" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def process_name() -> str:
    """This process, such that a later one can tell whether it still lives: host, machine, pid and start time."""
    import psutil

    return f"{socket.gethostname()}/{_machine()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_dead(owner: str) -> bool:
    """Whether the process of that name certainly lives no more; False for one on another machine.

    owner: as `process_name` gives it; what follows behind "#" is the owner's own.
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
    """What tells this machine from others of the same name: its id and its own world of processes, "." and its start.

    Containers share the machine, and have other processes under the same numbers; "" where the system tells nothing.
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
