"""Jobs on their way to another machine: a path inside the workspace means that machine's copy of the file."""

from __future__ import annotations

import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

_FILE, _TEXT = "file", "text"


class Packed(NamedTuple):
    """Something as bytes. needs_files: whether paths of the workspace are in it."""

    data: bytes
    needs_files: bool


def pack(value: object, folder: Path) -> Packed:
    """Pickle a job with paths replaced by places in the workspace, in whatever type holds them.

    folder: the workspace. A path elsewhere is kept, so that file must exist under the same name on the worker.
    """
    out = io.BytesIO()
    pickler = _Pickler(out, folder)
    pickler.dump(value)
    return Packed(out.getvalue(), pickler.met_files)


def unpack(data: bytes, find: Callable[[str], Path]) -> Any:
    """Inverse of `pack`. find: place in the workspace, e.g. "forms/a.toml", to its path here."""
    return _Unpickler(io.BytesIO(data), find).load()


class _Pickler(pickle.Pickler):
    def __init__(self, out: io.BytesIO, folder: Path) -> None:
        super().__init__(out, pickle.HIGHEST_PROTOCOL)
        self._folder = str(folder) + os.sep
        self.met_files = False

    def persistent_id(self, value: object) -> tuple[str, str] | None:
        # A setting may hold a path as text, too (weights for native digits).
        if not isinstance(value, Path | str) or not (text := str(value)).startswith(self._folder):
            return None
        self.met_files = True
        place = Path(text[len(self._folder) :]).as_posix()
        return (_FILE if isinstance(value, Path) else _TEXT), place


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: io.BytesIO, find: Callable[[str], Path]) -> None:
        super().__init__(data)
        self._find = find

    def persistent_load(self, pid: tuple[str, str]) -> Path | str:
        kind, place = pid
        found = self._find(place)
        return found if kind == _FILE else str(found)
