"""Find the target for a text: each file in kinds/ defines how its targets are named."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module, resources
from typing import TYPE_CHECKING

from digitize.errors import OptionsError
from digitize.targets.kind import SCHEMA, Opening, Patience, TargetKind

if TYPE_CHECKING:
    from digitize.targets.base import Target
    from mappers.layouts import TableLayout

_KINDS = "digitize.targets.kinds"


@cache
def load_kinds() -> Mapping[str, TargetKind]:
    """Kinds of target by name; found by scanning the folder."""
    files = (p.name for p in resources.files(_KINDS).iterdir())
    names = sorted(n.removesuffix(".py") for n in files if n.endswith(".py") and not n.startswith("_"))
    return {n: import_module(f"{_KINDS}.{n}").KIND for n in names}


def find_kind(text: str) -> TargetKind | None:
    """The kind of target of a text, None if none. A prefix takes precedence over an ending."""
    kinds = load_kinds().values()
    by_prefix = (k for k in kinds if k.prefix_of(text))
    by_ending = (k for k in kinds if k.has_ending(text))
    # csv:out.db is a folder of CSV files, whatever its name ends with.
    return next(by_prefix, None) or next(by_ending, None)


def known_targets() -> str:
    """How to name targets, for messages."""
    return "; ".join(kind.help for kind in load_kinds().values())


def check_target_text(text: str) -> None:
    """Raise OptionsError for a target text that must not be used, such as one with a password; nothing is opened."""
    kind = find_kind(text)
    if kind is not None:
        kind.check(text)


def open_target(
    text: str, schema: str = SCHEMA, patience: Patience | None = None, layout: TableLayout | None = None
) -> Target:
    """Open a target by name. layout: of a state's own tables.

    Raises OptionsError for an invalid name, TargetRefused if it cannot be used.
    """
    kind = find_kind(text)
    if kind is None:
        raise OptionsError(f"A target is one of these: {known_targets()}.")
    return open_as(kind, text, Opening(schema, patience or Patience(), layout))


def open_as(kind: TargetKind, text: str, how: Opening) -> Target:
    """Open a target of a kind.

    Raises OptionsError if the options do not fit the kind, TargetRefused like `open_target`.
    """
    if how.layout is not None and not kind.has_layouts:
        others = "; ".join(k.help for k in load_kinds().values() if k.has_layouts)
        raise OptionsError(f"[load] layout fills tables of {others}. For this target, export in that layout.")
    return kind.open(text, how)
