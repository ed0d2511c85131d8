"""What a workspace captures: its own choice over that of its state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from digitize.workspace.options import Options
from mappers.record import Record
from mappers.schema.capture import CaptureChoice, check_choice
from mappers.states import StateProfile, load_state


def capture_choice(options: Options, state: StateProfile | None = None) -> CaptureChoice:
    """The profile and the single fields that are captured.

    state: of the workspace, read where it is not given. Raises MappingError naming what is wrong in [capture].
    """
    own = state or load_state(options.workspace.state)
    # [check] profile is where it stood before there was [capture]; both mean the same.
    here = CaptureChoice(options.capture.profile or options.check.profile, options.capture.list_moved())
    choice = here.lay_over(CaptureChoice(own.capture.profile, own.capture.list_moved()))
    check_choice(choice)
    return choice


def capture_counts(records: Iterable[Record], choice: CaptureChoice) -> dict[str, Any]:
    """What an event of mapping says of the choice: its profile, and which fields were not captured how often."""
    if not choice:
        return {}
    fields = Counter(f"{r.form}.{_plain(path)}" for r in records for path in _left_out(r))
    return {"profile": choice.profile, "not_captured": dict(sorted(fields.items()))}


def _left_out(record: Record) -> list[str]:
    """Fields that were not captured; not those that come with the answer to a place that is still asked."""
    values = dict(record.cells())
    asked = {v.origin for v in values.values() if v.is_captured and not v.is_sure()}
    return [path for path in record.not_captured() if values[path].origin not in asked]


def _plain(path: str) -> str:
    """A path without the number of its row."""
    table, _, rest = path.partition("[")
    return f"{table}.{rest.partition('].')[2]}" if rest else path
