"""`digitize target`: make the tables of a PostgreSQL target, and see whether they are in order."""

from __future__ import annotations

from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say, say_text

Url = Annotated[str, typer.Argument(metavar="URL", help="postgresql://USER@HOST/DATABASE, without a password.")]
Schema = Annotated[str, typer.Option("--schema", help="The schema that holds the tables.")]
target = typer.Typer(help="The tables of a PostgreSQL target.", no_args_is_help=True, rich_markup_mode=None)


@target.command()
def init(
    url: Url,
    schema: Schema = "cctns",
    loader: Annotated[str, typer.Option(help="The role that loads; it is given the rights it needs.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the SQL, and change nothing.")] = False,
    json: Json = False,
) -> None:
    """Make the tables, or bring older ones up to date. Run it as the role that is to own them."""
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import init_target

    address = parse_address(url, schema)
    done = init_target(address, loader, dry_run=dry_run)
    if json:
        print_json({"target": address.name, "statements": len(done), "dry_run": dry_run})
    elif dry_run:
        say_text("".join(f"{statement};\n" for statement in done))
    else:
        say(f"{address.name}: {len(done)} statements done." if done else f"{address.name}: up to date already.")


@target.command()
def check(url: Url, schema: Schema = "cctns", json: Json = False) -> None:
    """Say of which version the tables are, and in what they differ from those that were made; exit code 8 if so."""
    from digitize.errors import TargetRefused
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import check_target, what_is_amiss

    address = parse_address(url, schema)
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


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(target, name="target")
