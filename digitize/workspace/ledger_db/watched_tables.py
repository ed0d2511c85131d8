"""Covered rows, which may not change without a history entry, and the names of their entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SEPARATOR = "\x1f"
"""A sign that stands in no part of a name, so that moving a letter from one part to the next gives another."""

COVERED: Mapping[str, tuple[str, ...]] = {
    "results": ("unit", "step", "key"),
    "batches": ("batch",),
    "sources": ("sha256",),
    "volumes": ("volume",),
    "scans": ("seq",),
    "tables": ("unit",),
    "shapes": ("shape",),
    "records": ("record",),
    # All findings of a record are one entry: they are replaced together.
    "findings": ("record",),
    "decisions": ("seq",),
    "receipts": ("load",),
}
"""Table -> the columns that name an entry of it. All else is folded from events, or holds for a moment."""

NUMBERS = frozenset({"volume", "seq", "shape"})
"""Those of the columns that hold numbers; all others hold text."""


def entry_columns(table: str) -> tuple[str, ...]:
    """The columns that name an entry of a covered table."""
    return COVERED[table]


def conflict_clause(columns: Sequence[str], key: Sequence[str]) -> str:
    """ON CONFLICT clause of an upsert; "" without a key."""
    if not key:
        return ""
    new = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in key)
    return f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {new}"


def entry_name(table: str, alias: str = "") -> str:
    """SQL for the name of a row's entry; alias: NEW, OLD or the like."""
    columns = (f"CAST({alias}.{c} AS TEXT)" if alias else f"CAST({c} AS TEXT)" for c in COVERED[table])
    return f" || '{SEPARATOR}' || ".join(columns)
