"""A folder of CSV files, one per table, all written completely or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from digitize.machine.csv_cells import safe
from digitize.targets.shapes import Shape
from mappers.record import Record

_PART = ".tmp"


def write_rows(file: TextIO, rows: Iterable[Sequence[Any]], *, are_safe: bool = False) -> None:
    """Write rows in our CSV format, without cells that a spreadsheet would read as formulas.

    are_safe: already checked.
    """
    csv.writer(file, lineterminator="\r\n").writerows(rows if are_safe else ([safe(v) for v in row] for row in rows))


class CsvFolder:
    """CSV files being written: they get their names when all are complete, and are removed otherwise."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._stack = ExitStack()
        self._files: dict[str, TextIOWrapper] = {}

    def __enter__(self) -> CsvFolder:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # Closing writes out what is buffered: where that fails, no file has taken its name yet.
        self._stack.close()
        for name in self._files:
            part = self._folder / f"{name}.csv{_PART}"
            if kind is None:
                part.replace(self._folder / f"{name}.csv")
            else:
                part.unlink(missing_ok=True)

    def add(
        self, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]] = (), *, are_safe: bool = False
    ) -> None:
        """Append rows to the file of a table, which starts with a header. are_safe: as in `write_rows`."""
        write_rows(self._file(name, head), rows, are_safe=are_safe)

    def add_text(self, name: str, head: Sequence[str], text: bytes) -> None:
        """Append rows that are already text, as UTF-8."""
        file = self._file(name, head)
        file.flush()
        file.buffer.write(text)

    def _file(self, name: str, head: Sequence[str]) -> TextIOWrapper:
        if name not in self._files:
            part = self._folder / f"{name}.csv{_PART}"
            # With the mark at its beginning, a spreadsheet takes the file for UTF-8.
            self._files[name] = self._stack.enter_context(part.open("w", encoding="utf-8-sig", newline=""))
            write_rows(self._files[name], [head])
        return self._files[name]

    def keep_only(self, tables: Iterable[str]) -> None:
        """Remove files of these tables from an earlier export that this one did not write."""
        for name in tables:
            if name not in self._files:
                (self._folder / f"{name}.csv").unlink(missing_ok=True)


def write_folder(records: Iterable[Record], folder: Path, shape: Shape) -> int:
    """Write records in a shape; returns their number. Earlier files without rows now are removed."""
    count = 0
    with CsvFolder(folder) as out:
        for record in records:
            rows = shape.rows(record)
            for name, head in shape.tables(record.form).items():
                out.add(name, head, ([row.get(c) for c in head] for row in rows.get(name, ())))
            count += 1
        out.keep_only(shape.all_tables())
    return count
