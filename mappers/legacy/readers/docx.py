"""Tables of Word documents (.docx)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.package import ZIP
from mappers.legacy.parts import Package, open_package, part_names
from mappers.legacy.table import LegacyTable, ReadAs
from mappers.legacy.word_rows import WordTables, word_tables
from mappers.legacy.word_styles import Styles, StyleSheet
from mappers.legacy.xml_parts import XmlPart

RANK = 23

_DOCUMENT = re.compile(r"word/document\d*\.xml\Z", re.IGNORECASE)
_STYLES = "word/styles.xml"


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is an archive with a Word document in it."""
    return head.startswith(ZIP) and any(_DOCUMENT.match(n) for n in part_names(path))


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The tables of a document in order, called as the file is with their number; those within cells come after it.

    A cell that spans columns stands in its first; one that is merged with those above comes with each row. Characters
    of a symbol font are delivered as those of Windows-1252. The font of a column is the one that most of its characters
    have, by themselves or by their style. Rows have no bytes of their own in the archive: their offset is -1. Raises
    TableError "not-a-table", "encrypted", or "unreadable".
    """
    package = open_package(path)
    name = next((n for n in package.parts if _DOCUMENT.match(n)), "")
    if not name:
        raise TableError(f"{path.name}: an archive, but no Word document in it", kind="not-a-table")
    listener = WordTables(_styles(package))
    part = XmlPart(name, package.stream(name), listener, package.notes)
    return word_tables(path.stem, part, listener, package.notes)


def _styles(package: Package) -> Styles:
    sheet = StyleSheet()
    if package.find(_STYLES):
        for _ in XmlPart(_STYLES, package.stream(_STYLES), sheet, package.notes).items():
            pass
    return sheet.styles()
