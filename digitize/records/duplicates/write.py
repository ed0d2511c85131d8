"""Candidates as CSV for a person's decision, and as JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError
from digitize.machine.csv_cells import safe
from digitize.machine.whole_file import WholeFile

_VALUES = ("name", "relative_name", "complainant", "accused", "birth_year", "sex", "address", "district", "number",
           "fir_date", "sections")  # fmt: skip
_COLUMNS = ("decision", "group", "score", "kind", "left", "left_line", "right", "right_line", "agrees", "differs")


def write_pairs(pairs: Iterable[dict[str, Any]], format: str, target: Path | None) -> None:
    """Write candidates to a file atomically, or to standard output. Raises OptionsError."""
    texts = {"csv": _write_csv, "jsonl": _write_jsonl}
    if format not in texts:
        raise OptionsError(f"there is no format {format}; known: table, json, csv, jsonl")
    file = WholeFile(target)
    file.write(texts[format](pairs))
    file.close()


def _write_jsonl(pairs: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs).encode("utf-8")


def _write_csv(pairs: Iterable[dict[str, Any]]) -> bytes:
    """For Excel, with an empty column to decide in; no cell can be run as a formula."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    sides = ("left", "right")
    rows.writerow([*_COLUMNS, *(f"{side}_{name}" for name in _VALUES for side in sides), "proof"])
    for pair in pairs:
        where = [pair[side][name] for side in sides for name in ("record", "line")]
        agrees, differs = ("; ".join(pair[name]) for name in ("agrees", "differs"))
        cells = ["", pair["group"], pair["score"], pair["kind"], *where, agrees, differs]
        cells += [pair[side].get(name, "") for name in _VALUES for side in sides]
        rows.writerow(safe(cell) for cell in [*cells, pair["proof"]])
    return out.getvalue().encode("utf-8-sig")
