"""`digitize convert`: convert legacy text and tables to Unicode."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal, TextIO
from unicodedata import category, normalize

import typer

from digitize.cli.console import errors, text_out
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.files.convert import Done
    from mappers.legacy import LegacyTable, ReadAs
    from mappers.mapping.column_encodings import WantedEncoding

PANEL = "Read and check files, without a workspace", 50

As = Literal["auto", "text", "table"]
Format = Literal["csv", "parquet"]
_SHOWN = 10


def convert(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A legacy file; - for text on standard input.")],
    source: Annotated[
        str, typer.Option("--from", help="Encoding (digitize encodings list), auto, or plain for none.")
    ] = "auto",
    to: Annotated[str, typer.Option(help="Output encoding (only 'unicode').")] = "unicode",
    state: Annotated[str, typer.Option(help="Code of the state, for the encodings usual there.")] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="COLUMN=ENCODING where one differs; may be repeated.")
    ] = None,
    treat_as: Annotated[
        As, typer.Option("--as", help="Treat the file as plain text, line by line, or as tables.")
    ] = "auto",
    table: Annotated[str, typer.Option(help="Only the table with this name.")] = "",
    out: Annotated[Path | None, typer.Option(help="File, or folder for several tables, to write to.")] = None,
    form: Annotated[Format, typer.Option("--format", help="Format to write tables in.")] = "csv",
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Include deleted and damaged rows, each with its origin.")
    ] = False,
    widths: Annotated[str, typer.Option(help="Fixed-width text: bytes of each column, e.g. 12,8,60.")] = "",
    layout: Annotated[
        Path | None, typer.Option(help="Fixed-width text: a layout file, copybook or list of fields.")
    ] = None,
    memo: Annotated[Path | None, typer.Option(help="Memo file (.dbt or .fpt) of a DBF, if not beside it.")] = None,
    fonts: Annotated[Path | None, typer.Option(help="Folder with font maps of your own (.tsv).")] = None,
) -> None:
    """Convert legacy text to UTF-8, line by line, or tables to CSV or Parquet; exit 3 if a choice is needed."""
    from digitize.cli.reading import read_as
    from digitize.errors import OptionsError
    from digitize.files.convert import is_text, make_wanted
    from digitize.files.guarded_reading import read_guarded

    if to != "unicode":
        raise OptionsError("--to: only unicode is supported.")
    wanted = make_wanted(source, state, fonts, column or [])
    how = read_as(widths, layout, memo)
    path = Path(file)
    with read_guarded(path.name):
        if file == "-" or treat_as == "text" or (treat_as == "auto" and not table and is_text(path, how)):
            _convert_text(file, out, wanted)
        else:
            _convert_tables(path, how, wanted, table, out, form, all_rows=all_rows)


def _convert_text(file: str, out: Path | None, wanted: WantedEncoding) -> None:
    from digitize.files.convert import convert_lines

    with _source(file) as source, _open_output(out) as target:
        column = convert_lines(source, target, wanted, "standard input" if file == "-" else file)
    if column.found is not None:
        errors().print(f"encoding: {column.encoding.info.name if column.encoding else 'plain text'}", markup=False)


@contextmanager
def _source(file: str) -> Iterator[BinaryIO]:
    from digitize.errors import InputError

    if file == "-":
        yield sys.stdin.buffer
        return
    if Path(file).exists() and not Path(file).is_file():
        raise InputError(f"{file} is a folder, pipe or device, not a file. To read standard input, give -.")
    try:
        f = Path(file).open("rb")  # noqa: SIM115 - closed below, apart from errors of opening
    except OSError as e:
        raise InputError(f"{file}: cannot be read: {e.strerror}.") from e
    with f:
        yield f


@contextmanager
def _open_output(out: Path | None) -> Iterator[TextIO]:
    """Text output: a new file written atomically, or standard output in UTF-8."""
    from digitize.errors import InputError

    if out is None:
        # Whatever the machine's own setting: what is made is to be the same bytes everywhere.
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
        yield text_out()
        return
    if not out.parent.is_dir():
        raise InputError(f"{out}: there is no folder {out.parent}.")
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as f:
            yield f
        part.replace(out)
    finally:
        # Of a conversion that failed nothing is left; after the replacement there is nothing to take away.
        part.unlink(missing_ok=True)


def _convert_tables(
    path: Path, how: ReadAs, wanted: WantedEncoding, only: str, out: Path | None, form: Format, *, all_rows: bool
) -> None:
    from digitize.errors import InputError, OptionsError, TooManyRefused
    from digitize.files.convert import pick_tables
    from mappers.toml import did_you_mean

    if form == "parquet" and out is None:
        raise OptionsError("--format parquet needs --out FILE.")
    damaged = 0
    taken: set[str] = set()
    named: set[str] = set()
    for n, table in enumerate(pick_tables(path, how, only)):
        if n and (out is None or not out.is_dir()):
            raise InputError(f"{path.name} holds several tables. Give --table NAME, or --out with an existing folder.")
        named |= set(table.columns)
        done = _convert_table(table, wanted, _place(out, path, table.name, form, taken), form, all_rows=all_rows)
        damaged += len(done.left_out)
        _report(table, done)
    # Only now: which columns there are is known when all tables were read.
    if strange := wanted.columns.keys() - named:
        raise OptionsError(
            f"--column {min(strange)}: {path.name} has no such column{did_you_mean(min(strange), named)}."
        )
    if damaged:
        raise TooManyRefused(f"{damaged} damaged rows were left out. --all-rows writes what could be recovered.")


def _place(out: Path | None, path: Path, table: str, form: Format, taken: set[str]) -> Path | None:
    """Output path of a table; names that no file system tells apart get a number."""
    if out is None or not out.is_dir():
        return out
    bare = "".join(c if c.isalnum() or c in "-_" or category(c)[0] == "M" else "_" for c in table)
    numbered = (bare, *(f"{bare}-{n}" for n in range(2, len(taken) + 2)))
    # Folded, for Windows and macOS keep A and a, or two spellings of one letter, in the same file.
    name = next(n for n in numbered if normalize("NFC", n).casefold() not in taken)
    taken.add(normalize("NFC", name).casefold())
    return out / f"{path.stem}.{name}.{form}"


def _convert_table(
    table: LegacyTable, wanted: WantedEncoding, target: Path | None, form: Format, *, all_rows: bool
) -> Done:
    from digitize.files.convert import convert_table, csv_to_parquet

    if form == "csv" or target is None:
        with _open_output(target) as f:
            return convert_table(table, f, wanted, all_rows=all_rows)
    # Through a file: a table may be larger than memory.
    between = target.with_name(f"{target.name}.csv")
    try:
        with _open_output(between) as f:
            done = convert_table(table, f, wanted, all_rows=all_rows)
        csv_to_parquet(between, target)
    finally:
        between.unlink(missing_ok=True)
    return done


def _report(table: LegacyTable, done: Done) -> None:
    messages = errors()
    for note in done.notes:
        messages.print(f"{table.name}: {note}", style="yellow", markup=False, soft_wrap=True)
    if done.surplus:
        what = f"{done.surplus} rows have cells after the last column; --all-rows writes them as _more"
        messages.print(f"{table.name}: {what}", style="yellow", markup=False)
    for number, why in list(done.left_out.items())[:_SHOWN]:
        messages.print(f"{table.name}: row {number} left out: {why}", style="red", markup=False)
    messages.print(
        f"{table.name}: {pluralize(done.written, 'row')} written, {done.deleted} deleted in the old system, "
        f"{len(done.left_out)} damaged and left out",
        markup=False,
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(convert)
