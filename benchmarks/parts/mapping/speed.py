"""How fast the FIRMAST mapping is: by columns, as records, and as plain pandas `apply` does the same.

python -m benchmarks.parts.mapping.speed columns|records|pandas ROWS      one way, in a process of its own; prints JSON

Rows are invented as they come and only the mapping is timed: Kruti Dev to Unicode, dates, sections, persons. Memory is
the process's peak.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.parts.mapping.firmast import COLUMNS, make_rows
from benchmarks.parts.measuring.memory import peak_mb
from digitize.files.mapping.bulk import FEW_COLLECTIONS
from mappers.binding.bound import FormMapping
from mappers.mapping.apply import Application
from mappers.mapping.flat import flat_columns, left_over
from mappers.mapping.load import TableCells, load_mappings, map_rows
from mappers.sources.cells import Sources
from mappers.sources.values import MapContext, RowValues
from mappers.states import load_state

ROOT = Path(__file__).resolve().parents[3]
MAPPING = "up_firmast_krutidev"
CHUNK = 2_000
Rows = list[tuple[bytes, ...]]


def measure(way: str, rows: int) -> dict[str, float]:
    """One way in a process of its own: rows a second and peak memory."""
    command = [sys.executable, "-m", "benchmarks.parts.mapping.speed", way, str(rows)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(way: str, count: int) -> int:
    """Time one way over so many rows, after a small lot that is not counted."""
    mapping = load_mappings()[MAPPING]
    work = WAYS[way](mapping, MapContext("x", state=load_state("up")))
    rows = make_rows(count + CHUNK)
    work(list(islice(rows, CHUNK)))
    seconds = 0.0
    while lot := list(islice(rows, CHUNK)):
        start = time.perf_counter()
        work(lot)
        seconds += time.perf_counter() - start
    peak = peak_mb()
    print(json.dumps({"rows_per_s": count / seconds, "rss_mb": peak}))
    return 0


def by_columns(mapping: FormMapping, context: MapContext) -> Callable[[Rows], Any]:
    """The columnar path: tables of the flat layout, no records."""
    gc.set_threshold(*FEW_COLLECTIONS)
    application, cells = Application(mapping, context), TableCells(mapping, "FIRMAST.DBF", "FIRMAST")

    def work(rows: Rows) -> Any:
        columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
        mapped = application.map(Sources(len(rows), columns, cells))
        return flat_columns(mapped, _ids(len(rows))), left_over(mapped)

    return work


def as_records(mapping: FormMapping, context: MapContext) -> Callable[[Rows], Any]:
    """Records with the origin of each field, as the ledger takes them."""

    def work(rows: Rows) -> Any:
        cells = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        return map_rows(mapping, [RowValues("FIRMAST.DBF", "FIRMAST", n, c) for n, c in enumerate(cells, 1)], context)

    return work


def by_pandas(mapping: FormMapping, context: MapContext) -> Callable[[Rows], Any]:
    """The same cleaners on the same cells, as plain pandas does it: a function applied to every row."""
    import pandas

    from mappers.mapping.answers import Answers

    answers, cells = Answers(mapping, context), TableCells(mapping, "FIRMAST.DBF", "FIRMAST")

    def of_row(row: Any) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for rule in mapping.rules:
            when = (None, out.get("fir_date") or "")
            (answer,) = answers.answer_cells(rule, cells(rule.source, [row[rule.source]]), [when])
            out |= {name: said.value for made in answer for name, said in made.items()}
        return out

    return lambda rows: pandas.DataFrame(rows, columns=list(COLUMNS)).apply(of_row, axis=1, result_type="expand")


def _ids(count: int) -> Sequence[str]:
    return [f"r{n:07d}" for n in range(count)]


WAYS = {"columns": by_columns, "records": as_records, "pandas": by_pandas}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
