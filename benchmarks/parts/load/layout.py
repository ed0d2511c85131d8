"""The full circle through a state's own tables in PostgreSQL: load, again, reconcile, files back, a kill.

The tables and their layout are the invented ones of sample_data/own_tables.
"""

from __future__ import annotations

import csv
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from sample_data.makers.own_tables import write_cases
from tools.rigs.own_tables import LAYOUT, kill_and_finish, make_database, read_content, run_digitize


def measure_layout(server: Any, count: int = 2000, kills: int = 2, seed: int = 7) -> dict[str, int]:
    """`layout_pg_ok`: 1 if the whole circle holds, and every kill ends as an undisturbed load does.

    server: see tests/pg.py.
    """
    folder = Path(tempfile.mkdtemp(prefix="digitize-layout-"))
    die = random.Random(seed)
    try:
        files = folder / "files"
        write_cases(files, count, seed)
        is_closed = _circle(server, files, folder / "back")
        begun = time.monotonic()
        wanted = kill_and_finish(server, files, None)
        seconds = time.monotonic() - begun
        same = all(kill_and_finish(server, files, die.uniform(0.2, 1) * seconds) == wanted for _ in range(kills))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"layout_pg_ok": int(is_closed and same)}


def _circle(server: Any, files: Path, back: Path) -> bool:
    url = make_database(server)
    named = ["--target", url, "--layout", str(LAYOUT)]
    load = ["load", str(files), *named, "--ignore", "L001", "--batch-size", "500"]
    steps = [run_digitize(load), run_digitize(load)]
    before = read_content(server, url)
    steps += [
        run_digitize(load),
        run_digitize(["reconcile", str(files), *named]),
        run_digitize(["unload", "--to", str(back), *named]),
    ]
    is_same = before == read_content(server, url)
    server.drop_database(url)
    given = sorted(p.name for p in files.iterdir())
    return not any(steps) and is_same and all(_cells(files / n) == _cells(back / n) for n in given)


def _cells(path: Path) -> list[dict[str, str]]:
    """The cells of a file in which something stands."""
    with path.open(encoding="utf-8", newline="") as f:
        return [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(f)]
