"""`digitize quarantine`: export, correct and replay records that were not loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.options import Lang, Schema, Target, Workspace, name_target
from digitize.cli.unmask import Operator, Reason, Unmask, asked_by
from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize

PANEL = "Loading and targets", 20

quarantine = typer.Typer(
    help="Export, correct and replay records that were not loaded.", no_args_is_help=True, rich_markup_mode=None
)
Batch = Annotated[str, typer.Option(help="Only records of this batch.")]
Code = Annotated[str, typer.Option(help="Only records with a finding of this code.")]


@quarantine.command("list")
def list_rejects(
    target: Target = "",
    schema: Schema = "",
    workspace: Workspace = None,
    batch: Batch = "",
    code: Code = "",
    with_all: Annotated[bool, typer.Option("--all", help="Include settled records.")] = False,
    json: Json = False,
) -> None:
    """List waiting records: their source and the rules that failed; no values."""
    from digitize.files.loading.target_choice import open_target_for
    from digitize.quarantine.rejects import STATES, WAITING, iter_rejects

    states = STATES if with_all else WAITING
    with open_target_for(target, schema, workspace) as there:
        # A line of each, and not its record: what waits in a state is larger than memory.
        found = [
            (r.id, r.state, r.word, r.form, r.record.id, r.batch, r.file, r.line, list(r.codes), r.place)
            for r in iter_rejects(there, states=states, batch=batch, code=code)
        ]
    if json:
        names = ("reject", "state", "word", "form", "record", "batch", "file", "line", "codes")
        print_json({"rejects": [dict(zip(names, k[:-1], strict=True)) for k in found]})
        return
    rows = [[*k[:5], k[-1], " ".join(k[8])] for k in found]
    results().print(table("Quarantine", ["reject", "state", "word", "form", "record", "where", "rules"], rows))
    export = format_command("quarantine", "export", "FILE.xlsx", *name_target(target, schema, workspace))
    say(f"{pluralize(len(found), 'record')}. Export as a spreadsheet: {export}")


@quarantine.command("flags")
def list_flags(
    target: Target = "",
    schema: Schema = "",
    workspace: Workspace = None,
    record: Annotated[str, typer.Option(help="Only this record.")] = "",
    code: Annotated[str, typer.Option(help="Only findings of this rule.")] = "",
    json: Json = False,
) -> None:
    """Count findings of records that were loaded all the same; list them with --record or --code."""
    from digitize.files.loading.target_choice import open_target_for
    from digitize.targets.flags import count_flags, find_flags

    with open_target_for(target, schema, workspace) as there:
        counts = count_flags(there)
        found = find_flags(there, record, code) if record or code else []
    if json:
        flags = [dict(zip(_FLAG, (f.record, f.form, f.field, f.code, f.word), strict=True)) for f in found]
        print_json({"counts": counts, "flags": flags})
        return
    if record or code:
        rows = [[f.record, f.form, f.field, f.code, f.word] for f in found]
        results().print(table("Flags", list(_FLAG), rows))
        return
    results().print(table("Flags", ["code", "how many"], [[c, n] for c, n in counts.items()]))
    which = format_command("quarantine", "flags", "--code", "CODE", *name_target(target, schema, workspace))
    say(f"Which records: {which}")


_FLAG = ("record", "form", "field", "code", "word")


@quarantine.command("export")
def export_sheet(
    out: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="File to write.")],
    target: Target = "",
    schema: Schema = "",
    workspace: Workspace = None,
    lang: Lang = "en",
    batch: Batch = "",
    code: Code = "",
    unmask: Unmask = False,
    reason: Reason = "",
    operator: Operator = "",
    json: Json = False,
) -> None:
    """Export waiting records as a spreadsheet to fill in; values that identify persons are masked."""
    from digitize.errors import OptionsError
    from digitize.files.loading.target_choice import open_target_for
    from digitize.machine.whole_file import writing
    from digitize.quarantine.rejects import find_rejects
    from digitize.quarantine.sheet import mark_shown, write_sheet

    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    if out.suffix.lower() != ".xlsx":
        raise OptionsError("Give a workbook to write to: FILE.xlsx")
    with open_target_for(target, schema, workspace) as there:
        found = find_rejects(there, batch=batch, code=code)
        if who:
            # Before the sheet is written: nobody sees a name whose trail does not say so.
            found = mark_shown(there, found, who)
        with writing(out):
            count = write_sheet(out, found, unmask=unmask, language=lang)
        if who:
            mark_shown(there, found, who, out)
    if json:
        print_json({"path": str(out), "rejects": count, "masked": not unmask})
        return
    say(f"{pluralize(count, 'record')} written to {out}. Fill in 'right value', then:")
    where = name_target(target, schema, workspace)
    say(format_command("quarantine", "import", out, *where, "--operator", "NAME"))


@quarantine.command("import")
def import_sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The filled sheet.")],
    operator: Annotated[str, typer.Option(help="Name of the person who filled it in.")],
    target: Target = "",
    schema: Schema = "",
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Import corrections, the whole sheet or nothing. `replay` loads them."""
    from dataclasses import asdict

    from digitize.errors import OptionsError
    from digitize.files.loading.target_choice import open_target_for
    from digitize.quarantine.correction import take_sheet

    if not operator.strip():
        raise OptionsError("Give --operator: the person who filled in the sheet. It is recorded.")
    with open_target_for(target, schema, workspace) as there:
        taken = take_sheet(file, there, operator.strip())
    if json:
        print_json(asdict(taken))
        return
    say(
        f"{pluralize(taken.corrected, 'record')} corrected ({pluralize(taken.values, 'value')}), "
        f"{taken.dropped} dropped."
    )
    say(f"Next: {format_command('quarantine', 'replay', *name_target(target, schema, workspace))}")


@quarantine.command("replay")
def replay_rejects(
    target: Target = "",
    schema: Schema = "",
    workspace: Workspace = None,
    batch: Batch = "",
    code: Code = "",
    with_open: Annotated[bool, typer.Option("--all", help="Include records that nobody corrected.")] = False,
    state: Annotated[str, typer.Option(help="Code of the state, for its stations (default: as at the load).")] = "",
    stations: Annotated[Path | None, typer.Option(help="Your list of stations (default: as at the load).")] = None,
    profile: Annotated[str, typer.Option(help="Completeness profile (default: as at the load).")] = "",
    ignore: Annotated[str, typer.Option(help="Rules to skip, e.g. X003,L (default: as at the load).")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Replace newer content, too; needs the two options below.")
    ] = False,
    operator: Annotated[str, typer.Option(help="Name of the person who forces it; recorded.")] = "",
    reason: Annotated[str, typer.Option(help="Reason; recorded.")] = "",
    json: Json = False,
) -> None:
    """Check corrected records with the rules of their load, and load those without findings.

    Older content never replaces newer content of the same record, unless forced.
    """
    from digitize.errors import OptionsError
    from digitize.files.loading.target_choice import open_target_for
    from digitize.files.validating.settings import split_words
    from digitize.quarantine.rejects import WAITING, find_rejects
    from digitize.quarantine.replay import ForcedReplay, replay_rejects
    from digitize.quarantine.rule_check import RuleSettingsGiven
    from digitize.targets.quarantine_store import CORRECTED

    if not force == bool(operator.strip()) == bool(reason.strip()):
        raise OptionsError("--force, --operator and --reason go together: who forces it and why is recorded.")
    forced = ForcedReplay(operator.strip(), reason.strip()) if force else None
    with open_target_for(target, schema, workspace) as there:
        found = find_rejects(there, states=WAITING if with_open else (CORRECTED,), batch=batch, code=code)
        done = replay_rejects(there, found, RuleSettingsGiven(state, stations, profile, split_words(ignore)), forced)
    if json:
        stale = [{"reject": r.id, "record": r.record.id} for r in done.stale]
        print_json({"loaded": done.loaded, "stay": done.stay, **({"stale": stale} if stale else {})})
        return
    for line in done.lines():
        say(line)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(quarantine, name="quarantine")
