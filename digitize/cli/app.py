"""The `digitize` application: loads the requested command and turns errors into exit codes."""

from __future__ import annotations

import gc
import logging
import os
import sys
from typing import Annotated

import typer

from digitize import __version__
from digitize.cli.console import LogLines, errors, say
from digitize.cli.lazy import Commands
from digitize.errors import machine_trouble
from digitize.exits import OURS, Exit, exit_code
from digitize.machine.streams import is_unread, leave_unread, prepare_streams
from digitize.machine.system import keep_from_others

app = typer.Typer(
    name="digitize",
    cls=Commands,
    help="From paper and legacy tables to CCTNS records: read, map, check, review, load.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"digitize {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, without values.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    level = logging.INFO if verbose else logging.ERROR
    told = logging.StreamHandler(sys.stderr)
    told.setFormatter(LogLines("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[told])


def build() -> typer.Typer:
    """The application; its commands are the files of this folder, each loaded on demand."""
    return app


def main() -> None:
    """Run the command line; every error raised on purpose becomes a message and its exit code."""
    from digitize.cli.sandboxed import run_sandboxed

    prepare_streams()
    code = run_sandboxed(run, sys.argv[1:])
    # Python would look through all that was loaded for circles, several times: a third of a second after a run.
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command line. Returns the exit code."""
    # Before anything is made: records and keys are not for every account of the machine.
    keep_from_others()
    # Pydantic would look through all installed packages for plugins, of which we use none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Pages are read beside each other, one on a core: NumPy's own threads would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        result = build()(arguments, standalone_mode=True)
        # Here and not when Python ends, where nobody could tell that the disk behind a redirection is full.
        sys.stdout.flush()
    except SystemExit as e:
        if e.code == Exit.INTERRUPTED:
            errors().print("Interrupted. Finished work is safe; run the command again to continue.", style="yellow")
        if is_unread():
            return int(Exit.UNREAD)
        # None is what a command leaves that ended well.
        return int(e.code or 0)
    except BrokenPipeError:
        leave_unread()
        return int(Exit.UNREAD)
    except Exception as e:
        code = exit_code(e)
        # No error of ours: its traceback is worth more than a message.
        if code is None:
            raise
        _tell(e)
        return int(code)
    return int(result or 0)


def _tell(error: Exception) -> None:
    # A third package's error says little to an officer; what stands behind it says more.
    trouble = machine_trouble(error)
    known = not isinstance(error, OSError) and type(error).__module__.startswith(OURS)
    if known:
        errors().print(f"Error: {error}", style="red", soft_wrap=True)
    if trouble is not None and (not known or "room" not in str(error)):
        errors().print(f"Error: {trouble}", style="red", soft_wrap=True)
