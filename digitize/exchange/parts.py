"""Package files while being written: in a private folder, then complete under a temporary name, then under
their own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from digitize.exchange.container import write_zip
from digitize.machine.age_files import encrypt
from digitize.machine.system import is_dead, make_private, process_name, sync_file

_WORK, _OWNER = ".exchange-", "owner"


def stem_of(sender: str, receiver: str) -> str:
    """Common prefix of the file names of packages from a sender to a receiver."""
    return f"{sender}-{receiver.replace(':', '-')}"


def part_of(file: Path, sha256: str) -> Path:
    """Temporary name of a package; unique per content, so concurrent exports do not collide."""
    return file.with_name(f"{file.name}.{sha256[:16]}.part")


def write_part(work: Path, names: Sequence[str], file: Path, publics: Sequence[str]) -> tuple[Path, str]:
    """Write the files of a folder as a package under its passing name, on the disk for good. Returns that, and its
    SHA-256. publics: keys of the receiver, () for a plain file.
    """
    plain, made = work / "package.zip", work / "package"
    # Private from their first byte, for full values stand in them.
    with os.fdopen(os.open(plain, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as packed:
        write_zip(packed, work, names)
        packed.seek(0)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
            encrypt(packed, to, publics) if publics else shutil.copyfileobj(packed, to)
    make_private(made)
    sync_file(made)
    sha256 = sha_of(made)
    part = part_of(file, sha256)
    made.replace(part)
    return part, sha256


def sha_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def clear_parts(out: Path, stem: str) -> None:
    """Remove leftovers of killed exports: folders, and packages in no book, if no export is running."""
    is_busy = False
    for old in out.glob(f"{_WORK}*/{_OWNER}"):
        if is_dead(old.read_text(encoding="utf-8")):
            shutil.rmtree(old.parent, ignore_errors=True)
        else:
            is_busy = True
    for part in () if is_busy else out.glob(f"{stem}-[0-9][0-9][0-9][0-9][0-9][0-9].zip*.part"):
        part.unlink(missing_ok=True)


@contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """A private folder next to the packages, removed afterwards."""
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=out))
    try:
        (work / _OWNER).write_text(process_name(), encoding="utf-8")
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
