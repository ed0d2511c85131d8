"""Commands that open untrusted files run in a sandboxed process (digitize.machine.sandbox)."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

_ALONE = ("inspect", "convert", "validate", "map", "forms")
_WITH_TARGET = ("load", "reconcile", "quarantine")
"""These two open such files; others do so in workers: intake, run, read, extract, scanqc."""
_WHY = {
    "SIGXCPU": "takes longer to read than any intact file of its size",
    "SIGKILL": "ended the program that reads it, perhaps out of memory",
}


def run_sandboxed(run: Callable[[list[str]], int], arguments: list[str]) -> int:
    """Run one command line, sandboxed if it opens files. Returns the exit code."""
    command = next((a for a in arguments if not a.startswith("-")), "")
    paths = [p for a in arguments if (p := _existing(a)) is not None]
    # What is done with a workspace is done with its ledger, whose files were looked into at intake.
    if command not in (*_ALONE, *_WITH_TARGET) or any((p / "digitize.toml").is_file() for p in paths):
        return run(arguments)
    from digitize.machine.limits import seconds_for
    from digitize.machine.sandbox import run_sandboxed

    is_linked = any("://" in a for a in arguments)
    # Nobody knows how long a database or standard input is.
    limit_s = None if is_linked or "-" in arguments else seconds_for(paths)
    broke = partial(_broke, [p.name for p in paths])
    return run_sandboxed(partial(run, arguments), limit_s, broke, net=is_linked or command in _WITH_TARGET)


def _existing(argument: str) -> Path | None:
    # A name too long for a file, or with a zero in it.
    with suppress(OSError, ValueError):
        path = Path(argument)
        return path if path.exists() else None
    return None


def _broke(given: Sequence[str], read: str, number: int) -> int:
    from digitize.cli.console import errors
    from digitize.exits import Exit

    name = signal.Signals(number).name
    why = _WHY.get(name, f"broke the program that reads it ({name})")
    errors().print(
        f"Error: {read or _list_names(given)}: {why}. It is damaged or malicious: export it again, or leave it out.",
        style="red", soft_wrap=True, markup=False,
    )  # fmt: skip
    return int(Exit.BAD_INPUT)


def _list_names(names: Iterable[str]) -> str:
    return ", ".join(names) or "the file"
