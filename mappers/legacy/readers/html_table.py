"""Tables of web pages: reports saved as HTML, and workbooks called .xls that are HTML."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.declared import Declared, find_declared
from mappers.legacy.grid import TableGrid
from mappers.legacy.html_cells import HtmlRows, style_fonts
from mappers.legacy.html_scan import read_pieces
from mappers.legacy.lines import as_utf8
from mappers.legacy.package import OLE, ZIP
from mappers.legacy.table import LegacyTable, ReadAs
from mappers.legacy.xml_kinds import number_name

RANK = 49

_START = re.compile(
    rb"\s*(?:<\?xml[\s?][^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE\s+html[^>]*>\s*)*"
    rb"<(?:!DOCTYPE\s+html|html|head|body|table|meta|style|title|center|div|font|p|h\d|tr|script|pre|b|span)[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_NOT_HTML = re.compile(rb"<(?:\w+:)?(?:Workbook|pma_xml_export)\b|<table\s+name=[^>]*>\s*<(?:column|row|field)\b")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MOST_TABLES = 10_000
_MOST_FONTS = 10_000
_DEEPEST = 20
_WATCHED = frozenset(("table", "/table", "style"))


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a text begins as a web page does."""
    text = as_utf8(head)
    return not head.startswith((ZIP, OLE)) and _START.match(text) is not None and _NOT_HTML.search(text) is None


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The tables of a page in the order in which they begin, those within others too; without text they are skipped.

    A cell that spans rows comes with each of them; one that spans columns stands in its first. Tables are called as
    the file is, with their number, as pages give them no names. Cells are bytes where neither the page nor UTF-8 says
    how it is written. The font of a column is the one that tags or styles give most of its characters. Raises
    TableError "not-a-table" when there is no table, or none with anything in it.
    """
    with path.open("rb") as f:
        head = as_utf8(f.read(4096))
    m = _CHARSET.search(head)
    written = find_declared(path, m[1].decode("ascii") if m else "")
    starts, fonts, left_out = _survey(path, written)
    if left_out:
        note = f"{left_out} tables are too many, or too deeply nested, and are left out"
        written = replace(written, notes=(*written.notes, note))
    if not starts:
        frames = re.search(rb"<frameset", head, re.IGNORECASE)
        what = "its sheets are in other files" if frames else "the page has no table"
        raise TableError(f"{path.name}: no table: {what}", kind="not-a-table")
    return _tables(path, written, starts, fonts)


def _survey(path: Path, written: Declared) -> tuple[array[int], Mapping[str, str], int]:
    """Where tables begin, the fonts that the page's styles name, and how many tables are left out."""
    starts = array("q")
    fonts: dict[str, str] = {}
    depth = left_out = 0
    for piece in read_pieces(path, written, written.form.start, _WATCHED):
        if piece.tag == "style":
            fonts |= style_fonts(piece.inside) if len(fonts) < _MOST_FONTS else {}
        elif piece.tag == "/table":
            depth = max(depth - 1, 0)
        elif piece.tag == "table":
            depth += 1
            # Each table is read from its beginning to its end, so those within it are read again.
            if depth <= _DEEPEST and len(starts) < _MOST_TABLES:
                starts.append(piece.offset)
            else:
                left_out += 1
    return starts, fonts, left_out


def _tables(path: Path, written: Declared, starts: array[int], fonts: Mapping[str, str]) -> Iterator[LegacyTable]:
    found = 0
    for start in starts:
        # A copy of the form: what is counted in it belongs to one table.
        own = replace(written, form=replace(written.form))
        html = HtmlRows(own, fonts)
        grid = TableGrid("", html.rows(read_pieces(path, own, start)), list(written.notes), written.encoding, own.form)
        grid.closing = html.notes
        table = grid.table()
        if table is not None:
            found += 1
            yield replace(table, name=number_name(path.stem, found))
    if not found:
        raise TableError(f"{path.name}: no table: its tables are empty", kind="not-a-table")
