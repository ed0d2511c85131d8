"""Consistency of a workspace's lists, for `digitize doctor`."""

from __future__ import annotations

from pathlib import Path

from digitize.errors import OptionsError, WorkspaceError
from digitize.machine.command_line import format_command
from digitize.machine.doctor import MachineCheck
from digitize.workspace.place import open_place
from mappers.codes.contradictions import contradictions
from mappers.errors import MappingError

_MOST_TOLD = 3


def examine_lists(folder: Path) -> list[MachineCheck]:
    """Check the lists of a workspace; [] for a folder that is none."""
    try:
        place = open_place(folder)
        state = place.options.workspace.state
        found = contradictions(state, *place.own_lists)
    except (WorkspaceError, OptionsError):
        return []
    except MappingError as e:
        return [MachineCheck("Lists", "miss", str(e), "correct the list")]
    if not found:
        return [MachineCheck("Lists", "ok", "stations and districts agree")]
    more = f" And {len(found) - _MOST_TOLD} more." if len(found) > _MOST_TOLD else ""
    told = " ".join(found[:_MOST_TOLD]) + more
    check = format_command("codes", "check", "--state", state, "--lists", folder / "lists")
    return [MachineCheck("Lists", "warn", told, check)]
