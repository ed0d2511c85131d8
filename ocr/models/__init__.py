"""Weights of our own recognisers, with models.toml and SOURCES.md."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

FIELDS, WORDS, DIGITS = "fields", "words", "digits"
"""Networks that an office may teach, named as the engines that run them."""
TITLES: Mapping[str, str] = MappingProxyType(
    {
        FIELDS: "English handwriting",
        DIGITS: "native digits",
        WORDS: "entries of lists in Devanagari and Bengali",
    }
)
"""What each of them reads, for people."""


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A file of weights. engine: the module of ocr/engines that runs it; languages: two-letter codes it reads."""

    name: str
    engine: str
    languages: tuple[str, ...]
    sha256: str
    path: Traversable

    def is_whole(self) -> bool:
        """Whether the file is there and the one that was delivered."""
        return self.path.is_file() and hashlib.sha256(self.path.read_bytes()).hexdigest() == self.sha256


def own_models() -> Iterator[OwnModel]:
    """What models.toml lists."""
    folder = resources.files(__name__)
    listed = tomllib.loads((folder / "models.toml").read_text(encoding="utf-8"))
    for name, m in listed["models"].items():
        yield OwnModel(name, m["engine"], tuple(m["language"].split()), m["sha256"], folder / name)
