"""The content of an OpenDocument spreadsheet, element by element: sheets, rows with their runs of cells, fonts.

Source: OpenDocument 1.3 part 3, 9 (tables), 6.1 (white space in text), 19.385 and 19.389 (values of cells).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from mappers.legacy.serials import clock_text, number_text
from mappers.legacy.sheet import CLOCK, ERROR, FORMULA, NO_DAY, NUMBER, SheetCell, iso_cell, text_cell, yes_no
from mappers.legacy.xml_parts import Handler

# What lies over or behind the cells and is no part of them.
_ASIDE = frozenset(
    (
        "annotation",
        "frame",
        "custom-shape",
        "shapes",
        "g",
        "tracked-changes",
        "dde-links",
        "content-validations",
        "chart",
    )
)
_SPAN_OF_TIME = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?)?\Z")
# A few bytes of a file could else ask for any number of blanks.
_MOST_SPACES = 1000


class SheetBegin(NamedTuple):
    """A sheet begins."""

    name: str
    is_hidden: bool


class CellRun(NamedTuple):
    """Equal cells side by side. spans: rows and columns over which the first is merged."""

    place: int
    times: int
    cell: SheetCell
    spans: tuple[int, int] = (1, 1)


class RowRun(NamedTuple):
    """Equal rows, one below the other, and the runs of their cells that have something in them."""

    times: int
    runs: tuple[CellRun, ...]
    is_hidden: bool
    is_cut: bool = False


OdsItem = SheetBegin | RowRun


class Fonts:
    """The fonts that styles name, by the name of the style."""

    def __init__(self) -> None:
        self._faces: dict[str, str] = {}
        self._style = ""
        self._of_style: dict[str, str] = {}
        self._parent: dict[str, str] = {}
        self.hidden: set[str] = set()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element of a style begins."""
        if name == "font-face":
            family = attributes.get("svg:font-family", "").split(",")[0].strip(" '\"")
            self._faces[attributes.get("style:name", "")] = family
        elif name in ("style", "default-style"):
            self._style = attributes.get("style:name", "")
            self._parent[self._style] = attributes.get("style:parent-style-name", "")
        elif name == "text-properties":
            face = attributes.get("style:font-name", "")
            font = self._faces.get(face, face) or attributes.get("fo:font-family", "").strip(" '\"")
            if font:
                self._of_style[self._style] = font
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self.hidden.add(self._style)

    def font(self, style: str) -> str:
        """The font of a style or of those it is made from."""
        # Not for ever: damaged styles may name each other in a circle.
        for _ in range(8):
            if style in self._of_style or not style:
                break
            style = self._parent.get(style, "")
        return self._of_style.get(style, "")


class StylesHandler(Handler[None]):
    """The part with the styles that have a name of their own."""

    def __init__(self, fonts: Fonts) -> None:
        super().__init__()
        self.start = fonts.start  # type: ignore[method-assign]


class CellText:
    """The text of a cell, put together from its paragraphs."""

    def __init__(self, font: str, fonts: Fonts) -> None:
        self._base, self._fonts = font, fonts
        self._paragraphs: list[list[str]] = []
        self._spans: list[str] = []
        self._shares: Counter[str] = Counter()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element of the text begins."""
        if name == "p":
            self._paragraphs.append([])
        elif name == "span":
            self._spans.append(self._fonts.font(attributes.get("text:style-name", "")))
        elif name == "s":
            self.add(" " * min(count(attributes, "text:c"), _MOST_SPACES))
        elif name in ("tab", "line-break"):
            self.add("\t" if name == "tab" else "\n")

    def end(self, name: str) -> None:
        """It ends."""
        if name == "span" and self._spans:
            self._spans.pop()

    def add(self, data: str) -> None:
        """Characters; those between paragraphs are layout."""
        if self._paragraphs:
            self._paragraphs[-1].append(data)
            font = next((s for s in reversed(self._spans[-4:]) if s), self._base)
            self._shares[font] += len(data)

    def join_text(self) -> str:
        """The text."""
        return "\n".join("".join(p) for p in self._paragraphs)

    @property
    def font(self) -> str:
        """The font of most of it."""
        return self._shares.most_common(1)[0][0] if self._shares else self._base


class ContentHandler(Handler[OdsItem]):
    """The sheets and rows of the content."""

    def __init__(self, fonts: Fonts) -> None:
        super().__init__()
        self._fonts = fonts
        self._is_body = False
        self._defaults: list[str] = []
        self._row_runs: list[CellRun] = []
        self._clear()

    def forget(self) -> None:
        """A row that is half read is cut."""
        self._deliver_cut()
        self._clear()

    def _deliver_cut(self) -> None:
        if self._row_runs:
            self.done.append(RowRun(1, tuple(self._row_runs), is_hidden=False, is_cut=True))
            self._row_runs = []

    def _clear(self) -> None:
        self._aside = 0
        self._row: dict[str, str] | None = None
        self._row_runs = []
        self._place = 0
        self._cell: dict[str, str] | None = None
        self._content: CellText | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; those that lie over the cells are passed over whole."""
        if self._aside or name in _ASIDE:
            self._aside += 1
        elif self._content is not None:
            self._content.start(name, attributes)
        elif name in ("table-cell", "covered-table-cell"):
            self._cell = attributes
            self._content = CellText(self._font_of(attributes), self._fonts)
        elif name == "table-row":
            self._deliver_cut()
            self._row, self._row_runs, self._place = attributes, [], 0
        elif name == "table-column":
            self._default(attributes)
        elif name == "table":
            self._begin_sheet(attributes)
        elif not self._is_body:
            self._is_body = name == "spreadsheet"
            self._fonts.start(name, attributes)

    def end(self, name: str) -> None:
        """It ends; a cell or a row is whole."""
        if self._aside:
            self._aside -= 1
        elif name in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif self._content is not None:
            self._content.end(name)
        elif name == "table-row" and self._row is not None:
            is_hidden = self._row.get("table:visibility", "visible") != "visible"
            self.done.append(RowRun(count(self._row, "table:number-rows-repeated"), tuple(self._row_runs), is_hidden))
            self._row, self._row_runs = None, []

    def text(self, data: str) -> None:
        """Characters of a cell."""
        if self._content is not None and not self._aside:
            self._content.add(data)

    def _begin_sheet(self, attributes: Mapping[str, str]) -> None:
        self._deliver_cut()
        self._defaults = []
        is_hidden = attributes.get("table:style-name", "") in self._fonts.hidden
        self.done.append(SheetBegin(attributes.get("table:name", ""), is_hidden))

    def _default(self, attributes: Mapping[str, str]) -> None:
        """The style of the cells of one or more columns that have none of their own; kept for the first columns."""
        style = attributes.get("table:default-cell-style-name", "")
        room = max(0, 1024 - len(self._defaults))
        self._defaults += [style] * min(count(attributes, "table:number-columns-repeated"), room)

    def _font_of(self, attributes: Mapping[str, str]) -> str:
        own = attributes.get("table:style-name", "")
        if not own and self._place < len(self._defaults):
            own = self._defaults[self._place]
        return self._fonts.font(own)

    def _end_cell(self) -> None:
        if self._cell is None or self._content is None:
            return
        times = count(self._cell, "table:number-columns-repeated")
        cell = read_cell(self._cell, self._content)
        if cell.text.strip():
            spans = count(self._cell, "table:number-rows-spanned"), count(self._cell, "table:number-columns-spanned")
            self._row_runs.append(CellRun(self._place, times, cell, spans))
        self._place += times
        self._cell = self._content = None


def read_cell(attributes: Mapping[str, str], content: CellText) -> SheetCell:
    """A cell by its type: numbers and days as they are stored, texts as they are shown."""
    kind = attributes.get("office:value-type", "")
    shown = content.join_text()
    if attributes.get("calcext:value-type") == "error":
        return SheetCell(shown, ERROR)
    if kind in ("float", "percentage", "currency"):
        stored = number_text(attributes.get("office:value", shown))
        # A number that is shown with zeros before it (FIR 007) keeps them.
        is_filled_up = shown.isascii() and shown.isdigit() and shown.lstrip("0") == stored.lstrip("0")
        return SheetCell(shown if is_filled_up else stored, NUMBER)
    if kind == "date":
        return iso_cell(attributes.get("office:date-value", shown))
    if kind == "time":
        return _time_cell(attributes.get("office:time-value", shown))
    if kind == "boolean":
        return yes_no(attributes.get("office:boolean-value") == "true")
    if not kind and not shown and "table:formula" in attributes:
        return SheetCell(attributes["table:formula"], FORMULA)
    return text_cell(shown or attributes.get("office:string-value", ""), content.font)


def _time_cell(stored: str) -> SheetCell:
    found = _SPAN_OF_TIME.match(stored)
    if not found or len(stored) > 40:
        return SheetCell(stored, NO_DAY)
    days, hours, minutes, seconds = (int(n or 0) for n in found.groups()[1:])
    return SheetCell(found[1] + clock_text(((days * 24 + hours) * 60 + minutes) * 60 + seconds), CLOCK)


def count(attributes: Mapping[str, str], name: str) -> int:
    """How many times something is repeated: once where nothing sensible is said."""
    value = attributes.get(name, "1")
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 9 else 1
