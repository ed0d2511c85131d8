"""Options for reading a single legacy file, shared by several commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mappers.legacy import ReadAs


def read_as(widths: str, layout: Path | None, memo: Path | None) -> ReadAs:
    """Read options of one file. widths: "12,8,60". Raises OptionsError, MappingError."""
    from digitize.errors import OptionsError
    from mappers.legacy import FixedLayout, ReadAs
    from mappers.legacy.layout import read_layout

    if layout is not None:
        return ReadAs(memo=memo, layout=read_layout(layout))
    if not widths:
        return ReadAs(memo=memo)
    try:
        sizes = tuple(int(w) for w in widths.split(","))
    except ValueError:
        sizes = ()
    if not sizes or min(sizes) < 1:
        raise OptionsError("--widths: give the bytes of each column as 12,8,60.")
    # Widths alone name no column; a mapping must have something to call them by.
    names = tuple(f"COLUMN_{i}" for i in range(1, len(sizes) + 1))
    return ReadAs(memo=memo, layout=FixedLayout(names, sizes))
