"""What all jobs of a step need, written once to a file from which each worker takes it when its first job comes."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any


@contextmanager
def carried(work: object, folder: Path) -> Iterator[str]:
    """A file that holds it, in that folder, and goes again."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".work-") as own:
        path = Path(own) / "work"
        path.write_bytes(pickle.dumps(work, pickle.HIGHEST_PROTOCOL))
        yield str(path)


@lru_cache(maxsize=1)
def taken(path: str) -> Any:
    """What `carried` wrote; in a worker it is read once."""
    return pickle.loads(Path(path).read_bytes())  # our own bytes, written a moment ago
