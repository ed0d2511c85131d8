"""A folder of CSV files, one a table, all of them written whole or none."""

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
    """Write rows as our files of CSV have them, and no cell that a spreadsheet would take for a formula.

    are_safe: their cells have been seen to already.
    """
    csv.writer(file, lineterminator="\r\n").writerows(rows if are_safe else ([safe(v) for v in row] for row in rows))


class CsvFolder:
    """CSV files on their way: they take their names when all has been written, and vanish when it was not."""

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
        """Add rows to the file of a table, which begins with its header. are_safe: as `write_rows` has it."""
        write_rows(self._file(name, head), rows, are_safe=are_safe)

    def add_text(self, name: str, head: Sequence[str], text: bytes) -> None:
        """Add rows that are text already, as UTF-8."""
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
        """Remove files of these tables that an earlier time left and this one did not write."""
        for name in tables:
            if name not in self._files:
                (self._folder / f"{name}.csv").unlink(missing_ok=True)


def write_folder(records: Iterable[Record], folder: Path, shape: Shape) -> int:
    """Write records in a shape. Returns how many; files of an earlier time that have no rows any more are removed."""
    count = 0
    with CsvFolder(folder) as out:
        for record in records:
            rows = shape.rows(record)
            for name, head in shape.tables(record.form).items():
                out.add(name, head, ([row.get(c) for c in head] for row in rows.get(name, ())))
            count += 1
        out.keep_only(shape.all_tables())
    return count
