"""Places of questions: a zone of a page, a table column, or a field without a source."""

from __future__ import annotations

from digitize.workspace.decisions.left_over import LEFT_OVER
from mappers.record import FieldValue

ZONE, COLUMN, FIELD = "zone", "column", "field"


def cell_of(path: str, value: FieldValue | None) -> str:
    """Place of a field's value."""
    if path.startswith(LEFT_OVER):
        return f"{COLUMN}:{path.removeprefix(LEFT_OVER)}"
    if value is not None and value.origin.zone:
        return f"{ZONE}:{value.origin.page}/{value.origin.zone}"
    if value is not None and value.origin.column:
        # Of a part from another table: the same column may stand in many rows of one record.
        part = f"{value.origin.part}/" if value.origin.part else ""
        return f"{COLUMN}:{part}{value.origin.column}"
    return f"{FIELD}:{path}"


def row_id(record: str) -> str:
    """Register row of a record: "r03" of "PAGE-r03" and "PAGE-r03+NAME"."""
    return record.partition("+")[0].rpartition("-")[2]
