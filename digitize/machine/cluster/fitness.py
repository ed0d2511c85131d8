"""Versions and models of a machine, so that pages go only to workers that read them like all others."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from digitize.machine.doctor import PACKAGES

_SOURCES = (".py", ".toml", ".csv")


@dataclass(frozen=True)
class Fitness:
    """Everything results depend on besides the job.

    program: version; sources: hash of its files; weights: whether the bundled ones are intact; tesseract: version, ""
    if missing; languages: code -> hash of its models.
    """

    program: str
    sources: str
    weights: bool
    tesseract: str
    languages: Mapping[str, str]


def look(_: object = None) -> Fitness:
    """Fingerprint of this machine; takes about a second because files are hashed."""
    from digitize import __version__
    from ocr.models import own_models
    from ocr.tesseract import inside
    from ocr.tesseract.used import look_at, model_names

    names = model_names()
    found = look_at(dict.fromkeys(n for group in names.values() for n in group))
    return Fitness(
        program=__version__,
        sources=_sources(),
        weights=all(m.is_whole() for m in own_models()),
        tesseract=inside.Inside().version() if inside.available() else "",
        languages={code: _hash(f"{n} {found[n].sha256}" for n in group) for code, group in names.items()},
    )


def offers(wanted: Fitness, there: Fitness) -> frozenset[str]:
    """Capabilities of a worker: the languages whose models are the same as on the machine of the run."""
    return frozenset(name_need(c) for c, models in wanted.languages.items() if there.languages.get(c) == models)


def name_need(language: str) -> str:
    """Capability required by a page in a language."""
    return f"language {language}"


def unfit(wanted: Fitness, there: Fitness) -> str:
    """Why a worker gets no jobs at all, with the next step; "" if it may."""
    if there.program != wanted.program:
        return f"it has version {there.program} of the program, not {wanted.program}: install the same there"
    if there.sources != wanted.sources:
        return f"its files of version {there.program} differ from those here: install the same there"
    if not there.weights:
        return "the weights included in the program are damaged there: pip install --force-reinstall cctns-digitize"
    if there.tesseract != wanted.tesseract:
        return f"it has Tesseract {there.tesseract or 'not at all'}, here is {wanted.tesseract}: install the same there"
    return ""


@cache
def _sources() -> str:
    """Hash of the four packages as they were when this process first asked; later changes on disk are not what
    it runs.
    """
    parts = []
    for package in PACKAGES:
        root = str(resources.files(package))
        # Not rglob, which takes three times as long for so many files: every run on a cluster waits for it.
        for folder, _, names in os.walk(root):
            within = f"{package}{folder[len(root) :]}".replace(os.sep, "/")
            parts += [f"{within}/{n} {_hash_file(Path(folder, n))}" for n in names if n.endswith(_SOURCES)]
    return _hash(sorted(parts))


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:32]
