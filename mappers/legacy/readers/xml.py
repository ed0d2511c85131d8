"""XML of any make: the elements that come again and again are the rows, what stands in them the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy import xml_kinds
from mappers.legacy.declared import Declared, find_declared
from mappers.legacy.lines import TextForm, as_utf8
from mappers.legacy.package import OLE, ZIP
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names
from mappers.legacy.word_rows import WordTables, word_tables
from mappers.legacy.word_styles import Styles
from mappers.legacy.xml_feed import Mends
from mappers.legacy.xml_kinds import Kinds
from mappers.legacy.xml_parse import Parsing, Tag, XmlBreak, XmlSegment, find_tag
from mappers.legacy.xml_parts import XmlPart
from mappers.legacy.xml_rows import XmlRow, XmlRows
from mappers.legacy.xml_workbook import read_workbook

RANK = 50

_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"'][^>]*>", re.IGNORECASE)
# What may stand before the first tag; a DTD within the file has brackets around it.
_QUOTED = rb"\"[^\"]*+\"|'[^']*+'"
_DTD = rb"\[(?:[^\]\"'<]++|" + _QUOTED + rb"|<!--.*?-->|<\?.*?\?>|<)*+\]\s*+"
_START = re.compile(
    rb"\s*+(?:<\?xml[\s?][^>]*+>\s*+)?(?:<!--.*?-->\s*+|<\?[^>]*+>\s*+|<!DOCTYPE(?:[^>\[\"']++|" + _QUOTED + rb")*+(?:"
    + _DTD + rb")?+>\s*+)*+",
    re.DOTALL,
)  # fmt: skip
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+(?!html)", re.IGNORECASE)
_TAG = re.compile(rb"<[A-Za-z_\x80-\xff]")
_HTML = re.compile(rb"<!DOCTYPE\s+html|<(?:html|table|body|head|style|meta|script|div|center|font|title)[\s>]", re.I)
_WORKBOOK = re.compile(rb"<(?:\w+:)?Workbook\b")
_WORD = re.compile(rb"<(?:w:wordDocument|pkg:package)\b")
_MOST_BREAKS = 1000
_SEARCHED = 1 << 16


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a text begins as XML does and is no web page."""
    text = as_utf8(head)
    if head.startswith((ZIP, OLE)):
        return False
    start = _START.match(text)
    at = start.end() if start else 0
    if _DOCTYPE.match(text, at):  # its DTD goes on behind the first bytes, or is broken
        return _HTML.search(text[:at]) is None
    return _TAG.match(text, at) is not None and _HTML.search(text[:at]) is None and _HTML.match(text, at) is None


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The tables of a file, one for each kind of element that is a row; their order is that of their first rows.

    What stands in a row becomes its columns: attributes, texts, and texts within texts as "Address/District"; the
    second of two like elements is "Accused_2/Name". What is around rows comes with each of them. The file is gone
    through once to find the rows, then once for each table. Cells are bytes where the file is not in the encoding it
    declares. A row in which the file breaks is delivered with problem "broken", the last of a cut file with "cut".
    Raises TableError "not-a-table" when nothing in it looks like a row, "unreadable" when it uses entities that it
    declares itself.
    """
    written = _find_encoding(path)
    with path.open("rb") as f:
        head = as_utf8(f.read(4096))
    if _WORKBOOK.search(head) and b"office:spreadsheet" in head:
        return read_workbook(path, written)
    if _WORD.search(head):
        return _word(path)
    xml = XmlFile(path, written)
    xml.scan()
    found = xml_kinds.find_rows(xml.kinds.root)
    if not found:
        raise TableError(f"{path.name}: no table: no element in it looks like a row", kind="not-a-table")
    return _tables(xml, found)


def _find_encoding(path: Path) -> Declared:
    with path.open("rb") as f:
        m = _DECLARED.match(as_utf8(f.read(4096)))
    return find_declared(path, m[1].decode("ascii") if m else "")


def _word(path: Path) -> Iterator[LegacyTable]:
    """The tables of a document that Word saved as one XML file."""
    listener = WordTables(Styles())
    notes: list[str] = []
    return word_tables(path.stem, XmlPart(path.name, _chunks(path), listener, notes), listener, notes)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as f:
        yield from iter(lambda: f.read(1 << 16), b"")


@dataclass
class XmlFile:
    """One file on its way. segments: stretches of it that can be parsed."""

    path: Path
    written: Declared
    opening: list[str] = field(default_factory=list)
    kinds: Kinds = field(default_factory=Kinds)
    segments: list[XmlSegment] = field(default_factory=list)
    breaks: list[XmlBreak] = field(default_factory=list)
    is_mended: bool = False
    has_doctype: bool = False
    mends: Mends = field(default_factory=Mends)

    @property
    def form(self) -> TextForm:
        """How its text is written."""
        return self.written.form

    def scan(self) -> None:
        """Go through the file and sort its elements; mend it, or take it up again, where it is broken."""
        with self.path.open("rb") as f:
            self.has_doctype = b"<!DOCTYPE" in as_utf8(f.read(_SEARCHED))
        broken = self._scan()
        # In this order: a missing root first, then faults that can be mended, and only then rows given up as lost.
        if broken is not None and broken.is_second_root:
            start = self._behind_declaration()
            self.opening.append("the file has no root element; it has several top-level elements")
            broken = self._scan(XmlSegment(start, None, (("rows", ()),), is_wrapped=True))
        if broken is not None and broken.is_mendable:
            first = self.segments[0]
            self.is_mended = True
            broken = self._scan(XmlSegment(first.start, None, first.ancestors, first.is_wrapped))
        while broken is not None and len(self.breaks) < _MOST_BREAKS:
            broken = self._resume(broken)

    def _behind_declaration(self) -> int:
        if self.form.encoding.startswith("utf-16"):
            return self.form.start
        with self.path.open("rb") as f:
            f.seek(self.form.start)
            m = _START.match(f.read(_SEARCHED))
        return self.form.start + (m.end() if m else 0)

    def _scan(self, segment: XmlSegment | None = None) -> XmlBreak | None:
        """A scan from the beginning."""
        self.kinds, self.segments, self.breaks, self.mends = Kinds(), [], [], Mends()
        return self._scan_segment(segment or XmlSegment(self.form.start))

    def _scan_segment(self, segment: XmlSegment) -> XmlBreak | None:
        parsing = Parsing(self.path, self.form, segment, self.kinds, self.is_mended, self.mends)
        self.kinds.offset = parsing.offset
        self.kinds.restart()
        for _ in parsing:
            pass
        broken = parsing.broken
        end = broken.offset if broken is not None else None
        self.segments.append(XmlSegment(segment.start, end, segment.ancestors, segment.is_wrapped))
        if broken is not None:
            self.breaks.append(broken)
        return broken

    def _resume(self, broken: XmlBreak) -> XmlBreak | None:
        """Go on behind a break, at the next element like one that was seen several times before."""
        known = {path[-1].tag: path for path in _find_repeated(self.kinds.root, ())} if not broken.is_end else {}
        if not known and len(broken.tags) > 1 and not broken.is_end:
            known = {path[-1].tag: path for path in _first(self.kinds.root, broken.tags[:2])}
        found = find_tag(self.path, self.form, broken.offset + 1, frozenset(known))
        if found is None:
            return None
        offset, tag = found
        return self._scan_segment(XmlSegment(offset, None, _open_tags(known[tag], broken)))

    def notes(self) -> Iterator[str]:
        """What is wrong with the file as a whole."""
        yield from (*self.written.notes, *self.opening)
        yield from self.mends.notes()
        for broken in self.breaks[:5]:
            what = "is cut" if broken.is_end else "is not well-formed"
            yield f"the file {what} at byte {broken.offset}"
        if len(self.breaks) > 5:
            yield f"the file is not well-formed at {len(self.breaks)} places"
        if len(self.breaks) >= _MOST_BREAKS:
            yield "there are too many such places; what follows them is not delivered"
        if self.kinds.is_full:
            yield "there are too many kinds of elements; some are left out"


def _find_repeated(kind: xml_kinds.Kind, path: xml_kinds.Path) -> Iterator[xml_kinds.Path]:
    """The outermost kinds of which one parent has several."""
    for child in kind.children.values():
        if child.most > 1 and not child.is_leaf:
            yield (*path, child)
        else:
            yield from _find_repeated(child, (*path, child))


def _first(root: xml_kinds.Kind, tags: Sequence[Tag]) -> Iterator[xml_kinds.Path]:
    """The kind of the tags that are open, where nothing has come twice yet."""
    path: list[xml_kinds.Kind] = []
    at = root
    for tag, _ in tags:
        found = next((k for k in at.children.values() if k.tag == tag), None)
        if found is None:
            return
        at = found
        path.append(found)
    yield tuple(path)


def _open_tags(path: xml_kinds.Path, broken: XmlBreak) -> tuple[Tag, ...]:
    """The tags around a kind, as they stood open at the break where they still fit."""
    tags: list[Tag] = []
    for i, kind in enumerate(path[:-1]):
        still = broken.tags[i] if i < len(broken.tags) and broken.tags[i][0] == kind.tag else None
        tags.append(still or (kind.tag, ("name", kind.table) if kind.table else ()))
    return tuple(tags)


def _tables(xml: XmlFile, found: list[xml_kinds.Path]) -> Iterator[LegacyTable]:
    names, _ = unique_names([_table_name(path) for path in found])
    opening = list(xml.notes())
    for name, path in zip(names, found, strict=True):
        keys = xml_kinds.find_columns(path)
        columns, notes = unique_names(keys)
        notes = [*opening, *notes]
        opening = []
        yield LegacyTable(name, columns, _rows(xml, path, keys, notes), notes, encoding=xml.written.encoding)


def _table_name(path: xml_kinds.Path) -> str:
    named = [k.table for k in path if k.table]
    return named[-1] if named and (path[-1].table or path[-1].name.lower() in ("row", "record")) else path[-1].name


def _rows(xml: XmlFile, path: xml_kinds.Path, keys: list[str], notes: list[str]) -> Iterator[LegacyRow]:
    places = {key: i for i, key in enumerate(keys)}
    listener = XmlRows(path, places)
    for number, row in enumerate(_read_kind(xml, listener, path), 1):
        cells: list[bytes | str] = [""] * len(keys)
        for key, value in row.cells.items():
            place = places.get(key)
            if place is not None:
                cells[place] = xml.written.cell(value)
            elif value:
                cells.append(xml.written.cell(value))
        problem = row.problem or ("too-many-cells" if len(cells) > len(keys) else "")
        yield LegacyRow(number, row.offset, tuple(cells), False, problem)
    if listener.count < path[-1].count:
        notes.append(f"{path[-1].count - listener.count} rows are lost where the file is broken")
    if listener.nulls:
        notes.append(f"{listener.nulls} cells are NULL and are delivered as empty")
    if listener.late:
        notes.append(f"{listener.late} values come after the rows they belong to and are left out")
    notes += xml.form.closing_notes()


def _read_kind(xml: XmlFile, listener: XmlRows, path: xml_kinds.Path) -> Iterator[XmlRow]:
    """The rows of one kind; the reading ends with the last of them."""
    for segment, problem in _segments(xml, path):
        parsing = Parsing(xml.path, xml.form, segment, listener, xml.is_mended)
        listener.offset = parsing.offset
        listener.restart()
        for _ in parsing:
            while listener.found:
                yield listener.found.popleft()
            parsing.is_stopped = listener.count >= path[-1].count
        if segment.end is not None or parsing.broken is not None:
            listener.give_up(problem or "broken")
        while listener.found:
            yield listener.found.popleft()
        if listener.count >= path[-1].count:
            return


def _segments(xml: XmlFile, path: xml_kinds.Path) -> Iterator[tuple[XmlSegment, str]]:
    """The segments in which rows of a kind can be, and the problem of a row in which one ends.

    What comes before the first row is left out where nothing of it goes into the rows.
    """
    first = path[-1].first
    can_jump = not xml.has_doctype and not any(
        k.attributes or any(c.is_leaf for c in k.children.values()) for k in path[1:-1]
    )
    problems = [*("cut" if b.is_end else "broken" for b in xml.breaks), ""]
    for segment, problem in zip(xml.segments, problems, strict=False):
        if segment.end is not None and segment.end <= first:
            continue
        if can_jump and segment.start < first:
            tags = tuple((k.tag, ("name", k.table) if k.table else ()) for k in path[1:-1])
            yield replace(segment, start=first, ancestors=tags), problem
        else:
            yield segment, problem
