"""Candidates: pairs with their score and grounds, gathered into groups, the surest first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from digitize.records.duplicates.gather import Texts, build_comparison_frame
from validators.doubles.cases import find_cases
from validators.doubles.known import ROW_LINE, ROW_RECORD, case_frame, person_frame
from validators.doubles.pairs import Suspects
from validators.doubles.persons import find_persons

_SEP = "\x1f"


@dataclass(frozen=True, slots=True)
class Side:
    """One row of a pair. record: its key, "" for a file row without one; line: in the file, or in the record."""

    record: str
    line: int
    known: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two rows that may be one. kind: person or case; score: probability; agrees, differs: field names.

    group: number of the connected component of pairs. proof: hash of all compared values, so that a decision holds
    while it is unchanged.
    """

    kind: str
    group: int
    score: float
    left: Side
    right: Side
    agrees: str
    differs: str
    proof: str


@dataclass(frozen=True, slots=True)
class FoundPairs:
    """All candidates of one kind. skipped: comparisons omitted in oversized blocks."""

    kind: str
    rows: int
    compared: int
    skipped: int
    candidates: tuple[DuplicatePair, ...]


def find_candidates(kind: str, form: str, texts: Texts, threshold: float | None = None) -> FoundPairs:
    """Pairs of persons or of cases among the rows of a form. threshold: that of the weights when not given."""
    known = build_comparison_frame(kind, form, texts)
    if not known.height:
        return FoundPairs(kind, 0, 0, 0, ())
    find, frame = (find_persons, person_frame) if kind == "person" else (find_cases, case_frame)
    suspects = find(frame(known), threshold)
    return FoundPairs(
        kind, known.height, suspects.compared, suspects.skipped, tuple(_score_pairs(kind, known, suspects))
    )


def _score_pairs(kind: str, known: pl.DataFrame, suspects: Suspects) -> Iterator[DuplicatePair]:
    groups = _number_groups(suspects.pairs)
    rows = {i: known.row(i, named=True) for pair in suspects.pairs.select("left", "right").iter_rows() for i in pair}
    for left, right, score, agrees, differs in suspects.pairs.iter_rows():
        yield DuplicatePair(
            kind,
            groups[left],
            round(score, 4),
            _make_side(rows[left]),
            _make_side(rows[right]),
            suspects.name_fields(agrees),
            suspects.name_fields(differs),
            _load_proof(rows[left], rows[right]),
        )


def _make_side(row: dict[str, Any]) -> Side:
    record = str(row[ROW_RECORD])
    known = {n: v for n, v in row.items() if n not in (ROW_RECORD, ROW_LINE)}
    # NUL begins what gather made up for rows of files without an id.
    return Side("" if record.startswith("\x00") else record, int(row[ROW_LINE]), known)


def _load_proof(*rows: dict[str, Any]) -> str:
    # Without the line, which moves when rows come in above; sorted, for left and right may change places.
    texts = sorted(_SEP.join(f"{n}={v}" for n, v in sorted(r.items()) if n != ROW_LINE) for r in rows)
    return hashlib.sha256("\n".join(texts).encode("utf-8")).hexdigest()[:16]


def _number_groups(pairs: pl.DataFrame) -> dict[int, int]:
    """Row -> group number, in order of first appearance."""
    parent: dict[int, int] = {}

    def root(row: int) -> int:
        while parent.setdefault(row, row) != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for left, right in pairs.select("left", "right").iter_rows():
        parent[root(right)] = root(left)
    numbers: dict[int, int] = {}
    return {
        row: numbers.setdefault(root(row), len(numbers) + 1)
        for pair in pairs.select("left", "right").iter_rows()
        for row in pair
    }
