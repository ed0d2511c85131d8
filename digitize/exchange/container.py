"""A package as one zip file or folder. The zip has one canonical form: every byte is accounted for.

Files are stored, not deflated (they are already compressed), so that hashes are checked before anything is unpacked.
Headers hold only names, sizes and checksums; anything else is not from us.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from digitize.exchange.refusal import PackageRefused

MOST_BYTES = 2 << 30
"""Of a whole package, as it is stored; a zip of more would need other heads."""
MOST_FILES = 2000
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o600) << 16
_DOS_DATE = 0x21
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _UNIX = 20, 3
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    size: int
    checksum: int
    start: int


def write_zip(out: BinaryIO, folder: Path, names: Sequence[str]) -> None:
    """Write files of a folder as one package, in this order."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=False) as packed:
        for name in names:
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system, info.external_attr = _UNIX, _MODE
            with (folder / name).open("rb") as source, packed.open(info, "w") as to:
                while data := source.read(_CHUNK):
                    to.write(data)


class PackageFiles:
    """Files of a package by name and size, not verified yet."""

    def __init__(self, path: Path, entries: Mapping[str, _Entry] | None, sizes: Mapping[str, int]) -> None:
        """entries: of a zip; None for a folder."""
        self._path, self._entries, self.sizes = path, entries, sizes

    @property
    def names(self) -> list[str]:
        """In stored order; for a folder, by name."""
        return list(self.sizes)

    @contextmanager
    def open_file(self, name: str) -> Iterator[io.BufferedReader]:
        """The bytes of one file only."""
        path = self._path if self._entries is not None else self._path / name
        with path.open("rb") as file:
            if self._entries is not None:
                file.seek(self._entries[name].start)
            yield io.BufferedReader(_Span(file, self.sizes[name]))


class _Span(io.RawIOBase):
    """A limited number of bytes of a file, from the current position."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)


def open_files(path: Path) -> PackageFiles:
    """Open the files of a zip or folder. Raises PackageRefused: unreadable, too-large, not-a-package."""
    try:
        return _of_folder(path) if path.is_dir() else _of_zip(path)
    except OSError as e:
        raise PackageRefused("unreadable", f"{path.name} cannot be read ({e.strerror}); send it again") from e
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError, IndexError) as e:
        raise PackageRefused("not-a-package", f"{path.name} is truncated or not a zip; send it again") from e


def _of_folder(path: Path) -> PackageFiles:
    sizes = {}
    for at, one in enumerate(sorted(path.iterdir())):
        # A link leads elsewhere by the time it is read.
        if one.is_symlink() or not one.is_file():
            raise PackageRefused("not-a-package", "the folder contains something that is not a file; send it again")
        if at >= MOST_FILES:
            raise PackageRefused("too-large", f"it holds more than {MOST_FILES:,} files")
        sizes[one.name] = one.stat().st_size
    _check_size(sum(sizes.values()))
    return PackageFiles(path, None, sizes)


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise PackageRefused("too-large", f"it has {size:,} bytes, a package has at most {MOST_BYTES:,}")


def _of_zip(path: Path) -> PackageFiles:
    if not path.is_file():
        raise PackageRefused("unreadable", f"{path.name} is not there")
    size = path.stat().st_size
    _check_size(size)
    with path.open("rb") as file:
        # First of all: a list of files that is too long is not read.
        file.seek(max(0, size - _END.size))
        end = _END.unpack(file.read())
        if end[0] != b"PK\5\6" or not 0 < end[3] <= MOST_FILES:
            raise zipfile.BadZipFile
        with zipfile.ZipFile(file) as packed:
            infos = packed.infolist()
        entries = _entries(infos)
        if len(entries) < len(infos):
            raise PackageRefused("not-a-package", "it contains a file twice; send it again")
        if not _is_ours(file, size, list(entries.values())):
            text = "its zip is not in the form that docs/exchange.md requires; it was changed on the way: send it again"
            raise PackageRefused("not-a-package", text)
    return PackageFiles(path, entries, {e.name: e.size for e in entries.values()})


def _entries(infos: Sequence[zipfile.ZipInfo]) -> dict[str, _Entry]:
    made, at = {}, 0
    for info in infos:
        at += _LOCAL.size + len(info.orig_filename.encode("ascii"))
        made[info.orig_filename] = _Entry(info.orig_filename, info.file_size, info.CRC, at)
        at += info.file_size
    return made


def _is_ours(file: BinaryIO, size: int, entries: Sequence[_Entry]) -> bool:
    """Whether headers and tail are byte for byte what we write for these names, sizes and checksums."""
    tail = b""
    for e in entries:
        name = e.name.encode("ascii")
        head_at = e.start - len(name) - _LOCAL.size
        same = (0, 0, 0, _DOS_DATE, e.checksum, e.size, e.size, len(name), 0)
        head = _LOCAL.pack(b"PK\3\4", _VERSION, *same) + name
        file.seek(head_at)
        if file.read(len(head)) != head:
            return False
        tail += _CENTRAL.pack(
            b"PK\1\2", _VERSION, _UNIX, _VERSION, 0, *same, 0, 0, 0, _MODE, head_at,
        ) + name  # fmt: skip
    start = entries[-1].start + entries[-1].size
    tail += _END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(tail), start, 0)
    file.seek(start)
    return start + len(tail) == size and file.read(len(tail)) == tail
