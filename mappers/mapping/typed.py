"""What a person types for a field that nothing in the source feeds, made canonical by the field's own cleaner."""

from __future__ import annotations

from mappers.clean import CleanContext, CleanedCell, load_cleaners
from mappers.clean.digits import fit_to_field
from mappers.codes import act_list, place_lists
from mappers.schema import Column, form_tables
from mappers.sources.values import MapContext

_BY_NAME = {
    "police_station": "station",
    "outside_ps": "station",
    "district": "district",
    "outside_district": "district",
    "phone": "phone",
    "mobile": "phone",
    "age": "age",
}
_BY_KIND = {"decimal": "money"}


def clean_typed(form: str, path: str, text: str, context: MapContext) -> CleanedCell:
    """One typed text for a path such as "fir_date" or "acts[0].section" of a form.

    Gives no value when the field's cleaner does not understand the text, or the form has no such field. Raises
    MappingError when there is no such form.
    """
    column = _column(form, path)
    if column is None:
        return CleanedCell(None, 0.0, ("no-such-field",))
    clean = fit_to_field(load_cleaners()[_cleaner(column)], column.name).clean
    assert clean is not None
    state = context.state.code if context.state else ""
    lists = {"act": act_list(), **place_lists(state), **context.lists}
    return clean(text, CleanContext(context.language, state, context.book_year, "", column.codes, lists))


def _column(form: str, path: str) -> Column | None:
    child, _, name = path.rpartition("].")
    child = child.partition("[")[0]
    table = next((t for t in form_tables(form).values() if t.child == child), None)
    return table.column(name or path) if table else None


def _cleaner(column: Column) -> str:
    if column.kind == "code" and column.name not in _BY_NAME:
        return "code" if column.codes else "text"
    return _BY_NAME.get(column.name, _BY_KIND.get(column.kind, column.kind))
