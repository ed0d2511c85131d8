"""The target forms, one file each; found by scanning this folder, so a new form is one new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from mappers.errors import MappingError
from mappers.schema.parts.table import Column, Table

_MACHINERY = ("profiles", "capture", "paper", "json_schema", "reference", "links")


@cache
def load_schemas() -> Mapping[str, Mapping[str, Table]]:
    """Every form's tables: form id -> table name -> Table. The form's own table bears the form's id.

    Raises MappingError when a file has no TABLES or two files give one id.
    """
    schemas: dict[str, Mapping[str, Table]] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg or module.name in _MACHINERY:
            continue
        tables = getattr(importlib.import_module(f"{__name__}.{module.name}"), "TABLES", None)
        if not tables:
            raise MappingError(f"mappers/schema/{module.name}.py: TABLES is missing")
        schemas[module.name] = {t.name: t for t in tables}
    return schemas


def form_tables(form: str) -> Mapping[str, Table]:
    """The tables of one form by name. Raises MappingError when there is no such form."""
    try:
        return load_schemas()[form]
    except KeyError:
        known = ", ".join(sorted(load_schemas()))
        raise MappingError(f"there is no form {form}; known forms: {known}") from None


def flat_header(table: Table) -> list[str]:
    """The columns of a table in the flat layout, which every import and export file has.

    record_id ties the rows of all tables of a form together; line counts the rows of a child table, from 1.
    """
    return ["record_id", *(["line"] if table.child else []), *table.by_name]


__all__ = ["Column", "Table", "flat_header", "form_tables", "load_schemas"]
