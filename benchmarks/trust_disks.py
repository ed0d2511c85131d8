"""Commands on a disk that is full, and on one that can only be read: a message and its code, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_data"


def commands(place: Path, out: Path) -> list[list[object]]:
    """Commands that write, each to a full disk."""
    page = SAMPLES / "fir_book_2025" / "bn_2014_063.jpg"
    table = SAMPLES / "legacy" / "FIRMAST.DBF"
    files = out.parent.parent / "files" / "iif1.csv"
    return [
        ["init", "wb", out / "new"], ["intake", place, page], ["run", place], ["status", place],
        ["ledger", "verify", place], ["show", place, "wb-t0001-r1"], ["case", place, "wb-t0001-r1"],
        ["review", "export", place, "--out", out / "s.xlsx"], ["export", place, "--out", out / "e"],
        ["export", place, "--to", "jsonl", "--out", out / "e.jsonl"], ["duplicates", place],
        ["snapshot", place, "--out", out / "snap"],
        ["validate", files, "--form", "iif1", "--format", "html", "--out", out / "v.html"],
        ["validate", files, "--form", "iif1", "--fix", out / "fix"],
        ["load", files, "--form", "iif1", "--target", out / "t.sqlite"],
        ["load", files, "--form", "iif1", "--target", f"csv:{out / 't'}"],
        ["convert", table, "--from", "krutidev-010", "--out", out / "c.csv"],
        ["read", page, "--lang", "bn", "--effort", "quick", "--out", out / "r.txt"],
        ["extract", page, "--out", out / "x.jsonl"],
        ["schema", "template", "iif1", "--out", out / "tpl"],
    ]  # fmt: skip


_READING = ("status", "show", "case", "ledger")
# What says that the disk is why: room, or a disk that can only be read. Codes that say other things are right as well
# where a command needs nothing of the disk.
_CLEAN = (0, 3, 7)


def disks(count: int | None = None) -> dict[str, int]:
    """Every command on a full disk, those that read on one that can only be read. count: of commands."""
    figures: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="disks-") as made:
        folder = Path(made)
        _prepare(folder)
        for mode in ("disk_full", "readonly"):
            figures.update(_on_small_disk(folder, mode, count))
    return dict(figures)


def _prepare(folder: Path) -> None:
    place = folder / "ws"
    _run(["init", "wb", place])
    shutil.copy(SAMPLES / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    _run(["intake", place, SAMPLES / "legacy" / "FIRMAST.DBF"])
    _run(["run", place])
    _run(["export", place, "--out", folder / "files"])


def _on_small_disk(folder: Path, mode: str, count: int | None) -> Counter[str]:
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    figures: Counter[str] = Counter({f"{mode}_commands": 0, f"{mode}_clean": 0})
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(disk)], check=False).returncode
    if mounted:
        # Only root may mount: then nothing was tried, and the figures say so.
        return figures
    try:
        shutil.copytree(folder / "ws", disk / "ws")
        (disk / "out").mkdir()
        _fill(disk) if mode == "disk_full" else _only_read(disk)
        for arguments in commands(disk / "ws", disk / "out")[:count]:
            if mode == "disk_full" or arguments[0] in _READING:
                figures[f"{mode}_commands"] += 1
                figures[f"{mode}_clean"] += _is_clean(arguments, mode)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return figures


def _is_clean(arguments: list[object], mode: str) -> bool:
    done = _run(arguments)
    clean = "Traceback" not in done.stderr and (
        done.returncode == 0 if mode == "readonly" else done.returncode in _CLEAN
    )
    if not clean:
        print(f"{mode}: {' '.join(map(str, arguments))}: {done.returncode} {done.stderr[-300:]}", file=sys.stderr)
    return clean


def _fill(disk: Path) -> None:
    full = os.open(disk / "fill", os.O_CREAT | os.O_WRONLY)
    try:
        while True:
            os.write(full, b"x" * 4096)
    except OSError:
        os.close(full)


def _only_read(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def _run(arguments: list[object]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "digitize.cli", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=600)
