"""Text of fixed width: cut by bytes before anything is decoded, with or without line breaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.borders import find_row_length, find_widths
from mappers.legacy.dialect import SEPARATORS
from mappers.legacy.lines import TextForm, find_form, is_text, read_chunks, read_lines
from mappers.legacy.package import OLE, ZIP
from mappers.legacy.packed import unpack_decimal, with_point
from mappers.legacy.table import FixedKind, FixedLayout, LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 80

_SAMPLE_ROWS = 2000
_SAMPLE = 1 << 18
_SHORTEST = 8
_FEWEST_ROWS = 5
_OF_ONE_LENGTH = 0.9
# What a text must have whose columns are beyond doubt.
_FEWEST_COLUMNS, _OF_ONE_LENGTH_SURELY = 3, 0.98
_MARKUP = (b"<", b"{", b"[")
_END_OF_FILE = b"\x1a"
# A row of another kind than the one asked for.
_OTHER = "other"
_NUMBER = re.compile(rb"[\d.,/:\-]*\d[\d.,/:\-]*\Z")


def looks_like(path: Path, head: bytes) -> bool:
    """Whether nearly all lines of a text have one length, no separator stands in each, and columns can be seen.

    A text without any line break is taken where rows of one length fit it.
    """
    if head.startswith((ZIP, OLE, *_MARKUP)) or not is_text(head):
        return False
    form = find_form(path)
    if form.encoding.startswith("utf-16"):
        return False
    rows = _sample(path, form, _row_length(path, form, None))
    return bool(rows) and not _is_delimited(rows) and len(find_widths(rows)) > 1


def shows_columns(path: Path) -> bool:
    """Whether the columns are beyond doubt: lines of prose are of one length, too, where they are filled up."""
    form = find_form(path)
    length = _row_length(path, form, None)
    rows = _sample(path, form, length)
    lines = rows if length else _first_rows(path, form)
    return len(rows) >= len(lines) * _OF_ONE_LENGTH_SURELY and len(find_widths(rows)) >= _FEWEST_COLUMNS


def fits_layout(path: Path, layout: FixedLayout) -> bool:
    """Whether the rows of a file are as long as a layout says; blanks at their ends may be cut off."""
    kinds = [k.layout for k in layout.kinds] or [layout]
    longest = max(sum(k.widths) for k in kinds)
    form = find_form(path)
    data = next(read_chunks(path, form), b"")
    if b"\n" not in data and b"\r" not in data:
        size = path.stat().st_size - form.start
        return size >= longest and size % longest in (0, 1)  # 1: the mark that ends a file of DOS
    sizes = [len(r.decode("utf-8", "replace")) if form.encoding else len(r) for r in _first_rows(path, form)]
    shortest = longest - max(k.widths[-1] for k in kinds)
    return bool(sizes) and shortest < max(sizes) <= longest


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The one table of the file; its name is the file's. Of a layout with several kinds of rows, a table for each.

    A row of no kind is delivered in the first table, with problem "unknown-kind". Without a layout the borders are
    told from the rows, and said in a note. A row of another length is delivered with problem "too-short" or
    "too-long". Raises TableError "not-a-table" when no columns are to be seen.
    """
    form = find_form(path)
    if how.layout and how.layout.kinds:
        return _tables_of_kinds(path, form, how.layout)
    length = _row_length(path, form, how.layout)
    rows = _sample(path, form, length)
    layout, notes, is_named = (how.layout, [], False) if how.layout else _infer(path, rows)
    notes = [*form.opening_notes(), *notes]
    if not length and how.layout:
        layout = _stretch_layout(how.layout, rows, notes)
    cut = _Cut(path, form, length, layout, notes)
    if not length:
        cut.judge(_first_rows(path, form))
    columns, more = unique_names(layout.names)
    notes += more
    return iter((LegacyTable(path.stem, columns, cut.rows(skip=is_named), notes, encoding=form.encoding),))


def _tables_of_kinds(path: Path, form: TextForm, layout: FixedLayout) -> Iterator[LegacyTable]:
    longest = max(layout.kinds, key=lambda k: sum(k.layout.widths)).layout
    length = _row_length(path, form, longest)
    for at, kind in enumerate(layout.kinds):
        notes = form.opening_notes()
        cut = _Cut(path, form, length, kind.layout, notes, kind=kind, others=layout.kinds if at == 0 else ())
        if not length:
            cut.judge([r for r in _first_rows(path, form) if kind.takes(r)])
        columns, more = unique_names(kind.layout.names)
        notes += more
        yield LegacyTable(kind.name, columns, cut.rows(skip=False), notes, encoding=form.encoding)


def _row_length(path: Path, form: TextForm, layout: FixedLayout | None) -> int:
    """Bytes of a row in a file without line breaks, 0 where lines are rows."""
    data = next(read_chunks(path, form), b"")
    if b"\n" in data or b"\r" in data:
        return 0
    if layout:
        return sum(layout.widths)
    size = path.stat().st_size - form.start
    # The mark that ends a file of DOS is no part of a row.
    return find_row_length(data, size - (size > 0 and _ends_with_mark(path)))


def _ends_with_mark(path: Path) -> bool:
    with path.open("rb") as f:
        f.seek(-1, 2)
        return f.read(1) == _END_OF_FILE


def _first_rows(path: Path, form: TextForm) -> list[bytes]:
    """The first lines of a file without their ends."""
    lines = (line.rstrip(b"\r\n") for _, line in islice(read_lines(path, form), _SAMPLE_ROWS))
    return [x for x in lines if x.strip(b" \x1a\0")]


def _sample(path: Path, form: TextForm, length: int) -> list[bytes]:
    """The first rows, those of the most frequent length; none when too few have it."""
    if length:
        data = next(read_chunks(path, form), b"")[:_SAMPLE]
        return [data[i : i + length] for i in range(0, len(data) - length + 1, length)]
    rows = _first_rows(path, form)
    usual, often = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    if usual < _SHORTEST or often < _FEWEST_ROWS or often < len(rows) * _OF_ONE_LENGTH:
        return []
    return [r for r in rows if len(r) == usual]


def _is_delimited(rows: Sequence[bytes]) -> bool:
    """Whether some separator stands equally often in all rows."""
    return any(len({r.count(s.encode()) for r in rows}) == 1 and s.encode() in rows[0] for s in SEPARATORS)


def _infer(path: Path, rows: Sequence[bytes]) -> tuple[FixedLayout, list[str], bool]:
    """(layout, notes, whether the first row names the columns)."""
    # The first row may name the columns, and names keep other borders than the data.
    widths = find_widths(rows[1:]) or find_widths(rows)
    if len(widths) < 2:
        raise TableError(
            f"{path.name}: no columns of fixed width can be recognised; give their widths in a layout file",
            kind="not-a-table",
        )
    names = [f"COLUMN_{i}" for i in range(1, len(widths) + 1)]
    note = f"the borders of columns are inferred, widths {', '.join(map(str, widths))}; a layout file sets them right"
    cells = [_cells(r, widths) for r in rows]
    if not _is_header(cells):
        return FixedLayout(tuple(names), widths), [note], False
    given = [c.decode("utf-8", "replace") for c in cells[0]]
    return FixedLayout(tuple(g or n for g, n in zip(given, names, strict=True)), widths), [note], True


def _cells(row: bytes, widths: Sequence[int]) -> list[bytes]:
    ends = list(accumulate(widths))
    return [row[e - w : e].strip(b" \0") for e, w in zip(ends, widths, strict=True)]


def _is_header(cells: Sequence[Sequence[bytes]]) -> bool:
    """Whether the first row has words where the rows below have numbers, and no number of its own."""
    first, below = cells[0], cells[1:]
    if not below or any(_NUMBER.match(c) for c in first):
        return False
    return any(
        name and sum(bool(_NUMBER.match(r[i])) for r in below) * 10 >= len(below) * 9 for i, name in enumerate(first)
    )


def _stretch_layout(layout: FixedLayout, rows: Sequence[bytes], notes: list[str]) -> FixedLayout:
    """The layout with one column more where all rows are longer than it says."""
    over = len(rows[0]) - sum(layout.widths) if rows else 0
    if over <= 0 or not any(r[-over:].strip(b" \0") for r in rows):
        return layout
    try:
        # Letters of several bytes make rows longer than a layout that counts characters: nothing is left over then.
        is_by_characters = all(len(r.decode("utf-8")) == sum(layout.widths) for r in rows)
    except UnicodeDecodeError:
        is_by_characters = False
    if is_by_characters:
        return layout
    notes.append(f"rows have {over} bytes more than the layout names; they are column REST")
    return FixedLayout((*layout.names, "REST"), (*layout.widths, over))


@dataclass
class _Cut:
    """How one file is cut. length: bytes of a row where there are no line breaks. kind: the rows that are taken, all
    when None. others: all kinds of the file, where rows of none are delivered as well.
    """

    path: Path
    form: TextForm
    length: int
    layout: FixedLayout
    notes: list[str]
    is_trimmed: bool = False
    is_by_characters: bool = False
    kind: FixedKind | None = None
    others: tuple[FixedKind, ...] = ()

    def judge(self, rows: Sequence[bytes]) -> None:
        """Whether rows lost their blanks at the end, and whether widths count characters."""
        total = sum(self.layout.widths)
        if self.form.encoding and rows:
            sizes = [len(r.decode("utf-8", "replace")) for r in rows]
            fits = sum(s == total for s in sizes)
            if fits * 2 > len(rows) and fits > sum(len(r) == total for r in rows):
                self.is_by_characters = True
                self.notes.append("the widths of columns fit when characters are counted, not bytes")
                return
        if rows and sum(len(r) == total for r in rows) * 2 < len(rows) and max(map(len, rows)) <= total:
            self.is_trimmed = True
            self.notes.append("most rows are shorter than the layout; blanks at their ends are assumed to be removed")

    def rows(self, *, skip: bool) -> Iterator[LegacyRow]:
        """All rows. skip: the first one names the columns."""
        total = sum(self.layout.widths)
        ends = list(accumulate(self.layout.widths))
        places = list(zip([0, *ends], ends, strict=False))
        empty = 0
        for number, (offset, stored) in enumerate(self._stored_rows(), 0 if skip else 1):
            row: bytes | str = self._decode_utf8(stored) if self.is_by_characters else stored
            if number == 0:
                continue
            if not stored.strip(b" \0"):
                empty += 1
                continue
            if (problem := self._of_kind(stored)) == _OTHER:
                continue
            if self.kind is not None and self.length:
                # Rows of one length are as long as the longest kind.
                row = row[:total]
            cells = [self._column(n, row[a:b]) for n, (a, b) in zip(self.layout.names, places, strict=True)]
            if problem:
                yield LegacyRow(number, offset, tuple(cells), False, problem)
                continue
            if len(row) > total and self._cell(row[total:]):
                cells.append(self._cell(row[total:]))
                problem = "too-long"
            elif len(row) < total and not self.is_trimmed:
                problem = "cut" if self.length else "too-short"
            yield LegacyRow(number, offset, tuple(cells), False, problem)
        if empty:
            self.notes.append(f"{empty} rows are blank and are not delivered")
        self.notes += self.form.closing_notes()

    def _of_kind(self, stored: bytes) -> str:
        """Nothing for a row that is taken, _OTHER for one of another kind, the problem of one that is of none."""
        if self.kind is None or self.kind.takes(stored):
            return ""
        return "unknown-kind" if self.others and not any(k.takes(stored) for k in self.others) else _OTHER

    def _column(self, name: str, part: bytes | str) -> bytes | str:
        """A cell, with numbers as COBOL stores them written out."""
        if isinstance(part, bytes) and name in self.layout.packed:
            part = unpack_decimal(part)
        scale = self.layout.scales.get(name, 0)
        return with_point(self._cell(part), scale) if scale else self._cell(part)

    def _decode_utf8(self, stored: bytes) -> bytes | str:
        try:
            return stored.decode("utf-8")
        except UnicodeDecodeError:
            return stored

    def _cell(self, part: bytes | str) -> bytes | str:
        return part.strip(" \0") if isinstance(part, str) else self.form.cell(part.strip(b" \0"))

    def _stored_rows(self) -> Iterator[tuple[int, bytes]]:
        """Each row with its offset; the mark that ends a file of DOS is none."""
        if not self.length:
            for offset, line in read_lines(self.path, self.form):
                row = line.rstrip(b"\r\n")
                if row.rstrip(_END_OF_FILE) or not row:
                    yield offset, row.rstrip(_END_OF_FILE)
            return
        offset = self.form.start
        with self.path.open("rb") as f:
            f.seek(offset)
            while row := f.read(self.length):
                if row != _END_OF_FILE:
                    yield offset, row
                offset += len(row)
