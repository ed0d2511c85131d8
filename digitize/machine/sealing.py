"""Encrypt files and folders for the holders of public keys, so that exports and backups may be lost without harm."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from digitize.errors import InputError, OptionsError
from digitize.machine.age_files import check_public, decrypt, encrypt, new_key
from digitize.machine.whole_file import writing

SEALED, PACKED = ".age", ".tar"


def read_publics(texts: Sequence[str]) -> tuple[str, ...]:
    """Public keys, given as age1... or as files with one per line. Raises OptionsError."""
    found: list[str] = []
    for text in texts:
        if text.startswith("age1"):
            found.append(check_public(text))
            continue
        try:
            lines = Path(text).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as e:
            raise OptionsError(f"{text}: neither a public key (age1...) nor a file with public keys") from e
        found += [check_public(x) for x in lines if x.strip() and not x.startswith("#")]
    if not found:
        raise OptionsError("no public key is given; the office above creates one with: digitize decrypt --new-key FILE")
    return tuple(found)


def sealed_name(source: Path, target: Path) -> Path:
    """Name of a sealed file or folder; a folder is packed into one file."""
    return target.with_name(target.name + (PACKED if source.is_dir() else "") + SEALED)


def seal(source: Path, out: Path, publics: Sequence[str]) -> Path:
    """Encrypt a file, or a folder as one archive, for the holders of the keys. Raises DiskFull, InputError."""
    part = out.with_name(out.name + ".part")
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as to:
                _seal_folder(source, to, publics) if source.is_dir() else _seal_file(source, to, publics)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    return out


def _seal_file(file: Path, to: BinaryIO, publics: Sequence[str]) -> None:
    with file.open("rb") as f:
        encrypt(f, to, publics)


def _seal_folder(folder: Path, to: BinaryIO, publics: Sequence[str]) -> None:
    # Through a pipe: nothing of the plain archive ever lies on the disk.
    read_end, write_end = os.pipe()
    with ThreadPoolExecutor(1) as packer:
        packing = packer.submit(_pack, folder, write_end)
        # Closed before the packer is waited for, which would else wait for a reader.
        with os.fdopen(read_end, "rb") as plain:
            encrypt(plain, to, publics)
    # An archive that broke off looks like a short one: its packer tells.
    packing.result()


def _pack(folder: Path, write_end: int) -> None:
    with os.fdopen(write_end, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as archive:
        archive.add(folder, arcname=folder.name)


def unseal(source: Path, key: Path, out: Path) -> None:
    """Decrypt a sealed file with the secret key in a file; a packed folder is extracted to the new folder out.

    Raises InputError if it is incomplete or not for this key; then nothing is left behind.
    """
    secret = read_secret(key)
    is_folder = source.name.endswith(PACKED + SEALED)
    part = out.with_name(out.name + ".part")
    if out.exists():
        raise InputError(f"{out}: it exists already; choose another name")
    with writing(out):
        try:
            with source.open("rb") as f, part.open("wb") as to:
                decrypt(f, to, secret)
            # Only a whole archive is unpacked: its last mark has been checked.
            _unpack(part, out) if is_folder else part.replace(out)
        finally:
            part.unlink(missing_ok=True)


def _unpack(archive: Path, folder: Path) -> None:
    try:
        with tarfile.open(archive) as packed:
            # The filter refuses names that lead out of the folder, links and devices.
            packed.extractall(folder, filter="data")
    except tarfile.TarError as e:
        raise InputError(f"{folder.name}: the decrypted content cannot be unpacked ({type(e).__name__})") from e


def read_secret(key: Path) -> str:
    """The secret key in a file. Raises OptionsError."""
    try:
        lines = [x.strip() for x in key.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as e:
        raise OptionsError(f"{key}: the secret key cannot be read") from e
    if secrets := [x for x in lines if x.startswith("AGE-SECRET-KEY-")]:
        return secrets[0]
    raise OptionsError(f"{key}: there is no secret key (AGE-SECRET-KEY-1...) in this file")


def write_key(path: Path) -> str:
    """Create a key pair, with the secret half in a new file private to its owner. Returns the public half."""
    secret, public = new_key()
    try:
        # Made readable by its owner alone, not made and then restricted; never over another key.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as f:
            f.write(f"# public key: {public}\n{secret}\n")
    except FileExistsError as e:
        raise OptionsError(f"{path} exists already; a key is never overwritten") from e
    except OSError as e:
        raise OptionsError(f"{path}: cannot be written ({e.strerror})") from e
    return public
