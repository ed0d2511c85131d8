"""Cleaners: raw text in, canonical text with its confidence out; found by scanning this folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner
from mappers.errors import MappingError


@cache
def load_cleaners() -> Mapping[str, Cleaner]:
    """Every cleaner by name: the CLEANERS of each module of this folder.

    Raises MappingError when two bear one name.
    """
    cleaners: dict[str, Cleaner] = {}
    for module in pkgutil.iter_modules(__path__):
        found: tuple[Cleaner, ...] = getattr(importlib.import_module(f"{__name__}.{module.name}"), "CLEANERS", ())
        for cleaner in found:
            if cleaner.name in cleaners:
                raise MappingError(f"mappers/clean/{module.name}.py: cleaner {cleaner.name} is there already")
            cleaners[cleaner.name] = cleaner
    return cleaners


__all__ = ["CleanContext", "CleanedCell", "CleanedRows", "Cleaner", "load_cleaners"]
