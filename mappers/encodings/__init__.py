"""Legacy text encodings: one table a font, one engine; found by scanning this folder.

A table is `NAME.tsv`; see the head of one for its columns. Bytes are read as Windows-1252, the five that it leaves
undefined as the control character of the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from mappers.encodings.engine import FontTable, read_table
from mappers.encodings.plain import is_plain, swap_plain
from mappers.errors import MappingError
from mappers.folding import nfc
from mappers.toml import did_you_mean

_WEST = {n: bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(256)}
# Distinct cells kept decoded: names of villages, officers and sections come again and again.
_REMEMBERED = 1 << 15
_BYTES = {c: n for n, c in _WEST.items()}


@dataclass(frozen=True, slots=True)
class DecodedCell:
    """A cell as text. raw: the legacy characters as stored; text: Unicode NFC. notes: stable words of doubt."""

    raw: str
    text: str
    confidence: float = 1.0
    notes: tuple[str, ...] = ()


@cache
def names() -> tuple[str, ...]:
    """Names of the encodings there is a table for, sorted."""
    found = (p.name for p in resources.files("mappers.encodings").iterdir())
    return tuple(sorted(n.removesuffix(".tsv") for n in found if n.endswith(".tsv")))


@cache
def _table(name: str) -> FontTable:
    if name not in names():
        raise MappingError(f"no encoding {name}{did_you_mean(name, names())} (there are: {', '.join(names())})")
    return read_table(resources.files("mappers.encodings") / f"{name}.tsv")


def to_characters(data: bytes) -> str:
    """Bytes of a font encoding as characters, one each."""
    return data.decode("latin-1") if data.isascii() else "".join(_WEST[b] for b in data)


def decode(name: str, data: bytes | str) -> str:
    """Legacy bytes (or their characters) as Unicode in NFC. Raises MappingError for an unknown encoding.

    Everything is taken for the font's text: `decode_cell` leaves English and numbers alone.
    """
    return _table(name).decode(to_characters(data) if isinstance(data, bytes) else data)


def encode(name: str, text: str) -> bytes:
    """Unicode text as the bytes of a legacy encoding; decode gives it back.

    Raises MappingError for an unknown encoding, ValueError for a character that the font has not.
    """
    written = _table(name).encode(nfc(text))
    return bytes(_BYTES[c] for c in written)


@lru_cache(maxsize=_REMEMBERED)
def decode_cell(name: str, cell: bytes | str) -> DecodedCell:
    """One cell of a table as text; name "" means plain text.

    Numbers, dates and English words inside a font's column are left alone. Bytes of a column without an encoding are
    UTF-8; where they are not, they are read as Windows-1252 and doubted with the note "encoding-unknown".
    """
    if not name:
        return _plain_cell(cell)
    raw = to_characters(cell) if isinstance(cell, bytes) else cell
    return DecodedCell(raw, _decode_text(name, raw.strip("\x00 ")))


def _decode_text(name: str, raw: str) -> str:
    table = _table(name)
    shown = table.decode(raw)
    return nfc(swap_plain(raw, table)) if is_plain(raw, shown) else shown


def _plain_cell(cell: bytes | str) -> DecodedCell:
    if isinstance(cell, str):
        return DecodedCell(cell, nfc(cell))
    try:
        text = cell.decode("utf-8").strip("\x00")
        return DecodedCell(text, nfc(text))
    except UnicodeDecodeError:
        text = to_characters(cell)
        return DecodedCell(text, nfc(text), 0.3, ("encoding-unknown",))


__all__ = ["DecodedCell", "decode", "decode_cell", "encode", "names", "to_characters"]
