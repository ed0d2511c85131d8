"""JSON: lists of objects, JSON lines, lists under keys, arrays with a header, objects of columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.grid import GridCell, GridRow, TableGrid
from mappers.legacy.json_places import Finder
from mappers.legacy.json_rows import JsonCells, JsonColumns, Pairs
from mappers.legacy.json_scan import JsonPlace, JsonTaken, read_string, rows_at, to_text
from mappers.legacy.lines import TextForm, as_utf8, find_form
from mappers.legacy.package import OLE, ZIP
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 50

_BEGINS = re.compile(
    rb"\s*(?:\{\s*(?:\"|\}|\Z)|\[\s*(?:[\[{\"]|\Z|-?\d[\d.eE+-]*\s*[,\]]|(?:null|true|false)\s*[,\]]))"
)
_MOST_COLUMNS = 4096
_LARGEST_OF_COLUMNS = 64 << 20
KEY = "key"


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a text begins as a JSON object or array does."""
    return not head.startswith((ZIP, OLE)) and _BEGINS.match(as_utf8(head)) is not None


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The tables of a file: its outermost arrays of objects or arrays, or the objects that stand behind each other.

    Objects in a row become columns called "Address/District"; the second of a list is "Accused_2/Name". Values beside
    the rows come with each of them. Numbers stay as they are written. The file is gone through once for its structure,
    then twice for each table. A row that is no JSON is delivered with problem "broken", its text behind the columns.
    Raises TableError "not-a-table" when nothing in it looks like rows.
    """
    form = find_form(path)
    places = Finder(path, form).find()
    if not places:
        raise TableError(f"{path.name}: no table: no object or array in it", kind="not-a-table")
    return _tables(path, form, places)


def _tables(path: Path, form: TextForm, places: Sequence[JsonPlace]) -> Iterator[LegacyTable]:
    names, _ = unique_names([p.names[-1] if p.names else path.stem for p in places])
    found = 0
    for name, place in zip(names, places, strict=True):
        # A copy of the form: what is counted in it belongs to one table.
        table = _table(path, replace(form), name, place)
        if table is not None:
            found += 1
            yield table
    if not found:
        raise TableError(f"{path.name}: no table: it has no rows, or none of them is valid JSON", kind="not-a-table")


def _table(path: Path, form: TextForm, name: str, place: JsonPlace) -> LegacyTable | None:
    if place.kind == "columns":
        if (table := _read_columns(path, form, name)) is not None:
            return table
        place = replace(place, kind="lines")
    columns = _look(path, form, place)
    if not columns.keys:
        return None
    if columns.lists * 2 > columns.rows and place.kind != "keyed":
        return _read_arrays(path, form, name, place)
    beside = [k for k, _ in place.beside if k not in columns.keys]
    keys = [*([KEY] if place.kind == "keyed" else []), *beside, *columns.keys]
    names, notes = unique_names(keys)
    notes = [*form.opening_notes(), *notes]
    if beside:
        notes.append(f"the values of {', '.join(beside)} are outside the rows and are added to each of them")
    rows = _rows(path, form, place, columns, notes)
    return LegacyTable(name, names, rows, notes, encoding=form.encoding)


def _look(path: Path, form: TextForm, place: JsonPlace) -> JsonColumns:
    """The columns of a table, from all of its rows."""
    columns = JsonColumns(_MOST_COLUMNS)
    # A copy, since the rows are read once more and their oddities would count twice.
    cells = JsonCells(replace(form))
    for taken in rows_at(path, form, place, columns.first_key):
        if not taken.data:
            continue
        try:
            value = cells.load(taken)
        except ValueError:
            columns.add(taken, None, cells.salvage(taken)[0])
        else:
            columns.add(taken, value, cells.flat(value))
    return columns


def _rows(path: Path, form: TextForm, place: JsonPlace, columns: JsonColumns, notes: list[str]) -> Iterator[LegacyRow]:
    cells = JsonCells(form)
    beside = [cells.cell(v) for k, v in place.beside if k not in columns.keys]
    places = {key: i for i, key in enumerate(columns.keys)}
    cut_at = -1
    for number, taken in enumerate(rows_at(path, form, place, columns.first_key), 1):
        cut_at = taken.offset + len(taken.data) if not taken.is_whole else cut_at
        if not taken.data:
            continue
        own: list[bytes | str] = [""] * len(places)
        problem = ""
        try:
            for key, text in cells.flat(cells.load(taken)).items():
                _place_cell(own, places.get(key), cells.cell(text))
        except ValueError:
            saved, rest = cells.salvage(taken)
            for key, text in saved.items():
                _place_cell(own, places.get(key), cells.cell(text))
            own.append(cells.cell(rest))
            # Only the last row can be cut; one before it is broken.
            problem = "broken" if taken.is_whole or number < columns.rows else "cut"
        problem = problem or ("too-many-cells" if len(own) > len(places) else "")
        key_cell = [cells.cell(read_string(taken.key, form))] if place.kind == "keyed" else []
        yield LegacyRow(number, taken.offset, (*key_cell, *beside, *own), False, problem)
    if cut_at >= 0:
        notes.append("the file is truncated, or a bracket or quote is missing")
    notes += [*cells.notes(), *form.closing_notes()]


def _place_cell(own: list[bytes | str], place: int | None, cell: bytes | str) -> None:
    if place is not None:
        own[place] = cell
    elif cell:
        own.append(cell)


def _read_arrays(path: Path, form: TextForm, name: str, place: JsonPlace) -> LegacyTable | None:
    """A table whose rows are arrays; its header is the first of them, or stands beside them."""
    cells = JsonCells(form)
    grid = TableGrid(name, _read_drawn(path, form, place, cells), form.opening_notes(), form.encoding, form)
    if not place.header:
        return grid.table()
    names, notes = unique_names(place.header)
    return LegacyTable(name, names, grid.read_rows(len(names)), [*grid.notes, *notes], encoding=form.encoding)


def _read_drawn(path: Path, form: TextForm, place: JsonPlace, cells: JsonCells) -> Iterator[GridRow]:
    for number, taken in enumerate(rows_at(path, form, place, []), 1):
        if not taken.data:
            continue
        try:
            value = cells.load(taken)
        except ValueError:
            text = GridCell(cells.cell(to_text(taken.data, form)))
            yield GridRow(number, taken.offset, (text,), "broken" if taken.is_whole else "cut")
            continue
        inner = value if isinstance(value, list) and not isinstance(value, Pairs) else [value]
        shown = (GridCell(cells.cell(cells.show_value(v))) for v in inner)
        yield GridRow(number, taken.offset, tuple(shown))


def _read_columns(path: Path, form: TextForm, name: str) -> LegacyTable | None:
    """A table stored column by column; it is read into memory. None when it is no JSON.

    Raises TableError when it is too large for that.
    """
    if path.stat().st_size > _LARGEST_OF_COLUMNS:
        raise TableError(f"{path.name}: stored column by column and too large for that", kind="unreadable")
    cells = JsonCells(form)
    data = as_utf8(path.read_bytes())
    try:
        value = cells.load(JsonTaken(0, data, True))
    except ValueError:
        return None
    pairs = [(k, v) for k, v in value if isinstance(v, list)] if isinstance(value, Pairs) else []
    columns, notes = unique_names([k for k, _ in pairs])
    rows = (
        LegacyRow(n, -1, tuple(cells.cell(cells.show_value(v)) for v in row))
        for n, row in enumerate(zip_longest(*(v for _, v in pairs), fillvalue=""), 1)
    )
    return LegacyTable(name, columns, rows, [*form.opening_notes(), *notes], encoding=form.encoding)
