"""Where Tesseract's models lie on this machine: in our own folder, then in the system's."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Collection
from functools import cache
from pathlib import Path

from ocr.errors import EngineMissing
from ocr.languages.language import Language, Model, known_languages

_LISTED_IN = re.compile(r'in "([^"]+)"')
_SUFFIX = ".traineddata"
_USUAL = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "C:/Program Files/Tesseract-OCR/tessdata",
)


def own_folder() -> Path:
    """Where `digitize models install` puts models: tessdata in this user's data folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir("cctns-digitize", appauthor=False)) / "tessdata"


@cache
def system_folder() -> Path | None:
    """The folder of the installed Tesseract's models, None when there is none.

    TESSDATA_PREFIX names it, as for Tesseract itself; else the program is asked, else the usual places are looked at.
    """
    named = os.environ.get("TESSDATA_PREFIX")
    candidates = [Path(named), Path(named) / "tessdata"] if named else []
    candidates += [*_asked(), *(Path(p) for p in _USUAL)]
    return next((p for p in candidates if p.is_dir() and any(p.glob(f"*{_SUFFIX}"))), None)


def _asked() -> list[Path]:
    if shutil.which("tesseract") is None:
        return []
    try:
        said = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [Path(p) for p in _LISTED_IN.findall(said.stdout + said.stderr)]


@cache
def find_model(name: str) -> Path | None:
    """The file of a model, None when it is not installed. Some systems keep script models in a folder of their own."""
    for folder in (own_folder(), system_folder()):
        for path in (folder / f"{name}{_SUFFIX}", folder / "script" / f"{name}{_SUFFIX}") if folder else ():
            if path.is_file():
                return path
    return None


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
            raise EngineMissing(f"{path} is damaged. Run: digitize models install {language.code}")
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


def installed(language: Language) -> tuple[Model, ...]:
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


def forget() -> None:
    """Look again where models lie: after an installation."""
    system_folder.cache_clear()
    find_model.cache_clear()


def _missing(languages: list[Language]) -> EngineMissing:
    if system_folder() is None:
        return EngineMissing("Tesseract is not installed. Install the package tesseract-ocr, or run digitize doctor.")
    packages = " ".join(next(m.package for m in x.firsts if m.package) for x in languages)
    names = ", ".join(x.name for x in languages)
    return EngineMissing(f"Tesseract has no language data for {names}. Install {packages}, or run digitize doctor.")
