"""Where Tesseract's models lie: in a folder of their own, then in the system's. Light: `digitize status` asks it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

VARIABLE = "DIGITIZE_MODELS"
"""Names the folder of better models; worker processes inherit it. SYSTEM: none, the system's models alone."""
SYSTEM = "system"
SUFFIX = ".traineddata"
# The first line of --list-langs names the folder in quotes.
_LISTED_IN = re.compile(r'in "([^"]+)"')
_PACKAGED = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
)
_USUAL = (
    *_PACKAGED,
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "C:/Program Files/Tesseract-OCR/tessdata",
)


def user_folder() -> Path:
    """This user's own folder of models, for reading without a workspace: tessdata in the user's data folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir("cctns-digitize", appauthor=False)) / "tessdata"


def own_folder() -> Path | None:
    """The folder that is searched before the system's: what DIGITIZE_MODELS names, else this user's; None for none."""
    named = os.environ.get(VARIABLE, "")
    if named == SYSTEM:
        return None
    return Path(named) if named else user_folder()


@contextmanager
def searching(folder: Path) -> Iterator[None]:
    """Take models from a folder before the system's, in this process and in those it starts; then as before.

    Where DIGITIZE_MODELS is set it stands: what a person says for one call goes before what a workspace holds. A folder
    that does not exist changes nothing.
    """
    if os.environ.get(VARIABLE) or not folder.is_dir():
        yield
        return
    os.environ[VARIABLE] = str(folder.resolve())
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)


@cache
def system_folder() -> Path | None:
    """The folder of the installed Tesseract's models, None when there is none.

    TESSDATA_PREFIX names it, as for Tesseract itself; else the program is asked, else the usual places are looked at.
    """
    named = os.environ.get("TESSDATA_PREFIX")
    candidates = [Path(named), Path(named) / "tessdata"] if named else []
    candidates += [*(_packaged_folders() or _ask_program()), *(Path(p) for p in _USUAL)]
    return next((p for p in candidates if p.is_dir() and any(p.glob(f"*{SUFFIX}"))), None)


def _packaged_folders() -> list[Path]:
    """The folder of a distribution's own program: asking the program for it takes a tenth of a second."""
    if shutil.which("tesseract") != "/usr/bin/tesseract":
        return []
    found = [p for name in _PACKAGED if (p := Path(name)).is_dir()]
    # Of several only the program itself knows which is its own.
    return found if len(found) == 1 else []


def _ask_program() -> list[Path]:
    if shutil.which("tesseract") is None:
        return []
    try:
        answer = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=30, check=False)
    # A program that does not start, or hangs, names no folder: the usual ones are looked at.
    except (OSError, subprocess.TimeoutExpired):
        return []
    # Versions of Tesseract differ in where they write the list.
    return [Path(p) for p in _LISTED_IN.findall(answer.stdout + answer.stderr)]


def find_model(name: str) -> Path | None:
    """The file of a model, None when it is not installed. Some systems keep script models in a folder of their own."""
    return _find(name, own_folder(), system_folder())


@cache
def _find(name: str, *folders: Path | None) -> Path | None:
    for folder in folders:
        for path in (folder / f"{name}{SUFFIX}", folder / "script" / f"{name}{SUFFIX}") if folder else ():
            if path.is_file():
                return path
    return None


def forget() -> None:
    """Look again where models lie: after an installation."""
    system_folder.cache_clear()
    _find.cache_clear()
