"""Counts with the right singular or plural."""

from __future__ import annotations


def pluralize(n: int, one: str, many: str = "") -> str:
    """1 page, 2 pages, 1 batch, 2 batches. many: irregular plural, or one with a verb; n without commas."""
    if n == 1:
        return f"1 {one}"
    return f"{n} {many or one + ('es' if one.endswith(('ch', 's', 'x')) else 's')}"
