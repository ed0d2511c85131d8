"""Web pages cut into tags and text, with their places, however badly they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import NamedTuple

from mappers.legacy.declared import Declared
from mappers.legacy.lines import read_chunks, size_in_file

_LONGEST_TOKEN = 1 << 20
_CHUNK_TEXT = 1 << 16
# Possessive throughout: on a page with broken tags the search must not go back over what it has read.
_TOKEN = re.compile(
    rb"<!--(?:[^-<]++|-(?!->)|<(?!!--))*+-->|<(?P<close>/?)(?P<tag>[A-Za-z][\w:.-]*)(?P<more>(?:[^>\"'<]++|\"[^\"<>]*+\"|'[^'<>]*+'|[\"'])*+)>"
    rb"|<[!?/][^<>]*+>|(?P<text>[^<]++)|<(?![A-Za-z!?/])",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
# What stands between these tags is no text of the page.
_NOT_TEXT = {b"script": re.compile(rb"</script", re.IGNORECASE), b"style": re.compile(rb"</style", re.IGNORECASE),
             b"xml": re.compile(rb"</xml\s*>", re.IGNORECASE)}  # fmt: skip


class HtmlPiece(NamedTuple):
    """A tag ("td", "/td") or a text (tag "") of a page. inside: what stands in a style element.

    offset: its byte in the file; -1 where it was not asked for.
    """

    tag: str
    text: str
    attributes: Mapping[str, str]
    offset: int
    inside: str = ""


_NONE: Mapping[str, str] = {}


class _Window:
    def __init__(self, path: Path, written: Declared, start: int) -> None:
        self._chunks = read_chunks(path, written.form, start)
        self._size = size_in_file(written.form)
        self.data, self.at = b"", 0
        self._known_at, self._known_offset = 0, max(start, written.form.start)

    def read_more(self) -> bool:
        chunk = next(self._chunks, b"")
        if not chunk:
            return False
        # The place in the file is counted before the bytes are let go.
        self.offset(self.at)
        self.data = self.data[self.at :] + chunk
        self._known_at -= self.at
        self.at = 0
        return True

    def offset(self, at: int) -> int:
        self._known_offset += self._size(self.data[self._known_at : at])
        self._known_at = at
        return self._known_offset


def read_pieces(
    path: Path, written: Declared, start: int = 0, only: frozenset[str] = frozenset()
) -> Iterator[HtmlPiece]:
    """The tags and texts of a page from a byte on. only: tags to be told of, all when it is empty."""
    w = _Window(path, written, start)
    while True:
        m = _TOKEN.match(w.data, w.at)
        if m is None or (m.end() == len(w.data) and m.lastgroup == "text" and len(m[0]) < _CHUNK_TEXT):
            if len(w.data) - w.at < _LONGEST_TOKEN and w.read_more():
                continue
            if m is None and w.at >= len(w.data):
                return
        if m is None:
            # A tag that never ends: its bracket is taken as text.
            yield HtmlPiece("", "<" if not only else "", _NONE, -1)
            w.at += 1
            continue
        if m["tag"] is not None:
            piece = _tag(w, m, written, only)
            if piece is not None:
                yield piece
        else:
            if not only and (m["text"] is not None or m[0] == b"<"):
                yield HtmlPiece("", written.text(m[0]), _NONE, -1)
            w.at = m.end()


def _tag(w: _Window, m: re.Match[bytes], written: Declared, only: frozenset[str]) -> HtmlPiece | None:
    name = m["tag"].lower()
    tag = ("/" if m["close"] else "") + name.decode("latin-1")
    offset = w.offset(m.start())
    w.at = m.end()
    inside = ""
    if name in _NOT_TEXT and not m["close"] and not m["more"].endswith(b"/"):
        inside = written.text(_pass(w, _NOT_TEXT[name]))
    if only and tag not in only:
        return None
    more = m["more"]
    return HtmlPiece(tag, "", _attributes(written.text(more)) if b"=" in more else _NONE, offset, inside)


def _pass(w: _Window, closing: re.Pattern[bytes]) -> bytes:
    """Go to the closing tag; what stands before it, as far as it is near."""
    parts: list[bytes] = []
    while (m := closing.search(w.data, w.at)) is None:
        # The closing tag may lie across two pieces.
        keep = max(len(w.data) - 16, w.at)
        if len(parts) < 4:
            parts.append(w.data[w.at : keep])
        w.at = keep
        if not w.read_more():
            w.at = len(w.data)
            return b"".join(parts)
    parts.append(w.data[w.at : m.start()])
    w.at = m.start()
    return b"".join(parts[:5])


def _attributes(more: str) -> Mapping[str, str]:
    return {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(more)}
