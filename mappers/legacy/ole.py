"""Compound files (OLE2): the streams in them, as far as a cut or damaged file still holds them.

Source: [MS-CFB], the compound file binary format.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from mappers.errors import TableError

_HEAD = 512
# Sectors of the table that the head itself can name.
_IN_HEAD = 109
_LAST_SECTOR = 0xFFFFFFFA
_END = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_IS_STREAM, _IS_ROOT = 2, 5
# The whole file is held in memory.
_LARGEST = 1 << 30
_MOST_ENTRIES = 100_000


class OleEntry(NamedTuple):
    """One stream. first: its first sector; size: bytes it claims."""

    first: int
    size: int


@dataclass
class OleFile:
    """A compound file. entries: its streams by name, those in inner folders too. notes: what is wrong, growing."""

    data: bytes
    entries: Mapping[str, OleEntry] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _sector: int = 512
    _mini_sector: int = 64
    _cutoff: int = 4096
    _next: Sequence[int] = ()
    _next_mini: Sequence[int] = ()
    _mini: bytes = b""

    def stream(self, name: str) -> bytes:
        """The content of a stream. Where the chain of its sectors breaks, those that follow in the file are taken."""
        entry = self.entries[name]
        is_mini = entry.size < self._cutoff
        source, size, first = (self._mini, self._mini_sector, 0) if is_mini else (self.data, self._sector, self._sector)
        following = self._next_mini if is_mini else self._next
        parts: list[bytes] = []
        held, is_broken = 0, False
        at, most = entry.first, len(source) // size + 1
        # No chain is longer than the file: a damaged one may run in a circle.
        while held < entry.size and len(parts) <= most:
            part = source[first + at * size : first + (at + 1) * size]
            if not part:
                break
            parts.append(part)
            held += len(part)
            sure = following[at] if at < len(following) else _FREE
            is_broken = is_broken or (sure >= _LAST_SECTOR and held < entry.size)
            at = at + 1 if sure >= _LAST_SECTOR else sure
        if held < entry.size:
            self.notes.append(f"the file is truncated or damaged: it has {held} of the {entry.size} bytes of {name}")
        elif is_broken:
            self.notes.append(f"the list of the pieces of {name} is damaged; what follows in the file was used instead")
        return b"".join(parts)[: entry.size]


def open_ole(path: Path) -> OleFile:
    """The streams of a compound file; none where its list of them is lost. Raises TableError for a file too large."""
    if path.stat().st_size > _LARGEST:
        raise TableError(f"{path.name}: larger than {_LARGEST >> 20} MB; refused", kind="unreadable")
    file = OleFile(path.read_bytes())
    data = file.data
    sizes = [_number(data, at, 2) for at in (30, 32)]
    # Sectors have 512 or 4096 bytes, small ones 64; nothing else was ever written.
    if sizes != [9, 6] and sizes != [12, 6]:
        file.notes.append("the header of the file is damaged: its sector size is invalid")
        sizes = [9, 6]
    file._sector, file._mini_sector = 1 << sizes[0], 1 << sizes[1]
    # Another limit than these is damage; the usual one stays.
    if 64 <= _number(data, 56, 4) <= 1 << 16:
        file._cutoff = _number(data, 56, 4)
    file._next = _table(file, _sectors_of_table(file))
    _read_entries(file)
    return file


def _read_entries(file: OleFile) -> None:
    content = b"".join(_chain(file, _number(file.data, 48, 4)))
    entries: dict[str, OleEntry] = {}
    root = OleEntry(_END, 0)
    for at in range(0, min(len(content), 128 * _MOST_ENTRIES) - 127, 128):
        length = _number(content, at + 64, 2)
        name = content[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        entry = OleEntry(_number(content, at + 116, 4), _number(content, at + 120, 4))
        if content[at + 66] == _IS_ROOT:
            root = entry
        elif content[at + 66] == _IS_STREAM and name:
            entries.setdefault(name, entry)
    file.entries = entries
    file._next_mini = _table(file, list(_chain_numbers(file, _number(file.data, 60, 4))))
    file._mini = b"".join(_chain(file, root.first))[: root.size]
    if not entries:
        file.notes.append("the directory of the file is lost")


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _sectors_of_table(file: OleFile) -> list[int]:
    """Where the pieces of the table of sectors lie."""
    found = list(_words(file.data[76:_HEAD]))[:_IN_HEAD]
    at, seen = _number(file.data, 68, 4), set[int]()
    per_sector = file._sector // 4
    while at < _LAST_SECTOR and at not in seen and (piece := _sector(file, at)):
        seen.add(at)
        words = list(_words(piece))
        # The last word of a piece says where the next one lies.
        found += words[: per_sector - 1]
        at = words[per_sector - 1] if len(words) == per_sector else _END
    return [n for n in found if n < _LAST_SECTOR]


def _table(file: OleFile, sectors: Sequence[int]) -> array[int]:
    """What follows each sector. Pieces that lie behind the end of the file are left open."""
    table = array("I")
    most = len(file.data) // 4
    for at in sectors:
        piece = _sector(file, at)
        table.extend(_words(piece))
        table.extend([_FREE] * (file._sector // 4 - len(piece) // 4))
        if len(table) > most + file._sector:
            break
    return table


def _words(data: bytes) -> Iterator[int]:
    return (_number(data, at, 4) for at in range(0, len(data) - 3, 4))


def _sector(file: OleFile, at: int) -> bytes:
    return file.data[(at + 1) * file._sector : (at + 2) * file._sector]


def _chain_numbers(file: OleFile, first: int) -> Iterator[int]:
    # A damaged chain may run in a circle.
    seen: set[int] = set()
    at = first
    while at < _LAST_SECTOR and at not in seen and (at + 1) * file._sector < len(file.data):
        seen.add(at)
        yield at
        at = file._next[at] if at < len(file._next) else _END


def _chain(file: OleFile, first: int) -> Iterator[bytes]:
    return (_sector(file, at) for at in _chain_numbers(file, first))
