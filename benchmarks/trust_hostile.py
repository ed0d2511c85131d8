"""Hostile input: files that break their readers, text that breaks what shows it, full disks (trust_disks).

Files are mutated from the samples of every container, and go through the commands as an office would give them: all of
a kind in one intake and one run, the others in workers that each do many, under a limit of memory and time.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from trust_disks import disks

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_data"
MEMORY, SECONDS = 4 << 30, 60.0
COMMANDS = ("inspect", "convert", "validate", "read", "extract")
FULL, QUICK = 1600, 24
_SMALL = 400_000


def hostile(count: int = FULL, seed: int = 1) -> dict[str, int]:
    """Mutated files through intake, run and the commands that read one file. count: of files."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as made:
        folder = Path(made)
        files = list(make_files(folder / "delivery", count, random.Random(seed)))
        figures = {"hostile_files": len(files), **_taken_in(folder, len(files))}
        tried = _one_by_one(files)
        for name in ("tracebacks", "hangs"):
            figures[name] += tried[name]
        return {**figures, "hostile_commands": tried["commands"]}


def originals() -> list[Path]:
    """A sample of every container and special file, small ones."""
    found = [p for p in SAMPLES.rglob("*") if p.is_file() and p.stat().st_size < _SMALL]
    kinds: dict[str, list[Path]] = {}
    for path in sorted(found):
        if path.suffix.lower() not in (".py", ".md", ".toml"):
            kinds.setdefault(path.suffix.lower(), []).append(path)
    return [p for group in kinds.values() for p in group[:3]]


def make_files(folder: Path, count: int, chance: random.Random) -> Iterator[Path]:
    """Mutated files, a folder for each hundred, with their special files beside them."""
    sources = originals()
    for n in range(count):
        source = sources[n % len(sources)]
        below = folder / f"{n // 100:02d}"
        below.mkdir(parents=True, exist_ok=True)
        path = below / f"f{n:05d}{source.suffix}"
        path.write_bytes(mutate(source.read_bytes(), chance, sources))
        yield path


def mutate(data: bytes, chance: random.Random, sources: list[Path]) -> bytes:
    """A file with something wrong in it."""
    how = chance.randrange(9)
    at = chance.randrange(len(data) or 1)
    if how == 0:
        return data[:at]
    if how == 1:
        return data[at:]
    if how == 2:
        return data[:at] + bytes(chance.randrange(1, 4000)) + data[at:]
    if how == 3:
        return data[:at] + data[at // 2 : at] * chance.randrange(2, 40) + data[at:]
    if how == 4:
        return data[:at] + chance.choice(sources).read_bytes()[:50_000] + data[at:]
    if how == 5 and data[:2] == b"PK":
        return _other_parts(data, chance)
    if how == 6:
        # Numbers in heads say how long things are.
        at = chance.randrange(min(len(data), 2048) or 1)
        return data[:at] + chance.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\x00" * 4)) + data[at + 4 :]
    made = bytearray(data)
    for _ in range(chance.choice((1, 5, 50, 500)) if made else 0):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def _other_parts(data: bytes, chance: random.Random) -> bytes:
    """An archive whose list of parts is whole and whose parts are not."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for info in z.infolist():
                part = z.read(info)
                at = chance.randrange(len(part) or 1)
                new.writestr(
                    info.filename, part[:at] + chance.choice((b"", b"<", b"\xff\xfe", b"<a>" * 20_000)) + part[at:]
                )
    except (zipfile.BadZipFile, NotImplementedError):
        return data[::-1]
    return out.getvalue()


def _taken_in(folder: Path, count: int) -> dict[str, int]:
    """All files in one intake and one run: each is taken, was here, or is refused by name."""
    place = folder / "ws"
    seconds = SECONDS * max(10, count)
    figures = Counter({"tracebacks": 0, "hangs": 0, "uncounted": 0})
    _run(["init", "wb", place], figures, seconds)
    told = _run(["intake", place, folder / "delivery", "--json"], figures, seconds)
    report = json.loads(told) if told.startswith("{") else {}
    counted = report.get("taken", 0) + len(report.get("duplicates", ())) + len(report.get("refused", ()))
    figures["uncounted"] += abs(count - counted) + abs(count - report.get("files", 0))
    figures["hostile_refused"] = len(report.get("refused", ()))
    _run(["run", place, "--max-failed-share", "100%", "--json"], figures, seconds)
    status = json.loads(_run(["status", place, "--json"], figures, seconds) or "{}").get("steps", {})
    # After a run nothing waits: each page and table is done or has failed with its reason.
    figures["uncounted"] += status["read"]["waiting"] if "read" in status else 1
    return dict(figures)


def _run(arguments: list[object], figures: Counter[str], seconds: float, **more: str) -> str:
    """One command in a process of its own, under the limits. Returns what it printed."""
    command = [sys.executable, "-m", "digitize.cli", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=False, env=env, preexec_fn=_limited
        )
    except subprocess.TimeoutExpired:
        figures["hangs"] += 1
        return ""
    figures["tracebacks"] += "Traceback (most recent call last)" in done.stderr or done.returncode < 0
    return done.stdout


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _one_by_one(files: list[Path]) -> Counter[str]:
    """Each file through each command that reads one; a worker does many, and one that ends is counted."""
    from digitize.machine.pool import run_jobs

    jobs = [(command, str(path)) for path in files for command in COMMANDS if _fits(command, path)]
    found: Counter[str] = Counter(tracebacks=0, hangs=0, commands=len(jobs))
    for job, what in run_jobs(try_command, jobs, os.cpu_count() or 1, _ended, SECONDS):
        found[what] += 1
        if what in ("tracebacks", "hangs"):
            print(f"{what}: {job[0]} {Path(job[1]).name}", file=sys.stderr)
    return found


def _fits(command: str, path: Path) -> bool:
    is_picture = path.suffix.lower() in (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf")
    if command in ("read", "extract"):
        # The worker of a page costs a second: of pictures all, of others every tenth.
        return is_picture or int(path.stem[1:]) % 10 == 0
    return not is_picture or int(path.stem[1:]) % 10 == 0


def try_command(job: tuple[str, str]) -> str:
    """Run one command in this worker. Returns "fine", or "tracebacks" for an error that nobody raised on purpose."""
    from digitize.cli.app import build
    from digitize.exits import exit_code

    command, path = job
    more = {"validate": ["--form", "iif1"], "read": ["--lang", "en", "--effort", "quick", "--jobs", "1"],
            "extract": ["--jobs", "1"]}.get(command, [])  # fmt: skip
    with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()):
        try:
            build()([command, path, *more], standalone_mode=True)
        except SystemExit:
            return "fine"
        except Exception as e:
            return "fine" if exit_code(e) is not None else "tracebacks"
    return "fine"


class _Nowhere(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", newline="\n")


def _ended(job: tuple[str, str]) -> str:
    """A worker that died or was ended for its time, twice."""
    return "hangs"


def unicode_exits() -> dict[str, int]:
    """How many exits do not take every character of Unicode."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/hostile/test_exit_texts.py"],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return {"unicode_exits_broken": done.stdout.count("\nFAILED ") + (done.returncode not in (0, 1))}


def measure(*, quick: bool = False) -> dict[str, int]:
    """All figures of this part."""
    return {**hostile(QUICK if quick else FULL), **unicode_exits(), **disks(4 if quick else None)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--count", type=int)
    given = parser.parse_args()
    found = hostile(given.count) if given.count else measure(quick=given.quick)
    print(json.dumps(found, indent=1))
