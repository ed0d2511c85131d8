"""Small files readable only by their owner, written atomically."""

from __future__ import annotations

import os
from pathlib import Path

from digitize.machine import system


def write_private(path: Path, text: str, *, is_lasting: bool = True) -> None:
    """Write a file readable only by its owner, atomically. Raises OSError.

    is_lasting: wait for the disk (fsync); not needed for files that may be lost in a power cut.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    # Made with its mode, not given it afterwards: nobody else reads it for a moment.
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as f:
        f.write(text)
    system.make_private(part)
    if is_lasting:
        system.sync_file(part)
    part.replace(path)
    if is_lasting:
        system.sync_folder(path.parent)
