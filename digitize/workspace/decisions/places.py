"""Places that people are asked about: a zone of a page, a column of a table, or a field that nothing feeds."""

from __future__ import annotations

from digitize.workspace.decisions.left_over import LEFT_OVER
from mappers.record import FieldValue

ZONE, COLUMN, FIELD = "zone", "column", "field"


def cell_of(path: str, value: FieldValue | None) -> str:
    """The place a field's value comes from."""
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
    """The row of a register's page that a record was made of: "r03" of "PAGE-r03" and "PAGE-r03+NAME"."""
    return record.partition("+")[0].rpartition("-")[2]
