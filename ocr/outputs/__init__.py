"""What read pages are written as: one module `as_NAME.py` each, which names its OUTPUT; found by looking, never listed.

A writer is fed page by page and answers each with the bytes that may go out at once, so that a long file needs no room.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from ocr.languages.writing import is_rtl
from ocr.page import Box, Line, PageText, Scan, Word

SOFTWARE = "cctns-digitize"
_PREFIX = "as_"


@dataclass(frozen=True, slots=True)
class OutputPage:
    """One page to be written.

    file: its name, as messages and outputs call it. number: 1-based page of that file. scan: where the picture is, for
    outputs that show it. languages: two-letter codes it was read in. dpi: to which a PDF page was rendered for reading,
    and what a picture that says nothing else is taken to have.
    """

    file: str
    number: int
    text: PageText
    scan: Scan | None = None
    languages: tuple[str, ...] = ()
    dpi: int = 300


class DocumentWriter(Protocol):
    """Pages in, bytes out: what start, all page and end return, joined, is the document."""

    def start(self) -> bytes:
        """What stands before the first page."""
        ...

    def page(self, page: OutputPage) -> bytes:
        """One page. Raises ScanError when its picture is needed and cannot be opened."""
        ...

    def end(self) -> bytes:
        """What stands behind the last page."""
        ...


@dataclass(frozen=True, slots=True)
class Output:
    """One way to write pages. document: a document of its own for each file read, instead of one stream for all."""

    suffix: str
    writer: Callable[[], DocumentWriter]
    document: bool = False


@cache
def outputs() -> Mapping[str, Output]:
    """All ways to write, by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name.startswith(_PREFIX))
    return {n.removeprefix(_PREFIX): importlib.import_module(f"{__name__}.{n}").OUTPUT for n in names}


def write(name: str, pages: Iterable[OutputPage]) -> bytes:
    """Pages as one document. Raises KeyError for a name that there is not."""
    writer = outputs()[name].writer()
    return b"".join((writer.start(), *(writer.page(page) for page in pages), writer.end()))


def words_of(line: Line) -> tuple[Word, ...]:
    """The words of a line; where they were not told apart, parts of the line's box as wide as they have letters."""
    if line.words or not line.text.strip():
        return line.words
    rtl, total = is_rtl(line.text), len(line.text)
    words, at = [], 0
    for text in line.text.split():
        # Behind the word before: the same word may stand twice in a line.
        at = line.text.index(text, at)
        left, right = (at / total, (at + len(text)) / total)
        if rtl:
            left, right = 1 - right, 1 - left
        width = line.box.x1 - line.box.x0
        box = Box(line.box.x0 + int(left * width), line.box.y0, line.box.x0 + int(right * width), line.box.y1)
        words.append(Word(text, line.confidence, box))
        at += len(text)
    return tuple(words)


def blocks_of(text: PageText) -> list[list[Line]]:
    """The lines of a page by paragraph or column, in reading order; lines without a word are left out."""
    found: list[list[Line]] = []
    for line in text.lines:
        if not words_of(line):
            continue
        if not found or found[-1][0].block != line.block:
            found.append([])
        found[-1].append(line)
    return found
