"""XML of office files as a stream: parsed in chunks, taken up again behind damage, its entities never expanded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar
from xml.parsers import expat

Item = TypeVar("Item")
_MOST_BREAKS = 1000
# What is read behind damage needs a root, and the true one is past.
_ROOT = b"<again>"
_LONGEST_TAG = 64


class Handler(Generic[Item]):
    """What is done with the elements of a part. done: what has been read and not been taken yet."""

    def __init__(self) -> None:
        self.done: list[Item] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins. name: without its prefix; those of attributes have theirs."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Characters inside the element."""

    def forget(self) -> None:
        """Damage was met: what is half read goes no further."""


class EntitiesRefused(Exception):
    """The XML declares entities, which no office program does."""


class XmlPart(Generic[Item]):
    """A part to be parsed. name: for messages; notes: where damage is said."""

    def __init__(self, name: str, chunks: Iterable[bytes], handler: Handler[Item], notes: list[str]) -> None:
        self._name, self._chunks, self._handler, self._notes = name, iter(chunks), handler, notes

    def items(self, again: re.Pattern[bytes] | None = None) -> Iterator[Item]:
        """What the handler makes of the part. again: how an element begins at which it is taken up behind damage."""
        parser, chunk, base = _parser(self._handler), b"", 0
        breaks = 0
        while True:
            try:
                parser.Parse(chunk, False)
                base += len(chunk)
                yield from self._take_items()
                chunk = next(self._chunks, b"")
                if not chunk:
                    parser.Parse(b"", True)
                    yield from self._take_items()
                    return
            except EntitiesRefused:
                self._notes.append(f"the part {self._name} declares entities and is not read")
                return
            except expat.ExpatError:
                self._handler.forget()
                yield from self._take_items()
                breaks += 1
                self._say(breaks)
                behind = chunk[max(parser.ErrorByteIndex - base, 0) + 1 :]
                found = self._next_start(behind, again) if again and breaks < _MOST_BREAKS else b""
                if not found:
                    return
                parser, chunk, base = _parser(self._handler), _ROOT + found, 0

    def _take_items(self) -> Iterator[Item]:
        done, self._handler.done = self._handler.done, []
        return iter(done)

    def _say(self, breaks: int) -> None:
        if breaks == 1:
            self._notes.append(f"the part {self._name} is truncated or damaged: some of it is missing")

    def _next_start(self, data: bytes, again: re.Pattern[bytes]) -> bytes:
        """The data from the next element on at which reading can be taken up; nothing at the end."""
        while (found := again.search(data)) is None:
            chunk = next(self._chunks, b"")
            if not chunk:
                return b""
            # A tag may lie across two pieces.
            data = data[-_LONGEST_TAG:] + chunk
        return data[found.start() :]


def _parser(handler: Handler[Item]) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    start, end = handler.start, handler.end
    parser.StartElementHandler = lambda name, found: start(name.rpartition(":")[2] if ":" in name else name, found)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2] if ":" in name else name)
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise EntitiesRefused
