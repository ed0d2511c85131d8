"""The target that a command means: a workspace's own, or one that was named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitize.errors import OptionsError
from digitize.targets.base import Target
from digitize.targets.kind import SCHEMA
from digitize.targets.open import open_target
from digitize.workspace.place import open_place
from digitize.workspace.target import open_place_target
from mappers.layouts import TableLayout, package_layouts, read_layout
from mappers.toml import did_you_mean


def read_named_layout(name: str) -> TableLayout | None:
    """The layout in a file, or of this package by its id; None for "".

    Raises OptionsError when there is none, MappingError when the file is wrong.
    """
    if not name:
        return None
    if name.endswith(".toml"):
        return read_layout(Path(name))
    if name not in package_layouts():
        raise OptionsError(
            f"There is no layout {name}{did_you_mean(name, package_layouts())}. Name its file, FILE.toml."
        )
    return package_layouts()[name]


@contextmanager
def opened(target: str, schema: str, workspace: Path | None = None, layout: str = "") -> Iterator[Target]:
    """The target, closed afterwards. workspace: whose target is meant where none is named. layout: as it is named.

    Raises OptionsError when neither is given, TargetRefused when it cannot be used.
    """
    if workspace is not None:
        flags = {"load.target": target or None, "load.schema_name": schema or None}
        flags["load.layout"] = _from_here(layout) or None
        made = open_place_target(open_place(workspace, {**flags}))
    elif target:
        made = open_target(target, schema or SCHEMA, layout=read_named_layout(layout))
    else:
        raise OptionsError("--target says which target is meant, or --workspace whose.")
    try:
        yield made
    finally:
        made.close()


def _from_here(layout: str) -> str:
    """A layout's file as it is meant where the command was given, not in the workspace."""
    return str(Path(layout).absolute()) if layout.endswith(".toml") else layout
