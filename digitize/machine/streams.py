"""Standard output as a script finds it: closed, in another encoding, or with nobody left who reads it."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper


def prepare_streams() -> None:
    """Have the three standard streams, whoever closed them (`>&-`, as services do), and output that takes every text.

    In a file or a pipe text is UTF-8 whatever the machine's language, for programs read it. A terminal of another
    encoding shows what it cannot show by its number.
    """
    # Else the next file that is opened takes the free place, and what is printed goes into it.
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(fd)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")


def is_unread() -> bool:
    """Whether who read the output has gone, as `| head` does: typer then puts such a wrapper around it and ends."""
    return type(sys.stdout).__name__ == "PacifyFlushWrapper"


def leave_unread() -> None:
    """Nothing that is still waiting to be printed is printed, when Python ends, to where nobody reads it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
