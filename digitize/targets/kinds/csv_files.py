"""A folder of CSV files to hand over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from digitize.targets.kind import Opening, TargetKind

if TYPE_CHECKING:
    from digitize.targets.base import Target


def _open(text: str, how: Opening) -> Target:
    # Imported here: every command asks which target is meant, and that must cost nothing.
    import polars as pl

    from digitize.targets.folder import FolderTarget, TableFiles

    # With the mark at its beginning, a spreadsheet takes the file for UTF-8; all cells are read back as text.
    write, read = partial(pl.LazyFrame.sink_csv, include_bom=True), partial(pl.read_csv, infer_schema=False)
    return FolderTarget(KIND.path(text), TableFiles("csv", write, read))


KIND = TargetKind("a folder of CSV files csv:DIR", _open, prefixes=("csv:",), example="csv:out")
