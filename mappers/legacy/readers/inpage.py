"""InPage documents (.inp), in which Urdu was typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.inpage_text import LEGACY, FoundText, find_text
from mappers.legacy.ole import open_ole
from mappers.legacy.package import OLE
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 19

_STREAMS = ("InPage100", "InPage200", "InPage300")
_MOST_COLUMNS = 64


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is a compound file with the text of an InPage document in it."""
    return head.startswith(OLE) and any(s in open_ole(path).entries for s in _STREAMS)


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The text as a table, one row a paragraph; tabs divide it into columns. Its layout and fonts are not read.

    Cells of versions 1 and 2 are bytes in InPage's own code, 04 before each letter; those of version 3 are text. Where
    the text does not lie in the records it is known to lie in, it is looked for by its codes, and that is said. The
    document is held in memory. Rows have no bytes of their own: their offset is -1. Raises TableError "not-a-table"
    when no text is found.
    """
    file = open_ole(path)
    name = next((s for s in _STREAMS if s in file.entries), "")
    if not name:
        raise TableError(f"{path.name}: not an InPage document: it has no text stream", kind="not-a-table")
    found = find_text(name, file.stream(name))
    lines = [_cells(p) for p in found.paragraphs]
    width = min(max((len(cells) for cells in lines if any(cells)), default=0), _MOST_COLUMNS)
    if not width:
        raise TableError(f"{path.name}: no text was found in the document", kind="not-a-table")
    columns, _ = unique_names(["text"] * width)
    notes = [*file.notes, *_notes(found, sum(not any(cells) for cells in lines))]
    fonts = dict.fromkeys(columns, LEGACY) if found.encoding == LEGACY else {}
    return iter(
        (LegacyTable(path.stem, columns, _rows(lines, width), notes, fonts=fonts, encoding=found.encoding),)
    )  # fmt: skip


def _cells(paragraph: bytes | str) -> list[bytes | str]:
    if isinstance(paragraph, str):
        return [c.strip(" \n\0") for c in paragraph.split("\t")]
    return [_as_text(_strip_cell(c)) for c in paragraph.split(b"\t")]


def _strip_cell(cell: bytes) -> bytes:
    """A cell without blanks at its ends; a blank behind the mark of letters is none of them."""
    cell = cell.lstrip(b" \n")
    while cell.endswith((b" ", b"\n")) and not cell.endswith((b"\x04 ", b"\x04\n")):
        cell = cell[:-1]
    return cell


def _as_text(cell: bytes) -> bytes | str:
    return cell.decode("ascii") if cell.isascii() and b"\x04" not in cell else cell


def _rows(lines: Sequence[Sequence[bytes | str]], width: int) -> Iterator[LegacyRow]:
    for number, cells in enumerate(lines, 1):
        if any(cells):
            problem = "too-many-cells" if len(cells) > width else ""
            yield LegacyRow(number, -1, (*cells, *[""] * (width - len(cells))), False, problem)


def _notes(found: FoundText, empty: int) -> Iterator[str]:
    if not found.is_framed:
        yield "the text was found by its codes, not where documents are known to have it; some of it may be layout"
    if found.others:
        yield f"{found.others} bytes of the text are not understood and are read as blanks"
    if empty:
        yield f"{empty} paragraphs are empty and are not delivered"
