"""Legacy text encodings: one registry of font tables and a few codes that are no fonts.

A font is one file in `tables/`; see `tables.py` for its form. Bytes are read as Windows-1252, the five that it leaves
undefined as the control character of the same number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from mappers.encodings.carriers import may_be_unicode, unicode_text, whole_utf8
from mappers.encodings.doubled import Doubled
from mappers.encodings.encoding import Encoding, EncodingInfo
from mappers.encodings.plain import decode_mixed, decode_words, own_words
from mappers.encodings.tables import read_table, to_bytes, to_characters
from mappers.errors import MappingError
from mappers.text.folding import nfc
from mappers.toml import did_you_mean

# Distinct cells kept decoded: names of villages, officers and sections come again and again.
_REMEMBERED = 1 << 15


class DecodedCell(NamedTuple):
    """A cell as text. raw: the legacy characters as stored; text: Unicode NFC. notes: stable words of doubt."""

    raw: str
    text: str
    confidence: float = 1.0
    notes: tuple[str, ...] = ()


@cache
def encodings() -> Mapping[str, Encoding]:
    """The encodings of this package by name, sorted."""
    from mappers.encodings.iscii import iscii_encodings

    found: dict[str, Encoding] = {e.info.name: e for e in iscii_encodings()}
    found[Doubled.info.name] = Doubled()
    found |= load_tables((resources.files("mappers.encodings") / "tables",))
    return dict(sorted(found.items()))


def load_tables(folders: Iterable[Path | Traversable]) -> Mapping[str, Encoding]:
    """The font tables of folders, by name; a folder that is not there counts as empty. Raises MappingError."""
    found: dict[str, Encoding] = {}
    for folder in folders:
        paths = [p for p in folder.iterdir() if p.name.endswith(".tsv")] if folder.is_dir() else []
        for path in sorted(paths, key=lambda p: p.name):
            table = read_table(path)
            if table.info.name in found:
                raise MappingError(f"{path.name}: another file has the encoding {table.info.name} already")
            found[table.info.name] = table
    return found


def load_encodings(folders: Iterable[Path]) -> Mapping[str, Encoding]:
    """The encodings of this package and the font maps of the given folders, by name.

    Raises MappingError when a map is wrong or takes a name that is there already.
    """
    own = load_tables(folders)
    for name in own.keys() & encodings().keys():
        raise MappingError(f"{name}.tsv: there is an encoding of that name already; give the font map another one")
    return {**encodings(), **own}


def names() -> tuple[str, ...]:
    """Names of the encodings of this package, sorted."""
    return tuple(encodings())


def find_encoding(name: str) -> Encoding:
    """An encoding by its name. Raises MappingError naming a near miss."""
    found = encodings().get(name)
    if found is None:
        raise MappingError(f"no encoding {name}{did_you_mean(name, names())} (there are: {', '.join(names())})")
    return found


def decode(name: str, data: bytes | str) -> str:
    """Legacy bytes (or their characters) as Unicode in NFC. Raises MappingError for an unknown encoding.

    Everything is taken for the font's text: `decode_cell` leaves English and numbers alone.
    """
    return find_encoding(name).decode(to_characters(data) if isinstance(data, bytes) else data)


def encode(name: str, text: str) -> bytes:
    """Unicode text as the bytes of a legacy encoding; decode gives it back.

    Raises MappingError for an unknown encoding, ValueError for a character that the font has not.
    """
    return to_bytes(find_encoding(name).encode(nfc(text)))


def decode_stored(encoding: Encoding | None, cell: bytes | str) -> DecodedCell:
    """One cell of a table as text; no encoding means plain text. `decode_cell` remembers the cells it was given.

    Numbers, dates and English words inside a font's column are left alone, and so is text that is Unicode already
    ("unicode-already"): rows entered after a program was changed stand below the old ones. Bytes of a column
    without an encoding are UTF-8 ("character-cut": its last character only in part); where they are not, they are
    read as Windows-1252 and doubted with the note "encoding-unknown".
    """
    if encoding is None:
        return _plain_cell(cell)
    unicode = unicode_text(cell)
    if unicode:
        return DecodedCell(unicode, nfc(unicode.strip("\x00 ")), notes=("unicode-already",))
    raw = to_characters(cell) if isinstance(cell, bytes) else cell
    return DecodedCell(raw, nfc(decode_words(encoding, raw.strip("\x00 "))))


def decode_all(
    encoding: Encoding | None, cells: Sequence[bytes | str]
) -> Sequence[tuple[str, str, float, tuple[str, ...]]]:
    """Many cells of one column as text, each with the parts that `decode_stored` gives it, in less time."""
    if encoding is None:
        return list(map(_plain_cell, cells))
    stored = [c for c in cells if isinstance(c, bytes)]
    if len(stored) < len(cells) or may_be_unicode(b"\n".join(stored)):
        return [decode_stored(encoding, c) for c in cells]
    known = own_words(encoding)
    own = known.__getitem__
    decoded: list[tuple[str, str, float, tuple[str, ...]]] = []
    for cell in stored:
        raw = to_characters(cell)
        stripped = raw.strip("\x00 ")
        words = stripped.split(" ")
        try:
            text = " ".join(map(own, words))
        # Some word may be plain English: the cell is looked at word by word.
        except KeyError:
            shown = known.show_words(words)
            text = nfc(decode_mixed(encoding, stripped)) if shown is None else shown
        decoded.append((raw, text, 1.0, ()))
    return decoded


decode_cell = lru_cache(maxsize=_REMEMBERED)(decode_stored)


def _plain_cell(cell: bytes | str) -> DecodedCell:
    if isinstance(cell, str):
        return DecodedCell(cell, nfc(cell))
    whole = whole_utf8(cell)
    if whole or not cell:
        text = cell.decode("utf-8", "replace").strip("\x00")
        return DecodedCell(text, nfc(text), *((0.8, ("character-cut",)) if text[-1:] == "\ufffd" else ()))
    text = to_characters(cell)
    return DecodedCell(text, nfc(text), 0.3, ("encoding-unknown",))


__all__ = [
    "DecodedCell", "Encoding", "EncodingInfo", "decode", "decode_all", "decode_cell", "decode_stored", "encode",
    "encodings", "find_encoding", "load_encodings", "load_tables", "names", "to_bytes", "to_characters",
]  # fmt: skip
