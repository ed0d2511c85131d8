"""The same rules on the same rows in memory: ours, and those of other validators in an environment of their own.

    python3.11 -m venv PEERS
    PEERS/bin/pip install 'pandera[polars]==0.35.0' frictionless==5.21.0 great-expectations==1.24.1
    python benchmarks/validate.py --peers PEERS/bin/python

Each peer is told the rules in its own words (benchmarks/peers/validate_*.py): what it has a check for is done with
that, the rest with its way to add one. It takes as many rows as it can be expected to finish in --peer-seconds, known
from a first run over few; ours is timed on the same rows. Both count the violations of each rule, and where the counts
differ it is told. Seconds are those of the processor, one thread, without start and loading.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
PEERS = ("pandera", "frictionless", "gx")
TABLES = ("iif1", "iif1_acts", "iif1_persons")
_FIRST = 1000
# A peer may slow down as rows grow in number.
_SAFE = 0.6
_SHORT, _AGAIN = 10, 6


@dataclass(frozen=True, slots=True)
class Rows:
    """The tables to be checked. folder: where parts of them are put for the peers; seconds: that a peer may take."""

    frames: dict[str, pl.DataFrame]
    folder: Path
    seconds: float

    @property
    def count(self) -> int:
        """How many FIRs."""
        return self.frames["iif1"].height

    def put(self, count: int) -> Path:
        """The first FIRs with their rows, in a folder of their own."""
        place = self.folder / f"rows_{count}"
        if not place.exists():
            place.mkdir()
            firs = self.frames["iif1"].head(count)
            firs.write_parquet(place / "iif1.parquet")
            last = firs["record_id"].max()
            for name in TABLES[1:]:
                number = pl.col("record_id").str.strip_prefix("nobody")
                self.frames[name].filter(number <= last).write_parquet(place / f"{name}.parquet")
        return place


def compare(tables: Path, python: Path, seconds: float) -> dict[str, Any]:
    """Figures of every peer: ratio_*, rows, versions, and where the counts of violations differ.

    tables: a folder of CSV files; only whole rows of these are taken. python: of the peers' environment.
    """
    folder = tables.parent / "peers"
    folder.mkdir()
    rows = Rows(_load(tables), folder, seconds)
    (folder / "facts.json").write_text(json.dumps(facts()), encoding="utf-8")
    figures: dict[str, Any] = {}
    for peer in PEERS:
        figures |= _against(peer, python, rows)
    return figures


def _against(peer: str, python: Path, rows: Rows) -> dict[str, Any]:
    program = [str(python), str(ROOT / "benchmarks" / "peers" / f"validate_{peer}.py")]
    first = _run(program, rows.put(_FIRST))
    count = min(rows.count, max(_FIRST, int(_SAFE * rows.seconds / first["cpu_s"] * _FIRST)))
    place = rows.put(count)
    pairs = [_pair(program, place)]
    # Short runs are told again, in turn, for the machine may be busy with other things.
    pairs += [_pair(program, place) for _ in range(_AGAIN if pairs[0][0]["cpu_s"] < _SHORT else 0)]
    theirs, ours = (_of_median_time([pair[i] for pair in pairs]) for i in (0, 1))
    differ = {
        code: [ours["counts"].get(code, 0), theirs["counts"].get(code, 0)]
        for code in sorted(ours["counts"].keys() | theirs["counts"].keys())
        if ours["counts"].get(code, 0) != theirs["counts"].get(code, 0)
    }
    return {
        f"ratio_{peer}": round(theirs["cpu_s"] / ours["cpu_s"], 2),
        f"rows_{peer}": ours["rows"],
        f"rows_per_cpu_s_{peer}": round(theirs["rows"] / theirs["cpu_s"]),
        f"rows_per_cpu_s_beside_{peer}": round(ours["rows"] / ours["cpu_s"]),
        f"version_{peer}": theirs["version"],
        f"violations_{peer}": sum(theirs["counts"].values()),
        f"differ_{peer}": differ,
    }


def _pair(program: list[str], place: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the peer tells and what ours does."""
    return _run(program, place), _run([sys.executable, __file__], place)


def _of_median_time(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return sorted(runs, key=lambda run: float(run["cpu_s"]))[len(runs) // 2]


def _run(command: list[str], place: Path) -> dict[str, Any]:
    one = {**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*command, str(place)], capture_output=True, text=True, env=one, check=False)
    if done.returncode:
        raise SystemExit(f"{command[-1]}: {done.stderr[-2000:]}")
    made: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return made


def _load(tables: Path) -> dict[str, pl.DataFrame]:
    """Whole rows of CSV files as text; a few FIRs get the number of the one before them."""
    from digitize.files.validating.readers import open_reader
    from mappers.schema import form_tables

    frames = {}
    for name in TABLES:
        reader = open_reader(tables / f"{name}.csv", "", form_tables("iif1")[name])
        blocks = reader.blocks({n: i for i, n in enumerate(reader.names)})
        frames[name] = pl.concat(b.frame.drop("_line") for b in blocks)
    key = ("state", "district", "police_station", "year", "fir_no")
    again = pl.int_range(pl.len()) % 1000 == 77
    frames["iif1"] = frames["iif1"].with_columns(
        pl.when(again).then(pl.col(k).shift(1)).otherwise(k).alias(k) for k in key
    )
    return frames


def facts() -> dict[str, Any]:
    """What the rules know of the law and of places, as plain values."""
    from benchmarks.parts.validate.settings import DAY
    from mappers.codes import code_lists
    from sample_data.makers.checked_files import STATIONS
    from validators.rulebook.masters import LAST_NUMBER, load_districts, load_law

    law = load_law()
    return {
        "this_year": DAY.year,
        "districts": sorted(load_districts()),
        "stations": STATIONS,
        "acts": law.lists["act"],
        "sections": {act: sorted(numbers) for act, numbers in law.sections.items()},
        "last_number": dict(LAST_NUMBER),
        "directions": law.lists["direction"],
        "sexes": code_lists()["sex"].values,
    }


def ours(place: Path) -> dict[str, Any]:
    """Our rules over the tables in a folder."""
    from collections import Counter

    from benchmarks.parts.validate.settings import TWENTY, settings_of
    from validators.checking.rows import find_in_rows
    from validators.rulebook.columns import LINE, RECORD

    frames = {name: pl.read_parquet(place / f"{name}.parquet") for name in TABLES}
    line = pl.int_range(2, 2 + pl.len(), dtype=pl.Int64).alias(LINE)
    frames = {n: f.rename({"record_id": RECORD}).with_columns(line) for n, f in frames.items()}
    settings = settings_of(TWENTY)
    find_in_rows("iif1", {n: f.head(0) for n, f in frames.items()}, settings)
    begun = time.process_time()
    found = find_in_rows("iif1", frames, settings)
    spent = time.process_time() - begun
    return {"cpu_s": spent, "rows": sum(f.height for f in frames.values()), "counts": dict(Counter(found["code"]))}


if __name__ == "__main__":
    print(json.dumps(ours(Path(sys.argv[1]))))
