"""OpenDocument spreadsheets (.ods, .fods): every sheet a table, read as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.damage import RowDamage
from mappers.legacy.ods_content import ContentHandler, Fonts, OdsItem, RowRun, SheetBegin, StylesHandler
from mappers.legacy.package import ZIP
from mappers.legacy.parts import open_package, part_names
from mappers.legacy.sheet import MOST_COLUMNS, MOST_MERGES, Merge, SheetCell, SheetRow, WorkSheet
from mappers.legacy.sheet_table import read_sheets
from mappers.legacy.table import LegacyTable, ReadAs
from mappers.legacy.xml_parts import XmlPart

RANK = 22

_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT = "content.xml"
_STYLES = "styles.xml"
_MANIFEST = "META-INF/manifest.xml"
_ROW = re.compile(rb"<table:table-row[\s/>]")
_CHUNK = 1 << 16
# Cells that a file may repeat without holding them; a kilobyte could else stand for millions of rows.
_MOST_REPEATED, _FOR_EACH_ROW = 100_000, 64
_MOST_ROWS = 1 << 24


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is a spreadsheet of this kind, packed or in one XML file."""
    if head.startswith(ZIP):
        return _TYPE in head[:200] or (_TYPE in head and _CONTENT in part_names(path))
    return b"office:document" in head and _TYPE in head


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The sheets of a spreadsheet in order, each as sheet_table.read_sheet has it; one with nothing in it is skipped.

    Numbers and days are delivered as they are stored, texts as they are shown. A cut or damaged file gives what is
    left of it. Rows and cells that the file repeats are delivered as often, up to a limit that is said when it is met.
    Raises TableError "encrypted", "unreadable", "empty".
    """
    with path.open("rb") as f:
        is_packed = f.read(2) == ZIP
    content, notes = _open_packed(path) if is_packed else _plain(path)
    return read_sheets(_Spreadsheet(content.items(_ROW), notes).sheets(), path.name, notes)


def _plain(path: Path) -> tuple[XmlPart[OdsItem], list[str]]:
    notes: list[str] = []
    return XmlPart(path.name, _file(path), ContentHandler(Fonts()), notes), notes


def _open_packed(path: Path) -> tuple[XmlPart[OdsItem], list[str]]:
    fonts = Fonts()
    package = open_package(path)
    if package.find(_MANIFEST) and any(b"encryption-data" in c for c in islice(package.stream(_MANIFEST), 64)):
        raise TableError(f"{path.name}: the spreadsheet is protected by a password", kind="encrypted")
    known = [*package.notes]
    for _ in XmlPart(_STYLES, package.stream(_STYLES), StylesHandler(fonts), []).items():
        pass
    package.notes[:] = known  # styles say only which fonts there are
    return XmlPart(_CONTENT, package.stream(_CONTENT), ContentHandler(fonts), package.notes), package.notes


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as f:
        yield from iter(partial(f.read, _CHUNK), b"")


class _Spreadsheet:
    """The sheets of one content, which is read once from the beginning to the end. notes: of the whole file."""

    def __init__(self, items: Iterator[OdsItem], notes: list[str]) -> None:
        self._items, self._notes = items, notes
        self._next: SheetBegin | None = None
        self._budget = _MOST_REPEATED

    def sheets(self) -> Iterator[WorkSheet]:
        """The sheets in order; what is not read of one is passed over when the next is asked for."""
        # What stands before the first sheet.
        for _ in self._rows([], []):
            pass
        while self._next is not None:
            begin = self._next
            merges: list[Merge] = []
            notes = [*self._notes]
            rows = self._rows(merges, notes)
            yield WorkSheet(begin.name, rows, merges, begin.is_hidden, notes)
            # What its reader has left of the sheet must be passed over to come to the next.
            for _ in rows:
                pass

    def _rows(self, merges: list[Merge], notes: list[str]) -> Iterator[SheetRow]:
        """The rows up to the next sheet. Rows with nothing in them are only counted."""
        self._next = None
        number = hidden = 0
        known, damage = len(self._notes), RowDamage()
        for item in self._items:
            if isinstance(item, SheetBegin):
                self._next = item
                break
            if item.runs and number < _MOST_ROWS:
                self._budget += _FOR_EACH_ROW
                hidden += item.is_hidden
                merges += islice(_merges(item, number + 1), MOST_MERGES - len(merges))
                yield from self._expand_run(item, number + 1, damage)
            number += item.times
        if hidden:
            notes.append(f"{hidden} rows are hidden in the spreadsheet; they are delivered")
        notes += [*damage.sentences(), *self._notes[known:]]

    def _expand_run(self, item: RowRun, number: int, damage: RowDamage) -> Iterator[SheetRow]:
        cells = self._cells(item, number, damage)
        times = min(item.times, 1 + self._budget // max(len(cells), 1), _MOST_ROWS - number)
        if times < item.times:
            damage.add("the file repeats more equal rows than are delivered", number)
        self._budget -= (times - 1) * len(cells)
        for i in range(times):
            yield SheetRow(number + i, cells, item.is_cut)

    def _cells(self, item: RowRun, number: int, damage: RowDamage) -> dict[int, SheetCell]:
        cells: dict[int, SheetCell] = {}
        for run in item.runs:
            times = max(0, min(run.times, 1 + self._budget, MOST_COLUMNS - run.place))
            self._budget -= max(times - 1, 0)
            if times < run.times:
                damage.add("the file repeats more equal cells than are delivered", number)
            cells.update(dict.fromkeys(range(run.place, run.place + times), run.cell))
        return cells


def _merges(item: RowRun, number: int) -> Iterator[Merge]:
    for run in item.runs:
        down, across = run.spans
        if down > 1 or across > 1:
            yield Merge(number, run.place, number + down - 1, run.place + across - 1)
