"""XML read by expat as a stream of events; where it is broken, it is taken up again at the next row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from mappers.errors import TableError
from mappers.legacy.lines import TextForm, read_chunks
from mappers.legacy.xml_feed import Feed, Mends

DEEPEST = 200
_LONGEST_TOKEN = 8 << 20
_LONGEST_NAME = 1 << 12
_REFERENCE = re.compile(rb"&([^\s&;#<>\"']++);")
# Of expat's error codes, those that small faults in the text give, not faults of the tags.
_ERRORS = expat.errors
_MENDABLE = frozenset(
    _ERRORS.codes[e]
    for e in (_ERRORS.XML_ERROR_INVALID_TOKEN, _ERRORS.XML_ERROR_UNDEFINED_ENTITY, _ERRORS.XML_ERROR_BAD_CHAR_REF)
)
_JUNK = _ERRORS.codes[_ERRORS.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
# A tag with the names and values of its attributes in turns.
Tag = tuple[str, tuple[str, ...]]


class Listener(Protocol):
    """Takes what the parser finds."""

    def start(self, tag: str, attributes: list[str]) -> None:
        """A tag opens. attributes: names and values in turns."""

    def end(self) -> None:
        """The tag opened last closes."""

    def text(self, data: str) -> None:
        """Some text within it."""


@dataclass(frozen=True, slots=True)
class XmlSegment:
    """A stretch of the file that can be parsed. ancestors: tags to be opened before it, with their attributes.

    end: where it ends, None for the end of the file. is_wrapped: the ancestors are not closed in the file.
    """

    start: int
    end: int | None = None
    ancestors: tuple[Tag, ...] = ()
    is_wrapped: bool = False


@dataclass(frozen=True, slots=True)
class XmlBreak:
    """Where a file stopped to be XML. is_end: because the file ends there. tags: those open at that place."""

    offset: int
    code: int
    is_end: bool
    tags: tuple[Tag, ...]

    @property
    def is_mendable(self) -> bool:
        """Whether it looks like a fault in the text, not of the tags."""
        return self.code in _MENDABLE

    @property
    def is_second_root(self) -> bool:
        """Whether another element follows behind the first one that stands alone."""
        return self.code == _JUNK


@dataclass
class Parsing:
    """One pass over a segment. Iterating it parses piece after piece; broken says afterwards where it stopped."""

    path: Path
    form: TextForm
    segment: XmlSegment
    listener: Listener
    is_mended: bool
    mends: Mends = field(default_factory=Mends)
    broken: XmlBreak | None = None
    is_stopped: bool = False

    def __post_init__(self) -> None:
        self._open: list[Tag] = []
        self._ahead = 0
        self._entities: set[bytes] = set()
        part = self.segment
        self._feed = Feed(self.path, self.form, part.start, part.end, self.is_mended, mends=self.mends)
        self._parser = self._make_parser()

    def __iter__(self) -> Iterator[None]:
        is_last = False
        try:
            head = self._opening()
            self._parser.Parse(head, False)
            self._ahead = fed = len(head)
            for piece in self._feed.pieces():
                self._parser.Parse(piece, False)
                fed += len(piece)
                # Behind a bracket or quote that never ends the parser would hold all the rest of the file.
                if fed - self._parser.CurrentByteIndex > _LONGEST_TOKEN:
                    self.broken = XmlBreak(self.offset(), 0, False, tuple(self._open))
                    return
                yield
                if self.is_stopped:
                    return
            is_last = True
            if self.segment.end is None:
                self._parser.Parse(self._closing(), True)
        except expat.ExpatError as e:
            offset = self._feed.offset(max(self._parser.ErrorByteIndex - self._ahead, 0))
            self.broken = XmlBreak(offset, e.code, is_last, tuple(self._open))
        yield

    def offset(self) -> int:
        """The byte of the file at which what the listener is being told begins."""
        return self._feed.offset(max(self._parser.CurrentByteIndex - self._ahead, 0))

    def _make_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(_bytes_of(self.form))
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.listener.text
        parser.EntityDeclHandler = self._declare
        parser.EndDoctypeDeclHandler = self._end_doctype
        parser.SkippedEntityHandler = self._say_skipped
        return parser

    def _opening(self) -> bytes:
        """The tags that stand open before the segment, as the file would have them."""
        return "".join(f"<{tag}>" for tag, _ in self.segment.ancestors).encode(_bytes_of(self.form))

    def _closing(self) -> bytes:
        if not self.segment.is_wrapped:
            return b""
        return "".join(f"</{tag}>" for tag, _ in reversed(self.segment.ancestors)).encode(_bytes_of(self.form))

    def _start(self, tag: str, attributes: list[str]) -> None:
        known = self.segment.ancestors
        depth = len(self._open)
        if not self._ahead and depth < len(known):
            self._open.append(known[depth])
            self.listener.start(known[depth][0], list(known[depth][1]))
            return
        if depth >= DEEPEST:
            raise TableError(f"{self.path.name}: more than {DEEPEST} elements within each other", kind="unreadable")
        self._open.append((tag, tuple(attributes)))
        self.listener.start(tag, attributes)

    def _end(self, tag: str) -> None:
        self._open.pop()
        self.listener.end()

    def _say_skipped(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self.listener.text(f"&{name};")

    def _declare(self, name: str, is_parameter: bool, *_: object) -> None:
        """Entities of the file's own can grow without bound when they are put in, or name other files."""
        if is_parameter:
            raise self._refuse_entities("declares entities for its own DTD")
        self._entities.add(name.encode())

    def _end_doctype(self) -> None:
        if self._entities and _uses_entity(self.path, self.form, self._entities):
            raise self._refuse_entities("declares entities and uses them")

    def _refuse_entities(self, what: str) -> TableError:
        return TableError(
            f"{self.path.name}: the file {what} (<!ENTITY ...> in its DTD); refused, for they can grow without bound or"
            " fetch other files",
            kind="unreadable",
        )


def _uses_entity(path: Path, form: TextForm, names: Set[bytes]) -> bool:
    """Whether one of the entities is named anywhere in a file."""
    rest = b""
    for piece in read_chunks(path, form):
        data = rest + piece
        if any(m[1] in names for m in _REFERENCE.finditer(data)):
            return True
        # A reference may lie across two pieces.
        rest = data[-_LONGEST_NAME:]
    return False


def _bytes_of(form: TextForm) -> str:
    """What the parser is told of the bytes: UTF-8, or one character a byte where their encoding is not known."""
    return "utf-8" if form.encoding and not form.is_mixed else "iso-8859-1"


def find_tag(path: Path, form: TextForm, start: int, tags: frozenset[str]) -> tuple[int, str] | None:
    """The next place behind a byte at which one of the tags opens, and which."""
    if not tags:
        return None
    encoding = _bytes_of(form)
    names = b"|".join(re.escape(t.encode(encoding, "replace")) for t in sorted(tags))
    pattern = re.compile(rb"<(" + names + rb")(?=[\s/>])")
    feed = Feed(path, form, start)
    rest, at = b"", 0
    longest = max(map(len, tags)) * 4 + 8
    for piece in feed.pieces():
        data = rest + piece
        if m := pattern.search(data):
            return feed.offset(at + m.start()), m[1].decode(encoding)
        rest = data[-longest:]
        at += len(data) - len(rest)
    return None
