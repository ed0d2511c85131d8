"""JSON text gone through in a window of bytes, value by value, and each row of a table as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mappers.legacy.lines import TextForm, read_chunks, size_in_file

_LONGEST_ROW = 16 << 20
# What a broken row swallowed is read again; there is an end to that.
_MOST_READ_AGAIN = 64 << 20
# Commas and zero bytes, too: rows with one too many, or with none between them, are still rows.
SPACE = re.compile(rb"[\s\0,]*+")
_FLAT = re.compile(rb"[^\[\]{}\"]*+(?:\"(?:[^\"\\]++|\\.)*+\"[^\[\]{}\"]*+)*+", re.DOTALL)
_STRING = re.compile(rb"\"(?:[^\"\\]++|\\.)*+\"", re.DOTALL)
_SCALAR = re.compile(rb"[^\s,:\[\]{}\"\0]++")
_COLON = re.compile(rb"[\s\0]*+:[\s\0]*+")


class JsonTaken(NamedTuple):
    """A value as it stands in the file. is_whole: it ends before the file does, and is not too long. key: before it."""

    offset: int
    data: bytes
    is_whole: bool
    key: bytes = b""


@dataclass(frozen=True, slots=True)
class JsonPlace:
    """Where a table is. kind: "list": rows in an array; "lines": one behind the other; "keyed": in an object, each with
    its key; "columns": an array a column.

    names: keys on the way to it. offset: of its first byte. beside: values that stand around it, by their keys.
    header: names of columns that stand beside it.
    """

    kind: str
    names: tuple[str, ...]
    offset: int
    beside: tuple[tuple[str, str], ...] = ()
    header: tuple[str, ...] = ()


class JsonWindow:
    """The part of a file that is looked at, as UTF-8. at: where the reading stands in data."""

    def __init__(self, path: Path, form: TextForm, start: int = 0) -> None:
        self.data, self.at = b"", 0
        self._chunks = read_chunks(path, form, start)
        self._size = size_in_file(form)
        self._known_at, self._known_offset = 0, max(start, form.start)

    def offset(self, at: int | None = None) -> int:
        """The byte of the file at a place of the window, by default where the reading stands; they do not go down."""
        at = self.at if at is None else at
        if at > self._known_at:
            self._known_offset += self._size(self.data[self._known_at : at])
            self._known_at = at
        return self._known_offset

    def read_more(self, *, keep: int | None = None) -> bool:
        """Read on, letting go of what lies behind keep (by default what was read). False at the end of the file."""
        chunk = next(self._chunks, b"")
        if not chunk:
            return False
        keep = self.at if keep is None else keep
        self.offset(keep)
        self.data = self.data[keep:] + chunk
        self._known_at -= keep
        self.at -= keep
        return True

    def peek(self) -> bytes:
        """The next byte that is no blank and no comma, b"" at the end; the reading stands before it then."""
        while True:
            self._match(SPACE)
            if self.at < len(self.data):
                return self.data[self.at : self.at + 1]
            if not self.read_more():
                return b""

    def _match(self, pattern: re.Pattern[bytes]) -> None:
        m = pattern.match(self.data, self.at)
        self.at = m.end() if m else self.at

    def take(self) -> JsonTaken:
        """The value that begins here; the reading stands behind it then."""
        start = self.at
        offset = self.offset(start)
        is_whole = self._pass(keep=True)
        start = self._taken_from
        return JsonTaken(offset, self.data[start : self.at], is_whole)

    def skip(self) -> bool:
        """Go behind the value that begins here, however long it is. False when the file ends within it."""
        return self._pass(keep=False)

    def _pass(self, *, keep: bool) -> bool:
        self._taken_from = self.at
        if self.data[self.at : self.at + 1] not in (b"{", b"["):
            return self._pass_scalar(keep=keep)
        depth = 0
        while True:
            self._match(_FLAT)
            sign = self.data[self.at : self.at + 1]
            if sign in (b"", b'"'):
                # A string may go on in the next piece; it is looked at again from its beginning.
                if (keep and self.at - self._taken_from > _LONGEST_ROW) or len(self.data) - self.at > _LONGEST_ROW:
                    return False
                if not self._go_on(keep=keep):
                    self.at = len(self.data)
                    return False
                continue
            self.at += 1
            depth += 1 if sign in b"{[" else -1
            if depth == 0:
                return True

    def _pass_scalar(self, *, keep: bool) -> bool:
        pattern = _STRING if self.data[self.at : self.at + 1] == b'"' else _SCALAR
        while True:
            m = pattern.match(self.data, self.at)
            # What is no string may go on in the next piece; only a sign behind it ends it.
            if m is not None and (pattern is _STRING or m.end() < len(self.data)):
                self.at = m.end()
                return True
            if m is None and pattern is _SCALAR:
                self.at += 1
                return False
            if len(self.data) - self.at > _LONGEST_ROW or not self._go_on(keep=keep):
                self.at = len(self.data)
                return pattern is _SCALAR

    def _go_on(self, *, keep: bool) -> bool:
        before = self._taken_from
        if not self.read_more(keep=before if keep else None):
            return False
        self._taken_from = 0 if keep else self.at
        return True

    def colon(self) -> bool:
        """Go behind a colon; False when none stands here."""
        while (m := _COLON.match(self.data, self.at)) is None or m.end() == len(self.data):
            if not self.read_more():
                break
        if m is None:
            return False
        self.at = m.end()
        return True


def read_string(data: bytes, form: TextForm) -> str:
    """A scalar as text, a string without its quotes and escapes."""
    text = to_text(data, form)
    if not text.startswith('"'):
        return "" if text == "null" else text
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        return text.strip('"')
    return found if isinstance(found, str) else text


def to_text(data: bytes, form: TextForm) -> str:
    """Bytes of the window as text; one character a byte where the file's encoding is not known."""
    return data.decode("utf-8", "replace") if form.encoding and not form.is_mixed else data.decode("latin-1")


def rows_at(path: Path, form: TextForm, place: JsonPlace, first_key: list[bytes]) -> Iterator[JsonTaken]:
    """The rows at a place. first_key: the key with which rows begin, once it is known, to go on behind a broken one."""
    w = JsonWindow(path, form, place.offset)
    closing = {"list": b"]", "keyed": b"}"}.get(place.kind, b"")
    if closing:
        w.peek()
        w.at += 1
    again = 0
    while sign := w.peek():
        if sign == closing:
            return
        # A bracket or colon too many between rows.
        if sign in (b"]", b"}", b":"):
            w.at += 1
            continue
        key = b""
        if place.kind == "keyed":
            key = w.take().data
            w.colon()
            w.peek()
        taken = w.take()
        resumed = _resume(w, taken, first_key) if again < _MOST_READ_AGAIN else None
        again += len(taken.data) - len(resumed.data) if resumed is not None else 0
        yield (resumed or taken)._replace(key=key)
        if not taken.is_whole and resumed is None:
            return
    if closing:
        yield JsonTaken(w.offset(), b"", False)


def _resume(w: JsonWindow, taken: JsonTaken, first_key: list[bytes]) -> JsonTaken | None:
    """Of a value that swallowed others, because a bracket or quote of it is missing, its own part; else None."""
    if not first_key or not taken.data.startswith(b"{"):
        return None
    next_row = re.compile(rb"\{[\s\0]*+" + re.escape(first_key[0]) + rb"[\s\0]*+:")
    m = next_row.search(taken.data, 1)
    if m is None or (taken.is_whole and _is_sound(taken.data)):
        return None
    w.at -= len(taken.data) - m.start()
    return JsonTaken(taken.offset, taken.data[: m.start()], False)


def _is_sound(data: bytes) -> bool:
    try:
        json.loads(data.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return False
    return True
