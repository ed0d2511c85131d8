"""A large DBF file read by our reader and by dbfread, each in a process of its own."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.parts.measuring.run_parts import ROOT, Bench

SEED = 7
DBF_BYTES = 1_000_000_000


QUICK_BYTES = 4_000_000


_READ_OURS = """
import sys, time
from pathlib import Path
from benchmarks.parts.measuring.memory import peak_mb
from mappers.legacy import open_tables
start, rows = time.perf_counter(), 0
for table in open_tables(Path(sys.argv[1])):
    for row in table.rows:
        rows += 1
print(rows, time.perf_counter() - start, peak_mb())
"""


_READ_DBFREAD = """
import sys, time
from dbfread import DBF
from benchmarks.parts.measuring.memory import peak_mb
start, rows = time.perf_counter(), 0
for row in DBF(sys.argv[1], encoding="latin-1"):
    rows += 1
print(rows, time.perf_counter() - start, peak_mb())
"""


_FIELDS = (
    ("FIRNO", "C", 12, 0), ("REGDT", "D", 8, 0), ("PSCD", "C", 6, 0), ("YR", "N", 4, 0), ("SECT", "C", 30, 0),
    ("NAME", "C", 40, 0), ("PLACE", "C", 50, 0), ("AGE", "N", 3, 0), ("PROPVAL", "N", 12, 2), ("RESULT", "C", 35, 0),
)  # fmt: skip


def measure_dbf(bench: Bench) -> dict[str, Any]:
    """Rows a second of a large invented table against dbfread, turn and turn about, and our peak memory."""
    size = QUICK_BYTES if bench.is_quick else DBF_BYTES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "LARGE.DBF"
        rows = write_dbf(path, size)
        ours, theirs, peak = [], [], 0.0
        for _ in range(1 if bench.is_quick else 2):
            count, seconds, rss = _timed(_READ_OURS, path)
            ours.append(count / seconds)
            peak = max(peak, rss)
            assert count == rows
            count, seconds, _ = _timed(_READ_DBFREAD, path)
            theirs.append(count / seconds)
            assert count == rows
    ratio = max(ours) / max(theirs)
    return {
        "dbf_rows": rows, "dbf_bytes": size, "dbf_rows_per_s": max(ours), "dbf_rows_per_s_dbfread": max(theirs),
        "dbf_rows_ratio_dbfread": ratio, "dbf_rss_mb": peak,
    }  # fmt: skip


def _timed(code: str, path: Path) -> tuple[int, float, float]:
    done = subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True, cwd=ROOT)
    rows, seconds, rss = done.stdout.split()
    return int(rows), float(seconds), float(rss)


def write_dbf(path: Path, size: int) -> int:
    """An invented table of about so many bytes. Returns its rows."""
    import struct

    width = 1 + sum(f[2] for f in _FIELDS)
    rows = size // width
    head = struct.pack("<4BIHH20x", 3, 99, 1, 1, rows, 33 + 32 * len(_FIELDS), width)
    fields = b"".join(
        struct.pack("<11sc4xBB14x", n.encode(), k.encode(), w, d) for n, k, w, d in _FIELDS
    )  # fmt: skip
    dice = random.Random(SEED)
    block = b"".join(_dbf_row(dice, i) for i in range(2_000))
    with path.open("wb") as f:
        f.write(head + fields + b"\r")
        for at in range(0, rows, 2_000):
            f.write(block[: min(2_000, rows - at) * width])
        f.write(b"\x1a")
    return rows


def _dbf_row(dice: random.Random, i: int) -> bytes:
    day = f"{dice.randrange(1990, 2011)}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
    values = (
        f"{i}/{day[2:4]}", day, f"PS{i % 40:03}", day[:4], f"{dice.randrange(100, 511)}@34 Hkk-n-fo-", "mnkgj.k dqekj",
        "dYiukiqj Fkkuk {ks=", str(dice.randrange(18, 80)), f"{dice.randrange(0, 90000)}.50", "vkjksi i= nkf[ky",
    )  # fmt: skip
    cells = (v.rjust(w) if k == "N" else v.ljust(w) for v, (_, k, w, _) in zip(values, _FIELDS, strict=True))
    return b" " + "".join(cells).encode("latin-1")
