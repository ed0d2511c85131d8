"""A disk that fills: a clear message, exit code 7, and nothing that was finished is lost."""

import os
import shutil
import subprocess
import sys

import pytest

from digitize.errors import DiskFull
from digitize.workspace.ledger import Ledger


def test_a_ledger_that_finds_no_room_keeps_what_it_had(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with Ledger.create(path) as ledger:
        ledger.finish("p1", "read", "k", {"text": "kept"})
        pages = ledger.execute("PRAGMA page_count").fetchone()[0]
        ledger.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(DiskFull, match="Make room"):
            for n in range(100):
                ledger.finish(f"q{n}", "read", "k", {"text": os.urandom(3000).hex()})
    with Ledger(path) as ledger:
        assert ledger.result("p1", "read", "k") == {"text": "kept"}
        assert ledger.finish("p2", "read", "k", {"text": "room again"})
        assert ledger.verify() >= 2


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MB, where the tests may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if mount is None or sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can be mounted by root on Linux only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_originals_that_find_no_room_leave_no_half_batch(digitize, samples, small_disk):
    place = small_disk / "ws"
    digitize("init", "wb", place)
    shutil.copy(samples / "stations.csv", place / "lists")
    digitize("intake", place, samples / "fir_book_2025", code=7)
    totals = digitize.json("status", place)["totals"]
    assert (totals["files"], totals["pages"]) == (0, 0)
    assert not list(place.rglob("*.part"))
