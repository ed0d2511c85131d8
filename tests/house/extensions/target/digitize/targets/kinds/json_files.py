"""A folder of JSON lines to hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitize.targets.kind import Opening, TargetKind

if TYPE_CHECKING:
    from digitize.targets.base import Target


def _open(text: str, how: Opening) -> Target:
    # Imported here: every command asks which target is meant, and that must cost nothing.
    import polars as pl

    from digitize.targets.folder import FolderTarget, TableFiles

    return FolderTarget(KIND.path(text), TableFiles("jsonl", pl.LazyFrame.sink_ndjson, pl.read_ndjson))


KIND = TargetKind("a folder of JSON lines jsonl:DIR", _open, prefixes=("jsonl:",), example="jsonl:out")
