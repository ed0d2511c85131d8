"""What the sheets of an .xlsx workbook share: their names and parts, texts, formats and fonts.

Source: ECMA-376 part 1, 18.2 (workbook), 18.4 (shared strings), 18.8 (styles).
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mappers.legacy.parts import Package
from mappers.legacy.serials import built_in_kind, format_kind, zeros_of
from mappers.legacy.sheet import Format
from mappers.legacy.xml_parts import Handler, XmlPart

WORKBOOK = "xl/workbook.xml"
_ROOT = "_rels/.rels"
_STYLES = "xl/styles.xml"
_TEXTS = "xl/sharedStrings.xml"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]*\.xml\Z", re.I)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_TEXT = 256 << 20


class SheetPart(NamedTuple):
    """One sheet: its name and the part it lies in, "" when that is missing."""

    name: str
    part: str
    is_hidden: bool


class SharedText(NamedTuple):
    """A text that cells point to. font: of most of it, where the text itself names one."""

    text: str
    font: str = ""


@dataclass(frozen=True)
class Workbook:
    """What the sheets share. formats: by their index in the styles; texts: by theirs."""

    sheets: tuple[SheetPart, ...]
    formats: tuple[Format, ...]
    texts: tuple[SharedText, ...]
    is_1904: bool


def read_workbook(package: Package) -> Workbook:
    """All but the sheets themselves; what is damaged or missing is said in the notes of the package."""
    workbook = _workbook_part(package)
    folder, name = posixpath.split(workbook)
    book, relations, styles, texts = _BookHandler(), _RelationHandler(folder), _StyleHandler(), _TextsHandler()
    _parse(package, workbook, book)
    _parse(package, f"{folder}/_rels/{name}.rels", relations)
    # Where it is lost which part is which, they lie where they usually do.
    _parse(package, relations.of_type("/styles") or _STYLES, styles)
    _parse(package, relations.of_type("/sharedStrings") or _TEXTS, texts)
    if texts.size > _MOST_TEXT:
        package.notes.append(f"the workbook holds more than {_MOST_TEXT >> 20} MB of texts; the rest is left out")
    sheets = tuple(_sheets(package, book, relations))
    return Workbook(sheets, tuple(styles.formats()), tuple(texts.found), book.is_1904)


def _workbook_part(package: Package) -> str:
    """Where the workbook lies: some programs do not call it by its usual name."""
    if package.find(WORKBOOK) or not package.find(_ROOT):
        return WORKBOOK
    root = _RelationHandler("")
    _parse(package, _ROOT, root)
    return root.of_type("/officeDocument") or WORKBOOK


def _parse(package: Package, part: str, handler: Handler[None]) -> None:
    # A whole archive may do without a part; in a damaged one its loss is told.
    if package.find(part) or not package.is_whole:
        for _ in XmlPart(part, package.stream(part), handler, package.notes).items():
            pass


def is_workbook_part(name: str) -> bool:
    """Whether a part is that of a workbook or one of its sheets, told by its name."""
    return name.casefold() == WORKBOOK or bool(_SHEET_PART.match(name))


def _sheets(package: Package, book: _BookHandler, relations: _RelationHandler) -> Iterator[SheetPart]:
    """The sheets as the workbook lists them, each part once; where the list is lost, the parts that hold sheets."""
    listed = [s for s in book.sheets if relations.sheet(s.part) is not None]
    once: dict[str, SheetPart] = {}
    for sheet in listed:
        part = package.find(relations.sheet(sheet.part) or "")
        once.setdefault(part or sheet.name, sheet._replace(part=part))
    if len(once) < len(listed):
        package.notes.append(
            f"{len(listed) - len(once)} sheets refer to the content of another sheet; it is delivered once"
        )
    if any(s.part for s in once.values()):
        yield from once.values()
        return
    # By length first, so that sheet10 comes behind sheet9.
    for part in sorted(filter(_SHEET_PART.match, package.parts), key=lambda p: (len(p), p)):
        yield SheetPart(posixpath.basename(part)[:-4], part, False)


class _BookHandler(Handler[None]):
    """The list of sheets; part is the key of a relation here."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[SheetPart] = []
        self.is_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append(SheetPart(attributes.get("name", ""), key, is_hidden))
        elif name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "0") in ("1", "true")


class _RelationHandler(Handler[None]):
    """Which parts belong to a part, by its keys for them. folder: in which it lies."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self._found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            path = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", "")))
            self._found[attributes.get("Id", "")] = attributes.get("Type", ""), path.lstrip("/")

    def of_type(self, ending: str) -> str:
        """The first part of a type, "" for none."""
        return next((path for kind, path in self._found.values() if kind.endswith(ending)), "")

    def sheet(self, key: str) -> str | None:
        """The part of a sheet, "" for one that is lost, None for what is no table: a chart or macros."""
        kind, path = self._found.get(key, ("/worksheet", ""))
        return path if kind.endswith("/worksheet") else None


class _StyleHandler(Handler[None]):
    """Fonts, number formats, and the pairs of both that cells point to."""

    def __init__(self) -> None:
        super().__init__()
        self._fonts: list[str] = []
        self._codes: dict[int, str] = {}
        self._pairs: list[tuple[int, int]] = []
        self._inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("fonts", "cellXfs", "numFmts", "cellStyleXfs", "dxfs"):
            self._inside = name
        elif name == "font" and self._inside == "fonts":
            self._fonts.append("")
        elif name == "name" and self._inside == "fonts" and self._fonts:
            self._fonts[-1] = attributes.get("val", "")
        elif name == "numFmt" and self._inside == "numFmts":
            self._codes[_number(attributes, "numFmtId")] = attributes.get("formatCode", "")
        elif name == "xf" and self._inside == "cellXfs":
            self._pairs.append((_number(attributes, "numFmtId"), _number(attributes, "fontId")))

    def formats(self) -> Iterator[Format]:
        for code, font in self._pairs:
            shown = self._codes.get(code)
            kind = built_in_kind(code) if shown is None else format_kind(shown)
            name = self._fonts[font] if 0 <= font < len(self._fonts) else ""
            yield Format(kind, zeros_of(shown or ""), name)


class TextRuns:
    """A text that is put together from runs, each with a font of its own or none."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._fonts: Counter[str] = Counter()
        self._font = ""
        self._aside = 0
        self._is_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element inside the text begins. Hints for pronunciation (rPh) are no part of it."""
        if name == "rPh":
            self._aside += 1
        elif name == "r":
            self._font = ""
        elif name == "rFont":
            self._font = attributes.get("val", "")
        self._is_text = name == "t" and not self._aside

    def end(self, name: str) -> None:
        """It ends."""
        self._is_text = False
        if name == "rPh" and self._aside:
            self._aside -= 1

    def text(self, data: str) -> None:
        """Characters."""
        if self._is_text:
            self._parts.append(data)
            self._fonts[self._font] += len(data)

    def join_text(self) -> SharedText:
        """The text so far."""
        font = max(self._fonts, key=self._fonts.__getitem__, default="")
        return SharedText(unescape_text("".join(self._parts)), font)


class _TextsHandler(Handler[None]):
    """The shared texts, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[SharedText] = []
        self.size = 0
        self._runs: TextRuns | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._runs = TextRuns()
        elif self._runs:
            self._runs.start(name, attributes)

    def end(self, name: str) -> None:
        if name == "si" and self._runs:
            text = self._runs.join_text()
            # Each text costs memory of its own, even a short one.
            self.size += len(text.text) + 64
            if self.size <= _MOST_TEXT:
                self.found.append(text)
            self._runs = None
        elif self._runs:
            self._runs.end(name)

    def text(self, data: str) -> None:
        if self._runs and self.size <= _MOST_TEXT:
            self._runs.text(data)


def unescape_text(text: str) -> str:
    """A text with its control characters, which XML cannot hold and Excel writes as _x000D_."""
    if "_x" not in text:
        return text
    # D800 to DFFF are halves of characters, which no text can hold: they stay as written.
    return _ESCAPED.sub(lambda m: m[0] if m[1][0] in "dD" else chr(int(m[1], 16)), text)


def _number(attributes: Mapping[str, str], name: str) -> int:
    value = attributes.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
