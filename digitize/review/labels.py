"""What a field is called when people are asked: the words of the printed form, not our names."""

from __future__ import annotations

from contextlib import suppress

from mappers.errors import MappingError
from mappers.schema import form_tables

MOST_FIELDS = 3
"""Above that, the rows of a table are named together."""


def field_label(form: str, path: str) -> str:
    """A field by its label and item: "Time of FIR (1)", "Acts 2: Section (2)"; the path itself where none is known.

    form: id of the schema; path: as in `Record.cells`, with rows counted from 0.
    """
    head, _, name = path.rpartition("].")
    child, _, index = head.partition("[")
    with suppress(MappingError):
        for table in form_tables(form).values():
            column = table.column(name or path) if table.child == child else None
            if column is not None:
                row = f"{child.replace('_', ' ').capitalize()} {int(index) + 1}: " if child else ""
                return f"{row}{column.label}{f' ({column.item})' if column.item else ''}"
    return path


def fields_label(form: str, fields: tuple[str, ...]) -> str:
    """The labels of the fields that hang on one item; the rows of a table are named together where there are many."""
    if len(fields) > MOST_FIELDS:
        return ", ".join(dict.fromkeys(f.partition("[")[0].replace("_", " ").capitalize() for f in fields))
    return ", ".join(dict.fromkeys(field_label(form, f) for f in fields))
