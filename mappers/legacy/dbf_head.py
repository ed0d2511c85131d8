"""The head of a DBF: whether a file has one, and what it says where its rows bear it out.

Source: the published descriptions of dBASE II to 7, FoxPro 2 and Visual FoxPro tables.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from mappers.errors import TableError
from mappers.legacy.dbf_fields import DBASE2, DBASE7, HEAD_BYTES, TYPES, VERSIONS, Head, read_dbase2, readings
from mappers.legacy.dbf_fit import END_OF_FILE, FEW_ROWS, SOUND, fit_of, settle

_SAMPLE_BYTES = 1 << 20
# One byte in so many is a blank in any table of padded fields; an encrypted one has next to none.
_CLEAR = 8


def looks_like_dbf(path: Path, head: bytes) -> bool:
    """Whether the first bytes are the head of a DBF, or the file is called so and is not text."""
    # Text that is called .dbf has no control characters in it.
    if path.suffix.lower() == ".dbf" and any(b < 9 or 13 < b < 32 for b in head[:64]):
        return True
    if len(head) < 24 or head[0] not in VERSIONS:
        return False
    if head[0] == DBASE2:
        return head[8:9].isalpha() and head[19] in b"CNL" and head[20] > 0 and 0 < head[3] <= 12 and head[4] <= 31
    if len(head) < 65:
        return False
    first, length = struct.unpack_from("<HH", head, 8)
    at = 68 if head[0] in DBASE7 and len(head) > 100 and chr(head[100]) in TYPES and head[68:69].isalnum() else 32
    is_named = head[at] == 0x5F or head[at : at + 1].isalnum()
    letter = head[at + (32 if at == 68 else 11)]
    return head[2] <= 12 and head[3] <= 31 and first >= 65 and length >= 2 and is_named and 32 < letter < 127


def read_head(path: Path) -> Head:
    """The head of a table, mended by what its rows show. Raises TableError when it has no field that makes sense."""
    size = path.stat().st_size
    with path.open("rb") as f:
        data = f.read(HEAD_BYTES + _SAMPLE_BYTES)
    if len(data) < 33:
        raise TableError(f"{path.name}: the file is truncated within the header of the table", kind="unreadable")
    if data[0] == DBASE2 and data[8:9].isalpha():
        return settle(read_dbase2(data), data, size)
    heads = [h for h in readings(data) if h.fields]
    if not heads:
        raise TableError(f"{path.name}: the list of fields is damaged or empty", kind="unreadable")
    best = max(heads, key=lambda h: (h.total == h.length, fit_of(data, h) if h.first < len(data) else 0.0))
    head = settle(best, data, size)
    if data[15] != 1:
        return head
    if not _is_in_clear(data, head):
        raise TableError(f"{path.name}: the table is encrypted", kind="encrypted")
    return replace(head, notes=(*head.notes, "the header says that the table is encrypted, but its rows are not"))


def _is_in_clear(data: bytes, head: Head) -> bool:
    rows = data[head.first : head.first + head.length * FEW_ROWS]
    blanks = sum(b == 32 for b in rows)
    return head.fits and fit_of(data, head) >= SOUND and blanks * _CLEAR > len(rows)


def has_whole_rows(f: BinaryIO, head: Head, size: int) -> bool:
    """Whether the length of the file, or an end mark where the count says, speaks for rows without a byte too many."""
    held, rest = divmod(max(0, size - head.first), head.length)
    mark = head.first + head.count * head.length
    if 0 <= mark < size:
        f.seek(mark)
        if f.read(1) == END_OF_FILE:
            return True
    f.seek(max(0, size - 1))
    ends = f.read(1) == END_OF_FILE
    return (rest == 1 and ends) or (rest == 0 and (not ends or not held))
