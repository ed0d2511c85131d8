"""Field labels in questions: the words of the printed form, not our names."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from digitize.machine.word_tables import ENGLISH, read_table
from mappers.errors import MappingError
from mappers.languages import printed_labels
from mappers.schema import form_tables

MOST_FIELDS = 3
"""Above that, the rows of a table are named together."""


def format_field_label(form: str, path: str, language: str = ENGLISH) -> str:
    """A field's label and item: "Time of FIR (1)", "Acts 2: Section (2)"; the path itself if unknown.

    form: id of the schema; path: as in `Record.cells`, with rows counted from 0. language: of the printed label;
    English if unknown.
    """
    head, _, name = path.rpartition("].")
    child, _, index = head.partition("[")
    own = _load_labels(language).get(f"{child}.{name}" if child else path) if language != ENGLISH else None
    with suppress(MappingError):
        for table in form_tables(form).values():
            column = table.column(name or path) if table.child == child else None
            if column is not None:
                row = _format_row(child, int(index) + 1, is_told=own is not None) if child else ""
                return f"{row}{own or column.label}{f' ({column.item})' if column.item else ''}"
    return path


def _format_row(child: str, number: int, *, is_told: bool) -> str:
    # The number of the row and what stands in it say enough, where the label is the printed one.
    return f"{number}: " if is_told else f"{_format_table(child, ENGLISH)} {number}: "


def _format_table(child: str, language: str) -> str:
    """Collective label of a table's rows; English if the language has none."""
    own = _load_labels(language).get(child) if language != ENGLISH else None
    return own or child.replace("_", " ").capitalize()


@cache
def _load_labels(language: str) -> Mapping[str, str]:
    """Field -> label printed on forms of the language; a wording seen on a form takes precedence.

    Our own label if no form prints one.
    """
    first: dict[str, str] = {}
    for printed in printed_labels():
        if printed.language == language:
            first.setdefault(printed.label, printed.text)
    named, own = (read_table("digitize.review", name) for name in ("printed.toml", "own_labels.toml"))
    of_forms = {field: first[label] for field, label in named.items() if label in first}
    return {**own.get(language, {}), **of_forms}


def format_fields_label(form: str, fields: tuple[str, ...], language: str = ENGLISH) -> str:
    """Labels of the fields of one item; many rows of a table are named collectively."""
    if len(fields) > MOST_FIELDS:
        return ", ".join(dict.fromkeys(_format_table(f.partition("[")[0], language) for f in fields))
    return ", ".join(dict.fromkeys(format_field_label(form, f, language) for f in fields))
