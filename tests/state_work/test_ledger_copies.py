"""Copies of the ledger: taken while others write, put back with what is lost said, and never another workspace's."""

import shutil
from pathlib import Path

import pytest

from digitize.errors import InputError, LedgerError
from digitize.machine import file_systems
from digitize.machine.file_systems import kind_of
from digitize.workspace.ledger import Ledger, copies, opening
from digitize.workspace.ledger.copies import back_up, compact, restore
from digitize.workspace.place import open_place

WHY = ("the disk failed", "A. Rao")


@pytest.fixture(scope="module")
def made(tmp_path_factory, digitize):
    folder = tmp_path_factory.mktemp("copies") / "ws"
    digitize("init", "wb", folder, "--site", "copies")
    return folder


@pytest.fixture
def path(made, tmp_path):
    shutil.copytree(made, tmp_path / "ws")
    return open_place(tmp_path / "ws").ledger


def write(path, *units):
    with Ledger(path) as ledger:
        for unit in units:
            ledger.finish(unit, "read", "k", {"n": unit * 100})


def amiss(path):
    with Ledger(path) as ledger:
        return [c for c in ledger.changes() if not c.is_remark]


def test_a_backup_is_of_one_moment_while_others_write(path, tmp_path):
    write(path, "p1")
    with Ledger(path) as other, other.writing():
        other.record_event("p2", "read", "done", key="k")
        # Not even what is half written hinders it, and none of that is in it.
        copied = tmp_path / "copy.sqlite"
        copies._copy_into(path, copied)
    with Ledger(copied) as ledger:
        assert ledger.is_done("p1", "read", "k") and ledger.state("p2", "read") is None
    copied.unlink()
    found = back_up(path, copied)
    with Ledger(copied) as ledger:
        assert ledger.is_done("p1", "read", "k") and ledger.root_hash() == found.root_hash
    assert copied.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="already"):
        back_up(path, copied)


def test_a_restored_ledger_says_for_ever_what_was_lost(path, tmp_path, digitize):
    write(path, "p1")
    copied = tmp_path / "copy.sqlite"
    digitize("ledger", "backup", path.parent, copied)
    write(path, "p2", "p3")
    path.write_bytes(path.read_bytes()[:5000])
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    told = digitize("ledger", "restore", path.parent, copied, "--reason", WHY[0], "--operator", WHY[1])
    assert "3 later events are not in it" in told
    with Ledger(path) as ledger:
        assert ledger.is_done("p1", "read", "k") and not ledger.is_done("p2", "read", "k")
        remarks = [c for c in ledger.changes() if c.is_remark]
    assert amiss(path) == []
    assert remarks and all("the disk failed" in c.what for c in remarks)
    assert path.with_name(f"{path.name}.before-restore-1").is_file()
    # What comes after is as sound as ever, and a history that is cut off without a backup is still found.
    write(path, "p4")
    assert amiss(path) == []
    shutil.copy(copied, path)
    assert any("cut off" in c.what for c in amiss(path))


def test_a_copy_of_a_ledger_in_use_is_restored_with_what_lies_beside_it(path, tmp_path):
    raw = tmp_path / "raw.sqlite"
    with Ledger(path) as ledger:
        ledger.finish("p1", "read", "k", {"n": 1})
        for tail in ("", "-wal", "-shm"):
            shutil.copy(path.with_name(path.name + tail), raw.with_name(raw.name + tail))
        assert ledger.is_done("p1", "read", "k")
    restore(path, raw, *WHY)
    with Ledger(path) as ledger:
        assert ledger.is_done("p1", "read", "k")
    assert amiss(path) == []


def test_a_backup_takes_the_place_of_no_other_file(path, tmp_path):
    with pytest.raises(InputError, match="reserved for SQLite"):
        back_up(path, path.with_name(f"{path.name}-wal"))
    for name in ("a.sqlite.part", "a.sqlite"):
        back_up(path, tmp_path / name)
    assert {f.name for f in tmp_path.iterdir()} == {"a.sqlite.part", "a.sqlite", "ws"}
    back_up(path, part := path.with_name(f"{path.name}.part"))
    restore(path, part, *WHY)
    assert part.is_file() and amiss(path) == []


def test_only_a_sound_backup_of_this_workspace_is_taken(path, tmp_path, made, digitize):
    write(path, "p1")
    good, bad, other = tmp_path / "good.sqlite", tmp_path / "bad.sqlite", tmp_path / "other.sqlite"
    back_up(path, good)
    bad.write_bytes(good.read_bytes()[:8000])
    digitize("init", "wb", tmp_path / "second", "--site", "second")
    back_up(open_place(tmp_path / "second").ledger, other)
    for file, why in ((bad, "not an intact"), (other, "another workspace"), (tmp_path / "none", "no such file")):
        with pytest.raises(InputError, match=why):
            restore(path, file, *WHY)
    with pytest.raises(InputError, match="--reason"):
        restore(path, good, "oops", "")
    with Ledger(path), pytest.raises(LedgerError, match="in use"):
        restore(path, good, *WHY)
    assert amiss(path) == []


def test_room_is_given_back_and_nothing_else_changes(path):
    write(path, *(f"p{n}" for n in range(30)))
    with Ledger(path) as ledger:
        ledger.execute("CREATE TABLE t (x)")
        ledger.execute("INSERT INTO t SELECT zeroblob(200000)")
        ledger.execute("DROP TABLE t")
        root = ledger.root_hash()
    before, after = compact(path)
    assert after < before
    with Ledger(path) as ledger:
        assert ledger.root_hash() == root
    assert amiss(path) == []


MOUNTS = """22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/a\\040share rw - cifs //server/x rw
31 22 0:41 / /srv rw - nfs4 host:/srv rw
32 31 8:2 / /srv/local rw - xfs /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/home/x", "ext4"),
        ("/mnt/a share/ws", "cifs"),
        ("/srv/ws", "nfs4"),
        ("/srv/local/ws", "xfs"),
        ("/srvx", "ext4"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_its_nearest_mount(place, kind):
    assert kind_of(Path(place), MOUNTS) == kind


def test_a_ledger_on_a_network_share_is_refused_with_the_reason(path, monkeypatch):
    monkeypatch.setattr(file_systems, "kind_of", lambda *_: "nfs4")
    with pytest.raises(LedgerError, match=r"network share \(nfs4\)"):
        Ledger(path)
    assert opening.network_share(path) == "nfs4"
