"""Memo files beside a DBF: .dbt of dBase III and IV, .fpt of FoxPro."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_SUFFIXES = (".fpt", ".dbt")
_BLOCK = 512
_LONGEST = 16 * 1024 * 1024
_DBASE4_MARK = b"\xff\xff\x08\x00"


@dataclass(frozen=True)
class MemoFile:
    """One memo file. block: bytes a block. is_foxpro: the layout of .fpt, else of .dbt."""

    path: Path
    block: int
    is_foxpro: bool

    def read(self, number: int) -> bytes | None:
        """The text that begins in a block, without its filling; None when the block or its length make no sense."""
        with self.path.open("rb") as f:
            f.seek(number * self.block)
            head = f.read(8)
            if len(head) < 8:
                return head.rstrip(b"\x1a\0 ") or None
            if self.is_foxpro:
                length = struct.unpack(">II", head)[1]
                return _whole(f.read(min(length, _LONGEST)), length)
            if head[:4] == _DBASE4_MARK:
                length = max(struct.unpack("<I", head[4:])[0] - 8, 0)
                return _whole(f.read(min(length, _LONGEST)), length)
            text = head
            while b"\x1a" not in text and len(text) < _LONGEST and (more := f.read(_BLOCK)):
                text += more
            return text.split(b"\x1a")[0]


def _whole(text: bytes, length: int) -> bytes | None:
    return text.rstrip(b"\0 ") if len(text) == length else None


def open_memo(table: Path, given: Path | None, *, wanted: bool) -> tuple[MemoFile | None, tuple[str, ...]]:
    """The memo file of a table: the given one, or the one beside it with the same name in any case; and notes."""
    if not wanted:
        return None, ()
    path = given or _beside(table)
    if path is None or not path.is_file():
        return None, ("the table has memo fields, but its .dbt or .fpt is missing; their text is lost",)
    with path.open("rb") as f:
        head = f.read(24)
    if len(head) < 24:
        return None, (f"{path.name} is too short for a memo file; the text of memo fields is lost",)
    if path.suffix.lower() == ".fpt":
        return MemoFile(path, struct.unpack_from(">H", head, 6)[0] or _BLOCK, is_foxpro=True), ()
    stated = struct.unpack_from("<H", head, 20)[0]
    return MemoFile(path, stated if stated and stated % 64 == 0 else _BLOCK, is_foxpro=False), ()


def _beside(table: Path) -> Path | None:
    found = {p.suffix.lower(): p for p in table.parent.iterdir() if p.stem.lower() == table.stem.lower()}
    return next((found[s] for s in _SUFFIXES if s in found), None)
