"""Status of files that were loaded completely before: receipts of their batches, and how much is in quarantine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digitize.targets.base import Receipt

Ask = Callable[[str, Sequence[object]], Sequence[Sequence[Any]]]
"""Rows of one statement; {loads} and {rejects} are the tables, ? each value."""
OF_ROWS = "coalesce(CAST(source->>'is_whole' AS text), '') NOT IN ('true', '1')"
"""Without the marker load that all batches of some files were loaded: it has no rows and is internal."""
_MARK = "SELECT CAST(source AS text) FROM {loads} WHERE replace(CAST(load_id AS text), '-', '') = ?"
_BATCHES = f"""SELECT CAST(receipt AS text) FROM {{loads}} WHERE state = 'loaded' AND {OF_ROWS}
  AND source->>'input' = ? AND ((batch LIKE ? AND coalesce(source->>'settings', '') = ?) OR batch LIKE ?)
  ORDER BY batch"""
_WAITS = "SELECT COUNT(*) FROM {rejects} WHERE delivery = ? AND state IN ('open', 'corrected')"


@dataclass(frozen=True, slots=True)
class Stood:
    """receipts: of all batches of these files under these rules.

    waits: number of their unsettled records in the quarantine; None if unknown.
    """

    receipts: tuple[Receipt, ...]
    waits: int | None = None


def what_stood(ask: Ask, mark: Receipt) -> Stood:
    """Status from the marker that all of some files was loaded."""
    rows = ask(_MARK, [mark.load.replace("-", "")])
    source: Mapping[str, Any] = json.loads(rows[0][0]) if rows else {}
    if "input" not in source:
        return Stood((mark,))
    # An earlier version did not note how its batches are called.
    own = f"{source.get('batches', mark.batch.partition('-')[0])}-%"
    told = ask(_BATCHES, [source["input"], own, source.get("settings", ""), f"{mark.batch}-unreadable-%"])
    receipts = tuple(replace(Receipt(**json.loads(r[0])), repeated=True) for r in told)
    delivery = source.get("delivery")
    waits = int(ask(_WAITS, [delivery])[0][0]) if delivery is not None else None
    return Stood(receipts or (mark,), waits)
