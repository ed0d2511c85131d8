"""Shared output of all commands: results to stdout, everything else to stderr.

No other module of a command prints, so that names and values reach the terminal only through here, and cannot move the
cursor, set a colour or imitate our own lines.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import sys
import time
import unicodedata
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TextIO, cast

import typer

from digitize.machine.command_line import fill_commands
from digitize.machine.exit_texts import block_on_terminal, in_json
from digitize.machine.exit_texts import on_terminal as escape_controls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console
    from rich.table import Table

JSON_SCHEMA = 1
_given: ContextVar[Mapping[str, Any]] = ContextVar("_given", default=MappingProxyType({}))
_PASSWORD = re.compile(r"://[^/@]*:[^/@]*@|password=")
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def remember_given(parameters: Mapping[str, Any]) -> None:
    """Remember what this call was given: commands that it prints name the same workspace and target."""
    _given.set(parameters)


def on_terminal(text: str) -> str:
    """One line for a terminal: with the given folder and target in its commands, and no control characters."""
    return escape_controls(fill_commands(text, _given_words))


def _given_words(placeholder: str) -> list[str]:
    """What this call was given in the place of a placeholder; [] if nothing."""
    given = _given.get()
    paths = [p for v in given.values() for p in (v if isinstance(v, list | tuple) else [v]) if isinstance(p, Path)]
    places = [str(p) for p in dict.fromkeys(paths) if (p / "digitize.toml").is_file()]
    if placeholder == "DIR":
        return places if len(places) == 1 else []
    if placeholder == "FILE":
        return [str(given["layout"])] if given.get("layout") else []
    url = str(given.get("url") or given.get("target") or "")
    if placeholder != "URL" and not url and len(places) == 1:
        return ["--workspace", *places]
    schema = ["--schema", str(given["schema"])] if given.get("schema") else []
    if not url and len(places) == 1:
        url, schema = _find_own_database(Path(places[0]))
    if not url or _PASSWORD.search(url):
        return []
    return [*([] if placeholder == "URL" else ["--target"]), url, *schema]


def _find_own_database(place: Path) -> tuple[str, list[str]]:
    """Database and schema into which a workspace loads; "" for a file, or where its settings are invalid."""
    from digitize.errors import OptionsError
    from digitize.workspace.options import load_options

    try:
        load = load_options(place).load
    except OptionsError:
        return "", []
    return (load.target, ["--schema", load.schema_name]) if "://" in load.target else ("", [])


def results() -> Console:
    """Console for results; wide enough that piped tables do not wrap."""
    # Without a terminal rich would fold at 80.
    return _console({"width": None if sys.stdout.isatty() else 120})


def errors() -> Console:
    """Console for progress, warnings and errors."""
    return _console({"stderr": True})


def _console(settings: Mapping[str, Any]) -> Console:
    from rich.console import Console  # not at the start: it takes longer than all of `digitize --help`

    class Plain(Console):
        """Prints texts literally: [brackets] are no markup, and control characters are escaped."""

        def print(self, *objects: Any, **how: Any) -> None:
            how["markup"] = how["emoji"] = False
            super().print(*(on_terminal(x) if isinstance(x, str) else x for x in objects), **how)

        def on_broken_pipe(self) -> None:
            """Handle a closed pipe ourselves; rich would exit with 1, which stands for a bug of ours."""
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    return Plain(highlight=False, **settings)


def say(*lines: str) -> None:
    """Print results as lines on stdout; one item never becomes two lines, whatever it contains."""
    for line in lines or ("",):
        print(on_terminal(line))


def say_text(text: str) -> None:
    """Print a multi-line text such as a drafted file on stdout, with control characters escaped."""
    print(block_on_terminal(text), end="" if text.endswith("\n") else "\n")


def text_out() -> TextIO:
    """Stream for text that another program reads unchanged; escaped on a terminal."""
    return cast(TextIO, _Shown()) if sys.stdout.isatty() else sys.stdout


class _Shown:
    def write(self, text: str) -> int:
        return sys.stdout.write(block_on_terminal(text))


def warn(text: str) -> None:
    """Print a warning that does not stop the command, such as an outdated spelling."""
    errors().print(f"Warning: {text}", style="yellow", soft_wrap=True)


def print_json(data: dict[str, Any]) -> None:
    """Print one JSON object on stdout, in Unicode, with the output's schema version."""
    print(in_json(json.dumps({"schema": JSON_SCHEMA, **data}, ensure_ascii=False, indent=1)))


def table(title: str, columns: list[str], rows: list[list[Any]]) -> Table:
    """A plain table; numbers are right-aligned."""
    from rich.table import Table
    from rich.text import Text

    def to_text(cell: object) -> Text:
        # A Text, for rich takes [brackets] in a str for markup wherever the table is printed.
        return Text(on_terminal(str(cell)))

    made = Table(
        title=to_text(title) if title else None, title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for i, name in enumerate(columns):
        is_number = bool(rows) and all(isinstance(r[i], int | float) for r in rows)
        made.add_column(to_text(name), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        made.add_row(*map(to_text, row))
    return made


def print_plain(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """Print a table like `table`, without wrapping and without rich, for commands that must start fast."""
    cells = [[on_terminal(str(cell)) for cell in row] for row in (columns, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    is_number = [bool(rows) and all(isinstance(r[i], int | float) for r in rows) for i in range(len(columns))]
    say(title)
    for row in cells:
        padded = (
            " " * (width - _width(cell)) + cell if right else cell + " " * (width - _width(cell))
            for cell, width, right in zip(row, widths, is_number, strict=True)
        )
        print("  ".join(padded).rstrip())


def _width(text: str) -> int:
    """Terminal columns of a text: 0 for vowel signs, 2 for East Asian letters."""
    # Cf as well: joiners steer how letters are drawn and have no width.
    seen = (c for c in text if unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cf"))
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in seen)


class LogLines(logging.Formatter):
    """Log messages on one line each, since they contain file names."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - named by logging
        """One line."""
        return on_terminal(super().formatMessage(record))


class ProgressLines:
    """Progress without a terminal: one line every n units."""

    def __init__(self, every: int) -> None:
        """every: units between two lines."""
        self._every, self._step, self._total, self._done, self._failed, self._begun = every, "", 0, 0, 0, 0.0

    def start(self, step: str, total: int) -> None:
        """Begin counting."""
        self._step, self._total, self._done, self._failed, self._begun = step, total, 0, 0, time.monotonic()

    def advance(self, *, failed: bool = False) -> None:
        """Count one unit and print a line when due."""
        self._done += 1
        self._failed += failed
        if self._done % self._every == 0 or self._done == self._total:
            # The first unit may be done within one tick of the clock.
            rate = self._done / max(time.monotonic() - self._begun, 1e-6)
            left = (self._total - self._done) / rate
            failures = f", {self._failed} failed" if self._failed else ""
            self.say(f"{self._step} {self._done}/{self._total}{failures}, {rate * 60:.0f}/min, {left:.0f} s left")

    def say(self, text: str) -> None:
        """Print one line."""
        print(on_terminal(text), file=sys.stderr, flush=True)


class Bars:
    """Progress on a terminal: a bar per step, with counts, rate and remaining time."""

    def __init__(self) -> None:
        """Draw nothing before the first step."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description:6}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(), TextColumn("{task.fields[failed]}"), console=errors(), transient=False,
        )  # fmt: skip
        self._failed = 0
        self._begun = 0.0

    def __enter__(self) -> Bars:
        """Begin drawing."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the finished bars on the screen."""
        self._bar.stop()

    def start(self, step: str, total: int) -> None:
        """A new bar."""
        self._failed, self._begun = 0, time.monotonic()
        self._task = self._bar.add_task(step, total=total, failed="", rate="")

    def advance(self, *, failed: bool = False) -> None:
        """Advance the bar by one."""
        self._failed += failed
        done = self._bar.tasks[-1].completed + 1
        rate = f"{done / max(time.monotonic() - self._begun, 1e-6) * 60:.0f}/min"
        text = f"{self._failed} failed" if self._failed else ""
        self._bar.update(self._task, advance=1, failed=text, rate=rate)

    def say(self, text: str) -> None:
        """A line above the bars."""
        self._bar.console.print(text)


class Quiet(ProgressLines):
    """A progress that can be used with `with`, in lines."""

    def __enter__(self) -> Quiet:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


def progress(every: int) -> Bars | Quiet:
    """Bars on a terminal, lines elsewhere."""
    return Bars() if sys.stderr.isatty() else Quiet(every)
