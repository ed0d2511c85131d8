"""`digitize target`: create and check the tables of a PostgreSQL target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, say, say_text, warn
from digitize.cli.options import Layout

if TYPE_CHECKING:
    from digitize.targets.postgres.adopt import Adoption
    from mappers.layouts import TableLayout

PANEL = "Loading and targets", 60

Url = Annotated[str, typer.Argument(metavar="URL", help="postgresql://USER@HOST/DATABASE, without a password.")]
Schema = Annotated[str, typer.Option("--schema", help="The schema that holds the tables.")]
target = typer.Typer(
    help="Create and check the tables of a PostgreSQL target.", no_args_is_help=True, rich_markup_mode=None
)


@target.command()
def init(
    url: Annotated[str, typer.Argument(metavar="URL", help="Target, as above; not needed with --print.")] = "",
    schema: Schema = "cctns",
    loader: Annotated[str, typer.Option(help="Role that loads; it is granted the rights it needs.")] = "",
    layout: Layout = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the SQL, and change nothing.")] = False,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print a psql script that creates everything, without connecting.")
    ] = False,
    take_out: Annotated[
        bool,
        typer.Option("--take-out", help="Move values that a newer version cannot hold to the table upgrade_findings."),
    ] = False,
    search: Annotated[
        bool,
        typer.Option("--search", help="Build the search index, now and at each load."),
    ] = False,
    json: Json = False,
) -> None:
    """Make the tables, or bring older ones up to date. Run it as the role that is to own them."""
    from digitize.targets.postgres.address import check_names, parse_address
    from digitize.targets.postgres.setup import init_target, script

    if only_print and layout:
        from digitize.errors import OptionsError

        raise OptionsError("--print makes our own tables; what --layout makes beside a state's, --dry-run prints.")
    if only_print:
        check_names(schema, loader)
        say_text(script(schema, loader, search=search))
        return
    address = parse_address(url, schema)
    if layout:
        from digitize.targets.own_tables.book import book_address, init_book

        address = book_address(address)
        done = init_book(address, _layout(layout), loader, dry_run=dry_run)
    else:
        done = init_target(address, loader, dry_run=dry_run, take_out=take_out, search=search, tell=warn)
    if json:
        print_json({"target": address.name, "statements": len(done), "dry_run": dry_run})
    elif dry_run:
        say_text("".join(f"{statement};\n" for statement in done))
    else:
        say(f"{address.name}: {len(done)} statements done." if done else f"{address.name}: up to date already.")


@target.command()
def adopt(
    url: Url,
    schema: Schema = "cctns",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be recorded, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    json: Json = False,
) -> None:
    """Accept deliberate changes a DBA made to the tables, and record them; changes that could lose or alter rows are
    refused with the reason.
    """
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.adopt import adopt_target

    address = parse_address(url, schema)

    def agrees(found: Adoption) -> bool:
        if not json:
            _show(found)
        # Without a person there is nobody to ask: --yes must be said.
        return bool(found.refused) or yes or typer.confirm("Record these changes?", err=True, abort=True)

    found = adopt_target(address, agrees, dry_run=dry_run)
    if json:
        lists = {"taken": list(found.taken), "refused": list(found.refused)}
        print_json({"target": address.name, **lists, "dry_run": dry_run})
    elif dry_run:
        _show(found)
    if not (found.taken or found.refused):
        warn(f"{address.name}: no changes to record.")


def _show(found: Adoption) -> None:
    for line in found.taken:
        say(f"  {line}")
    for line in found.refused:
        say(f"  NOT: {line}")


@target.command()
def check(url: Url, schema: Schema = "cctns", layout: Layout = "", json: Json = False) -> None:
    """Show the version of the tables and how they differ from the original definition; exit code 8 if they do.

    With --layout: how a state's own tables differ from the layout, and what it leaves out.
    """
    from digitize.errors import TargetRefused
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import check_target, what_is_amiss

    address = parse_address(url, schema)
    if layout:
        from digitize.cli.own_tables import print_comparison

        print_comparison(address, _layout(layout), json=json)
        return
    state = check_target(address)
    amiss = what_is_amiss(state)
    if json:
        found = {"version": state.version, "is_current": state.is_current, "altered": list(state.altered)}
        print_json({"target": address.name, **found, "rows": dict(state.rows)})
    else:
        say(f"{address.name}: version {state.version}")
        for line in state.altered:
            say(f"  {line}")
        for name, count in state.rows.items():
            say(f"  {name}: about {count} rows")
    if amiss:
        raise TargetRefused(f"{address.name}: {amiss}")


def _layout(name: str) -> TableLayout:
    from digitize.errors import OptionsError
    from digitize.files.loading.target_choice import read_named_layout

    found = read_named_layout(name)
    if found is None or not found.has_own_tables:
        raise OptionsError(f"Layout {name} has no [database]: it describes no tables that exist already.")
    return found


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(target, name="target")
