"""Make standard output safe in scripts: closed, in another encoding, or with no reader left."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper


def prepare_streams() -> None:
    """Reopen standard streams that were closed (`>&-`, as services do), and make output accept every text.

    Files and pipes get UTF-8 whatever the locale, since programs read them. A terminal of another encoding shows
    escapes for what it cannot display.
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
    """Whether the reader of the output is gone, as with `| head`; typer then installs such a wrapper and exits."""
    return type(sys.stdout).__name__ == "PacifyFlushWrapper"


def leave_unread() -> None:
    """Discard output still buffered at exit, since nobody reads it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
