"""Rule notes on loaded records, as rows of the table `flags`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from digitize.targets.base import Target
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
    """An empty table of flags."""
    return pl.DataFrame(schema=FLAG)


def flags_of(form: str, findings: Iterable[Finding]) -> pl.DataFrame:
    """Flags made from findings on records of a form."""
    rows = [(f.record, form, *_place(f.field), f.code, f.severity) for f in findings]
    return pl.DataFrame(rows, schema=FLAG, orient="row").unique(maintain_order=True)


def field_path(child: str, line: int, field: str) -> str:
    """Path of a flagged field in its record, for people."""
    return f"{child}[{line - 1}].{field}" if child else field


@dataclass(frozen=True, slots=True)
class RecordFlag:
    """One note on a loaded record. field: its path, such as "acts[0].section"."""

    record: str
    form: str
    field: str
    code: str
    word: str


def find_flags(target: Target, record: str = "", code: str = "") -> list[RecordFlag]:
    """Flags of a target; optionally of one record or one rule."""
    query = "SELECT record_id, form, child, line, field, code, word FROM flags WHERE 1 = 1"
    values: list[object] = []
    for name, value in (("record_id", record), ("code", code)):
        if value:
            query, values = f"{query} AND {name} = ?", [*values, value]
    rows = target.run(f"{query} ORDER BY record_id, child, line, field, code", values)
    return [
        RecordFlag(r, form, field_path(child, line, field), code, word)
        for r, form, child, line, field, code, word in rows
    ]


def count_flags(target: Target) -> dict[str, int]:
    """Number of flags by rule."""
    return dict(target.run("SELECT code, count(*) FROM flags GROUP BY code ORDER BY code"))


def _place(path: str) -> tuple[str, int, str]:
    found = _PATH.fullmatch(path)
    # Paths count rows from 0, lines from 1.
    return (found[1], int(found[2]) + 1, found[3]) if found else ("", 0, path)
