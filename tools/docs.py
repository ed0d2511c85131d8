"""Write the pages under docs/ that are made from the program itself: `python tools/docs.py`.

These are commands.md, er.md, mapping-reference.md, rules.md and schema.md. Tests compare each page with what this
writes.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a checkout documents itself, not an older version that happens to be installed

from typer.main import get_command  # noqa: E402

from digitize.cli.app import build  # noqa: E402
from digitize.cli.lazy import panels  # noqa: E402
from digitize.targets.postgres.diagrams import er_page  # noqa: E402

KINDS = {"str": "TEXT", "int": "NUMBER", "int range": "NUMBER", "float": "NUMBER", "float range": "NUMBER"}
"""What the value of an option is, for readers who do not program."""
HEAD = """# Commands

This page is made from the commands themselves (`python tools/docs.py`); do not edit it by hand.

`digitize COMMAND --help` prints the same on the screen. Results go to standard output; progress and messages go to
standard error. What each exit code means stands in [operations](operations.md#exit-codes).

"""


def commands_page() -> str:
    """The text of docs/commands.md."""
    top = application()
    lines = [HEAD.rstrip("\n"), ""]
    for title, members in panels().items():
        leaves = [leaf for n in members for leaf in leaves_below(top, n)]
        lines += [f"## {title}", "", *_contents(leaves), ""]
        lines += [line for name, command in leaves for line in _command(name, command)]
    return "\n".join(lines).rstrip("\n") + "\n"


def application() -> Any:
    """The whole command line, as the object that parses it."""
    built = build()
    return built if hasattr(built, "list_commands") else get_command(built)


def leaves_below(group: Any, name: str, path: str = "digitize") -> Iterator[tuple[str, Any]]:
    """(whole name, command) of a command, or of every command in a group; hidden ones are left out."""
    command = group.get_command(_context(group, path), name)
    whole = f"{path} {name}"
    if command.hidden:
        return
    if hasattr(command, "list_commands"):
        for inner in command.list_commands(_context(command, whole)):
            yield from leaves_below(command, inner, whole)
    else:
        yield whole, command


def _context(command: Any, name: str) -> Any:
    return command.make_context(name, [], resilient_parsing=True)


def _contents(leaves: list[tuple[str, Any]]) -> Iterator[str]:
    yield "| command | does |"
    yield "| --- | --- |"
    for name, command in leaves:
        yield f"| [`{name}`](#{name.replace(' ', '-')}) | {_cell(_help(command))} |"


def _command(name: str, command: Any) -> Iterator[str]:
    context = _context(command, name)
    usage = _plain(" ".join(command.get_usage(context).removeprefix("Usage:").split()))
    yield from (f"### {name}", "", _help(command), "", "```", usage, "```", "")
    records = [r for p in command.params if p.name != "help" and (r := p.get_help_record(context))]
    if records:
        yield from ("| argument or option | |", "| --- | --- |")
        yield from (f"| `{_cell(_kind(left))}` | {_cell(right)} |" for left, right in records)
        yield ""


def _plain(usage: str) -> str:
    """A usage line without the marks that the parser puts around names: `{FILE...}...` is `FILE...`."""
    usage = re.sub(r"\{([^}]*)\}(?:\.\.\.)?", r"\1", usage)
    return re.sub(r"\[(\[[^\]]*\])\]", r"\1", usage)


def _kind(left: str) -> str:
    """The name of an option and what its value is; of an argument the name alone."""
    name, _, kind = left.partition(" <")
    if not kind:
        return left
    kind = kind.removesuffix(">").removeprefix("list[").removesuffix("]")
    return f"{name} {KINDS.get(kind, kind if '|' in kind else kind.upper())}" if name.startswith("-") else name


def _help(command: Any) -> str:
    return " ".join(inspect.cleandoc(command.help or "").split())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def pages() -> dict[str, Callable[[], str]]:
    """What makes each page: the path of the page -> the function that gives its text.

    The pages of the other packages are found by looking: every module called reference.py says in its first line which
    page it makes, and has one function whose name ends with _page.
    """
    found: dict[str, Callable[[], str]] = {"docs/commands.md": commands_page, "docs/er.md": er_page}
    for path in sorted(p for package in ("mappers", "validators") for p in (ROOT / package).rglob("reference.py")):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        page = re.search(r"docs/[\w-]+\.md", module.__doc__ or "")
        (make,) = (made for name, made in vars(module).items() if name.endswith("_page"))
        found[page.group() if page else path.stem] = make
    return found


def main() -> None:
    """Write every page."""
    for path, page in pages().items():
        (ROOT / path).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
