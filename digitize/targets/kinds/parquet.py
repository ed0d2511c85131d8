"""A folder of Parquet files to hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitize.targets.kind import Opening, TargetKind

if TYPE_CHECKING:
    from digitize.targets.base import Target


def _open(text: str, how: Opening) -> Target:
    # Imported here: every command asks which target is meant, and that must cost nothing.
    import polars as pl

    from digitize.targets.folder import FolderTarget, TableFiles

    return FolderTarget(KIND.path(text), TableFiles("parquet", pl.LazyFrame.sink_parquet, pl.read_parquet))


KIND = TargetKind("a folder of Parquet files parquet:DIR", _open, prefixes=("parquet:",), example="parquet:out")
