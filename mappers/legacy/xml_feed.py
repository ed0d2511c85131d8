"""The bytes of an XML file on their way to the parser: UTF-16 as UTF-8, small faults mended, places kept."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from pathlib import Path

from mappers.legacy.lines import TextForm, read_chunks, size_in_file

_HELD_BACK = 64
# Beyond these, places within a piece are told by its beginning.
_MOST_MARKS = 10_000
_KNOWN = (b"amp", b"lt", b"gt", b"quot", b"apos")
_SPECIAL = re.compile(
    rb"(?P<cdata><!\[CDATA\[.*?(?:\]\]>|\Z))|(?P<comment><!--.*?(?:-->|\Z))"
    rb"|&(?P<entity>#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|&|<(?![A-Za-z_:/!?\x80-\xff])"
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1f]",
    re.DOTALL,
)


@dataclass
class Mends:
    """What was put right so that the file could be read as XML."""

    ampersands: int = 0
    brackets: int = 0
    controls: int = 0

    def notes(self) -> Iterator[str]:
        """The same as sentences."""
        if self.ampersands:
            yield f"{self.ampersands} times & is alone or before an unknown name; it is read as written"
        if self.brackets:
            yield f"{self.brackets} times < does not start a tag; it is read as written"
        if self.controls:
            yield f"{self.controls} control characters that XML does not allow are read as blanks"


@dataclass
class Feed:
    """A stretch of a file in pieces for the parser. is_mended: stray & and < are escaped, control characters blanked.

    offset(index): the byte of the file from which the byte fed as the index-th comes; indexes asked for do not go down.
    """

    path: Path
    form: TextForm
    start: int = 0
    end: int | None = None
    is_mended: bool = False
    mends: Mends = field(default_factory=Mends)
    _fed: int = 0
    _source: int = 0
    _closing: bytes = b""

    def __post_init__(self) -> None:
        self._size = size_in_file(self.form)
        self._marks: deque[tuple[int, int]] = deque()
        self._mark = (0, 0)
        self._raw: deque[bytes] = deque()
        self._raw_start = self._known_place = 0
        self._known_offset = max(self.start, self.form.start)

    def pieces(self) -> Iterator[bytes]:
        """The bytes as the parser is to see them."""
        rest = b""
        for chunk in read_chunks(self.path, self.form, self.start, self.end):
            self._raw.append(chunk)
            if not self.is_mended:
                yield chunk
                continue
            data = rest + chunk
            cut = _find_safe_cut(data)
            rest = data[cut:]
            if cut:
                yield self._mend(data[:cut])
        if rest:
            yield self._mend(rest)

    def offset(self, index: int) -> int:
        """Where in the file the byte fed as the index-th comes from."""
        while self._marks and self._marks[0][0] <= index:
            self._mark = self._marks.popleft()
        place = self._mark[1] + max(index - self._mark[0], 0)
        while self._raw and self._raw_start + len(self._raw[0]) <= place:
            self._move(self._raw_start + len(self._raw[0]))
            self._raw_start += len(self._raw.popleft())
        self._move(place)
        return self._known_offset

    def _move(self, place: int) -> None:
        """Have the offset of a place of the first piece kept."""
        if self._raw and place > self._known_place:
            chunk = self._raw[0][self._known_place - self._raw_start : place - self._raw_start]
            self._known_offset += self._size(chunk)
            self._known_place += len(chunk)

    def _mend(self, data: bytes) -> bytes:
        parts: list[bytes] = []
        at = 0
        if self._closing:
            at = data.find(self._closing) + len(self._closing)
            if at < len(self._closing):
                parts, at = [data], len(data)
            else:
                parts, self._closing = [data[:at]], b""
        out = sum(map(len, parts))
        for m in _SPECIAL.finditer(data, at):
            parts.append(data[at : m.start()])
            out += m.start() - at
            new = self._put_right(m)
            parts.append(new)
            out, at = out + len(new), m.end()
            if len(new) != len(m[0]) and len(self._marks) < _MOST_MARKS:
                self._marks.append((self._fed + out, self._source + at))
        parts.append(data[at:])
        mended = b"".join(parts)
        self._fed += len(mended)
        self._source += len(data)
        self._marks.append((self._fed, self._source))
        return mended

    def _put_right(self, m: re.Match[bytes]) -> bytes:
        found: bytes = m[0]
        for kind, closing in (("cdata", b"]]>"), ("comment", b"-->")):
            if m[kind] is not None:
                self._closing = b"" if found.endswith(closing) else closing
                return found
        if entity := m["entity"]:
            return self._entity(entity, found)
        if found == b"&":
            self.mends.ampersands += 1
            return b"&amp;"
        if found == b"<":
            self.mends.brackets += 1
            return b"&lt;"
        self.mends.controls += 1
        return b" "

    def _entity(self, entity: bytes, found: bytes) -> bytes:
        """A reference that the parser knows: named ones of HTML as numbers, impossible ones as they are written."""
        if entity in _KNOWN:
            return found
        if entity.startswith(b"#"):
            number = int(entity[2:], 16) if entity[1:2] == b"x" else int(entity[1:])
            if (
                number in (9, 10, 13)
                or 32 <= number < 0xD800
                or 0xE000 <= number <= 0xFFFD
                or 65536 <= number < 0x110000
            ):
                return found
        elif text := html5.get(entity.decode("ascii") + ";"):
            return b"".join(b"&#%d;" % ord(c) for c in text)
        self.mends.ampersands += 1
        return b"&amp;" + found[1:]


def _find_safe_cut(data: bytes) -> int:
    """Where a piece can end without cutting a reference or the opening of a tag in two."""
    near = max(len(data) - _HELD_BACK, 0)
    at = max(data.rfind(b"&", near), data.rfind(b"<", near), data.rfind(b"]", near), data.rfind(b"-", near))
    return at if at > 0 else len(data)
