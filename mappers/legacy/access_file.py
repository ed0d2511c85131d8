"""A damaged Access database made whole enough for the programs that read it: pages that are cut off are empty pages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# No Access database is larger than 2 GB.
_LARGEST = (1 << 31) - (1 << 16)
_MISSING = 64 << 20
_TIMES = 3


@contextmanager
def filled_up(path: Path) -> Iterator[Path]:
    """A copy of a database that is continued by empty pages, as long as it lasts.

    A program that follows a link behind the end of a file may look for it without end; an empty page it passes over.
    The copy takes as much room as the file: the empty pages are not written.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"copy{path.suffix}"
        shutil.copyfile(path, copy)
        # It holds personal data: nobody else may read it while it lasts.
        copy.chmod(0o600)
        with copy.open("r+b") as f:
            f.truncate(min(_LARGEST, _TIMES * path.stat().st_size + _MISSING))
        yield copy
