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


@contextmanager
def opened(target: str, schema: str, workspace: Path | None = None) -> Iterator[Target]:
    """The target, closed afterwards. workspace: whose target is meant where none is named.

    Raises OptionsError when neither is given, TargetRefused when it cannot be used.
    """
    if workspace is not None:
        flags = {"load.target": target or None, "load.schema_name": schema or None}
        made = open_place_target(open_place(workspace, {**flags}))
    elif target:
        made = open_target(target, schema or SCHEMA)
    else:
        raise OptionsError("--target says which target is meant, or --workspace whose.")
    try:
        yield made
    finally:
        made.close()
