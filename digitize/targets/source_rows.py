"""Identify the source row of a refused record, under any file name, split or batch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from digitize.targets.flat import text_hash


def source_row(form: str, plain: Mapping[str, Any], place: str = "", number: int = 0) -> str:
    """Name of a row, derived only from its content.

    plain: the whole record as first refused, see `mappers.record.to_plain`. place: of an unreadable row. number: index
    among identical rows, from 0.
    """
    cells = _cells(plain.get("fields", {}))
    children = {name: [_cells(row) for row in rows] for name, rows in plain.get("children", {}).items()}
    left_over = sorted(plain.get("left_over", {}).values())
    is_empty = not (cells or children or any(left_over) or plain.get("id"))
    parts = [form, plain.get("id", ""), cells, children, left_over, place if is_empty else ""]
    made = text_hash(json.dumps(parts, sort_keys=True))
    return f"{made}-{number}" if number else made


def _cells(row: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found = {name: cell.get("value") or cell.get("raw") for name, cell in row.items()}
    return {name: text for name, text in found.items() if text}
