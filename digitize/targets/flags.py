"""What the rules note of records that are loaded all the same, as rows of the table `flags` beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from digitize.targets.rows import LINE, RECORD_ID
from validators.finding import Finding

FLAGS = "flags"
# child: "" where the record itself is meant, else with the line of its row, from 1, as it stands in the target.
FLAG: Mapping[str, Any] = {
    RECORD_ID: pl.String, "form": pl.String, "child": pl.String, LINE: pl.Int64, "field": pl.String, "code": pl.String,
    "word": pl.String,
}  # fmt: skip
_PATH = re.compile(r"(\w+)\[(\d+)\]\.(.+)")


def no_flags() -> pl.DataFrame:
    """A table of flags without a row."""
    return pl.DataFrame(schema=FLAG)


def flags_of(form: str, findings: Iterable[Finding]) -> pl.DataFrame:
    """The flags that findings on records of a form are."""
    rows = [(f.record, form, *_place(f.field), f.code, f.severity) for f in findings]
    return pl.DataFrame(rows, schema=FLAG, orient="row").unique(maintain_order=True)


def field_path(child: str, line: int, field: str) -> str:
    """The path of a flagged field in its record, as people see it."""
    return f"{child}[{line - 1}].{field}" if child else field


def _place(path: str) -> tuple[str, int, str]:
    found = _PATH.fullmatch(path)
    # Paths count rows from 0, lines from 1.
    return (found[1], int(found[2]) + 1, found[3]) if found else ("", 0, path)
