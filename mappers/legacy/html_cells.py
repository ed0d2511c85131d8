"""The rows of one table of a web page: cells that span rows and columns, and the fonts they are in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from mappers.legacy.declared import Declared
from mappers.legacy.grid import GridCell, GridRow
from mappers.legacy.html_scan import HtmlPiece

_MOST_COLUMNS = 4096
# Source: the HTML standard, attributes of td: no cell is taken to span more.
_MOST_ACROSS = 1000
_MOST_DOWN = 65_534
_LONGEST_CELL = 1 << 20
_LONGEST_RULE = 2000
_BREAKS = frozenset(("br", "p", "/p", "div", "/div", "li", "/li", "tr", "/tr"))
_FAMILY = re.compile(r"font-family\s*:\s*[\"']?([^;\"',}]+)", re.IGNORECASE)
_SHORT = re.compile(r"\bfont\s*:[^;}]*?\d(?:pt|px|em|%)?[^;}\"',\w]*[\"']?([A-Za-z][^;\"',}]*)", re.IGNORECASE)
_BLANK = re.compile("[ \t\r\n]+")
_FILLER = "\xa0 \t\r\n"


def style_fonts(css: str) -> Mapping[str, str]:
    """Selector -> font, of the rules of a style element that name one: ".xl24", "td"."""
    found: dict[str, str] = {}
    for block in css.split("}"):
        selectors, _, rule = block.rpartition("{")
        if font := _font_in(rule):
            found |= {s.strip().lower(): font for s in selectors[-_LONGEST_RULE:].split(",") if len(s) < 64}
    return found


def _font_in(style: str) -> str:
    style = style[:_LONGEST_RULE]
    m = _FAMILY.search(style) or _SHORT.search(style)
    return m[1].strip() if m else ""


@dataclass
class _Span:
    """A cell that goes on in the rows below. left: rows it still stands in, that in which it begins included."""

    left: int
    cell: GridCell


@dataclass
class HtmlRows:
    """Makes rows of the pieces of one table. spans: cells that span several rows; is_open: the file ended within it."""

    written: Declared
    fonts: Mapping[str, str]
    spans: int = 0
    nested: int = 0
    long: int = 0
    is_open: bool = False
    _number: int = 0
    _begun: int = -1
    _cells: list[GridCell] | None = None
    _below: dict[int, _Span] = field(default_factory=dict)
    _texts: list[str] | None = None
    _counts: Counter[str] = field(default_factory=Counter)
    _stack: list[tuple[str, str]] = field(default_factory=list)
    _across: int = 1
    _down: int = 1
    _size: int = 0

    def notes(self) -> Iterator[str]:
        """What has to be said of the table once it is read."""
        if self.spans:
            yield f"{self.spans} cells span several rows; their text comes with each of them"
        if self.nested:
            yield f"{self.nested} tables are inside cells; they are read as separate tables"
        if self.long:
            yield f"{self.long} cells are longer than {_LONGEST_CELL} characters; what follows is left out"
        if self.is_open:
            yield "the file is truncated: the table does not end"

    def rows(self, pieces: Iterator[HtmlPiece]) -> Iterator[GridRow]:
        """The rows up to the end of the table; tables within it are left out."""
        depth = 0
        for piece in pieces:
            if piece.tag == "table":
                depth += 1
                self.nested += depth > 1
            elif piece.tag == "/table":
                depth -= 1
                if depth == 0:
                    if last := self._end_row():
                        yield last
                    return
            if depth == 1 and (row := self._take(piece)):
                yield row
        self.is_open = True
        if last := self._end_row("cut"):
            yield last

    def _take(self, piece: HtmlPiece) -> GridRow | None:
        """Take in a piece; the row that it ends."""
        tag = piece.tag
        row = None
        if not tag:
            self._text(piece.text)
            return None
        if tag in ("tr", "/tr", "thead", "tbody", "tfoot"):
            row = self._end_row()
            if tag == "tr":
                self._cells, self._begun = [], piece.offset
        elif tag in ("td", "th"):
            self._start_cell(piece)
        elif tag in ("/td", "/th"):
            self._end_cell()
        elif tag in _BREAKS:
            self._text("\n" if self._texts else "", is_break=True)
        if tag.startswith("/"):
            self._close(tag[1:])
        elif (piece.attributes or self.fonts) and (font := self._find_font(piece)):
            self._stack.append((tag, font))
        return row

    def _find_font(self, piece: HtmlPiece) -> str:
        """The font that a tag names, by itself or by its class."""
        given = piece.attributes
        if own := given.get("face", "").partition(",")[0].strip() or _font_in(given.get("style", "")):
            return own
        names = (f".{c}" for c in given.get("class", "").lower().split())
        return next((self.fonts[s] for n in names for s in (f"{piece.tag}{n}", n) if s in self.fonts),
                    self.fonts.get(piece.tag, ""))  # fmt: skip

    def _close(self, tag: str) -> None:
        for i in range(len(self._stack) - 1, -1, -1):
            if self._stack[i][0] == tag:
                del self._stack[i:]
                return

    def _start_cell(self, piece: HtmlPiece) -> None:
        # Closing tags are often left out: the next cell ends the one before.
        self._end_cell()
        if self._cells is None:
            self._cells, self._begun = [], piece.offset
        self._across = _span(piece.attributes.get("colspan"), _MOST_ACROSS)
        self._down = _span(piece.attributes.get("rowspan"), _MOST_DOWN)
        self._texts, self._counts, self._size = [], Counter(), 0

    def _text(self, text: str, *, is_break: bool = False) -> None:
        if self._texts is None:
            return
        self._size += len(text)
        if self._size > _LONGEST_CELL:
            self.long += self._size - len(text) <= _LONGEST_CELL
            return
        if is_break:
            # A zero byte for a break, since line breaks of the source are only blanks.
            self._texts.append("\0")
            return
        text = unescape(text) if "&" in text else text
        self._texts.append(_BLANK.sub(" ", text))
        if self._stack:
            self._counts[self._stack[-1][1]] += len(text.strip(_FILLER))

    def _end_cell(self) -> None:
        if self._texts is None or self._cells is None:
            return
        lines = "".join(self._texts).split("\0")
        text = "\n".join(x for x in (line.strip(" ") for line in lines) if x)
        text = "" if not text.strip(_FILLER) else text
        self._texts = None
        cell = GridCell(self.written.cell(text), tuple(self._counts.items()))
        # Cells that come down from above take their places first.
        self._fill()
        at = len(self._cells)
        if at >= _MOST_COLUMNS:
            return
        for i in range(min(self._across, _MOST_COLUMNS - at)):
            own = cell if i == 0 else GridCell("")
            self._cells.append(own)
            if self._down > 1:
                self._below[at + i] = _Span(self._down, own)
        self.spans += self._down > 1 and bool(text)

    def _fill(self) -> None:
        """Put in the cells that come down from rows above at this place."""
        if self._cells is None:
            return
        while (span := self._below.get(len(self._cells))) and len(self._cells) < _MOST_COLUMNS:
            self._cells.append(span.cell)

    def _end_row(self, problem: str = "") -> GridRow | None:
        is_within = self._texts is not None
        self._end_cell()
        if self._cells is None:
            return None
        self._fill()
        self._number += 1
        row = GridRow(self._number, self._begun, tuple(self._cells), problem if is_within else "")
        self._cells = None
        for at, span in list(self._below.items()):
            span.left -= 1
            if span.left <= 0:
                del self._below[at]
        return row


def _span(given: str | None, most: int) -> int:
    digits = re.match(r"\s*(\d{1,6})", given or "")
    return min(max(int(digits[1]), 1), most) if digits else 1
