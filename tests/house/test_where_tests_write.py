"""On a bare Debian /dev/shm may be no tmpfs, small, or closed to the user of the tests' database: then others serve."""

import os
import pwd

import pytest

from tools import test_folder as deciding
from tools.test_folder import (
    database_folder,
    fast_folder,
    is_in_memory,
    is_open_to,
    shared_memory_type,
)

GIB = 1 << 30
NOBODY = pwd.struct_passwd(("nobody", "x", 65534, 65534, "", "/", "/bin/false"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that everybody reaches, in memory, with room for all; parents of a test's own folder are closed."""
    monkeypatch.setattr(deciding, "is_in_memory", lambda folder: True)
    monkeypatch.setattr(deciding, "free_bytes", lambda folder: 20 * GIB)
    monkeypatch.setattr(deciding, "_spare_bytes", lambda: 64 * GIB)
    made = tmp_path / "shm"
    made.mkdir()
    made.chmod(0o1777)
    monkeypatch.setattr(type(made), "parents", ())
    return made


def test_memory_is_used_where_all_is_well(folder):
    assert fast_folder(4, folder, NOBODY) == folder
    assert shared_memory_type(NOBODY, folder) == "posix"


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("is_in_memory", lambda folder: False),
        ("free_bytes", lambda folder: 64 << 20),
        ("_spare_bytes", lambda: 4 * GIB),
        ("_runs_programs", lambda folder: False),
    ],
)
def test_one_that_is_no_tmpfs_or_small_is_not_used(folder, monkeypatch, what, value):
    monkeypatch.setattr(deciding, what, value)
    assert fast_folder(4, folder, NOBODY) is None


def test_one_that_is_closed_to_the_databases_user_is_not_used(folder):
    folder.chmod(0o700)
    assert not is_open_to(folder, NOBODY) and is_open_to(folder, None)
    assert fast_folder(4, folder, NOBODY) is None
    assert shared_memory_type(NOBODY, folder) == "mmap"
    folder.chmod(0o755)
    assert is_open_to(folder, NOBODY) and shared_memory_type(NOBODY, folder) == "mmap"


def test_a_server_shares_memory_in_files_of_its_own_where_there_are_64_mb(folder, monkeypatch):
    monkeypatch.setattr(deciding, "free_bytes", lambda folder: 64 << 20)
    assert shared_memory_type(NOBODY, folder) == "mmap"
    assert shared_memory_type(NOBODY, folder / "gone") == "mmap"


def test_a_closed_folder_above_closes_all_below(tmp_path):
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    for path in (tmp_path / "a", below):
        path.chmod(0o755)
    tmp_path.chmod(0o700)
    assert is_open_to(below, NOBODY) is (os.geteuid() == NOBODY.pw_uid)


def test_the_database_lies_where_its_user_gets_to(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(deciding.tempfile, "tempdir", str(closed))
    assert database_folder(NOBODY) in ("/var/tmp", "/tmp")
    assert database_folder(None) == str(closed)


def test_what_is_mounted_last_over_a_place_counts(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("tmpfs /dev/shm tmpfs rw 0 0\n/dev/sda /dev/shm ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n")
    assert [is_in_memory(deciding.Path(p), mounts) for p in ("/dev/shm", "/run", "/tmp")] == [False, True, False]
    assert not is_in_memory(deciding.SHARED, tmp_path / "gone")
