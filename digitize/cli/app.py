"""The `digitize` application: finds the command files beside this one and turns errors into exit codes."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import sys
from typing import Annotated

import typer

import digitize.cli
from digitize import __version__
from digitize.cli.console import errors
from digitize.exits import Exit, exit_code

NOT_COMMANDS = ("__main__", "app", "console", "offices", "reading")
app = typer.Typer(
    name="digitize",
    help="From paper and legacy tables to CCTNS records: read, map, check, review, load.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"digitize {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, without values.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    level = logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def build() -> typer.Typer:
    """The application with every command file of this folder registered."""
    if not app.registered_commands:
        for module in sorted(m.name for m in pkgutil.iter_modules(digitize.cli.__path__)):
            if module not in NOT_COMMANDS:
                importlib.import_module(f"digitize.cli.{module}").register(app)
    return app


def main() -> None:
    """Run the command line; every error raised on purpose becomes a message and its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line. Returns the exit code."""
    try:
        result = build()(arguments, standalone_mode=True)
    except SystemExit as e:
        if e.code == Exit.INTERRUPTED:
            errors().print("Interrupted. What is finished is whole; run the command again to go on.", style="yellow")
        return int(e.code or 0)
    except Exception as e:
        code = exit_code(e)
        if code is None:
            raise
        errors().print(f"Error: {e}", style="red", markup=False, soft_wrap=True)
        return int(code)
    return int(result or 0)
