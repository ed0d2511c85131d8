"""Memo files beside a DBF: .dbt of dBase III and IV, .fpt of FoxPro."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_BLOCK = 512
# First bytes of tables whose memos stand in an .fpt; those of all others stand in a .dbt.
_OF_FOXPRO = b"\x30\x31\x32\xf5"
# So much of a memo file is looked at to tell its kind.
_LOOKED_AT = 1 << 16
_LONGEST = 16 * 1024 * 1024
# dBase III memos end with a mark alone; its editor wrote at most 5,000 bytes, Clipper 64 kB.
_LONGEST_MARKED = 128 * 1024
_DBASE4_MARK = b"\xff\xff\x08\x00"
# Whole file read so often, and memos must be shared by damaged pointers.
_MOST_READ = 4


@dataclass
class MemoFile:
    """One open memo file. block: bytes a block. kind: "foxpro", "dbase3" or "dbase4"."""

    file: BinaryIO
    size: int
    block: int
    kind: str
    _left: int = field(init=False)

    def __post_init__(self) -> None:
        """Grant as many bytes as sound pointers can ask for, and some more."""
        self._left = _MOST_READ * self.size + _LONGEST_MARKED

    def read(self, number: int) -> tuple[bytes, str]:
        """The text that begins in a block, without its filling, and what is wrong with it, "" when nothing is."""
        at = number * self.block
        if at >= self.size:
            return b"", "a memo points beyond the end of the memo file"
        if self._left <= 0:
            return b"", "memos of many rows point to the same text; not read again"
        self.file.seek(at)
        text, wrong = self._read_framed(self.file.read(8))
        self._left -= len(text) + 8
        return text, wrong

    def _read_framed(self, head: bytes) -> tuple[bytes, str]:
        if self.kind == "foxpro":
            return self._read_counted(struct.unpack(">II", head)[1] if len(head) == 8 else -1)
        if head.startswith(_DBASE4_MARK):
            return self._read_counted(struct.unpack("<I", head[4:])[0] - 8 if len(head) == 8 else -1)
        text = head
        while b"\x1a" not in text and len(text) < _LONGEST_MARKED and (more := self.file.read(8 * _BLOCK)):
            text += more
        memo, mark, _ = text.partition(b"\x1a")
        return memo, "" if mark else "a memo has no end mark"

    def _read_counted(self, length: int) -> tuple[bytes, str]:
        if length < 0 or length > self.size:
            return b"", "the length of a memo is damaged; its text is lost"
        text = self.file.read(min(length, _LONGEST))
        whole = "" if len(text) == length else "a memo is truncated"
        return text.rstrip(b"\0 "), whole


def open_memo(table: Path, given: Path | None, version: int) -> tuple[MemoFile | None, list[str]]:
    """The memo file of a table: the given one, or the one beside it with the same name in any case; and notes.

    version: first byte of the table. The file stays open for as long as its rows are read.
    """
    beside = [] if given else memos_beside(table, version)
    path = given or next(iter(beside), None)
    try:
        opened = path.open("rb") if path else None
    except OSError:
        opened = None
    if opened is None or path is None:
        return None, ["the table has memo fields, but its .dbt or .fpt is missing; their text is lost"]
    notes = []
    if len(beside) > 1:
        notes.append(
            f"both {path.name} and {beside[1].name} are next to the table; the texts are those of {path.name}, which "
            f"is the right type for this table"
        )
    size = path.stat().st_size
    head = opened.read(_LOOKED_AT)
    if len(head) < 24:
        opened.close()
        return None, [*notes, f"{path.name} is too short for a memo file; the text of memo fields is lost"]
    kind = _kind(head, size) or _usual_kind(path, version)
    if kind == "foxpro":
        memo, said = _foxpro(opened, size, head, path.name)
        return memo, notes + said
    stated = struct.unpack_from("<H", head, 20)[0]
    is_stated = kind == "dbase4" and stated and stated % 64 == 0
    return MemoFile(opened, size, stated if is_stated else _BLOCK, kind), notes


def memos_beside(table: Path, version: int | None = None) -> list[Path]:
    """The memo files that lie beside a table, the one that goes with it first; no pipe, and no link to elsewhere.

    version: first byte of the table, read from it when not given.
    """
    if version is None:
        with table.open("rb") as f:
            version = next(iter(f.read(1)), 0)
    found = {p.suffix.lower(): p for p in table.parent.iterdir() if p.stem.lower() == table.stem.lower()}
    suffixes = (".fpt", ".dbt") if version in _OF_FOXPRO else (".dbt", ".fpt")
    return [found[s] for s in suffixes if s in found and is_beside(found[s], table)]


def is_beside(path: Path, table: Path) -> bool:
    """Whether a file that goes with a table is a file, and lies where the table lies."""
    # A pipe would never end; a link may lead out of what was delivered.
    return path.is_file() and (not path.is_symlink() or path.resolve().parent == table.resolve().parent)


def _usual_kind(path: Path, version: int) -> str:
    """How memos are framed, by what kind of table they are of."""
    if path.suffix.lower() != ".dbt" or version in _OF_FOXPRO:
        return "foxpro"
    return "dbase3" if version in b"\x83\xfb\x03" else "dbase4"


def _kind(head: bytes, size: int) -> str:
    """How memos are framed, by the first ones; "" where they do not say it. head: the first bytes of the file."""
    block = struct.unpack_from("<H", head, 20)[0]
    if block and block % 64 == 0:
        for at in range(block, len(head) - 7, block):
            length = struct.unpack_from("<I", head, at + 4)[0]
            if head.startswith(_DBASE4_MARK, at) and 8 <= length <= size - at:
                return "dbase4"
    free, block = struct.unpack_from(">I2xH", head)
    # The head takes up 512 bytes, rounded up to whole blocks.
    at = -(-_BLOCK // block) * block if block else _BLOCK
    if at + 8 <= len(head) and free * max(block, 1) <= size + block:
        kind, length = struct.unpack_from(">II", head, at)
        if kind in (1, 2) and 0 < length <= size - at - 8:
            return "foxpro"
    return ""


def _foxpro(opened: BinaryIO, size: int, head: bytes, name: str) -> tuple[MemoFile, list[str]]:
    stated: int = struct.unpack_from(">H", head, 6)[0]
    # A block size of 0 means single bytes (SET BLOCKSIZE TO 0).
    memo = MemoFile(opened, size, stated or 1, "foxpro")
    first_free = struct.unpack_from(">I", head)[0]
    notes = []
    if first_free * memo.block > size + memo.block and first_free > 0:
        notes.append(
            f"{name} is truncated or its header is damaged: it should have {first_free} blocks of {memo.block} bytes"
        )
    return memo, notes
