"""Invented tables for the tests of readers: written in many forms, read back, cut at every byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mappers.errors import TableError
from mappers.legacy import LegacyTable, ReadAs, open_tables

KINDS = {"empty", "not-a-table", "encrypted", "unreadable", "missing-program"}
COLUMNS = ("no", "name", "remark")
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Cf", "Zs", "Zl", "Zp"))
cells = st.lists(st.text(letters, min_size=1, max_size=6), max_size=3).map(" ".join)
rows = st.lists(st.tuples(cells, cells, cells).filter(any), min_size=2, max_size=6)


def read(path: Path, data: bytes | str, kind: str = "") -> list[LegacyTable]:
    """The tables of a file with this content, their rows as lists."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(_read(path, kind))


def _read(path: Path, kind: str) -> Iterator[LegacyTable]:
    from dataclasses import replace

    for table in open_tables(path, ReadAs(kind=kind)):
        yield replace(table, rows=iter(list(table.rows)))


def texts(table: LegacyTable) -> list[tuple[bytes | str, ...]]:
    """The cells of all rows; none has a problem."""
    found = list(table.rows)
    assert [r.problem for r in found] == [""] * len(found)
    return [r.cells for r in found]


def check_cuts(path: Path, data: bytes, kind: str, *, whole: Sequence[bytes | str], step: int = 1) -> None:
    """Cut anywhere, a file gives rows of its own or is refused; what a sound row holds is in the whole file too.

    whole: all cells of the file, the names of columns too.
    """
    most = sum(len(list(t.rows)) for t in read(path, data, kind)) + 1
    for size in range(0, len(data), step):
        try:
            tables = read(path, data[:size], kind)
        except TableError as refused:
            assert refused.kind in KINDS
            continue
        found = [r for t in tables for r in t.rows]
        assert len(found) <= most, size
        assert all(r.number > 0 for r in found)
        assert {c for r in found if not r.problem for c in r.cells if c} <= set(whole), size
