"""Target of a command: a workspace's own, or a named one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitize.errors import OptionsError, TargetRefused
from digitize.targets.base import Target
from digitize.targets.kind import SCHEMA
from digitize.targets.open import find_kind, load_kinds, open_target
from digitize.workspace.place import open_place
from digitize.workspace.target import USUAL, open_place_target
from mappers.layouts import TableLayout, package_layouts, read_layout
from mappers.toml import did_you_mean


def read_named_layout(name: str) -> TableLayout | None:
    """Layout from a file, or of this package by id; None for "".

    Raises OptionsError if there is none, MappingError for an invalid file.
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
def open_target_for(target: str, schema: str, workspace: Path | None = None, layout: str = "") -> Iterator[Target]:
    """Open the target and close it afterwards; see `find_target`."""
    made = find_target(target, schema, workspace, layout)
    try:
        yield made
    finally:
        made.close()


def find_target(target: str, schema: str, workspace: Path | None = None, layout: str = "") -> Target:
    """Find the target. workspace: its target is the default. layout: as named.

    Raises OptionsError if neither is given, TargetRefused if it is unusable or its file is missing: these commands
    inspect loads, and creating an empty target would give a wrong answer.
    """
    if workspace is not None:
        flags = {"load.target": target or None, "load.schema_name": schema or None}
        flags["load.layout"] = _from_here(layout) or None
        place = open_place(workspace, {**flags})
        _require_there(place.options.load.target, place.folder)
        return open_place_target(place)
    if target:
        _require_there(target, Path())
        return open_target(target, schema or SCHEMA, layout=read_named_layout(layout))
    raise OptionsError("Give --target, or --workspace for its target.")


def _require_there(target: str, folder: Path) -> None:
    """Raise TargetRefused if a target path does not exist. folder: base of relative paths."""
    kind = find_kind(target) or load_kinds()[USUAL]
    path = kind.path(kind.resolve_in(target, folder))
    if kind.is_path and not path.exists():
        raise TargetRefused(f"{path}: there is no target here. Check --target, or load first: digitize load")


def _from_here(layout: str) -> str:
    """Layout file relative to the current folder, not the workspace."""
    return str(Path(layout).absolute()) if layout.endswith(".toml") else layout
