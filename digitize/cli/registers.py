"""`digitize registers`: draft and try files of ruled registers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, errors, print_json, results, say, table
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.files.registers.draft import RegisterDraft

PANEL = "Read and check files, without a workspace", 105

registers = typer.Typer(name="registers", help="Draft and try files of ruled registers.", no_args_is_help=True)
Scans = Annotated[list[Path], typer.Argument(metavar="SCAN...", help="Scans of pages of the register, upright.")]
Lang = Annotated[str, typer.Option(help="Languages of its heads, e.g. hi,en (default: detected, or the file's).")]


@registers.callback()
def _group() -> None:
    """Draft and try files of ruled registers."""


@registers.command()
def new(
    scans: Scans,
    register_id: Annotated[str, typer.Option("--id", help="Id of the new register; begins with reg_, e.g. reg_beat.")],
    lang: Lang = "",
    out: Annotated[Path, typer.Option(help="Folder of forms; the file goes into its registers/.")] = Path(),
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite an existing register file.")] = False,
    json: Json = False,
) -> None:
    """Draft a register file from scans: columns from their rules, ids from their heads, kinds from their cells."""
    from digitize.files.read_files import parse_languages
    from digitize.files.registers.author import author

    draft, path = author(scans, register_id, out, parse_languages(lang) if lang else (), replace=replace)
    if json:
        print_json({"file": str(path), "picture": str(path.with_suffix(".png")), **draft.to_plain()})
        return
    _print_draft(draft)
    say(
        f"{path}: {len(draft.columns)} columns, {len(draft.doubtful)} to check; rows start at "
        f"{draft.form.row_start}, {len(draft.table.rows)} found on the scan in {path.with_suffix('.png').name}."
    )
    for what in draft.left_out:
        say(f"Left out: {what}.")
    for what in draft.doubts:
        errors().print(f"Look: {what}.", style="yellow", soft_wrap=True)
    if draft.like:
        errors().print(f"It is much like {draft.like}, which is already included.", style="yellow", soft_wrap=True)
    errors().print(
        f"Correct it in {path}, where comments that start with 'look' say what is doubtful, or in the browser:",
        soft_wrap=True,
    )
    errors().print(format_command("registers", "edit", path, scans[0]), soft_wrap=True)
    again = format_command("registers", "try", path, "SCAN...", "--images", "DIR")
    errors().print(f"Next, on other pages: {again}", soft_wrap=True)


@registers.command("try")
def try_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The register file.")],
    scans: Scans,
    images: Annotated[Path | None, typer.Option(help="Folder for a picture of each page (default: none).")] = None,
    lang: Lang = "",
    json: Json = False,
) -> None:
    """Read pages with a register file and show rows and cells; exit 3 when a page does not have its columns."""
    from digitize.errors import TooManyRefused
    from digitize.files.read_files import parse_languages
    from digitize.files.registers.author import try_pages

    tried = try_pages(file, scans, images, parse_languages(lang) if lang else ())
    if json:
        print_json({"register": tried.form.id, "pages": [page.to_plain() for page in tried.pages]})
    else:
        rows = [
            [p.name, p.columns, "none" if p.heads is None else p.heads, p.rows, p.doubtful_rows, p.written, p.blank,
             p.doubtful_cells]
            for p in tried.pages
        ]  # fmt: skip
        heads = ["page", "columns", "heads known", "rows", "doubtful", "written", "blank", "doubtful cells"]
        results().print(table(f"Register {tried.form.id}, {len(tried.form.columns)} columns", heads, rows))
        for page in tried.pages:
            if page.reason:
                errors().print(f"{page.name}: {page.reason}", style="yellow", soft_wrap=True)
        if images is not None:
            say(f"Pictures are in {images}; doubtful parts are orange.")
    if not all(page.is_read for page in tried.pages):
        refused = sum(not page.is_read for page in tried.pages)
        raise TooManyRefused(f"{refused} of {len(tried.pages)} pages do not have the columns of {file.name}.")


@registers.command()
def edit(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The register file.")],
    scans: Scans,
    lang: Lang = "",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8769,
) -> None:
    """Correct a register file in the browser: drag its rules over a scan, read the page again, save."""
    from digitize.files.read_files import parse_languages
    from digitize.files.registers.author import open_editing
    from digitize.serving.register_editor import serve_editor

    editing = open_editing(file, scans, parse_languages(lang) if lang else ())
    serve_editor(
        editing,
        port,
        lambda address: errors().print(f"{address} shows {file.name}, to you alone. Ctrl-C ends it.", soft_wrap=True),
    )


def _print_draft(draft: RegisterDraft) -> None:
    rows = [[c.id, c.kind, c.width, c.head[:40], "; ".join(c.doubts)] for c in draft.columns]
    results().print(table(draft.form.title, ["column", "kind", "width", "printed", "look"], rows))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(registers)
