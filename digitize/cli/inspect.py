"""`digitize inspect`: show the content of a legacy file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, table
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.files.inspect import ColumnReport, TableReport

PANEL = "Read and check files, without a workspace", 30

_WIDEST = 34

# What the signs of a detection (mappers.encodings.detect) mean to people.
_SIGNS = {
    "bom": "marked as Unicode",
    "font-named": "its font is named",
    "decoded": "reads as words",
    "bytes": "its bytes look like it",
    "utf-8": "is Unicode",
    "utf-16": "is Unicode, in two bytes",
    "utf8-doubled": "Unicode saved twice",
    "state": "usual in the state",
}


def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A legacy file.")],
    source: Annotated[str, typer.Option("--from", help="Encoding, where it is known.")] = "auto",
    state: Annotated[str, typer.Option(help="Code of the state, for the encodings usual there.")] = "",
    widths: Annotated[str, typer.Option(help="Fixed-width text: bytes of each column, e.g. 12,8,60.")] = "",
    layout: Annotated[
        Path | None, typer.Option(help="Fixed-width text: a layout file, copybook or list of fields.")
    ] = None,
    memo: Annotated[Path | None, typer.Option(help="Memo file (.dbt or .fpt) of a DBF, if not beside it.")] = None,
    fonts: Annotated[Path | None, typer.Option(help="Folder with font maps of your own (.tsv).")] = None,
    json: Json = False,
) -> None:
    """Show the tables of a file: columns, rows, encoding with its evidence, examples before and after, damage."""
    from digitize.cli.reading import read_as
    from digitize.files.convert import make_wanted
    from digitize.files.guarded_reading import read_guarded
    from digitize.files.inspect import inspect_file

    with read_guarded(file.name):
        reports = inspect_file(file, read_as(widths, layout, memo), make_wanted(source, state, fonts))
    if json:
        print_json({"file": file.name, "tables": [r.to_plain() for r in reports]})
        return
    for report in reports:
        _print(report)


def _print(report: TableReport) -> None:
    out = results()
    problems = ", ".join(f"{n} {why}" for why, n in sorted(report.problems.items()))
    out.print(
        f"{report.name}: {pluralize(report.rows, 'row')}, {report.deleted} deleted"
        + (f", damaged: {problems}" if problems else "")
        + (f"; the file claims {report.counted}" if report.counted not in (None, report.rows) else ""),
        style="bold", markup=False,
    )  # fmt: skip
    for note in report.notes:
        out.print(f"  ! {note}", markup=False, soft_wrap=True)
    rows = [[c.column.name, _encoding(c), _evidence(c), *_example(c)] for c in report.columns]
    out.print(table("", ["column", "encoding", "evidence", "as stored", "as text"], rows), markup=False)


def _encoding(column: ColumnReport) -> str:
    return column.encoding if column.column.is_clear else f"ask: {column.column.choices}"


def _evidence(column: ColumnReport) -> str:
    """Likelihood and evidence in words."""
    found = column.column.found
    if found is None:
        return "named by you"
    seen = dict(found.evidence)
    evidence = [words for sign, words in _SIGNS.items() if sign in seen]
    if unknown := int(seen.get("unknown", 0)):
        evidence.append(f"{unknown} characters that it does not know")
    if column.font:
        evidence.append(f"written in {column.font}")
    # It is a likelihood: 100 % would be taken for proof.
    return ": ".join(filter(None, (f"{min(found.margin, 0.99):.0%}" if found.cells else "", ", ".join(evidence))))


def _example(column: ColumnReport) -> tuple[str, str]:
    stored, text = next(iter(column.examples), ("", ""))
    return stored[:_WIDEST], text[:_WIDEST]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(inspect)
