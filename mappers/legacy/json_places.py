"""Where the tables of a JSON file are: told from its structure, before any row is read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from mappers.legacy.json_scan import SPACE, JsonPlace, JsonWindow, read_string, to_text
from mappers.legacy.lines import TextForm

_DEEPEST = 30
_MOST_TABLES = 1000
_MOST_BESIDE = 64
_LONGEST_BESIDE = 4096
_NAMES = frozenset(("columns", "fields", "header", "headers", "names"))


@dataclass
class Finder:
    """Looks for the tables of a file. beside: values outside of rows, by their keys."""

    path: Path
    form: TextForm
    places: list[JsonPlace] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    headers: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    _lengths: list[int] = field(default_factory=list)

    def find(self) -> list[JsonPlace]:
        """The tables, in order. A file whose values stand one behind the other is one table of them."""
        w = JsonWindow(self.path, self.form)
        first = w.peek()
        offset = w.offset()
        if first == b"[":
            return [JsonPlace("list", (), offset)]
        if first != b"{":
            return []
        is_sound = self._walk(w, ()) is not None
        if is_sound and w.peek() in (b"{", b"["):
            return [JsonPlace("lines", (), offset)]
        if self.places:
            beside = tuple(self.beside.items())
            return [replace(p, beside=beside, header=self.headers.get(p.names[:-1], ())) for p in self.places]
        # Lists of none or of one value each say nothing: one record may have them, too.
        is_columns = len(self._lengths) > 1 and set(self._lengths) not in ({0}, {1}) and len(set(self._lengths)) == 1
        return [JsonPlace("columns" if is_columns and not self.beside else "lines", (), offset)]

    def _walk(self, w: JsonWindow, names: tuple[str, ...]) -> str | None:
        """Go through an object outside of rows. Returns its first key; None when it breaks off or makes no sense."""
        offset = w.offset()
        w.at += 1
        places, beside = len(self.places), len(self.beside)
        keys: list[str] = []
        inner: set[str | None] = set()
        objects = 0
        while True:
            sign = w.peek()
            if sign == b"}":
                w.at += 1
                break
            if sign != b'"':
                return None
            key = read_string(w.take().data, self.form)
            keys = keys or [key]
            if not w.colon():
                return None
            is_object = w.peek() == b"{" and len(names) < _DEEPEST
            if is_object and (first := self._walk(w, (*names, key))) is not None:
                objects += 1
                inner.add(first)
            elif is_object or not self._value(w, (*names, key)):
                return None
            else:
                inner.add(None)
        if objects > 1 and len(inner) == 1 and None not in inner and "" not in inner and len(self.places) == places:
            self._keep_keyed(JsonPlace("keyed", names, offset), beside)
        return keys[0] if keys else ""

    def _keep_keyed(self, place: JsonPlace, beside: int) -> None:
        """An object whose values are objects alike is a table."""
        self.beside = dict(list(self.beside.items())[:beside])
        self.places.append(place)

    def _value(self, w: JsonWindow, names: tuple[str, ...]) -> bool:
        sign = w.peek()
        if sign == b"[":
            return self._array(w, names)
        if sign in (b"{", b"}", b"]", b":", b""):
            return sign == b"{" and w.skip()
        taken = w.take()
        if len(self.beside) < _MOST_BESIDE and len(taken.data) < _LONGEST_BESIDE:
            self.beside["/".join(names)] = read_string(taken.data, self.form)
        return taken.is_whole

    def _array(self, w: JsonWindow, names: tuple[str, ...]) -> bool:
        offset = w.offset()
        if _first_inside(w) in (b"{", b"["):
            if len(self.places) < _MOST_TABLES:
                self.places.append(JsonPlace("list", names, offset))
            return w.skip()
        taken = w.take()
        texts = _texts(taken.data, self.form)
        self._lengths.append(len(texts))
        if names[-1].lower() in _NAMES and taken.is_whole:
            self.headers[names[:-1]] = texts
        return taken.is_whole


def _first_inside(w: JsonWindow) -> bytes:
    """The first byte within an array that is no blank."""
    at = w.at + 1
    while True:
        m = SPACE.match(w.data, at)
        at = m.end() if m else at
        if at < len(w.data):
            return w.data[at : at + 1]
        start = w.at
        if not w.read_more():
            return b""
        at -= start


def _texts(data: bytes, form: TextForm) -> tuple[str, ...]:
    try:
        found = json.loads(to_text(data, form), strict=False, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return ()
    return tuple(str(x) for x in found) if isinstance(found, list) else ()
