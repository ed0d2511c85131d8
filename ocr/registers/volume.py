"""Read a register page by page: what one page needs of those before it is small, so a reading can stop and go on.

Reading is two steps here as well: a page is recognised (dear), then decided (cheap, no picture, no engine).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ocr.cleaning.clean import white_border
from ocr.engine import Engine, Image, LineImage
from ocr.engines import load_engine
from ocr.errors import FormError
from ocr.languages.lexicon import Lexicon
from ocr.page import Around, Carried, Reading, Recognition, RowPlace, ZoneReading
from ocr.registers.around import read_around
from ocr.registers.between import NO_ENTRY, kind_of
from ocr.registers.cell_reader import CellReader, RegisterSettings, column_of, decide_cell
from ocr.registers.form import RegisterForm, Registers, package_registers
from ocr.registers.header import Reader
from ocr.registers.table import Ask, Layout, RegisterTable, TableRow, read_table
from ocr.scans.scan import OpenedPage

HEADER = "header"
# What is handed on is part of the next page's key: the last bits of a float must not change it.
_SHARE_DIGITS = 5
_NAMELESS = "_column"
_LEAST_NAMED = 0.5
"""Of its columns a page must have so many with names: a title alone, as that of an unknown form, is no register."""
_MOST_WIDER = 1.11
"""How much wider or narrower a table without header may be: 39 of 40 drawn pages are within that, and of 13 other pages
that passed for a volume's by the number of their lines (printed forms, lists) 2."""


class VolumeReader:
    """Reads the pages of volumes one at a time; it remembers nothing between them."""

    def __init__(
        self,
        form: RegisterForm | str | None = None,
        languages: Sequence[str] = (),
        *,
        settings: RegisterSettings | None = None,
        registers: Registers | None = None,
        cells: CellReader | None = None,
    ) -> None:
        """form: a register or its id, None to take it from the header. languages: two-letter codes, best first.

        cells: another reader of cells than the usual one. Raises FormError for an unknown id, and what engines raise.
        """
        settings = settings or RegisterSettings()
        self._known = registers or package_registers()
        self._asked = find_register(form, self._known)
        codes = tuple(languages) or ("en",)
        engine = load_engine(settings.engine)
        self._ask = Ask(self._asked, codes, print_reader(engine), self._known, engine)
        self._engine = engine
        self._cells = cells or CellReader(engine, codes, settings)

    def recognise(
        self, page: OpenedPage | Image, before: Carried | None = None, *, only_known: bool = False
    ) -> Recognition:
        """Find the rows of one page and read their cells; the lists of columns are not used.

        page: an opened scan, or grey (height, width) uint8; one page or one spread. before: what the page before in the
        volume handed on, None for the first. The result has no form, and its reason, when no known register fits; its
        rows are found all the same, unless only_known says not to. Raises what engines raise.
        """
        grey = page.grey if isinstance(page, OpenedPage) else page
        layout = self._layout(before)
        table = read_table(grey, self._ask, layout)
        form, reason = self._form(table, before)
        # Before cells are read, which takes most of a page's time.
        if only_known and form is None:
            return Recognition(None, grey.shape[1], grey.shape[0], reason=reason)
        # All rows first: which digits a page has is told by all of its numbers.
        cells = self._cells.with_figures(table, [self._cells.read(table, row) for row in table.rows])
        begins = table.heading is not None and before is not None and form != before.last
        rows = _places(table, cells, begins=begins)
        notes = (*(page.notes if isinstance(page, OpenedPage) else ()), *((HEADER,) if table.heading else ()))
        return Recognition(
            form=form,
            width=grey.shape[1],
            height=grey.shape[0],
            # How far the page lies turned on the scan, -90 to 180; the sheet knows how far it was turned back.
            angle_deg=180.0 - (table.sheet.turn_deg + 180) % 360,
            reason=reason,
            zones=_zones(rows, cells),
            text_layer=page.text_layer if isinstance(page, OpenedPage) else "",
            notes=notes + table.notes,
            rows=rows,
            carried=_handed_on(table, before, form),
            around=self._read_around(table, [place.id for place in rows], cells),
        )

    def _form(self, table: RegisterTable, before: Carried | None) -> tuple[str | None, str]:
        """The register of a page, or why it is none: too few of its columns have names, or it bears no header and is
        not about as wide as the pages before.
        """
        form = table.form.id if table.form else None
        if form is not None and self._asked is None and _share_named(table.columns) < _LEAST_NAMED:
            return None, f"its header is that of {form}, but too few of its columns could be named"
        if form is None or self._asked is not None or table.heading is not None or before is None or not before.width:
            return form, table.reason
        ratio = _width(table) / before.width
        if table.rows and not 1 / _MOST_WIDER <= ratio <= _MOST_WIDER:
            return None, "no header was found, and its table is not as wide as those of the pages before"
        return form, table.reason

    def _read_around(
        self, table: RegisterTable, ids: Sequence[str], cells: Sequence[Sequence[ZoneReading]]
    ) -> tuple[Around, ...]:
        """What stands around a table; ids: of its rows, cells: of each."""
        form = table.form
        dates = self._cells.date_reader(table, cells) if form is not None and form.days else None
        has_header = table.heading is not None
        return read_around(
            table.asides, ids, self._engine, self._cells.languages, form, has_header=has_header, read_date=dates
        )

    def _layout(self, before: Carried | None) -> Layout | None:
        """The columns of the volume so far."""
        if before is None or not before.columns:
            return None
        form = (
            # A register that was handed in need not be among those that are known.
            self._asked if self._asked and self._asked.id == before.form else self._known.forms.get(before.form or "")
        )
        return Layout(form, before.columns, tuple(np.array(edges) for edges in before.shares))


def decide_register(
    seen: Recognition,
    form: RegisterForm | None,
    languages: Sequence[str] = (),
    lexica: Mapping[str, Lexicon] | None = None,
) -> Reading:
    """Settle on the value of each cell of a page.

    form: the register that the recognition names. lexica: closed lists by the name that columns ask for. A cell with
    the note "ditto" has no value yet: it says the same as the one above. Raises FormError when a list is not there.
    """
    codes = tuple(languages) or ("en",)
    zones = {z.zone: decide_cell(z, column_of(form, column_name(z)), codes, lexica or {}) for z in seen.zones}
    return Reading(seen.form, seen.form, zones, reason=seen.reason, rows=seen.rows)


def column_name(zone: ZoneReading) -> str:
    """The column of a cell named "ROW.COLUMN"."""
    return zone.zone.partition(".")[2]


def find_register(form: RegisterForm | str | None, known: Registers) -> RegisterForm | None:
    """A register by its id. Raises FormError when there is none of that id."""
    if not isinstance(form, str):
        return form
    if form not in known.forms:
        raise FormError(f"there is no register {form!r} (known: {', '.join(sorted(known.forms))})")
    return known.forms[form]


def print_reader(engine: Engine) -> Reader:
    """Reads printed header cells, which may have several lines."""

    def read(pictures: Sequence[Image], code: str) -> list[str]:
        if code not in engine.languages():
            return [""] * len(pictures)
        asked = [LineImage(white_border(p), (code,), block=True) for p in pictures]
        return [t.text for t in engine.read(asked)]

    return read


def _number_rows(rows: Sequence[TableRow]) -> list[tuple[int, TableRow]]:
    """Rows with their numbers on the page, 0 for one at the top that goes on from the page before."""
    first = 0 if rows and rows[0].continues else 1
    return list(enumerate(rows, start=first))


def _place(number: int, row: TableRow, *, begins: bool) -> RowPlace:
    """A row's place. begins: another volume begins on this page, so that nothing goes on here."""
    return RowPlace(f"r{number:02d}", row.boxes, row.doubtful, row.continues and not begins)


def _places(table: RegisterTable, cells: Sequence[Sequence[ZoneReading]], *, begins: bool) -> tuple[RowPlace, ...]:
    """Where each row of a table lies and what it is; cells: of each row. begins: as in _place."""
    has_days = table.form is not None and table.form.days
    places = [_place(n, row, begins=begins) for n, row in _number_rows(table.rows)]
    return tuple(
        _with_kind(place, row, own, has_days=has_days)
        for place, row, own in zip(places, table.rows, cells, strict=True)
    )


def _zones(rows: Sequence[RowPlace], cells: Sequence[Sequence[ZoneReading]]) -> tuple[ZoneReading, ...]:
    """All cells of a page, each named "ROW.COLUMN"."""
    return tuple(
        replace(cell, zone=f"{place.id}.{cell.zone}") for place, own in zip(rows, cells, strict=True) for cell in own
    )


def _with_kind(place: RowPlace, row: TableRow, cells: Sequence[ZoneReading], *, has_days: bool) -> RowPlace:
    """A row's place with what it is when it is no usual entry; a sum carried on goes on from no entry."""
    kind = row.kind or ("" if row.numbered else kind_of(cells, has_days=has_days))
    goes_on = place.continues and kind not in NO_ENTRY
    return replace(place, notes=(*place.notes, kind), continues=goes_on) if kind else place


def _share_named(columns: Sequence[str]) -> float:
    """The share of columns that have a name; 1.0 of none."""
    return 1.0 - sum(c.startswith(_NAMELESS) for c in columns) / len(columns) if columns else 1.0


def _width(table: RegisterTable) -> float:
    """The share of a page's width that its table takes; 0.0 without rows."""
    boxes = [box for row in table.rows for box in row.boxes]
    if not boxes:
        return 0.0
    # Boxes lie on the scan: of a page on its side their heights tell.
    if table.sheet.turn_deg % 180:
        return round((max(b.y1 for b in boxes) - min(b.y0 for b in boxes)) / table.sheet.page.source_height, 2)
    return round((max(b.x1 for b in boxes) - min(b.x0 for b in boxes)) / table.sheet.page.source_width, 2)


def _handed_on(table: RegisterTable, before: Carried | None, form: str | None) -> Carried:
    """The volume's columns after a page: those of the last header, or of its first page."""
    layout = table.layout
    if layout is None or (table.heading is None and before is not None and before.columns):
        return replace(before, last=form) if before is not None else Carried(last=form)
    shares = tuple(tuple(round(float(x), _SHARE_DIGITS) for x in edges) for edges in layout.shares)
    return Carried(layout.form.id if layout.form else None, layout.columns, shares, form, _width(table))
