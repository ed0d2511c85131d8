"""The target that a workspace loads into, and the layout of tables that it fills there."""

from __future__ import annotations

from digitize.errors import OptionsError
from digitize.targets.base import Target
from digitize.targets.open import FOLDERS, open_target
from digitize.targets.postgres.address import Patience, is_address
from digitize.workspace.place import Place
from mappers.layouts import TableLayout, load_layouts
from mappers.toml import did_you_mean


def open_place_target(place: Place) -> Target:
    """The target that a workspace loads into. Raises OptionsError and TargetRefused."""
    from digitize.targets.sqlite import SqliteTarget

    loading = place.options.load
    layout = find_layout(place, loading.layout)
    if is_address(loading.target):
        if layout is not None:
            raise OptionsError("[load] layout fills tables of a SQLite file; with PostgreSQL export in that layout.")
        return open_target(
            loading.target, loading.schema_name, Patience(loading.lock_seconds, loading.statement_seconds)
        )
    if loading.target.startswith(tuple(FOLDERS)):
        kind, _, folder = loading.target.partition(":")
        return open_target(f"{kind}:{place.folder / folder}")
    return SqliteTarget(place.target, layout)


def find_layout(place: Place, name: str) -> TableLayout | None:
    """The layout of that name, None for ""; a workspace's own lie in its `layouts/`.

    Raises OptionsError when there is none, MappingError when a file is wrong.
    """
    if not name:
        return None
    known = load_layouts((place.folder / "layouts",))
    if name not in known:
        raise OptionsError(f"There is no layout {name}{did_you_mean(name, known)}.")
    return known[name]
