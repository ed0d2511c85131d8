"""Commands on a disk that is full, and on one that can only be read: a message and its code, never a traceback.

A command that says on a full disk that all went well must have written what it writes where there is room.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "sample_data"


@dataclass(frozen=True, slots=True)
class Tried:
    """A command. makes: the file or folder that it writes. adds: whether it adds to the ledger, or else ends."""

    arguments: tuple[object, ...]
    makes: Path | None = None
    adds: bool = False

    @property
    def reads(self) -> bool:
        """Whether it must work where nothing can be written."""
        return str(self.arguments[0]) in _READING or (self.arguments[0] == "ledger" and self.arguments[1] != "recount")


_READING = ("status", "show", "case", "receipts")


def commands(place: Path, out: Path) -> list[Tried]:
    """Commands that write, and those that read a workspace; place: a workspace, out: a folder to write to."""
    page = SAMPLES / "fir_book_2025" / "bn_2014_063.jpg"
    table = SAMPLES / "legacy" / "FIRMAST.DBF"
    files = out.parent.parent / "files" / "iif1.csv"
    record = "wb-t0001-r0000001"

    def makes(name: str, *arguments: object) -> Tried:
        return Tried((*arguments, out / name), out / name)

    return [
        Tried(("intake", place, page), adds=True),
        makes("s.xlsx", "review", "export", place, "--out"),
        makes("e", "export", place, "--out"),
        makes("c.csv", "convert", table, "--from", "krutidev-010", "--out"),
        Tried(("ledger", "verify", place)), Tried(("ledger", "heads", place)),
        Tried(("status", place)), Tried(("show", place, record)), Tried(("case", place, record)),
        Tried(("receipts", place)), Tried(("run", place)), Tried(("duplicates", place)),
        Tried(("fixity", place), adds=True), Tried(("keys", "rotate", place), adds=True),
        makes("new", "init", "wb"),
        makes("e.jsonl", "export", place, "--to", "jsonl", "--out"),
        makes("snap", "snapshot", place, "--out"),
        makes("r.html", "report", place, "--html"), makes("f.json", "report", place, "--json-file"),
        makes("public", "keys", "export-public", place, "--out"),
        makes("v.html", "validate", files, "--form", "iif1", "--format", "html", "--out"),
        makes("v.xlsx", "validate", files, "--form", "iif1", "--format", "xlsx", "--out"),
        makes("fix", "validate", files, "--form", "iif1", "--fix"),
        makes("t.sqlite", "load", files, "--form", "iif1", "--max-rejects", "100%", "--target"),
        Tried(("load", files, "--form", "iif1", "--max-rejects", "100%", "--target", f"csv:{out / 't'}"), out / "t"),
        makes("p.csv", "duplicates", files, "--format", "csv", "--out"),
        makes("r.txt", "read", page, "--lang", "bn", "--effort", "quick", "--out"),
        makes("x.jsonl", "extract", page, "--out"),
        makes("tpl", "schema", "template", "iif1", "--out"),
    ]  # fmt: skip


_QUICK = ("intake", "convert", "status", "receipts")


def disks(*, quick: bool = False) -> dict[str, int]:
    """Every command on a full disk, those that read on one that can only be read. quick: a few of both."""
    figures: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="disks-") as made:
        folder = Path(made)
        _prepare(folder, quick=quick)
        for mode in ("disk_full", "readonly"):
            figures.update(_on_small_disk(folder, mode, quick=quick))
    return dict(figures)


def _prepare(folder: Path, *, quick: bool) -> None:
    place = folder / "ws"
    _run(["init", "wb", place])
    if not quick:
        _fill_workspace(place, folder / "files")
    shutil.copytree(place, folder / "roomy" / "ws")
    (folder / "roomy" / "out").mkdir()


def _fill_workspace(place: Path, files: Path) -> None:
    shutil.copy(SAMPLES / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    _run(["intake", place, SAMPLES / "legacy" / "FIRMAST.DBF"])
    _run(["run", place])
    _run(["export", place, "--out", files])


def _on_small_disk(folder: Path, mode: str, *, quick: bool) -> Counter[str]:
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
        roomy = commands(folder / "roomy" / "ws", folder / "roomy" / "out")
        tried = [pair for pair in zip(commands(disk / "ws", disk / "out"), roomy, strict=True)
                 if mode == "disk_full" or pair[0].reads]  # fmt: skip
        for there, with_room in tried:
            if quick and there.arguments[0] not in _QUICK:
                continue
            figures[f"{mode}_commands"] += 1
            figures[f"{mode}_clean"] += _is_clean(there, with_room, mode)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return figures


def _is_clean(there: Tried, with_room: Tried, mode: str) -> bool:
    before = _events(there)
    done = _run(there.arguments)
    if "Traceback" in done.stderr or "a fault in the program" in done.stderr:
        why = "traceback"
    elif done.returncode == 7 and mode == "disk_full":
        why = "" if "room" in done.stderr else "no word on what to do"
    elif done.returncode in (0, 3) and (mode == "disk_full" or done.returncode == 0):
        # 3 says something of records, and that all was written.
        why = _unwritten(there, with_room, before)
    else:
        why = "another code"
    if why:
        named = " ".join(map(str, there.arguments))
        print(f"{mode}: {named}: {done.returncode} {why}: {done.stderr[-300:]}", file=sys.stderr)
    return not why


def _unwritten(there: Tried, with_room: Tried, before: int) -> str:
    """What a command that said that all went well did not write, "" where all is there."""
    if there.adds and _events(there) <= before:
        return "nothing was added to the ledger"
    if there.makes is None or with_room.makes is None:
        return ""
    _run(with_room.arguments)
    wanted, found = _sizes(with_room.makes), _sizes(there.makes)
    # A day, a duration or a compressed part may take a few bytes more or less.
    short = [name for name, size in wanted.items() if found.get(name, -1) < 0.9 * size]
    return f"not written: {short}" if short or not wanted else ""


def _sizes(path: Path) -> dict[str, int]:
    if path.is_dir():
        return {p.relative_to(path).as_posix(): p.stat().st_size for p in path.rglob("*") if p.is_file()}
    return {"": path.stat().st_size} if path.exists() else {}


def _events(tried: Tried) -> int:
    """How many events the ledger of the workspace holds that a command adds to."""
    if not tried.adds:
        return 0
    place = next(p for p in map(Path, map(str, tried.arguments)) if (p / "ledger.sqlite").exists())
    with tempfile.TemporaryDirectory() as aside:
        # Elsewhere: a full disk has no room for what SQLite puts beside it even to read.
        for path in place.glob("ledger.sqlite*"):
            shutil.copy(path, aside)
        db = sqlite3.connect(Path(aside) / "ledger.sqlite")
        found = int(db.execute("SELECT COUNT(*) FROM events").fetchone()[0])
        db.close()
    return found


def _fill(disk: Path) -> None:
    full = os.open(disk / "fill", os.O_CREAT | os.O_WRONLY)
    try:
        while True:
            os.write(full, b"x" * 4096)
    except OSError:
        os.close(full)


def _only_read(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def _run(arguments: Sequence[object]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "digitize.cli", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=600)


if __name__ == "__main__":
    import json

    print(json.dumps(disks(quick="--quick" in sys.argv), indent=1))
