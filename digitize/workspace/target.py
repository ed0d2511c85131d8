"""The target that a workspace loads into, and the layout of tables that it fills there."""

from __future__ import annotations

from digitize.errors import OptionsError
from digitize.targets.base import Target
from digitize.targets.kind import Opening, Patience
from digitize.targets.open import find_kind, load_kinds, open_as
from digitize.workspace.place import Place
from mappers.layouts import TableLayout, load_layouts, read_layout
from mappers.toml import did_you_mean

# A workspace's target was a SQLite file, whatever its ending, before there were others.
USUAL = "sqlite"


def open_place_target(place: Place) -> Target:
    """The target that a workspace loads into. Raises OptionsError and TargetRefused."""
    loading = place.options.load
    kind = find_kind(loading.target) or load_kinds()[USUAL]
    patience = Patience(loading.lock_seconds, loading.statement_seconds)
    how = Opening(loading.schema_name, patience, find_layout(place, loading.layout))
    return open_as(kind, kind.resolve_in(loading.target, place.folder), how)


def find_layout(place: Place, name: str) -> TableLayout | None:
    """Layout by name or file (ending in .toml), None for ""; a workspace's own are in its `layouts/`.

    Raises OptionsError if there is none, MappingError for an invalid file.
    """
    if not name:
        return None
    if name.endswith(".toml"):
        return read_layout(place.folder / name)
    known = load_layouts((place.folder / "layouts",))
    if name not in known:
        raise OptionsError(f"There is no layout {name}{did_you_mean(name, known)}.")
    return known[name]
