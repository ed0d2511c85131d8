"""Which of Tesseract's models each language has on this machine; where they lie says ocr/tesseract/folders.py."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Collection
from pathlib import Path

from ocr.errors import EngineMissing
from ocr.languages.language import Language, Model, known_languages
from ocr.tesseract.folders import find_model, system_folder


def is_installed(model: Model) -> bool:
    """Whether a language's model is on this machine."""
    return find_model(model.name) is not None


def is_whole(model: Model, path: Path) -> bool:
    """Whether a file is the one that was measured, by its hash; of the system's packages nothing is known."""
    return model.npm is None or hashlib.sha256(path.read_bytes()).hexdigest() == model.npm.sha256


def check_whole(name: str) -> Path:
    """The file of a model. Raises EngineMissing when it is not there, or not the one that was measured."""
    path = find_model(name)
    if path is None:
        raise EngineMissing(f"Tesseract has no model {name}. Run digitize doctor.")
    for language in known_languages().values():
        if any(m.name == name and not is_whole(m, path) for m in language.models):
            into = shlex.quote(str(path.parent))
            raise EngineMissing(f"{path} is damaged. Run: digitize models install {language.code} --into {into}")
    return path


def how_to_mend(names: Collection[str]) -> str:
    """What to type where models are there and cannot be loaded."""
    every = [m for x in known_languages().values() for m in x.models if m.name in names]
    packages = " ".join(dict.fromkeys(m.package for m in every if m.package))
    return f"Run: sudo apt-get install --reinstall {packages}" if packages else "Run digitize models list."


def first_model(language: Language) -> Model:
    """The best of a language's own models that is installed. Raises EngineMissing naming the package to install."""
    for model in language.firsts:
        if is_installed(model):
            return model
    raise _missing([language])


def installed_models(language: Language) -> tuple[Model, ...]:
    """The language's models on this machine: the one to read with, those to ask in doubt, then the rest.

    Raises EngineMissing when there is none to read with.
    """
    first = first_model(language)
    others = [m for m in (*language.seconds, *language.firsts) if m != first and is_installed(m)]
    return (first, *others)


def readable() -> frozenset[str]:
    """Two-letter codes of the languages for which a model is installed."""
    return frozenset(c for c, x in known_languages().items() if any(is_installed(m) for m in x.firsts))


def require(languages: tuple[Language, ...]) -> None:
    """Raise EngineMissing, naming every package to install, unless each language has a model here."""
    missing = [x for x in languages if not any(is_installed(m) for m in x.firsts)]
    if missing:
        raise _missing(missing)


def _missing(languages: list[Language]) -> EngineMissing:
    if system_folder() is None:
        return EngineMissing("Tesseract is not installed. Install the package tesseract-ocr, or run digitize doctor.")
    # Each language has one: ocr/languages/language.py refuses a file without.
    packages = " ".join(next(m.package for m in x.firsts if m.package) for x in languages)
    names = ", ".join(x.name for x in languages)
    return EngineMissing(f"Tesseract has no language data for {names}. Install {packages}, or run digitize doctor.")
