"""`digitize map`: map old tables, and draft, test and explain mapping files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digitize.cli.console import Json, errors, print_json, results, say, say_text, table
from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.files.mapping.coverage import MappingCoverage
    from digitize.files.mapping.draft import Drafted
    from digitize.files.mapping.golden import Golden
    from mappers.binding.bound import FormMapping

PANEL = "Read and check files, without a workspace", 70

map_ = typer.Typer(name="map", help="Draft, test, explain and apply mapping files.", no_args_is_help=True)
Mapping = Annotated[
    str, typer.Argument(metavar="MAPPING", help="Id of a mapping, a mapping file, or a system's folder.")
]
Widths = Annotated[str, typer.Option(help="Fixed-width text: bytes of each column, e.g. 12,8,60.")]
Layout = Annotated[Path | None, typer.Option(help="Fixed-width text: a layout file, copybook or list of fields.")]
Memo = Annotated[Path | None, typer.Option(help="Memo file (.dbt or .fpt) of a DBF, if not beside it.")]
Page = Literal["text", "md", "html"]
_SHOWN = 50


@map_.callback()
def _group() -> None:
    """Draft, test, explain and apply mapping files."""


@map_.command("new")
def new(
    file: Annotated[Path, typer.Argument(metavar="TABLE", help="A legacy file with a table, or all of a system.")],
    form: Annotated[str, typer.Option(help="Form of its records (default: guessed from the table's name).")] = "",
    state: Annotated[str, typer.Option(help="Code of the state, for its encodings and stations.")] = "",
    name: Annotated[str, typer.Option("--table", help="Name of the table, where the file holds several.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="File to write, e.g. mh_register.toml, or a system's folder (default: print).")
    ] = None,
    stations: Annotated[Path | None, typer.Option(help="List of the state's stations, to know them by.")] = None,
    source: Annotated[str, typer.Option("--from", help="Encoding of its text, where it is known.")] = "auto",
    fonts: Annotated[Path | None, typer.Option(help="Folder with font maps of your own (.tsv).")] = None,
    widths: Widths = "",
    layout: Layout = None,
    memo: Memo = None,
    json: Json = False,
) -> None:
    """Draft a mapping file from a table, or all of a system's; each line has its confidence, the rest is left
    to you.
    """
    from digitize.cli import map_system
    from digitize.cli.reading import read_as
    from digitize.files.convert import make_wanted
    from digitize.files.mapping.draft import DraftWish, make_draft, write_new

    how, wanted = read_as(widths, layout, memo), make_wanted(source, state, fonts)
    if not name and not form and map_system.has_several(file, how, out):
        map_system.new(file, how, wanted, state.lower(), out, json=json)
        return
    drafted = make_draft(file, how, wanted, DraftWish(form, name, state.lower(), out, stations))
    if out is not None:
        write_new(out, drafted.text)
    if json:
        print_json(drafted.to_plain())
    elif out is None:
        say_text(drafted.text)
    _say(drafted, out)


def _say(drafted: Drafted, out: Path | None) -> None:
    draft = drafted.draft
    asked = len(draft.lines) - len(draft.of_kind("mapped"))
    where = f" Written to {out}." if out else ""
    errors().print(
        f"{len(draft.of_kind('mapped'))} of {len(draft.lines)} columns go to {draft.form}, {asked} to decide.{where}",
        markup=False,
        soft_wrap=True,
    )


@map_.command("test")
def test(
    mapping: Mapping,
    golden: Annotated[Path | None, typer.Option(help="Folder with MAPPING-ID/source.* and expected.jsonl.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Accept the result as expected from now on.")] = False,
    json: Json = False,
) -> None:
    """Map a mapping's golden source and list cells that differ from the expected ones; exit 3 if any does."""
    from digitize.cli import map_system
    from digitize.errors import TooManyRefused
    from digitize.files.mapping.find import bound_mapping
    from digitize.files.mapping.golden import accept as take
    from digitize.files.mapping.golden import run_golden

    if map_system.is_system(Path(mapping), mapping):
        done = map_system.test(Path(mapping), golden)
    else:
        bound = bound_mapping(mapping)
        _say_notes(bound)
        done = run_golden(bound, _golden_folder(mapping, golden) / bound.id)
    if accept and not done.is_right:
        take(done)
    if json:
        print_json(_golden_to_plain(done))
    else:
        _print_golden(done)
    if accept and not done.is_right:
        errors().print(f"{done.folder / 'expected.jsonl'} is rewritten.", markup=False, soft_wrap=True)
    elif not done.is_right:
        raise TooManyRefused(f"{done.mapping}: {len(done.differences)} cells differ from what is expected.")


def _golden_folder(mapping: str, golden: Path | None) -> Path:
    """The named folder, else "golden" next to the mapping's file; no other place is searched."""
    from digitize.errors import InputError

    if golden is not None:
        return golden
    path = Path(mapping)
    if path.suffix != ".toml" and len(path.parts) == 1:
        raise InputError(f"{mapping} is a mapping of the package: name the folder of its golden pair with --golden.")
    return path.parent / "golden"


def _golden_to_plain(done: Golden) -> dict[str, object]:
    cells = [
        {"row": d.row, "form": d.form, "field": d.path, "expected": d.expected, "got": d.got} for d in done.differences
    ]
    return {
        "mapping": done.mapping, "rows": done.rows, "right": done.is_right, "differences": cells,
        "findings": list(done.findings),
    }  # fmt: skip


def _print_golden(done: Golden) -> None:
    if done.differences:
        rows = [[d.row, d.form, d.path or "(row)", d.expected, d.got] for d in done.differences[:_SHOWN]]
        results().print(table("Not as expected", ["row", "form", "field", "expected", "got"], rows), markup=False)
        if len(done.differences) > _SHOWN:
            say(f"... and {len(done.differences) - _SHOWN} more; --json lists all.")
    rows_off = len({d.row for d in done.differences})
    say(f"{done.mapping}: {pluralize(done.rows, 'row')}, {done.rows - rows_off} as expected, {rows_off} not.")
    for finding in done.findings:
        say(f"Found: {finding}")


@map_.command("explain")
def explain(
    mapping: Mapping,
    to: Annotated[Page, typer.Option(help="Output format.")] = "text",
    out: Annotated[Path | None, typer.Option(help="File to write (default: print).")] = None,
) -> None:
    """Describe in words what a mapping does with each column, as a page to check and sign."""
    from digitize.cli import map_system
    from digitize.errors import InputError
    from digitize.files.mapping.find import bound_mapping, mapping_path
    from digitize.files.mapping.pages import make_page
    from mappers.explain import explain_mapping

    if map_system.is_system(Path(mapping), mapping):
        map_system.explain(Path(mapping), out)
        return
    _say_notes(bound_mapping(mapping))
    page = make_page(explain_mapping(mapping_path(mapping)), to)
    if out is None:
        say_text(page)
        return
    try:
        out.write_text(page, encoding="utf-8", newline="\n")
    except OSError as e:
        raise InputError(f"{out}: cannot be written: {e.strerror}.") from e


@map_.command("coverage")
def coverage(
    path: Annotated[Path, typer.Argument(metavar="WORKSPACE[/BATCH]|TABLE", help="A batch, or a legacy file.")],
    mapping: Annotated[str, typer.Option(help="For a file: the mapping (default: the one that fits).")] = "",
    state: Annotated[str, typer.Option(help="For a file: code of the state.")] = "",
    stations: Annotated[Path | None, typer.Option(help="For a file: list of stations.")] = None,
    year: Annotated[int, typer.Option(help="For a file: year of the book, for dates with two digits.")] = 0,
    name: Annotated[str, typer.Option("--table", help="For a file: name of the table.")] = "",
    with_empty: Annotated[bool, typer.Option("--all", help="Include optional fields that no record fills.")] = False,
    widths: Widths = "",
    layout: Layout = None,
    memo: Memo = None,
    json: Json = False,
) -> None:
    """Show which fields of the form are filled, how surely, and which stay empty; mandatory ones first."""
    from digitize.cli.reading import read_as
    from digitize.files.mapping.coverage import batch_of, cover_batch, cover_table
    from digitize.files.mapping.draft import one_table
    from digitize.files.mapping.find import bound_mapping, table_context
    from digitize.files.mapping.mandatory import missing_dates
    from digitize.workspace.place import open_place
    from mappers.mapping.load import find_mapping, load_mappings

    batch = batch_of(path)
    bound = bound_mapping(mapping) if mapping else None
    if batch is not None:
        found = cover_batch(open_place(batch[0]), batch[1])
    else:
        legacy = one_table(path, read_as(widths, layout, memo), name)
        context = table_context(state, stations, year)
        bound = bound or find_mapping(load_mappings(), columns=legacy.columns, state=state.lower())
        found = cover_table(legacy, context, bound)
    findings = list(missing_dates(found, bound))
    if json:
        print_json({"forms": [c.to_plain() for c in found], "findings": findings})
        return
    for one in found:
        _print_coverage(one, with_empty=with_empty)
    for finding in findings:
        say(f"Found: {finding}")


@map_.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(metavar="TABLE", help="A legacy file with a table, or all of a system.")],
    out: Annotated[Path, typer.Option(help="Folder for the import files.")],
    mapping: Annotated[str, typer.Option(help="The mapping, or the folder of a system's.")] = "",
    state: Annotated[str, typer.Option(help="Code of the state.")] = "",
    stations: Annotated[Path | None, typer.Option(help="List of stations.")] = None,
    year: Annotated[int, typer.Option(help="Year of the book, for dates with two digits.")] = 0,
    name: Annotated[str, typer.Option("--table", help="Name of the table.")] = "",
    widths: Widths = "",
    layout: Layout = None,
    memo: Memo = None,
    json: Json = False,
) -> None:
    """Map a table or a system of tables to import files, fast and without a workspace; doubtful values are listed."""
    from dataclasses import asdict

    from digitize.cli import map_system
    from digitize.cli.reading import read_as
    from digitize.files.mapping.bulk import apply_tables
    from digitize.files.mapping.draft import same_tables
    from digitize.files.mapping.find import bound_mapping, settle_for, table_context

    context = table_context(state, stations, year)
    if map_system.is_system(file, mapping):
        map_system.apply(file, mapping, context, out, json=json)
        return
    bound = bound_mapping(mapping) if mapping else None
    tables = [settle_for(t, context, bound) for t in same_tables(file, read_as(widths, layout, memo), name)]
    by = ", ".join(dict.fromkeys(m.by for m, _ in tables))
    done = apply_tables(tables, context, out)
    if json:
        print_json({"mapping": by, "out": str(out), **asdict(done)})
        return
    made = ", ".join(f"{n} {form}" for form, n in done.records.items()) or "nothing"
    say(f"{pluralize(done.rows, 'row')}: {done.mapped} mapped by {by} to {made}, {done.reported} not mapped.")
    check = format_command("validate", out, "--state", "...")
    say(f"Doubtful values: {done.doubts}; see {out / 'report'}. Next: {check}")
    for note in done.notes:
        errors().print(f"{file.name}: {note}", style="yellow", markup=False, soft_wrap=True)
    for reason, count in done.left_rows.items():
        say(f"Left out by the mapping: {pluralize(count, 'row')}, {reason}.")
    for column, count in done.left_over.items():
        say(f"Left over: {column}, in {count} rows.")


def _say_notes(bound: FormMapping) -> None:
    for note in bound.notes:
        errors().print(f"{bound.file}: {note}", style="yellow", markup=False, soft_wrap=True)


def _print_coverage(found: MappingCoverage, *, with_empty: bool) -> None:
    from digitize.files.mapping.coverage import share

    rows = [
        [
            "*" if f.is_mandatory else "", f"{f.table}.{f.field}" if f.table else f.field,
            f"{share(f.filled, found.rows.get(f.table, 0)):.0%}", f.sure, f.doubtful, f.unread,
        ]
        for f in found.fields
        if with_empty or f.is_mandatory or f.filled or f.unread
    ]  # fmt: skip
    children = ", ".join(f"{n} {t}" for t, n in found.rows.items() if t)
    title = f"{found.form}: {found.records} records{f' with {children}' if children else ''} (* mandatory)"
    head = ["", "field", "filled", "sure", "doubtful", "text without value"]
    results().print(table(title, head, rows), markup=False)
    complete = ", ".join(f"{name} {n} of {found.records}" for name, n in found.complete.items())
    say(f"Complete (docs/schema.md): {complete}.")
    empty = [f.field for f in found.fields if f.is_mandatory and not f.filled]
    if empty:
        say(f"Mandatory and empty in all: {', '.join(empty)}.")
    if found.left_over:
        say("Left over: " + ", ".join(f"{c} ({n})" for c, n in found.left_over.items()) + ".")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(map_)
