"""Delimited files in the shapes that programs write: what comes back cell by cell, beside csv.Sniffer as the peer.

Each file is written by Python's csv module, or by hand where that module cannot write the shape, so what it holds is
known. Nothing was fitted on these files but the order of the candidates in mappers/legacy/dialect.py.
"""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.parts.measuring.run_parts import Bench
from mappers.errors import TableError
from mappers.legacy import ReadAs, open_tables

SHAPES = ("quoted", "minimal", "spaced", "doubled", "mixed")
FILES, QUICK_FILES, SEED = 500, 50, 11
_PLACES = ("Kalpanapur", "Old Harbour", "Examplenagar", "Samplepur", "Testgarh")
_HEADS = (
    "fir_no",
    "station",
    "district",
    "reg_date",
    "section",
    "place",
    "officer",
    "remarks",
    "beat",
    "sex",
    "age",
    "act",
)

Rows = list[list[str]]


def write_file(rng: random.Random, shape: str) -> tuple[str, Rows]:
    """One file and the cells that it holds, the header first."""
    separator, width = rng.choice(",,,;\t|"), rng.randint(3, len(_HEADS))
    # Of these columns each cell holds separators: the same number in every row, or any.
    is_even = rng.random() < 0.5
    filled = {c for c in range(width) if rng.random() < 0.35}
    rows: Rows = [list(_HEADS[:width])]
    for number in range(rng.randint(8, 80)):
        row = []
        for column in range(width):
            parts = (
                rng.sample(_PLACES, 2 if is_even else rng.randint(1, 3)) if column in filled else [rng.choice(_PLACES)]
            )
            row.append(f"{separator} ".join(parts))
        row[0] = f"{number + 1}/{rng.randint(1990, 2012)}"
        if shape == "doubled":
            column = rng.randrange(1, width)
            row[column] = f'said "{rng.choice(_PLACES)}{separator} {rng.choice(_PLACES)}" twice'
        rows.append(row)
    if shape == "spaced":
        text = "\r\n".join(f"{separator} ".join(f'"{c}"' if separator in c else c for c in r) for r in rows) + "\r\n"
        return text, rows
    out = io.StringIO()
    quoting = {"quoted": csv.QUOTE_ALL, "mixed": csv.QUOTE_NONNUMERIC}.get(shape, csv.QUOTE_MINIMAL)
    writer = csv.writer(out, delimiter=separator, quoting=quoting)
    writer.writerows(rows)
    return out.getvalue(), rows


def measure_csv(bench: Bench) -> dict[str, Any]:
    """csv_shapes: share of files whose every cell comes back, by shape and over all; csv_shapes_sniffer: the peer."""
    rng = random.Random(SEED)
    count = QUICK_FILES if bench.is_quick else FILES
    ours: Counter[str] = Counter()
    peer: Counter[str] = Counter()
    files: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        for number in range(count):
            shape = SHAPES[number % len(SHAPES)]
            text, rows = write_file(rng, shape)
            path.write_text(text, encoding="utf-8", newline="")
            files[shape] += 1
            ours[shape] += _read(path) == rows
            peer[shape] += _sniff(text) == rows
    return {
        "csv_shapes": {**{s: ours[s] / files[s] for s in files}, "all": ours.total() / count},
        "csv_shapes_sniffer": {**{s: peer[s] / files[s] for s in files}, "all": peer.total() / count},
        "csv_shapes_files": count,
    }


def _read(path: Path) -> Rows | None:
    try:
        (table,) = open_tables(path, ReadAs())
        # Blanks around a cell belong to no text: a spaced file may have no quotes, and then they stay with the cells.
        found = [[(c if isinstance(c, str) else c.decode()).strip() for c in r.cells] for r in table.rows]
    except (TableError, ValueError):
        return None
    return [list(table.columns), *found]


def _sniff(text: str) -> Rows | None:
    try:
        dialect = csv.Sniffer().sniff(text[:8192])
    except csv.Error:
        return None
    return [[c.strip() for c in row] for row in csv.reader(io.StringIO(text), dialect)]
