"""A form as JSON Schema: one record in canonical text, its child tables as arrays of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappers.codes import act_list, code_lists
from mappers.schema import Table, form_tables
from mappers.schema.parts.table import Column

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PATTERNS: Mapping[str, str] = {
    "int": r"^[0-9]{1,18}$",
    "year": r"^[0-9]{4}$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "time": r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "money": r"^[0-9]{1,18}(\.[0-9]+)?$",
    "decimal": r"^[0-9]{1,18}(\.[0-9]+)?$",
}


def json_schema(form: str) -> dict[str, Any]:
    """JSON Schema of a form's records: field -> text, child table -> rows; no other field is allowed.

    Every value is text, as in the flat layout; an absent one is left out or null. Raises MappingError when there is no
    such form.
    """
    tables = form_tables(form)
    own = _object(tables[form])
    children = {t.child: {"type": "array", "title": _title(t), "items": _object(t)} for t in tables.values() if t.child}
    own["properties"] = {"record_id": {"type": "string", "minLength": 1}, **own["properties"], **children}
    return {"$schema": DRAFT, "$id": f"cctns-digitize/{form}", "title": _title(tables[form]), **own}


def _title(table: Table) -> str:
    return (table.model.__doc__ or "").strip().partition("\n")[0]


def _object(table: Table) -> dict[str, Any]:
    properties = {c.name: _property(c) for c in table.columns}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _property(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {"title": column.label, "type": ["string", "null"]}
    values = _values(column)
    if values:
        made["enum"] = [*values, None]
    if column.kind in _PATTERNS:
        made["pattern"] = _PATTERNS[column.kind]
    notes = {"item": column.item, "codes": column.codes, "mandatory": column.mandatory or "", "kind": column.kind}
    return made | {f"x-{name}": value for name, value in notes.items() if value}


def _values(column: Column) -> tuple[str, ...]:
    """The values of a closed list; none for an open one."""
    codes = act_list() if column.codes == "act" else code_lists().get(column.codes)
    return codes.values if codes and not codes.is_open else ()
