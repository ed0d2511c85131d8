"""The run path on a large old table: mapping and checking in a workspace, beside `map apply` and pandas.

python -m benchmarks.run_speed ROWS [KILLS] [--jobs N]      prints JSON

A FIRMAST.DBF of so many invented rows is mapped by `digitize map apply`, then taken in, mapped and checked by
`digitize run`; a table of a tenth of the rows as well, to see how time grows. Speeds are rows by processor second, all
processes of a command together, so that a busy machine changes them little; memory is the peak of the largest process.
After that the run is done once more, killed at KILLS moments, and the exports are compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.mapping.firmast import COLUMNS, make_rows
from benchmarks.parts.mapping.speed import MAPPING, ROOT, measure
from benchmarks.parts.measuring import orphans

STATIONS = 40
PER_BOOK = 400
FIRST_YEAR = 1960
"""FIRs in a station's year, a middling number of a town; so each station and year is a group of its own to check."""
PANDAS_ROWS = 5_000
_WIDTHS = {
    "DISTCD": 2, "PSCD": 5, "YR": 4, "CRNO": 5, "FIRDT": 8, "FIRTM": 5, "OCCFRDT": 8, "OCCTODT": 8, "SECT": 60,
    "COMPNM": 50, "COMPFNM": 50, "COMPADD": 80, "PLACE": 80, "ACCNM": 80, "PROPVAL": 10, "RECVAL": 10, "IONM": 60,
    "CSNO": 10, "CSDT": 8, "FRTYP": 1, "RESULT": 30, "NARR": 200,
}  # fmt: skip


@dataclass(frozen=True)
class Used:
    """What a command used, with all its processes. rss_mb: of the largest of them."""

    processor_s: float
    clock_s: float
    rss_mb: float


def measure_run(rows: int, kills: int = 0, jobs: int = 0) -> Mapping[str, Any]:
    """The figures; see the head of the file."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Table(Path(folder) / "small", rows // 10), Table(Path(folder) / "large", rows)
        applied = large.apply()
        steps = {table: (table.run("map", jobs), table.run("check", jobs)) for table in (small, large)}
        mapped, checked = steps[large]
        figures: dict[str, Any] = {
            "rows": rows,
            "apply_rows_per_s": rows / applied.processor_s,
            "run_rows_per_s": rows / mapped.processor_s,
            "run_over_apply": applied.processor_s / mapped.processor_s,
            "apply_clock_rows_per_s": rows / applied.clock_s,
            "run_clock_rows_per_s": rows / mapped.clock_s,
            "check_ms_per_record": 1000 * checked.processor_s / rows,
            "ledger_kb_per_row": (large.place / "ledger.sqlite").stat().st_size / 1000 / rows,
            "rss_mb": max(mapped.rss_mb, checked.rss_mb),
            "growth_ten_times_rows": _processor_s(steps[large]) / _processor_s(steps[small]),
            "pandas_apply_rows_per_s": measure("pandas", min(rows, PANDAS_ROWS))["rows_per_s"],
        }
        figures["ratio_pandas"] = figures["run_rows_per_s"] / figures["pandas_apply_rows_per_s"]
        if kills:
            figures |= {"run_kills": kills, "run_kills_identical": large.same_after_kills(kills, jobs, mapped, checked)}
        return figures


def _processor_s(steps: tuple[Used, ...]) -> float:
    return sum(used.processor_s for used in steps)


class Table:
    """A table of so many rows in a folder of its own, and a workspace that took it in."""

    def __init__(self, folder: Path, rows: int) -> None:
        folder.mkdir()
        self.file, self.place, self._folder = folder / "FIRMAST.DBF", folder / "ws", folder
        write_table(self.file, rows)
        write_stations(folder / "stations.csv")
        self._take_in(self.place)

    def _take_in(self, place: Path) -> None:
        digitize("init", "up", str(place))
        shutil.copy(self._folder / "stations.csv", place / "lists")
        digitize("intake", str(place), str(self.file), "--district", "Kalpana")

    def apply(self) -> Used:
        """The import files, without a workspace."""
        stations = str(self._folder / "stations.csv")
        out = str(self._folder / "applied")
        return digitize("map", "apply", str(self.file), "--out", out, "--state", "up", "--stations", stations,
                        "--mapping", MAPPING)  # fmt: skip

    def run(self, step: str, jobs: int) -> Used:
        """One step of the run."""
        return digitize("run", str(self.place), "--only", step, "--jobs", str(jobs))

    def same_after_kills(self, kills: int, jobs: int, *calm: Used) -> bool:
        """Whether a run that was killed so often, and finished, exports the same to the byte and is whole."""
        wanted, shaken, dice = self._exported(self.place), self._folder / "shaken", random.Random(7)
        self._take_in(shaken)
        # Each life is long enough to get some way, so that the kills fall all over the run.
        lives = [dice.uniform(0.3, 1.7) * sum(u.clock_s for u in calm) / (kills + 1) for _ in range(kills)]
        for life_s in lives:
            _run_and_kill(shaken, jobs, life_s)
        digitize("run", str(shaken), "--only", "map,check", "--jobs", str(jobs))
        digitize("ledger", "verify", str(shaken))
        return self._exported(shaken) == wanted

    def _exported(self, place: Path) -> str:
        out = self._folder / "records.jsonl"
        digitize("export", str(place), "--to", "jsonl", "--out", str(out))
        with out.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()


def digitize(*arguments: str) -> Used:
    """Run one command line of the product. Raises RuntimeError when it fails."""
    orphans.adopt()
    begun, there = time.monotonic(), orphans.children()
    with tempfile.TemporaryFile() as said:
        command = subprocess.Popen(
            [sys.executable, "-m", "digitize.cli", *arguments], cwd=ROOT, stdout=said, stderr=said
        )
        _, status, used = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
        if command.returncode:
            said.seek(0)
            raise RuntimeError(f"digitize {arguments[0]} ended with {command.returncode}: {said.read()[-2000:]!r}")
    took = time.monotonic() - begun
    return Used(used.ru_utime + used.ru_stime + orphans.reap(there), took, used.ru_maxrss / 1024)


def _run_and_kill(place: Path, jobs: int, after_s: float) -> None:
    command = [sys.executable, "-m", "digitize.cli", "run", str(place), "--only", "map,check", "--jobs", str(jobs)]
    nowhere = subprocess.DEVNULL
    run = subprocess.Popen(command, cwd=ROOT, stdout=nowhere, stderr=nowhere, start_new_session=True)
    try:
        run.wait(after_s)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def write_table(path: Path, count: int) -> None:
    """A DBF of so many invented rows, numbered through station by station and year by year."""
    width = 1 + sum(_WIDTHS.values())
    head = struct.pack("<4BIHH20x", 3, 99, 1, 1, count, 33 + 32 * len(_WIDTHS), width)
    fields = b"".join(struct.pack("<11sc4xBB14x", n.encode(), b"C", w, 0) for n, w in _WIDTHS.items())
    with path.open("wb") as f:
        f.write(head + fields + b"\r")
        f.writelines(_lines(count))
        f.write(b"\x1a")


def _lines(count: int) -> Iterator[bytes]:
    widths = [_WIDTHS[name] for name in COLUMNS]
    for number, row in enumerate(make_rows(count)):
        book, serial = divmod(number, PER_BOOK)
        year = FIRST_YEAR + book // STATIONS
        cells = dict(zip(COLUMNS, row, strict=True))
        # In the order of their day, as a book is kept.
        day = f"{year}{serial * 12 // PER_BOOK + 1:02}{serial % 28 + 1:02}".encode()
        cells |= {"PSCD": b"K%03d" % (book % STATIONS), "YR": b"%d" % year, "CRNO": b"%d" % (serial + 1)}
        cells |= {"FIRDT": day, "OCCFRDT": day, "OCCTODT": day}
        yield b" " + b"".join(cells[n][:w].ljust(w) for n, w in zip(COLUMNS, widths, strict=True))


def write_stations(path: Path) -> None:
    """The stations that such a table names, as a workspace's own list."""
    lines = (f"Thana {n:03},Kalpana,K{n:03},\n" for n in range(STATIONS))
    path.write_text("station,district,aliases,district_aliases\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("kills", type=int, nargs="?", default=0)
    parser.add_argument("--jobs", type=int, default=0)
    a = parser.parse_args()
    print(json.dumps(measure_run(a.rows, a.kills, a.jobs), indent=1))
