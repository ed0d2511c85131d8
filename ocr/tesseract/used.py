"""Which models this machine reads with, by name and hash, so that it can be said later whether they differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ocr.tesseract.folders import find_model

_hashed: dict[tuple[str, int, int], UsedModel] = {}
"""Models that this process looked at before: a run on a cluster asks of the same ones twice."""


@dataclass(frozen=True, slots=True)
class UsedModel:
    """One model. sha256: of its file, hex, "" where it is not installed. size, mtime_ns: to hash a file once only."""

    name: str
    sha256: str = ""
    size: int = 0
    mtime_ns: int = 0

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


def model_names() -> Mapping[str, tuple[str, ...]]:
    """Language -> the names of all its models, installed or not, in the order of its file."""
    from ocr.languages.language import known_languages

    return {code: tuple(m.name for m in x.models) for code, x in known_languages().items()}


def look_at(names: Iterable[str], before: Iterable[UsedModel] = ()) -> dict[str, UsedModel]:
    """Models as they are on this machine now. before: as they were; a file that was not touched is not hashed again."""
    known = _hashed | {(m.name, m.size, m.mtime_ns): m for m in before if m.sha256}
    return {name: _look(name, find_model(name), known) for name in names}


def _look(name: str, path: Path | None, known: Mapping[tuple[str, int, int], UsedModel]) -> UsedModel:
    if path is None:
        return UsedModel(name)
    stat = path.stat()
    found = known.get((name, stat.st_size, stat.st_mtime_ns))
    if found:
        return found
    with path.open("rb") as f:
        seen = UsedModel(name, hashlib.file_digest(f, "sha256").hexdigest(), stat.st_size, stat.st_mtime_ns)
    _hashed[name, seen.size, seen.mtime_ns] = seen
    return seen
