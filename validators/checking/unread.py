"""Fields of a record where something is written and no value was understood, or a person said why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mappers.record import ABOUT, ILLEGIBLE, NO_VALUE, SUFFIX_NOTE, FieldValue, Record
from mappers.schema import Column, form_tables

MESSAGE = "Something is written here, but no value was understood; the raw text is kept."
NOT_UNDERSTOOD, SUFFIXED, NUMBER_MISSING = "F045", "F057", "F005"
OPERATOR = "operator "

_BY_FIELD: Mapping[str, str] = {
    "state": "F001",
    "district": "F001",
    "police_station": "F001",
    "year": "F004",
    "fir_no": NUMBER_MISSING,
    "age": "F019",
    "section": "L023",
}
_BY_LIST: Mapping[str, str] = {"act": "L002", "sex": "F018", "direction": "F038", "rank": "F041"}
_BY_NOTE: Mapping[str, str] = {ILLEGIBLE: "F054", NO_VALUE: "F055", ABOUT: "F056"}
_BY_KIND: Mapping[str, str] = {"date": "F008", "time": "F011", "money": "F035"}


def unread(record: Record) -> Iterator[tuple[str, str]]:
    """(path, rule code) of every field without a value that is not surely blank: raw text, or ink that was not read.

    A field that a person has settled is left alone.
    """
    columns = {(t.child, c.name): c for t in form_tables(record.form).values() for c in t.columns}
    for path, cell in record.cells():
        if _is_unread(cell):
            child = path.partition("[")[0] if "[" in path else ""
            column = columns.get((child, path.rpartition(".")[2] if child else path))
            yield path, (code_of(column, cell.notes) if column else NOT_UNDERSTOOD)


def noted(record: Record) -> Iterator[tuple[str, str]]:
    """(path, rule code) of every field of which a note says why it has no value, or that its date is about right."""
    for path, cell in record.cells():
        word = cell.why_empty or (ABOUT if ABOUT in cell.notes else "")
        if word in _BY_NOTE:
            yield path, _BY_NOTE[word]


def _is_unread(cell: FieldValue) -> bool:
    return cell.value is None and cell.why_empty == "" and not cell.by.startswith(OPERATOR)


def code_of(column: Column, notes: Sequence[str] = ()) -> str:
    """The rule that speaks of text in a field that gave no value. notes: what its cleaner saw."""
    if SUFFIX_NOTE in notes:
        return SUFFIXED
    if column.kind == "code" and column.codes:
        return _BY_LIST.get(column.codes, "T020")
    return _BY_FIELD.get(column.name) or _BY_KIND.get(column.kind, NOT_UNDERSTOOD)
