"""The target forms, one file each; found by scanning this folder, so a new form is one new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from mappers.errors import MappingError
from mappers.schema.table import Column, Table


@cache
def load_schemas() -> Mapping[str, Mapping[str, Table]]:
    """Every form's tables: form id -> table name -> Table. The form's own table bears the form's id.

    Raises MappingError when a file has no TABLES or two files give one id.
    """
    schemas: dict[str, Mapping[str, Table]] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name == "table":
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


__all__ = ["Column", "Table", "form_tables", "load_schemas"]
