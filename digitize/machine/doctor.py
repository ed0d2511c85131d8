"""Is this machine ready? Each missing item comes with the command that installs it."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from digitize.machine import system
from digitize.machine.exposure import told_encryption, told_exposure

DISTRIBUTION = "cctns-digitize"
PACKAGES = ("digitize", "ocr", "mappers", "validators")
_MIN_FREE_GB = 5
_MIN_SQLITE = (3, 35, 0)


@dataclass(frozen=True, slots=True)
class MachineCheck:
    """One check. state: ok, warn (work continues without it) or miss. mend: the command that fixes it."""

    name: str
    state: str
    found: str
    mend: str = ""


def examine(folder: Path | None = None) -> list[MachineCheck]:
    """Run all checks; folder: a workspace, or None for the current folder."""
    from ocr.tesseract.folders import searching

    # The workspace's own models go before the system's, as they do in a run.
    with searching((folder or Path()) / "models"):
        languages = [_models_folder(), *_languages()]
    looks = [
        _python(),
        _sqlite(),
        _tesseract(),
        *languages,
        _opencv(),
        _handwriting(),
        _access(),
        *_names(),
        _fonts(),
    ]
    return [*looks, *_folder(folder or Path()), *(_check_exposure(folder) if folder else ())]


def is_ready(looks: Iterable[MachineCheck]) -> bool:
    """Whether nothing required is missing."""
    return all(look.state != "miss" for look in looks)


def _python() -> MachineCheck:
    version = platform.python_version()
    if (3, 11) <= sys.version_info < (3, 14):
        return MachineCheck("Python", "ok", version)
    return MachineCheck("Python", "miss", version, "install Python 3.11, 3.12 or 3.13, then: make setup")


def _sqlite() -> MachineCheck:
    if sqlite3.sqlite_version_info >= _MIN_SQLITE:
        return MachineCheck("SQLite", "ok", sqlite3.sqlite_version)
    return MachineCheck(
        "SQLite", "miss", sqlite3.sqlite_version, "install a newer Python (it brings SQLite 3.35 or later)"
    )


def _tesseract() -> MachineCheck:
    from ocr.tesseract import inside

    program = shutil.which("tesseract") is not None
    if inside.available():
        return MachineCheck("Tesseract", "ok", f"{inside.Inside().version()} in this process")
    if not program:
        return MachineCheck("Tesseract", "miss", "not found", "sudo apt-get install tesseract-ocr")
    line = (_output("tesseract", "--version").splitlines() or ["unknown version"])[0]
    return MachineCheck(
        "Tesseract", "ok", f"{line.removeprefix('tesseract ')} as a program; tesserocr is five times as fast"
    )


def _models_folder() -> MachineCheck:
    """Folder searched for better models before the system's."""
    from ocr.tesseract.folders import VARIABLE, own_folder

    folder = own_folder()
    if folder is None:
        return MachineCheck("Models", "ok", f"only the system's, as {VARIABLE} requires")
    count = len(list(folder.glob("*.traineddata"))) if folder.is_dir() else 0
    if os.environ.get(VARIABLE) and not folder.is_dir():
        return MachineCheck("Models", "warn", f"{VARIABLE} names {folder}, which is not a folder", f"unset {VARIABLE}")
    return MachineCheck("Models", "ok", f"{count} better ones in {folder}" if count else "only the system's")


def _languages() -> list[MachineCheck]:
    from ocr.errors import EngineMissing
    from ocr.languages.language import load_languages
    from ocr.tesseract.models import installed_models

    looks = []
    for code, language in load_languages().items():
        name = f"Language {code}"
        try:
            first, *others = installed_models(language)
        except EngineMissing:
            package = next(m.package for m in language.firsts if m.package)
            looks.append(MachineCheck(name, "miss", f"no model for {language.name}", f"sudo apt-get install {package}"))
            continue
        lacks = "" if others else next((m.package for m in language.seconds if m.package), "")
        found = ", in doubt ".join(m.name for m in (first, *others[:1]))
        mend = f"sudo apt-get install {lacks}" if lacks else ""
        looks.append(MachineCheck(name, "warn" if lacks else "ok", found, mend))
    return looks


def _opencv() -> MachineCheck:
    from importlib.metadata import packages_distributions

    owners = sorted(set(packages_distributions().get("cv2", [])))
    found = ", ".join(owners) or "not found"
    # Two distributions of OpenCV write into one folder: which files are whose is chance.
    if len(owners) == 1:
        return MachineCheck("OpenCV", "ok", found)
    if not owners:
        return MachineCheck("OpenCV", "miss", found, "make setup")
    return MachineCheck(
        "OpenCV", "miss", f"{found} share one folder cv2", "make a new environment: rm -r .venv && make setup"
    )


def _handwriting() -> MachineCheck:
    from ocr.models import own_models

    is_here = all(m.is_whole() for m in own_models() if m.engine == "fields")
    # Looked for and not imported: that it is there is all that is asked.
    if importlib.util.find_spec("onnxruntime") and is_here:
        return MachineCheck("handwriting", "ok", "eng_fields.onnx")
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("rapidocr"):
        return MachineCheck(
            "handwriting", "warn", "our own weights are missing or damaged; PP-OCR reads instead", "make setup"
        )
    return MachineCheck("handwriting", "warn", "no weights found; handwriting is read by Tesseract alone", "make setup")


def _access() -> MachineCheck:
    """Access databases need external programs; nothing else uses them."""
    if shutil.which("mdb-export") is None:
        return MachineCheck(
            "MDB Tools", "warn", "not found; Access databases cannot be read", "sudo apt-get install mdbtools"
        )
    return MachineCheck("MDB Tools", "ok", _output("mdb-ver", "--version").strip().removeprefix("mdbtools ") or "found")


def _names() -> list[MachineCheck]:
    """Whether the four package names are ours; another distribution of one name silently overwrites files."""
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    looks = []
    for name in PACKAGES:
        found = sorted(set(owners.get(name, [])))
        if found in ([DISTRIBUTION], []):
            looks.append(MachineCheck(f"Package {name}", "ok", found[0] if found else "run from a checkout"))
        else:
            mend = "make a new environment for this program: rm -r .venv && make setup"
            looks.append(MachineCheck(f"Package {name}", "miss", f"claimed by {', '.join(found)}", mend))
    return looks


def _fonts() -> MachineCheck:
    """Indic fonts are needed only to view reports and rebuild samples."""
    if shutil.which("fc-list") is None:
        return MachineCheck(
            "Indic fonts", "warn", "unknown (no fc-list)", "sudo apt-get install fontconfig fonts-noto-core"
        )
    if _output("fc-list", ":lang=hi", "family").strip():
        return MachineCheck("Indic fonts", "ok", "found")
    return MachineCheck(
        "Indic fonts", "warn", "none for Hindi: a terminal may show boxes", "sudo apt-get install fonts-noto-core"
    )


def _folder(folder: Path) -> list[MachineCheck]:
    looks = []
    free = system.free_bytes(folder) / 1e9
    mend = "" if free >= _MIN_FREE_GB else f"make room: at least {_MIN_FREE_GB} GB"
    looks.append(MachineCheck("Disk", "ok" if not mend else "warn", f"{free:.0f} GB free", mend))
    looks.append(_write_access(folder))
    return looks


def _check_exposure(folder: Path) -> list[MachineCheck]:
    """Whether others can read a workspace, here or from its disk."""
    found = (("Other accounts", told_exposure(folder)), ("Disk encryption", told_encryption(folder)))
    return [MachineCheck(name, *told) for name, told in found]


def _write_access(folder: Path) -> MachineCheck:
    probe = folder / ".digitize-write-test"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as e:
        return MachineCheck("Write access", "miss", f"{folder.resolve()}: {e.strerror}", "get write permission there")
    return MachineCheck("Write access", "ok", str(folder.resolve()))


def _output(*command: str) -> str:
    """Output of a command, "" if it fails or takes more than ten seconds."""
    try:
        # A program that hangs must not hang the doctor: what it says is told as not found.
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
