"""A folder of CSV files, one a table, written whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from digitize.targets.shapes import Shape
from mappers.record import Record


def write_folder(records: Iterable[Record], folder: Path, shape: Shape) -> int:
    """Write records in a shape. Returns how many; files of an earlier time that have no rows any more are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    writers: dict[str, csv.DictWriter[str]] = {}
    with ExitStack() as stack:
        for record in records:
            for name, columns in shape.tables(record.form).items():
                if name not in writers:
                    writers[name] = _writer(folder / f"{name}.csv.tmp", columns, stack)
            for name, rows in shape.rows(record).items():
                for row in rows:
                    writers[name].writerow({k: _cell(v) for k, v in row.items()})
            count += 1
    for table in shape.all_tables():
        if table in writers:
            (folder / f"{table}.csv.tmp").replace(folder / f"{table}.csv")
        else:
            # A table of an earlier export, of which there is no record any more.
            (folder / f"{table}.csv").unlink(missing_ok=True)
    return count


def _writer(path: Path, columns: list[str], stack: ExitStack) -> csv.DictWriter[str]:
    f = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
    writer = csv.DictWriter(f, columns, lineterminator="\r\n")
    writer.writeheader()
    return writer


def _cell(value: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
