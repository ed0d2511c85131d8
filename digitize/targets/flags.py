"""What the rules note of records that are loaded all the same, as rows of the table `flags` beside them."""

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
    """A table of flags without a row."""
    return pl.DataFrame(schema=FLAG)


def flags_of(form: str, findings: Iterable[Finding]) -> pl.DataFrame:
    """The flags that findings on records of a form are."""
    rows = [(f.record, form, *_place(f.field), f.code, f.severity) for f in findings]
    return pl.DataFrame(rows, schema=FLAG, orient="row").unique(maintain_order=True)


def field_path(child: str, line: int, field: str) -> str:
    """The path of a flagged field in its record, as people see it."""
    return f"{child}[{line - 1}].{field}" if child else field


@dataclass(frozen=True, slots=True)
class RecordFlag:
    """One note beside a record that is loaded. field: its path, such as "acts[0].section"."""

    record: str
    form: str
    field: str
    code: str
    word: str


def find_flags(target: Target, record: str = "", code: str = "") -> list[RecordFlag]:
    """The flags of a target; of one record, of one rule."""
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
    """How many flags there are, by rule."""
    return dict(target.run("SELECT code, count(*) FROM flags GROUP BY code ORDER BY code"))


def _place(path: str) -> tuple[str, int, str]:
    found = _PATH.fullmatch(path)
    # Paths count rows from 0, lines from 1.
    return (found[1], int(found[2]) + 1, found[3]) if found else ("", 0, path)
