"""`digitize reconcile`: compare a source with the target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.options import (
    IgnoredRules,
    ImportForm,
    ImportProfile,
    ImportState,
    ImportStations,
    Layout,
    LeaveOut,
    Schema,
    Target,
    name_target,
    require_one_workspace,
)  # fmt: skip
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.files.loading.compared_sources import LoadSource
    from digitize.files.loading.reconcile import Comparison, StationYear
    from validators.rulebook.given import CheckSettings

PANEL = "Loading and targets", 50

_SHOWN, _IDS = 20, 10
_KINDS = ("missing", "different", "only_target", "refused")


def reconcile(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="A workspace, or import files and folders.")],
    target: Target = "",
    schema: Schema = "",
    layout: Layout = "",
    form: ImportForm = "iif1",
    state: ImportState = "",
    stations: ImportStations = None,
    profile: ImportProfile = "",
    ignore: IgnoredRules = "",
    leave_out: LeaveOut = "",
    json: Json = False,
) -> None:
    """Compare a source with the target's tables, by form, station and year; exit code 3 if they differ.

    Files are read as by `digitize load`: give the same options. A dataset.toml next to them is read as it was then.
    """
    from digitize.errors import TooManyRefused
    from digitize.files.loading import compared_sources
    from digitize.files.loading import reconcile as work
    from digitize.files.loading.target_choice import open_target_for
    from digitize.files.validating.settings import split_words
    from digitize.workspace.place import open_place

    is_place = (paths[0] / "digitize.toml").is_file()
    if is_place:
        given = {"--state": state, "--stations": stations, "--profile": profile, "--ignore": ignore}
        given["--leave-out"] = leave_out
        require_one_workspace(paths, given, "a workspace uses its own settings")
        source: LoadSource = compared_sources.make_workspace_source(open_place(paths[0]))
    else:
        settings = _settings(paths, form, state=state, stations=stations, profile=profile, ignore=split_words(ignore))
        source = compared_sources.make_file_source(paths, form, settings, split_words(leave_out))
    with open_target_for(target, schema, paths[0] if is_place else None, layout) as there:
        found = work.compare(source, there)
    where = name_target(target, schema, paths[0] if is_place else None)
    _print(found, where, json=json)
    if unequal := [g for g in found.groups if not g.is_equal]:
        raise TooManyRefused(
            f"{len(unequal)} of {len(found.groups)} groups of form, station and year are not equal. What was loaded "
            f"when: {_list_loads(target, schema, paths[0])}; digitize unload undoes a batch; then load it again."
        )


def _list_loads(target: str, schema: str, place: Path) -> str:
    """The command that lists the loads: of the named target, or of a workspace's own."""
    return format_command("receipts", *(name_target(target, schema) if target else (place,)))


def _settings(paths: list[Path], form: str, **given: Any) -> CheckSettings:
    """The settings `load` uses for the same paths and options."""
    from digitize.files.dataset import find_dataset
    from digitize.files.loading.settings import import_settings

    return import_settings(form, **given, dataset=find_dataset(paths))


def _print(found: Comparison, where: Sequence[str], *, json: bool) -> None:
    from dataclasses import asdict

    unequal = [g for g in found.groups if not g.is_equal]
    sums = _sums(found.groups)
    if json:
        told = {"unequal": [asdict(g) for g in unequal], "others": found.others, "left_out": found.left_out}
        print_json({"groups": len(found.groups), **told, **sums})
        return
    if unequal:
        head = ["form", "district", "station", "year", "source", "target", "missing", "different", "only target"]
        results().print(table("Unequal", head, [_row(g) for g in unequal[:_SHOWN]]))
        for line in _list_ids(unequal):
            say(line)
    if len(unequal) > _SHOWN:
        say(f"... and {len(unequal) - _SHOWN} more; --json has all, with the ids of the records.")
    equal = len(found.groups) - len(unequal)
    say(f"{equal} of {len(found.groups)} groups are equal: {sums['source']} records in the source.")
    if sums["refused"]:
        waiting = format_command("quarantine", "list", *where)
        say(f"{sums['refused']} records of the source were refused by the target and are in quarantine: {waiting}")
    for other in found.others[:_SHOWN]:
        say(_describe_other_batch(other))
    for line in found.left_out:
        say(line)


def _row(group: StationYear) -> list[Any]:
    place = [group.form, *(s or "?" for s in group.station[1:]), group.year or "?", group.source, group.target]
    return [*place, *(group.counts.get(kind, 0) for kind in _KINDS[:3])]


def _list_ids(unequal: list[StationYear]) -> list[str]:
    """The first records of each kind, by their ids."""
    lines = []
    for kind in _KINDS[:3]:
        ids = [record for g in unequal for record in getattr(g, kind)]
        more = f" and {len(ids) - _IDS} more" if len(ids) > _IDS else ""
        lines += [f"{kind.replace('_', ' ')}: {', '.join(ids[:_IDS])}{more}"] if ids else []
    return lines


def _describe_other_batch(other: dict[str, object]) -> str:
    how = "corrected in the quarantine and replayed" if other["is_replay"] else "of other loads"
    return f"{other['records']} records in the target are {how}: batch {other['batch']}, loaded {other['at']}."


def _sums(groups: list[StationYear]) -> dict[str, int]:
    counts = {kind: sum(g.counts.get(kind, 0) for g in groups) for kind in _KINDS}
    return {"source": sum(g.source for g in groups), "target": sum(g.target for g in groups), **counts}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reconcile)
