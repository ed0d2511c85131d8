"""`digitize load`: load records of a workspace, or import files, into a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, runtime_checkable

import typer

from digitize.cli.check_printing import print_not_told
from digitize.cli.console import Json, print_json, progress, say
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
    list_words,
    name_target,
    require_one_workspace,
)  # fmt: skip

if TYPE_CHECKING:
    from digitize.files.agreed_limit import AgreedLimit
    from digitize.files.loading.load import LoadOptions
    from digitize.files.loading.load_call import LoadCall
    from digitize.files.loading.load_result import LoadResult, LoadWords
    from mappers.layouts import TableLayout
    from validators.rulebook.given import CheckSettings

PANEL = "Loading and targets", 10

BatchSize = Annotated[
    int | None, typer.Option(min=1, help="Import files: most records in one transaction (default: 50000).")
]
First = Annotated[
    bool, typer.Option("--first", help="Import files: bulk load into empty tables (indexes are built afterwards).")
]
MaxRejects = Annotated[
    str, typer.Option(metavar="N|P%", help="Load nothing if more than this is refused: 0.5%, or 20 records.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be loaded, and change nothing.")]
OneBatch = Annotated[str, typer.Option("--batch", help="Workspace: only this batch.")]
OneVolume = Annotated[
    str, typer.Option("--volume", help="Workspace: only batches with pages of this volume (label or number).")
]
Receipts = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Import files: sign the receipts and keep them in this folder.")
]
LockSeconds = Annotated[float | None, typer.Option(min=0.1, help="Seconds to wait for a lock (default: 60).")]
StatementSeconds = Annotated[
    float | None, typer.Option(min=1, help="Seconds to wait for one statement (default: 1800).")
]


def load(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="A workspace, or import files and folders.")],
    target: Target = "",
    schema: Schema = "",
    layout: Layout = "",
    form: ImportForm = "iif1",
    volume: OneVolume = "",
    batch: OneBatch = "",
    batch_size: BatchSize = None,
    first: First = False,
    max_rejects: MaxRejects = "",
    dry_run: DryRun = False,
    state: ImportState = "",
    stations: ImportStations = None,
    profile: ImportProfile = "",
    ignore: IgnoredRules = "",
    leave_out: LeaveOut = "",
    receipts: Receipts = None,
    lock_seconds: LockSeconds = None,
    statement_seconds: StatementSeconds = None,
    json: Json = False,
) -> None:
    """Load checked records of a workspace, or import files without one; repeating a load changes nothing."""
    from digitize.errors import OptionsError
    from digitize.files.loading.load_call import name_call

    agreed = _parse_limit(max_rejects)
    is_place = (paths[0] / "digitize.toml").is_file()
    rules = {"state": state, "stations": stations, "profile": profile, "ignore": ignore, "leave_out": leave_out}
    words = _name_words(paths, form, (target, schema, layout), rules, is_place=is_place)
    where = _Where(target, schema, layout, lock_seconds, statement_seconds, words)
    if is_place:
        given = {"--first": first, "--batch-size": batch_size, "--receipts": receipts, "--state": state}
        given |= {"--stations": stations, "--profile": profile, "--ignore": ignore, "--leave-out": leave_out}
        folder = require_one_workspace(paths, given, "a workspace is loaded batch by batch, as it is set up")
        _load_workspace(folder, where, agreed, batch=batch, volume=volume, dry_run=dry_run, json=json)
        return
    if batch or volume:
        raise OptionsError("--batch and --volume are for a workspace; without one, name only the files to load.")
    call = name_call(paths, form, {**rules, "size": batch_size})
    # A layout may be altered under its name; what it did once is asked of the book.
    if not receipts and not dry_run and not layout and (before := _find_before(where, form, call.key)):
        _print_loaded(before, _leave_comparison(words, target), json=json)
        _require_some(before, agreed)
        return
    from digitize.files.dataset import find_dataset
    from digitize.files.loading.settings import import_settings
    from digitize.files.validating.settings import split_words

    _require_given(paths, target)
    beside = find_dataset(paths)
    settings = import_settings(
        form, state=state, stations=stations, profile=profile, ignore=split_words(ignore), dataset=beside
    )
    print_not_told(settings)
    options = _options(batch_size, agreed, split_words(leave_out), receipts, call, dry_run=dry_run, first=first)
    _load_files(paths, form, where, settings, options, json=json)


def _require_given(paths: Sequence[Path], target: str) -> None:
    """Report missing paths or target before anything else."""
    from digitize.errors import OptionsError
    from digitize.files.validating.sources import require_there

    if not target:
        raise OptionsError("Give --target: where to load the files.")
    for path in paths:
        require_there(path)


def _name_words(
    paths: Sequence[Path], form: str, where: tuple[str, str, str], rules: Mapping[str, object], *, is_place: bool
) -> LoadWords:
    """What printed commands repeat of this call. where: target, schema and layout; rules: option -> value."""
    from digitize.files.loading.load_result import LoadWords

    target, schema, layout = where
    given = {f"--{name.replace('_', '-')}": value for name, value in rules.items()}
    given |= {"--form": "" if is_place else form, "--target": target, "--schema": schema, "--layout": layout}
    place = paths[0] if is_place and not (target and layout) else None
    there = name_target(target, schema or _book_schema(layout), place)
    return LoadWords(tuple(there), (*map(str, paths), *list_words(given)))


def _leave_comparison(words: LoadWords, target: str) -> LoadWords:
    """The words without those of a comparison, where the target is no database and keeps no tables to compare."""
    from digitize.targets.open import find_kind

    kind = find_kind(target)
    return replace(words, source=()) if kind and not kind.is_database else words


def _book_schema(layout: str) -> str:
    """Schema of the book beside a state's own tables, which holds the quarantine; "" without such tables."""
    if not layout:
        return ""
    from digitize.files.loading.target_choice import read_named_layout

    named = read_named_layout(layout)
    if named is None or not named.has_own_tables:
        return ""
    from digitize.targets.own_tables.book import BOOK_SCHEMA

    return BOOK_SCHEMA


@dataclass(frozen=True, slots=True)
class _Where:
    """The target from the command line, and how long to wait for it; "" and None: defaults.

    words: what printed commands repeat of it.
    """

    target: str
    schema: str
    layout: str
    lock_seconds: float | None
    statement_seconds: float | None
    words: LoadWords


def _find_before(where: _Where, form: str, call: str) -> LoadResult | None:
    """Result of the identical earlier call, if the target reports it at once."""
    from digitize.files.loading.load_result import LoadResult
    from digitize.targets.kind import SCHEMA
    from digitize.targets.open import find_kind

    kind = find_kind(where.target)
    found = kind.find_call(where.target, where.schema or SCHEMA, call) if kind and call else None
    return LoadResult(found[0], form, list(found[1].receipts), repeated=True, waits=found[1].waits) if found else None


def _options(
    size: int | None,
    agreed: AgreedLimit | None,
    leave_out: Sequence[str],
    receipts: Path | None,
    call: LoadCall,
    *,
    dry_run: bool,
    first: bool,
) -> LoadOptions:
    from digitize.files.loading.load import BATCH_SIZE, LoadOptions

    return LoadOptions(size or BATCH_SIZE, agreed, leave_out, dry_run, first, receipts=receipts, call=call)


def _load_files(
    paths: list[Path], form: str, where: _Where, settings: CheckSettings, options: LoadOptions, *, json: bool
) -> None:
    from digitize.files.loading.load import load_files
    from digitize.files.loading.target_choice import read_named_layout
    from digitize.targets.kind import SCHEMA, Patience
    from digitize.targets.open import open_target

    usual = Patience()
    patience = Patience(where.lock_seconds or usual.lock_seconds, where.statement_seconds or usual.statement_seconds)
    layout = read_named_layout(where.layout)
    if layout is not None and layout.has_own_tables and options.dry_run:
        _compare(where, layout, json=json)
    opened = open_target(where.target, where.schema or SCHEMA, patience, layout)
    try:
        done = load_files(paths, form, opened, settings, options)
        words = _leave_comparison(where.words, where.target)
        _print_loaded(done, words, opened.list_remarks() if isinstance(opened, _Tells) else (), json=json)
        _require_some(done, options.agreed)
    finally:
        opened.close()


def _require_some(done: LoadResult, agreed: AgreedLimit | None) -> None:
    """Raise TooManyRefused if every record of the files was refused and that is not agreed, so that scripts stop.

    Not for a workspace: refused records are normal there and wait for review.
    """
    from digitize.errors import TooManyRefused

    read = done.total("read") + done.total_before("read")
    # Said once more as long as something of it waits: nothing was done since that a script could go on with.
    if done.is_nothing and done.waits != 0 and not (agreed and agreed.allows(done.refused_count, read)):
        was = "would be" if done.dry_run else "was"
        raise TooManyRefused(
            f"None of {read} records {was} loaded. To load the others all the same: --max-rejects 100%"
        )


@runtime_checkable
class _Tells(Protocol):
    """A target with more to report than its receipts."""

    def list_remarks(self) -> list[str]: ...


def _compare(where: _Where, layout: TableLayout, *, json: bool) -> None:
    """A trial load first reports how the tables differ. With --json only if something must be fixed."""
    from digitize.cli.own_tables import print_comparison
    from digitize.targets.kind import SCHEMA
    from digitize.targets.own_tables.book import book_address
    from digitize.targets.postgres.address import parse_address

    if not json:
        print_comparison(book_address(parse_address(where.target, where.schema or SCHEMA)), layout)


def _load_workspace(
    folder: Path, where: _Where, agreed: AgreedLimit | None, *, batch: str, volume: str, dry_run: bool, json: bool
) -> None:
    from digitize.steps.load_workspace import LoadPart, load_workspace
    from digitize.workspace.place import open_place

    waits = {"load.lock_seconds": where.lock_seconds, "load.statement_seconds": where.statement_seconds}
    # None leaves the workspace's own setting; "" would go before it.
    named = {"load.target": where.target, "load.schema_name": where.schema, "load.layout": _from_here(where.layout)}
    place = open_place(folder, {**{name: text or None for name, text in named.items()}, **waits})
    with progress(place.options.run.line_every) as shown:
        done = load_workspace(place, shown, agreed, dry_run=dry_run, part=LoadPart(batch, volume))
    _print_loaded(done, _leave_comparison(where.words, place.options.load.target), json=json)


def _from_here(layout: str) -> str:
    # A file is named from where the command is given, not from inside the workspace.
    return str(Path(layout).absolute()) if layout.endswith(".toml") else layout


def _print_loaded(done: LoadResult, words: LoadWords, told: Sequence[str] = (), *, json: bool) -> None:
    if json:
        print_json({**done.as_plain(), **({"told": list(told)} if told else {})})
        return
    for line in (*done.lines(words), *told):
        say(line)


def _parse_limit(text: str) -> AgreedLimit | None:
    """Parse --max-rejects; None: any number.

    Up to 0.1 a bare number was a percentage here. Reading it as a number of records could silently load more than
    agreed, so for one version it must be written out.
    """
    from digitize.errors import OptionsError
    from digitize.files.agreed_limit import parse_agreed

    bare = text.strip()
    if bare.isascii() and bare.isdigit() and int(bare):
        was = f"In earlier versions of `load`, --max-rejects {bare} meant {bare} per cent."
        raise OptionsError(f"{was} Write {bare}% for a share, or '{bare} records' for a number of records.")
    return parse_agreed(text) if text else None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(load)
