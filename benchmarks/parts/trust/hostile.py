"""Hostile input: files that break their readers, text that breaks what shows it, full disks (trust_disks).

Files are mutated from small ones of every container (trust_sources) and go through the commands as an office would give
them: all in one intake and one run, scans by the fifty, tables one by one in workers that each do many, under a limit
of memory and time. What breaks or never ends among others is tried again in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
from benchmarks.parts.trust.disks import disks  # noqa: E402 - the folder above must be known first
from sample_data.makers.hostile_files import MANIFEST, make_files, make_specials, mutate, sources  # noqa: E402

MEMORY, SECONDS = 4 << 30, 60.0
FULL, QUICK = 1600, 8
_BATCH = 50
_MORE = {
    "inspect": (), "convert": (), "validate": ("--form", "iif1"),
    "read": ("--lang", "en", "--effort", "quick", "--format", "json", "--seconds-per-page", "40"),
    "extract": ("--seconds-per-page", "40"),
}  # fmt: skip
_TABLES, _SCANS = ("inspect", "convert", "validate"), ("read", "extract")


def hostile(count: int = FULL, seed: int = 1) -> dict[str, int]:
    """Mutated files through intake, run and the commands that read files; what is no file; manifests. count: of files.

    So few as for the quick figures: scans through one command only, few that are no file, and no manifests. Other
    figures: hostile_commands, by how many commands; hostile_refused, files that intake refused by name.
    """
    is_quick = count <= QUICK
    with tempfile.TemporaryDirectory(prefix="hostile-") as made:
        folder, chance = Path(made), random.Random(seed)
        files = list(make_files(folder / "delivery", count, chance))
        specials = make_specials(folder / "delivery" / "specials", folder / "outside.csv")
        figures = Counter({"hostile_files": len(files) + specials, "tracebacks": 0, "hangs": 0, "uncounted": 0})
        figures += _taken_in(folder, len(files) + specials)
        no_files = sorted((folder / "delivery" / "specials").iterdir())[:: 12 if is_quick else 1]
        scans = [p for n, (p, s) in enumerate(files) if s.is_picture or n % 20 == 0] + no_files
        figures += _scans(scans, _SCANS[:1] if is_quick else _SCANS)
        tables = [p for n, (p, s) in enumerate(files) if not s.is_picture or n % 10 == 0]
        figures += _one_by_one(tables + no_files, 1 if is_quick else os.cpu_count() or 1)
        if not is_quick:
            figures += _manifests(folder, chance, count // 40)
        return {n: figures[n] for n in ("tracebacks", "hangs", "uncounted")} | dict(figures)


def _taken_in(folder: Path, count: int) -> Counter[str]:
    """All files in one intake and one run: each is taken, was here, or is refused by name."""
    place = folder / "ws"
    seconds = SECONDS * max(10, count)
    figures: Counter[str] = Counter()
    _run(["init", "wb", place], figures, seconds)
    told = _run(["intake", place, folder / "delivery", "--json"], figures, seconds)
    figures += _counted(told, count)
    _run(["run", place, "--max-failed-share", "100%", "--json"], figures, seconds)
    status = json.loads(_run(["status", place, "--json"], figures, seconds) or "{}").get("steps", {})
    # After a run nothing waits: each page and table is done or has failed with its reason.
    figures["uncounted"] += status["read"]["waiting"] if "read" in status else 1
    figures["hostile_commands"] += 4
    return figures


def _counted(told: str, count: int) -> Counter[str]:
    report = json.loads(told) if told.startswith("{") else {}
    refused = len(report.get("refused", ()))
    counted = report.get("taken", 0) + len(report.get("duplicates", ())) + refused
    return Counter(uncounted=abs(count - counted) + abs(count - report.get("files", 0)), hostile_refused=refused)


def _run(arguments: Sequence[object], figures: Counter[str], seconds: float) -> str:
    """One command in a process of its own, under the limits. Returns what it printed."""
    command = [sys.executable, "-m", "digitize.cli", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="surrogateescape", timeout=seconds, check=False,
            env=env, preexec_fn=_limited,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        figures["hangs"] += 1
        return ""
    figures["tracebacks"] += is_broken(done)
    if is_broken(done):
        print(f"{' '.join(map(str, arguments[:3]))}: {done.returncode} {done.stderr[-600:]}", file=sys.stderr)
    return done.stdout + (done.stderr if arguments[0] in _SCANS else "")


def is_broken(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a command ended in a traceback, by a signal, or told of a fault in the program."""
    told = ("Traceback (most recent call last)", "a fault in the program")
    return done.returncode < 0 or any(t in done.stderr for t in told)


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _scans(given: Sequence[Path], commands: Sequence[str]) -> Counter[str]:
    """Files that may be scans through the commands that read these, many in each; each file must be told of."""
    figures: Counter[str] = Counter()
    for command in commands:
        for at in range(0, len(given), _BATCH):
            batch = given[at : at + _BATCH]
            tried: Counter[str] = Counter()
            told = _run([command, *batch, *_MORE[command]], tried, SECONDS * len(batch))
            if tried["hangs"]:
                # One of them: each in a process of its own tells which.
                tried = Counter()
                told = "".join(_run([command, path, *_MORE[command]], tried, SECONDS) for path in batch)
            # Names are escaped in what is told: those that hold no word alone are not looked for.
            untold = [path.name for path in batch if path.stem.isalnum() and path.name not in told]
            ended = told.count("timed out")
            if untold or ended:
                print(f"{command}: not told of {untold}; ended {ended}", file=sys.stderr)
            figures += tried + Counter(hostile_commands=1, uncounted=len(untold), hangs=ended)
    return figures


def _one_by_one(files: Sequence[Path], workers: int) -> Counter[str]:
    """Each file through each command that reads one; a worker does many, and one that ends is tried again alone."""
    from digitize.machine.pool import run_jobs

    jobs = [(command, os.fsencode(path)) for path in files for command in _TABLES]
    found: Counter[str] = Counter(hostile_commands=len(jobs))
    for (command, path), what in run_jobs(try_command, jobs, workers, _ended, SECONDS):
        if what == "hangs":
            _run([command, os.fsdecode(path), *_MORE[command]], found, SECONDS)
        elif what:
            print(f"{what}: {command} {Path(os.fsdecode(path)).name}", file=sys.stderr)
            found["tracebacks"] += 1
    return found


def try_command(job: tuple[str, bytes]) -> str:
    """Run one command in this worker. Returns "", or the error that nobody raised on purpose and where it was."""
    command, path = job
    return in_here([command, os.fsdecode(path), *_MORE[command]])


def in_here(arguments: Sequence[str]) -> str:
    """Run one command line in this process. Returns as `try_command` does."""
    from digitize.cli.app import build
    from digitize.errors import fault
    from digitize.exits import exit_code

    with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()):
        try:
            build()(list(arguments), standalone_mode=True)
        except SystemExit:
            return ""
        except Exception as e:
            return "" if exit_code(e) is not None else fault("", e)
    return ""


class _Nowhere(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", newline="\n")


def _ended(job: tuple[str, bytes]) -> str:
    """A worker that died or was ended for its time, twice."""
    return "hangs"


def _manifests(folder: Path, chance: random.Random, count: int) -> Counter[str]:
    """Deliveries whose manifest was mutated: refused as a whole, or each file counted."""
    from digitize.machine.pool import run_jobs

    others, jobs = sources(), []
    for n in range(count):
        delivery = folder / "told" / str(n)
        (delivery / "sub").mkdir(parents=True)
        (delivery / "a.csv").write_bytes(b"a,b\n1,2\n")
        (delivery / "sub" / "b.csv").write_bytes(b"a,b\n3,4\n")
        (delivery / "manifest.csv").write_bytes(mutate(MANIFEST, chance, others))
        jobs.append((str(folder / "empty"), str(delivery)))
    figures: Counter[str] = Counter(hostile_files=count, hostile_commands=count)
    _run(["init", "wb", folder / "empty"], figures, SECONDS)
    for job, what in run_jobs(_told_by, jobs, os.cpu_count() or 1, lambda job: "hangs", SECONDS):
        if what:
            print(f"manifest {job[1]}: {what}", file=sys.stderr)
            figures["hangs" if what == "hangs" else "tracebacks"] += 1
    return figures


def _told_by(job: tuple[str, str]) -> str:
    place = f"{job[1]}-ws"
    shutil.copytree(job[0], place)
    return in_here(["intake", place, job[1]])


def unicode_exits() -> dict[str, int]:
    """How many exits do not take every character of Unicode."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/hostile/test_exit_texts.py"],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return {"unicode_exits_broken": done.stdout.count("\nFAILED ") + (done.returncode not in (0, 1))}


def measure(*, quick: bool = False) -> dict[str, int]:
    """All figures of this part. quick: without the exits, of which the suite has that test itself."""
    exits = {} if quick else unicode_exits()
    return {**hostile(QUICK if quick else FULL), **exits, **disks(quick=quick)}


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = hostile(given.count, given.seed) if given.count else measure(quick=given.quick)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    _main()
