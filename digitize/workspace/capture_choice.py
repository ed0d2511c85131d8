"""Fields a workspace captures: its own choice over its state's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from digitize.workspace.options import Options
from mappers.record import Record
from mappers.schema.capture import CaptureChoice, check_choice
from mappers.states import StateProfile, load_state


def capture_choice(options: Options, state: StateProfile | None = None) -> CaptureChoice:
    """Profile and single fields to capture.

    state: of the workspace, loaded by default. Raises MappingError for errors in [capture].
    """
    own = state or load_state(options.workspace.state)
    # [check] profile is where it stood before there was [capture]; both mean the same.
    here = CaptureChoice(options.capture.profile or options.check.profile, options.capture.list_moved())
    choice = here.lay_over(CaptureChoice(own.capture.profile, own.capture.list_moved()))
    check_choice(choice)
    return choice


def capture_counts(records: Iterable[Record], choice: CaptureChoice) -> dict[str, Any]:
    """Capture counts for a mapping event: profile, and how often each field was not captured."""
    if not choice:
        return {}
    fields = Counter(f"{r.form}.{_plain(path)}" for r in records for path in _left_out(r))
    return {"profile": choice.profile, "not_captured": dict(sorted(fields.items()))}


def _left_out(record: Record) -> list[str]:
    """Fields not captured, except those included in the answer to a place that is still asked."""
    values = dict(record.cells())
    asked = {v.origin for v in values.values() if v.is_captured and not v.is_sure()}
    return [path for path in record.not_captured() if values[path].origin not in asked]


def _plain(path: str) -> str:
    """A path without its row number."""
    table, _, rest = path.partition("[")
    return f"{table}.{rest.partition('].')[2]}" if rest else path
