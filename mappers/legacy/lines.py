"""Text files as lines of bytes with their place in the file, however long a line is and however the text is written."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHUNK = 1 << 18
LONGEST_LINE = 1 << 20
_SAMPLE = 1 << 22
_CONTROL = (*range(1, 9), *range(14, 32))
_MOST_CONTROL = 0.02
_MOST_ZEROS = 0.1


@dataclass
class TextForm:
    """How a text file is written, and what was found wrong with that on the way.

    encoding: "utf-8", "utf-16-le", "utf-16-be", or "" where the bytes are of no known encoding. start: bytes of the
    byte order mark. is_mixed: lines of UTF-8 and lines of something else. The counts grow while the file is read.
    """

    encoding: str
    start: int = 0
    is_mixed: bool = False
    odd_cells: int = 0
    nul_cells: int = 0
    odd_units: int = 0
    long_lines: int = 0

    def cell(self, stored: bytes) -> bytes | str:
        """A cell as it is delivered: text where the encoding is known and the bytes are of it, else the bytes."""
        if b"\0" in stored:
            self.nul_cells += 1
        if not self.encoding:
            return stored
        try:
            return stored.decode("utf-8").replace("\0", "")
        except UnicodeDecodeError:
            self.odd_cells += 1
            return stored

    def latin_cell(self, stored: str) -> bytes | str:
        """The same for a cell whose bytes were read as one character each."""
        if self.encoding and stored.isascii() and "\0" not in stored:
            return stored
        return self.cell(stored.encode("latin-1"))

    def opening_notes(self) -> list[str]:
        """What can be said of the encoding before the text is read."""
        if self.is_mixed:
            return ["some of the text is UTF-8 and some is not; cells that are not are kept as bytes"]
        if not self.encoding:
            return ["the text is not UTF-8; its bytes are kept until a mapping names the encoding"]
        return []

    def closing_notes(self) -> Iterator[str]:
        """What was found while the text was read."""
        if self.odd_cells:
            yield f"{self.odd_cells} cells are not valid UTF-8 and are kept as bytes"
        if self.nul_cells:
            yield f"{self.nul_cells} cells hold NUL bytes"
        if self.odd_units:
            yield f"{self.odd_units} characters are not valid UTF-16 and are lost"
        if self.long_lines:
            yield f"{self.long_lines} lines are longer than {LONGEST_LINE} bytes; what follows is not delivered"


def find_form(path: Path) -> TextForm:
    """How a text file is written: by its byte order mark, its zero bytes, or whether all of it is UTF-8."""
    with path.open("rb") as f:
        head = f.read(4096)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return TextForm(name, len(bom))
    if wide := _wide(head):
        return TextForm(wide)
    if _is_utf8(path):
        return TextForm("utf-8")
    is_mixed = _is_mostly_utf8(path)
    return TextForm("utf-8" if is_mixed else "", is_mixed=is_mixed)


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file can be text: hardly any control characters, or UTF-16."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _wide(head):
        return True
    control = sum(head.count(b) for b in _CONTROL)
    return control <= 2 + len(head) * _MOST_CONTROL and head.count(0) <= 2 + len(head) * _MOST_ZEROS


def is_text_file(path: Path) -> bool:
    """Whether a file begins as text does. Raises OSError."""
    with path.open("rb") as f:
        return is_text(f.read(4096))


def as_utf8(head: bytes) -> bytes:
    """The first bytes of a file as UTF-8 where they are UTF-16, else as they are, without byte order mark."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(name, "ignore").encode("utf-8", "ignore")
    wide = _wide(head)
    return head.decode(wide, "ignore").encode("utf-8", "ignore") if wide else head


def _wide(head: bytes) -> str:
    """The UTF-16 that bytes without a mark are in, "" when they are not: zeros stand on one side only."""
    if len(head) < 8:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    # A fifth is enough: in text of an Indian script only blanks, digits and marks have a zero byte.
    if odd * 5 > len(head) // 2 and even * 50 <= odd:
        return "utf-16-le"
    return "utf-16-be" if even * 5 > len(head) // 2 and odd * 50 <= even else ""


def _is_utf8(path: Path) -> bool:
    """Whether all of a file is UTF-8; one that is cut within a character still is, if it has others."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_ascii = True
    with path.open("rb") as f:
        try:
            while chunk := f.read(_CHUNK * 4):
                is_ascii = decoder.decode(chunk).isascii() and is_ascii
        except UnicodeDecodeError:
            return False
    return not (is_ascii and decoder.getstate()[0])


def _is_mostly_utf8(path: Path) -> bool:
    """Whether, of the first lines that are not ASCII, most are UTF-8."""
    with path.open("rb") as f:
        lines = [x for x in f.read(_SAMPLE).splitlines() if not x.isascii()]
    return sum(map(_decodes, lines)) * 2 > len(lines)


def _decodes(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_chunks(path: Path, form: TextForm, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The content between two bytes in pieces without byte order mark, UTF-16 as UTF-8."""
    pieces = _pieces(path, max(start, form.start), end)
    if not form.encoding.startswith("utf-16"):
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(form.encoding)("replace")
    for piece in pieces:
        yield _as_utf8(decoder.decode(piece), form)
    if last := decoder.decode(b"", final=True):
        yield _as_utf8(last, form)


def _pieces(path: Path, start: int, end: int | None) -> Iterator[bytes]:
    with path.open("rb") as f:
        f.seek(start)
        while piece := f.read(_CHUNK if end is None else min(_CHUNK, max(end - start, 0))):
            start += len(piece)
            yield piece


def _as_utf8(text: str, form: TextForm) -> bytes:
    form.odd_units += text.count("\ufffd")
    return text.encode("utf-8")


def size_in_file(form: TextForm) -> Callable[[bytes], int]:
    """How many bytes of the file stand behind bytes of `read_chunks`."""
    return _wide_size if form.encoding.startswith("utf-16") else len


def _wide_size(data: bytes) -> int:
    return 2 * len(data) if data.isascii() else len(data.decode("utf-8", "replace").encode("utf-16-le"))


def read_lines(path: Path, form: TextForm) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, each with its offset and its line end: LF, CRLF or CR, also mixed.

    A line longer than LONGEST_LINE bytes is delivered up to there, and counted in the form.
    """
    size = size_in_file(form)
    offset, rest, is_skipping = form.start, b"", False
    for chunk in read_chunks(path, form):
        lines = (rest + chunk).splitlines(keepends=True)
        # A CR at the end of a piece may be half of a CRLF.
        rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        for line in lines:
            if is_skipping:
                is_skipping = False
            elif len(line) > LONGEST_LINE:
                form.long_lines += 1
                yield offset, line[:LONGEST_LINE]
            else:
                yield offset, line
            offset += size(line)
        # A line without end is let go of piece by piece, so that it does not fill the memory.
        if len(rest) > LONGEST_LINE:
            if not is_skipping:
                form.long_lines += 1
                yield offset, rest[:LONGEST_LINE]
            offset, rest, is_skipping = offset + size(rest), b"", True
    if rest and not is_skipping:
        yield offset, rest
