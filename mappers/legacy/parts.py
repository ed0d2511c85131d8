"""The parts of a ZIP archive as streams, those of a cut or damaged one as far as they go."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from mappers.errors import TableError

_LOCAL = struct.Struct("<4s5H3I2H")
_LOCAL_MARK = b"PK\x03\x04"
_MARKS = (_LOCAL_MARK, b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")
_LOCKED, _SIZES_BEHIND = 1, 8
_STORED, _DEFLATED = 0, 8
_CHUNK = 1 << 16
_MOST_PARTS = 100_000
_LARGEST = 2 * 1024**3
# No table packs as well as that: an archive that claims more is a trap or damaged.
_HIGHEST_RATIO = 500
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class PackagePart:
    """One part. start: byte at which its local head lies; packed, size, crc: -1 where the archive does not say."""

    name: str
    start: int
    method: int
    packed: int
    size: int
    crc: int
    is_locked: bool = False


@dataclass
class Package:
    """An archive. notes: what is wrong with it, growing as parts are read. is_whole: its list of parts is there."""

    path: Path
    parts: Mapping[str, PackagePart]
    is_whole: bool
    notes: list[str] = field(default_factory=list)
    _folded: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str:
        """The name as the archive spells it, "" when there is no such part; some writers get its case wrong."""
        if name in self.parts:
            return name
        self._folded = self._folded or {n.casefold(): n for n in self.parts}
        return self._folded.get(name.casefold(), "")

    def stream(self, name: str) -> Iterator[bytes]:
        """The content of a part in chunks, as far as it can be unpacked; damage is added to the notes."""
        part = self.parts.get(self.find(name))
        if part is None:
            self._say(f"the part {name} is missing")
            return
        crc, size = 0, 0
        limit = min(_LARGEST, max(_HIGHEST_RATIO * self.path.stat().st_size, _CHUNK))
        try:
            with self.path.open("rb") as f:
                for chunk in _unpack_part(f, part):
                    crc, size = zlib.crc32(chunk, crc), size + len(chunk)
                    if size > limit:
                        self._say(f"the part {name} does not end within {limit >> 20} MB; the rest is left out")
                        return
                    yield chunk
        except (OSError, zlib.error, _Damaged) as e:
            self._say(f"the part {name} is damaged after its first {size} bytes: {_reason(e)}")
            return
        if part.crc != _UNKNOWN and crc != part.crc:
            self._say(f"the checksum of the part {name} is wrong: it was altered or damaged")

    def _say(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


class _Damaged(Exception):
    """Why a part ends early."""


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _Damaged) else type(error).__name__


def open_package(path: Path) -> Package:
    """The parts of an archive. One whose list is lost is searched for parts from its beginning.

    Raises TableError: "encrypted" when a part is locked, "unreadable" when nothing is found or it would unpack to
    something monstrous.
    """
    package = _list_parts(path) or _search_parts(path)
    size = sum(p.size for p in package.parts.values() if p.size != _UNKNOWN)
    if any(p.is_locked for p in package.parts.values()):
        raise TableError(f"{path.name}: the archive is protected by a password", kind="encrypted")
    if not package.parts:
        raise TableError(f"{path.name}: a damaged archive", kind="unreadable")
    if size > _LARGEST or size > _HIGHEST_RATIO * path.stat().st_size or len(package.parts) > _MOST_PARTS:
        raise TableError(f"{path.name}: would unpack to {size >> 20} MB; refused", kind="unreadable")
    return package


def part_names(path: Path) -> frozenset[str]:
    """Names of the parts of an archive, found by search where its list is lost."""
    try:
        return frozenset((_list_parts(path) or _search_parts(path)).parts)
    except OSError:
        return frozenset()


def _list_parts(path: Path) -> Package | None:
    try:
        with zipfile.ZipFile(path) as package:
            infos = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, OSError):
        return None
    parts = {
        # Some programs write names of parts with backslashes.
        i.filename.replace("\\", "/"): PackagePart(
            i.filename, i.header_offset, i.compress_type, i.compress_size, i.file_size, i.CRC,
            bool(i.flag_bits & _LOCKED),
        )
        for i in infos
    }  # fmt: skip
    return Package(path, parts, is_whole=True)


def _search_parts(path: Path) -> Package:
    """The parts found by their local heads, each head looked for behind the one before."""
    parts: dict[str, PackagePart] = {}
    with path.open("rb") as f:
        for start in _local_heads(f):
            part = _local_part(f, start)
            if part is not None and len(parts) <= _MOST_PARTS:
                parts[part.name.replace("\\", "/")] = part
    note = "the archive is truncated or damaged: its directory is missing; the parts that were found are delivered"
    return Package(path, parts, is_whole=False, notes=[note])


def _local_heads(f: BinaryIO) -> Iterator[int]:
    """Where the mark of a local head stands in a file."""
    at, kept = 0, b""
    while True:
        f.seek(at + len(kept))
        chunk = f.read(_CHUNK)
        if not chunk:
            return
        data = kept + chunk
        found = data.find(_LOCAL_MARK)
        while found >= 0:
            yield at + found
            found = data.find(_LOCAL_MARK, found + 4)
        # A mark may lie across two pieces.
        kept = data[-3:]
        at += len(data) - len(kept)


def _local_part(f: BinaryIO, start: int) -> PackagePart | None:
    f.seek(start)
    head = f.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        return None
    _, _, flags, method, _, _, crc, packed, size, name_length, _ = _LOCAL.unpack(head)
    name = f.read(name_length)
    if len(name) < name_length or not name or method not in (_STORED, _DEFLATED):
        return None
    if flags & _SIZES_BEHIND:
        packed = size = crc = _UNKNOWN
    return PackagePart(name.decode("utf-8", "replace"), start, method, packed, size, crc, bool(flags & _LOCKED))


def _unpack_part(f: BinaryIO, part: PackagePart) -> Iterator[bytes]:
    f.seek(part.start)
    head = f.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(_LOCAL_MARK):
        raise _Damaged("its head is not where the list says")
    name_length, extra_length = _LOCAL.unpack(head)[-2:]
    f.seek(part.start + _LOCAL.size + name_length + extra_length)
    if part.method == _DEFLATED:
        yield from _inflate(f)
    elif part.method == _STORED:
        yield from _copy_stored(f, part.packed)
    else:
        raise _Damaged(f"its compression method is not supported ({part.method})")


def _inflate(f: BinaryIO) -> Iterator[bytes]:
    # Minus: archives hold deflated data without the head of zlib.
    unpack = zlib.decompressobj(-15)
    while not unpack.eof:
        packed = unpack.unconsumed_tail or f.read(_CHUNK)
        if not packed:
            raise _Damaged("the file ends before it")
        chunk = unpack.decompress(packed, _CHUNK * 4)
        if chunk:
            yield chunk


def _copy_stored(f: BinaryIO, length: int) -> Iterator[bytes]:
    """Bytes that are not packed; where their number is not known, up to the next mark of the archive."""
    kept = b""
    while length:
        chunk = f.read(_CHUNK if length == _UNKNOWN else min(_CHUNK, length))
        if not chunk:
            raise _Damaged("the file ends before it")
        if length != _UNKNOWN:
            length -= len(chunk)
            yield chunk
            continue
        kept += chunk
        ends = [at for at in map(kept.find, _MARKS) if at >= 0]
        if ends:
            yield kept[: min(ends)]
            return
        yield kept[:-3]
        kept = kept[-3:]
