"""Content of a legacy file: tables, columns, rows, encodings with evidence, examples, damage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from digitize.files.convert import read_lines
from mappers.errors import EncodingUnclear, TableError
from mappers.legacy import LegacyRow, LegacyTable, ReadAs, open_tables
from mappers.mapping.column_encodings import EncodedColumn, WantedEncoding, peek, settle, watch

EXAMPLES = 3
_LONGEST_EXAMPLE = 2000


@dataclass(frozen=True)
class ColumnReport:
    """One column. examples: (as stored, as Unicode)."""

    column: EncodedColumn
    font: str
    filled: int
    examples: tuple[tuple[str, str], ...]

    @property
    def encoding(self) -> str:
        """Name of its encoding, "plain" if it needs none."""
        return self.column.encoding.info.name if self.column.encoding else "plain"

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it."""
        found = self.column.found
        return {
            "name": self.column.name,
            "encoding": self.encoding,
            "sure": self.column.is_clear,
            "candidates": [{"name": c.name, "share": round(c.share, 4)} for c in (found.candidates if found else ())],
            "evidence": dict(found.evidence) if found else {},
            "font": self.font,
            "filled_in_sample": self.filled,
            "examples": [{"stored": a, "text": b} for a, b in self.examples],
        }


@dataclass(frozen=True)
class TableReport:
    """One table. rows: all, including deleted and problem rows. counted: rows according to the file header."""

    name: str
    rows: int
    deleted: int
    problems: Mapping[str, int]
    counted: int | None
    notes: tuple[str, ...]
    columns: tuple[ColumnReport, ...]

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "name": self.name, "rows": self.rows, "deleted": self.deleted, "problems": dict(self.problems),
            "rows_claimed": self.counted, "notes": list(self.notes), "columns": [c.to_plain() for c in self.columns],
        }  # fmt: skip


def inspect_file(path: Path, how: ReadAs, wanted: WantedEncoding) -> list[TableReport]:
    """All tables of a file, read completely; a plain text file is one table with one column.

    Raises TableError if the file is neither.
    """
    try:
        return [inspect_table(t, wanted) for t in open_tables(path, how)]
    except TableError as e:
        if e.kind != "not-a-table":
            raise
        return [inspect_table(_as_table(path), wanted)]


def inspect_table(table: LegacyTable, wanted: WantedEncoding) -> TableReport:
    """One table."""
    table, sample = peek(table)
    columns = settle(table, sample, wanted)
    count, deleted = 0, 0
    problems: Counter[str] = Counter()
    changed: list[str] = []
    try:
        for row in watch(table, columns, wanted).rows:
            count += 1
            deleted += row.deleted
            if row.problem:
                problems[row.problem] += 1
    except EncodingUnclear as e:  # behind the last row: it has been counted
        changed.append(str(e).removeprefix(f"{table.name}: "))
    reports = tuple(_column(c, v, table.fonts.get(c.name, "")) for c, v in zip(columns, sample, strict=True))
    return TableReport(table.name, count, deleted, problems, table.counted, (*table.notes, *changed), reports)


def _column(column: EncodedColumn, values: Sequence[bytes | str], font: str) -> ColumnReport:
    # A cell may be a whole file without line ends; as an example its beginning does.
    shown = [column.decode(v[:_LONGEST_EXAMPLE]) for v in _telling(values)]
    return ColumnReport(column, font, len(values), tuple((d.raw.strip(), d.text.strip()) for d in shown))


def _telling(values: Sequence[bytes | str]) -> list[bytes | str]:
    """Values worth showing, i.e. with letters."""
    # latin-1 takes every byte; here it is asked only whether there are any letters.
    with_letters = [v for v in values if any(c.isalpha() for c in (v.decode("latin-1") if isinstance(v, bytes) else v))]
    return list(islice(with_letters or values, EXAMPLES))


def _as_table(path: Path) -> LegacyTable:
    with path.open("rb") as f:
        head = f.read(4096)
        # UTF-16 is full of zeros, which are control characters, too; its mark tells it.
        if sum(b < 9 or 13 < b < 32 for b in head) > len(head) // 50 and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            raise TableError(f"{path.name}: neither a known type of table nor text", kind="not-a-table")

    return LegacyTable(path.stem, ("text",), _line_rows(path))


def _line_rows(path: Path) -> Iterator[LegacyRow]:
    with path.open("rb") as f:
        for n, line in enumerate(read_lines(f), 1):
            yield LegacyRow(n, -1, (line,))
