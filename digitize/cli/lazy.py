"""Commands by name: each command file of this folder is loaded on demand.

A command file begins with a line such as \"\"\"`digitize status`: where a workspace stands.\"\"\" and has a function
register(app). From that line and its PANEL `digitize --help` takes its name, summary and panel, without an import.
"""

from __future__ import annotations

import re
from collections import UserDict
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from digitize.cli.console import remember_given

_FOLDER = Path(__file__).parent
_FIRST_LINE = re.compile(r'"""`digitize (?P<name>[a-z-]+)`: (?P<does>.+?[.?])"*$')
"""Of a command file; the name is the file's own, which has "_" for "-"."""

PANELS = (
    "Read and check files, without a workspace", "A workspace's daily work", "People's review",
    "Loading and targets", "Volumes", "State and nation", "Services on loaded records", "Upkeep",
)  # fmt: skip
"""What commands are for, in the order of the work; the page of all commands has the same parts. A panel that a command
names and that is not here comes behind these."""
_PANEL = re.compile(r'^PANEL = "(?P<title>[^"]+)", (?P<place>\d+)$', re.MULTILINE)
"""In a command file: the panel of help it stands in, and its place there."""
_OTHERS = "Other commands"
_HEAD = 6000
"""Characters of a command file in which its panel stands, behind what it imports."""


class CommandLine(NamedTuple):
    """Help line of a command, read from its file."""

    does: str
    panel: str
    place: int


@cache
def command_lines() -> dict[str, CommandLine]:
    """Name -> help line of all command files, alphabetical; nothing is imported."""
    found = {}
    for path in sorted(_FOLDER.glob("*.py")):
        with path.open(encoding="utf-8") as file:
            line = _FIRST_LINE.match(file.readline().strip())
            # Files that share code among commands have another first line, or another name in it.
            if not line or line["name"].replace("-", "_") != path.stem:
                continue
            panel = _PANEL.search(file.read(_HEAD))
        does = line["does"][0].upper() + line["does"][1:]
        title, place = (panel["title"], int(panel["place"])) if panel else (_OTHERS, 0)
        found[line["name"]] = CommandLine(does, title, place)
    return found


def first_lines() -> dict[str, str]:
    """Name -> summary of all command files, alphabetical."""
    return {name: line.does for name, line in command_lines().items()}


def panels() -> dict[str, list[str]]:
    """Title -> commands in their order, of every panel that has any."""
    lines = command_lines()
    made: dict[str, list[str]] = {title: [] for title in PANELS}
    for name in sorted(lines, key=lambda n: (lines[n].place, n)):
        made.setdefault(lines[name].panel, []).append(name)
    return {title: names for title, names in made.items() if names}


@cache
def load_command(name: str) -> Any:
    """Load the command of a file. A group wraps it first, since a file can only add itself to a group."""
    alone = typer.Typer(rich_markup_mode=None)
    import_module(f"digitize.cli.{name.replace('-', '_')}").register(alone)
    command = typer.main.get_group(alone).commands[name]
    _remember_given(command)
    return command


def _remember_given(command: Any) -> None:
    """Let a command, and those of a group, remember what they are given, for the commands that they print."""
    for one in getattr(command, "commands", {}).values():
        _remember_given(one)
    invoke = command.invoke

    def remember_and_invoke(ctx: Any) -> Any:
        remember_given(ctx.params)
        return invoke(ctx)

    command.invoke = remember_and_invoke


# Not a dict: its own get() and items() would pass by what is looked up below.
class _Loading(UserDict[str, Any]):
    """Name -> command, loaded on lookup."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(first_lines()))

    def __getitem__(self, name: str) -> Any:
        if self.data[name] is None:
            self.data[name] = load_command(name)
        return self.data[name]


class Commands(TyperGroup):
    """The application's commands. Help lists them from the first lines of their files."""

    def __init__(self, **settings: Any) -> None:
        """settings: of any typer group; its own commands are ignored."""
        super().__init__(**settings)
        self.commands = _Loading()

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, without loading anything."""
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Help listing by panel, one line per command at 80 columns."""
        does = first_lines()
        widest = max(map(len, does))
        for title, names in panels().items():
            with formatter.section(title):
                # As wide in every part, so that all of them read as one list.
                formatter.write_dl([(name.ljust(widest), does[name]) for name in names])
