"""Text in the encoding that its file declares, where the bytes bear that out."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from mappers.encodings.tables import WEST, to_characters
from mappers.legacy.lines import TextForm, find_form

# Files that declare Latin-1 or ASCII hold the Western Windows page in fact; browsers read them so, too.
_WEST = frozenset(("iso8859-1", "ascii", "cp1252"))


@dataclass
class Declared:
    """How a file's text is written. name: the 8-bit encoding that it declares, "" where form says all.

    notes: what has to be said of it.
    """

    form: TextForm
    name: str = ""
    notes: tuple[str, ...] = ()

    @property
    def encoding(self) -> str:
        """What is known of the bytes, "" for nothing."""
        return self.name or self.form.encoding

    @property
    def is_bytewise(self) -> bool:
        """Whether text comes as one character a byte, still to be understood."""
        return not self.form.encoding or self.form.is_mixed

    def text(self, data: bytes) -> str:
        """Bytes of the file, UTF-16 as UTF-8, as characters: one a byte where the text is bytewise."""
        return data.decode("latin-1" if self.is_bytewise else "utf-8", "replace")

    def cell(self, text: str) -> bytes | str:
        """A cell as it is delivered: bytes where nothing is known of them."""
        if text.isascii() and "\0" not in text:
            return text
        if not self.is_bytewise:
            return text.replace("\0", "")
        try:
            stored = text.encode("latin-1")
        except UnicodeEncodeError:
            return "".join(WEST[ord(c)] if c < "\u0100" else c for c in text)
        if not self.name:
            return self.form.cell(stored)
        if self.name == "cp1252":
            return to_characters(stored)
        try:
            return stored.decode(self.name)
        except (UnicodeDecodeError, LookupError):
            self.form.odd_cells += 1
            return stored


def find_declared(path: Path, name: str) -> Declared:
    """How a file is written that declares an encoding, "" for none: UTF-8 that it is counts for more than its word."""
    form = find_form(path)
    name = name.lower()
    try:
        known = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        known = "unknown"
    is_unicode = known in ("", "utf-8", "utf-16", "utf-8-sig") or known.startswith(("utf-", "utf_"))
    if form.encoding and not form.is_mixed:
        is_other = not is_unicode and known != "ascii" and not _is_ascii(path)
        return Declared(form, "", (f"the file declares {name} but is {form.encoding}",) if is_other else ())
    if is_unicode:
        return Declared(form, "", tuple(form.opening_notes()))
    if known == "unknown" or not _is_text_codec(known):
        return Declared(form, "", (f"the declared encoding {name} is not known", *form.opening_notes()))
    return Declared(TextForm(""), "cp1252" if known in _WEST else known)


def _is_text_codec(name: str) -> bool:
    """Whether it is an encoding in which ASCII stays as it is, and not one of Python's transformations."""
    plain = bytes(range(32, 127))
    try:
        return plain.decode(name) == plain.decode("ascii")
    except (LookupError, ValueError):
        return False


def _is_ascii(path: Path) -> bool:
    with path.open("rb") as f:
        return all(chunk.isascii() for chunk in iter(lambda: f.read(1 << 18), b""))
