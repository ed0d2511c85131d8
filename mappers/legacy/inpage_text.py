"""The text of InPage documents: where it is in their stream, and its paragraphs.

Source, for the places: the public notes of the projects inpage-format (specs 03 and 04, and the measured framing of
InPage100 text records there) and inPageToUnicode. No document was at hand when this was written: it is checked against
streams built from those notes only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LEGACY, UNICODE = "inpage-0x04", "utf-16-le"
# A text record: 1, 13, two zero bytes, the length of the text, the text.
_RECORD = re.compile(rb"\x01\x00\x00\x00\x0d\x00\x00\x00..(?P<length>....)", re.DOTALL)
_LETTERS = re.compile(rb"\x04[\x20-\xff]")
_RUN = re.compile(rb"(?:\x04[\x20-\xff]|[\t\n\r\x20-\x7e]){6,}+")
_SHORTEST_RUN = 3
_TOKEN = re.compile(
    rb"\x04(?P<code>[\x20-\xff])|(?P<end>\r\n?|\x0c)|(?P<plain>[\t\n\x20-\x7e]++)|(?P<other>.)", re.DOTALL
)
_KNOWN = re.compile(rb"\x04[\x20-\xff]|[\t\n\f\r\x20-\x7e]++")
_BOUNDARY = b"\xff\xff\xff\xff\x0d\x00"
_HEADS_END = 0x1000
_MOST_STYLES = 1000
_LONGEST_SPAN = 100_000
# Upper bytes of Arabic letters (06), of their presentation forms (FB to FE) and of marks (20), or plain ASCII.
_WIDE_RUN = re.compile(rb"(?:[\x00-\xff][\x06\x20\xfb-\xfe]|[\t\n\r\x20-\x7e]\x00)+", re.DOTALL)
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_WIDE_NAMES = frozenset(("InPage300",))


@dataclass(frozen=True, slots=True)
class FoundText:
    """The text of a document. paragraphs: bytes of the code, or text. is_framed: it lies where texts are known to lie.

    others: bytes in it that are neither letters nor marks, and are taken for blanks.
    """

    paragraphs: tuple[bytes | str, ...]
    encoding: str
    is_framed: bool
    others: int = 0


def find_text(name: str, stream: bytes) -> FoundText:
    """The text in a document's stream. name: of the stream, which tells the version."""
    if name in _WIDE_NAMES:
        return _wide(stream)
    records = list(_records(stream))
    parts = records or [m[0] for m in _RUN.finditer(stream) if len(_LETTERS.findall(m[0])) >= _SHORTEST_RUN]
    paragraphs: list[bytes | str] = []
    others = 0
    for part in parts:
        found, count = _paragraphs(part)
        paragraphs += found
        others += count
    return FoundText(tuple(paragraphs), LEGACY, bool(records), others)


def _records(stream: bytes) -> Iterator[bytes]:
    """The texts of the stream's text records; what only looks like one is left out."""
    at = 0
    while m := _RECORD.search(stream, at):
        length = int.from_bytes(m["length"], "little")
        text = stream[m.end() : m.end() + length]
        at = m.start() + 1
        if text and _is_text(text):
            yield text
            at = m.end() + len(text)


def _is_text(text: bytes) -> bool:
    """Whether most of a text are letters and marks of the code."""
    sample = text[:512]
    return len(_KNOWN.sub(b"", sample)) * 5 <= len(sample)


def _paragraphs(text: bytes) -> tuple[list[bytes], int]:
    """The paragraphs of a text, and how many bytes in it are not understood.

    Letters of the Latin script are written with the mark of letters or without; here they have none.
    """
    done: list[bytes] = []
    parts: list[bytes] = []
    others = 0
    is_behind_mark = False
    for m in _TOKEN.finditer(text):
        if m["other"]:
            others += 1
            is_behind_mark = True
            continue
        if is_behind_mark and parts and not m["end"] and not parts[-1].endswith((b" ", b"\t")):
            parts.append(b" ")
        is_behind_mark = False
        if m["end"]:
            done.append(b"".join(parts))
            parts = []
        elif m["code"] and m["code"] < b"\x7f":
            parts.append(m["code"])
        else:
            parts.append(m[0])
    if parts:
        done.append(b"".join(parts))
    return done, others


def _wide(stream: bytes) -> FoundText:
    """The text of version 3: UTF-16 behind a list of spans and a boundary."""
    # The boundary lies behind the heads; where it is not found there, anywhere is better than nowhere.
    at = stream.find(_BOUNDARY, _HEADS_END)
    at = stream.find(_BOUNDARY) if at < 0 else at
    spans = _spans(stream, at) if at >= 0 else 0
    if spans:
        start = at + len(_BOUNDARY)
        paragraphs, others = _wide_paragraphs(stream[start : start + spans])
        if paragraphs:
            return FoundText(tuple(paragraphs), UNICODE, True, others)
    # Both halves: a text may begin at an odd byte.
    found = [m[0].decode("utf-16-le", "replace") for half in (0, 1) for m in _WIDE_RUN.finditer(stream[half:])
             if (m.start() % 2 == 0)]  # fmt: skip
    runs = [t for t in found if len(_ARABIC.findall(t)) >= _SHORTEST_RUN]
    return FoundText(tuple(p for t in runs for p in re.split("\r\n?", t)), UNICODE, False)


def _spans(stream: bytes, boundary: int) -> int:
    """Bytes of all spans of text together, as the list before the boundary has them."""
    total = 0
    at = boundary - 8
    while at >= 0:
        style = int.from_bytes(stream[at : at + 4], "little")
        length = int.from_bytes(stream[at + 4 : at + 8], "little")
        if style > _MOST_STYLES or length > _LONGEST_SPAN or (style == 0 and length == 0):
            break
        total += length
        at -= 8
    return total


def _wide_paragraphs(text: bytes) -> tuple[list[str], int]:
    """Paragraphs of UTF-16; a control character begins a record of formatting, which has its length behind it."""
    done: list[str] = []
    parts: list[bytes] = []
    at = others = 0
    while at + 1 < len(text):
        unit = text[at : at + 2]
        code = int.from_bytes(unit, "little")
        at += 2
        if code == 0x0D:
            done.append(b"".join(parts).decode("utf-16-le", "replace"))
            parts = []
        elif (code < 0x20 and code not in (0x09, 0x0A)) or code == 0x7E:
            others += code == 0
            at += 0 if code == 0 else 2 + int.from_bytes(text[at : at + 2], "little")
        else:
            parts.append(unit)
    if parts:
        done.append(b"".join(parts).decode("utf-16-le", "replace"))
    return done, others
