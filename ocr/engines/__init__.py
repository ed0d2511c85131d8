"""Engines: one module each, with a function build(argument, timeout_s) that makes it; found by name, never listed."""

from __future__ import annotations

import importlib
import pkgutil
from typing import cast

from ocr.engine import Engine
from ocr.errors import EngineMissing


def engine_names() -> list[str]:
    """Names of all engines there are."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__))


def load_engine(name: str, timeout_s: float | None = None) -> Engine:
    """Make an engine.

    name: a module here, with an argument behind a colon where it wants one ("replay:folder"). timeout_s: the most
    processor seconds one call of read may take. Raises EngineMissing for an unknown name.
    """
    module, _, argument = name.partition(":")
    if module not in engine_names():
        raise EngineMissing(f"no engine is called {module!r}. Choose one of {', '.join(engine_names())}.")
    return cast(Engine, importlib.import_module(f"{__name__}.{module}").build(argument, timeout_s))
