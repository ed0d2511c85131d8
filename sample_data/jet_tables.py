"""Invented Access databases of the Jet engine, written page by page for samples and tests.

Source: the file format notes of the MDB Tools project (HACKING).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

LONG, DATE, TEXT, OLE, INTEGER, BOOLEAN = 4, 8, 10, 11, 3, 1
_SIZES = {LONG: 4, DATE: 8, INTEGER: 2}
_FORMS = {LONG: "<i", DATE: "<d", INTEGER: "<h"}
_MAPS, _CATALOG, _CATALOG_DATA, _TABLE, _DATA = 1, 2, 3, 4, 5
_OF_THE_SYSTEM = -(1 << 31)
_CATALOG_COLUMNS = [("Id", LONG), ("Type", INTEGER), ("Flags", LONG), ("Name", TEXT), ("LvProp", OLE)]


@dataclass(frozen=True)
class Jet:
    """What differs between the versions: 3 is Access 97, 4 is Access 2000 to 2003."""

    version: int

    @property
    def page(self) -> int:
        """Bytes of a page."""
        return 2048 if self.version == 3 else 4096

    def text(self, value: str | bytes) -> bytes:
        """A text as it is stored."""
        if isinstance(value, bytes):
            return value
        return value.encode("latin-1") if self.version == 3 else value.encode("utf-16-le")

    def name(self, value: str) -> bytes:
        """A name with its length before it."""
        stored = self.text(value)
        return bytes([len(stored)]) + stored if self.version == 3 else struct.pack("<H", len(stored)) + stored


def database(
    columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[object]], *, version: int = 4, name: str = "FIRMAST",
    count: int | None = None, key: bytes = bytes(4), password: bytes = b"", links: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """A database with one table. count: rows that it claims, where those are others.

    links: names of tables that lie in another database.
    """
    jet = Jet(version)
    per_page = max(1, (jet.page - 64) // 200)
    groups = [rows[i : i + per_page] for i in range(0, len(rows), per_page)] or [[]]
    itself = (_CATALOG, 1, _OF_THE_SYSTEM, "MSysObjects", None)
    listed = [itself, (_TABLE, 1, 0, name, None), *((90 + i, 6, 0, link, None) for i, link in enumerate(links))]
    pages = [
        _head(jet, key, password),
        _data_page(jet, 0, [_map(_CATALOG_DATA, 1), _map(_DATA, len(groups))]),
        _definition(jet, _CATALOG_COLUMNS, len(listed), 0),
        _data_page(jet, _CATALOG, [_row(jet, _CATALOG_COLUMNS, r) for r in listed]),
        _definition(jet, columns, len(rows) if count is None else count, 1),
        *(_data_page(jet, _TABLE, [_row(jet, columns, r) for r in group]) for group in groups),
    ]
    return b"".join(pages)


def several(
    tables: Sequence[tuple[str, Sequence[tuple[str, int]], Sequence[Sequence[object]]]], *, version: int = 4
) -> bytes:
    """A database with several tables: (name, columns, rows) of each. As many as one page of the catalogue lists."""
    jet = Jet(version)
    per_page = max(1, (jet.page - 64) // 300)
    at, listed, maps, pages = _CATALOG_DATA + 1, [(_CATALOG, 1, _OF_THE_SYSTEM, "MSysObjects", None)], [_map(3, 1)], b""
    for place, (name, columns, rows) in enumerate(tables, 1):
        groups = [rows[i : i + per_page] for i in range(0, len(rows), per_page)] or [[]]
        listed.append((at, 1, 0, name, None))
        maps.append(_map(at + 1, len(groups)))
        pages += _definition(jet, columns, len(rows), place)
        pages += b"".join(_data_page(jet, at, [_row(jet, columns, r) for r in group]) for group in groups)
        at += 1 + len(groups)
    return b"".join([
        _head(jet, bytes(4), b""), _data_page(jet, 0, maps), _definition(jet, _CATALOG_COLUMNS, len(listed), 0),
        _data_page(jet, _CATALOG, [_row(jet, _CATALOG_COLUMNS, r) for r in listed]), pages,
    ])  # fmt: skip


def _head(jet: Jet, key: bytes, password: bytes) -> bytes:
    clear = bytearray(0x18 + (126 if jet.version == 3 else 128))
    clear[0x3C:0x3E] = struct.pack("<H", 1252)
    clear[0x3E:0x42] = key
    clear[0x42 : 0x42 + len(password)] = password
    head = b"\0\1\0\0Standard Jet DB\0" + bytes([jet.version - 3, 0, 0, 0])
    return (head + rc4(b"\xc7\xda\x39\x6b", bytes(clear[0x18:]))).ljust(jet.page, b"\0")


def _map(first: int, count: int) -> bytes:
    """Which pages belong to a table: those set in a row of bits."""
    bits = (1 << count) - 1
    return b"\0" + struct.pack("<I", first) + bits.to_bytes(64, "little")


def _data_page(jet: Jet, owner: int, rows: Sequence[bytes]) -> bytes:
    at, offsets, body = jet.page, b"", b""
    for row in rows:
        at -= len(row)
        offsets += struct.pack("<H", at)
        body = row + body
    head = struct.pack("<BBHI", 1, 1, 0, owner) + bytes(0 if jet.version == 3 else 4)
    head += struct.pack("<H", len(rows)) + offsets
    assert len(head) <= at
    return head.ljust(at, b"\0") + body


def _definition(jet: Jet, columns: Sequence[tuple[str, int]], rows: int, place: int) -> bytes:
    """The page that defines a table. place: of its map among the maps."""
    variable = sum(kind not in _SIZES and kind != BOOLEAN for _, kind in columns)
    maps = struct.pack("<B3sB3s", place, _MAPS.to_bytes(3, "little"), place, _MAPS.to_bytes(3, "little"))
    counts = struct.pack("<BHHHII", 0x4E, len(columns), variable, len(columns), 0, 0) + maps
    if jet.version == 3:
        head = struct.pack("<II", rows, 0) + counts
    else:
        head = struct.pack("<III", 0, rows, 0) + bytes(16) + counts
    fixed = moving = 0
    entries = b""
    for number, (_, kind) in enumerate(columns):
        is_fixed = kind in _SIZES or kind == BOOLEAN
        entries += _column(jet, kind, number, moving, fixed, is_fixed=is_fixed)
        fixed += _SIZES.get(kind, 0)
        moving += not is_fixed
    body = head + entries + b"".join(jet.name(n) for n, _ in columns)
    return (struct.pack("<BB2sII", 2, 1, b"VC", 0, len(body) + 12) + body).ljust(jet.page, b"\0")


def _column(jet: Jet, kind: int, number: int, moving: int, fixed: int, *, is_fixed: bool) -> bytes:
    size = _SIZES.get(kind, 0 if kind in (OLE, BOOLEAN) else 255 if jet.version == 3 else 510)
    flags = 2 | is_fixed
    if jet.version == 3:
        return struct.pack("<BHHH6xBHH", kind, number, moving, number, flags, fixed, size)
    return struct.pack("<B4xHHH4xB5xHH", kind, number, moving, number, flags, fixed, size)


def _row(jet: Jet, columns: Sequence[tuple[str, int]], values: Sequence[object]) -> bytes:
    fixed = b""
    moving: list[bytes] = []
    mask = 0
    for number, ((_, kind), value) in enumerate(zip(columns, values, strict=True)):
        there = bool(value) if kind == BOOLEAN else value is not None
        mask |= there << number
        if kind in _SIZES:
            fixed += struct.pack(_FORMS[kind], value or 0)
        elif kind != BOOLEAN:
            moving.append(b"" if value is None else jet.text(value))  # type: ignore[arg-type]
    number_form = "<B" if jet.version == 3 else "<H"
    row = struct.pack(number_form, len(columns)) + fixed
    offsets = []
    for data in moving:
        offsets.append(len(row))
        row += data
    if moving:
        row += b"".join(struct.pack(number_form, at) for at in (len(row), *reversed(offsets)))
        row += struct.pack(number_form, len(moving))
    return row + mask.to_bytes((len(columns) + 7) // 8, "little")


def rc4(key: bytes, data: bytes) -> bytes:
    """What Access hides its first page by."""
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
