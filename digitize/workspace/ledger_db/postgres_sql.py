"""Translate the ledger's SQL to PostgreSQL, and its rows to SQLite's types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from digitize.workspace.ledger_db.narrow import NUMBERED
from digitize.workspace.ledger_db.watched_tables import NUMBERS

_QUOTED = re.compile(r"('(?:[^']|'')*')")
# What JSON holds is text for the function that stands in for SQLite's.
_COMPARED = re.compile(r"(json_extract\([^()]*\))\s*(=|<>|<=|>=|<|>)\s*(-?\d+)")
# PostgreSQL's text holds no NUL. A code point that is no character, by Unicode, stands for it.
_NUL, _FOR_NUL = "\x00", "\ufdd0"


@lru_cache(maxsize=1024)
def to_postgres(sql: str, has_values: bool) -> bytes:
    """A statement with %s for question marks; without values only JSON operators change."""
    sql = _COMPARED.sub(r"CAST(\1 AS BIGINT) \2 \3", sql)
    if not has_values:
        return sql.encode()
    parts = [part.replace("%", "%%") for part in _QUOTED.split(sql)]
    # Every second part stands between quotes.
    parts[::2] = [part.replace("?", "%s") for part in parts[::2]]
    return "".join(parts).encode()


_BY_STEP = re.compile(r"(\w+\.)?\bstep (?:= ('[^']*'|\?)|IN \(((?:'[^']*'|\?)(?:, (?:'[^']*'|\?))*)\))")
_WITH_NUMBERS = re.compile(r"\b(?:FROM|JOIN) (?:events|state)\b")
_NEWEST_FIRST = re.compile(r"\bORDER BY ((?:\w+\.)?)seq DESC(?=\s+LIMIT\b)")
_NO_PARTS = re.compile(r"\b(?:FROM|JOIN) state\b|\bGROUP BY\b|\bDISTINCT\b")
_BY_UNIT = re.compile(r"\bunit (?:= |IN )|\bleases\b")


def by_number(sql: str, values: Sequence[Any], number: Callable[[str], int]) -> str:
    """Add the step's number to a statement that filters by step name; others are unchanged.

    The server has statistics for the number and chooses the right index; by name alone it assumes a uniform
    distribution, and may scan all events. Queries for single units, or joined by them, are planned by these. The newest
    events of a step are found part by part (`dialects.PART`), in index order.

    number: of a name, 0 if none.
    """
    if "step" not in sql or not _WITH_NUMBERS.search(sql) or _BY_UNIT.search(sql):
        return sql

    def add_numbers(found: re.Match[str]) -> str:
        names, at = [], sql.count("?", 0, found.start())
        for item in (found[2] or found[3]).split(", "):
            names.append(str(values[at]) if item == "?" else item[1:-1])
            at += item == "?"
        return f"({found[0]} AND {found[1] or ''}step_no IN ({', '.join(str(number(name)) for name in names)}))"

    asked = _BY_STEP.sub(add_numbers, sql)
    if _NO_PARTS.search(sql):
        return asked
    return _NEWEST_FIRST.sub(r"ORDER BY \1seq_part DESC, \1seq DESC", asked)


def escape_nuls(values: Iterable[Any]) -> tuple[Any, ...]:
    """Values as they can be stored."""
    return tuple(v.replace(_NUL, _FOR_NUL) if isinstance(v, str) and _NUL in v else v for v in values)


class PgRow:
    """One row, usable like sqlite3.Row: by index, by name, iterated, as a mapping."""

    __slots__ = ("_places", "_values")

    def __init__(self, values: tuple[Any, ...], places: dict[str, int]) -> None:
        self._values, self._places = values, places

    def __getitem__(self, at: int | str | slice) -> Any:
        """A value by its number or the name of its column."""
        return self._values[self._places[at] if isinstance(at, str) else at]

    def __iter__(self) -> Iterator[Any]:
        """Its values."""
        return iter(self._values)

    def __len__(self) -> int:
        """How many values there are."""
        return len(self._values)

    def keys(self) -> list[str]:
        """Its column names."""
        return list(self._places)


def as_rows(cursor: Any) -> Callable[[Sequence[Any]], PgRow]:
    """A row factory of psycopg."""
    places = {column.name: i for i, column in enumerate(cursor.description or ())}
    return lambda values: PgRow(tuple(map(_restore_value, values)), places)


def _restore_value(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_FOR_NUL, _NUL) if _FOR_NUL in value else value
    # Sums come as numbers of any length.
    return int(value) if isinstance(value, Decimal) else value


_KINDS = {
    ("leases", "until"): "float8", ("outputs", "data"): "bytea", ("row_hashes", "hash"): "bytea",
    ("history", "key"): "bytea", ("history", "hash"): "bytea", ("history", "made"): "bytea",
    ("record_rows", "hash"): "bytea",
    ("record_rows", "data"): "bytea",
}  # fmt: skip


def lists(table: str, columns: Sequence[str]) -> str:
    """Question marks for lists of the values of columns."""
    numbers = NUMBERS | NUMBERED.get(table, frozenset())
    kinds = (_KINDS.get((table, c), "bigint" if c in numbers else "text") for c in columns)
    return ", ".join(f"?::{kind}[]" for kind in kinds)


def is_name(columns: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether these are the parts of an entry name of such a table; foreign writes need not be."""
    return len(parts) == len(columns) and all(
        p.isdecimal() for c, p in zip(columns, parts, strict=True) if c in NUMBERS
    )
