"""Register rows on the way to records: joined over pages, doubts kept, cells on one line; plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from digitize.reading.calibration import NEVER
from mappers.sources.values import PlacedValue, ZoneValue
from ocr.page import Reading, RowPlace

DITTO, STRUCK, STRUCK_IN_PART = "ditto", "struck", "struck-in-part"
ROW_DOUBTFUL = "row-doubtful"
CONTINUATION = "continuation"
LINES_JOINED = "lines-joined"
INSERTED = "inserted"
"""Note on an entry squeezed in between two others."""
DAY = "day"
NO_ENTRY = ("heading", "total", DAY)
"""Notes on rows that hold no entry: a year across the page, sums carried on, the day of what stands below."""
RECORD = "record"
ROW_KINDS = (RECORD, STRUCK, *NO_ENTRY, "blank")
"""What a person may say that a row is."""

# "1.", "(2)", "a)", "3 -": how clerks number persons in one cell.
_NUMBERED = re.compile(r"\W{0,2}(?:\d{1,2}|[A-Za-z])\s?[.)\]:-]")


@dataclass(frozen=True, slots=True)
class RowCell:
    """One cell of a row. is_ditto: repeats the one above. is_struck: struck out and not settled.

    is_mended: a word of it is struck out.
    """

    placed: PlacedValue
    is_ditto: bool = False
    is_struck: bool = False
    is_mended: bool = False


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One row. page: on which it starts. id: its name there, "r03". pages: on which it appears. zones: "PAGE/ZONE" of
    all its cells, including continued parts. notes: of the row. kind_by_person: row type set by a person, one of
    ROW_KINDS, or "".
    """

    page: str
    id: str
    pages: tuple[str, ...]
    cells: Mapping[str, RowCell]
    zones: tuple[str, ...]
    doubtful: bool = False
    continues: bool = False
    notes: tuple[str, ...] = ()
    kind_by_person: str = ""

    @property
    def record_id(self) -> str:
        """Id of its record."""
        return f"{self.page}-{self.id}"

    @property
    def kind(self) -> str:
        """Row type, of ROW_KINDS, by a person or by its notes; "" if neither."""
        return self.kind_by_person or no_entry(self.notes)

    @property
    def reported(self) -> str:
        """Why it gives no record, as a stable code; "" if it does. A person's answer overrides what was recognised."""
        if self.kind:
            return "" if self.kind == RECORD else self.kind
        written = [c for c in self.cells.values() if not c.placed.value.blank]
        if not written:
            return "blank"
        return STRUCK if all(c.is_struck for c in written) else ""


def no_entry(notes: Sequence[str]) -> str:
    """Note saying that a row has no entry, "" if none."""
    return next((n for n in notes if n in NO_ENTRY), "")


def rows_on(
    page: str, reading: Reading, zones: Mapping[str, ZoneValue], settled: frozenset[str], kinds: Mapping[str, str]
) -> list[RegisterRow]:
    """Rows of one page as on the page.

    zones: its cells with people's decisions applied. settled: names of settled zones; recognised marks in them no
    longer count. kinds: row -> row type set by a person, of ROW_KINDS.
    """
    cells: dict[str, dict[str, RowCell]] = {row.id: {} for row in reading.rows}
    for name, value in zones.items():
        row, _, column = name.partition(".")
        notes = reading.zones[name].notes if name not in settled else ()
        placed = PlacedValue(page, name, value)
        cells[row][column] = RowCell(placed, DITTO in notes, STRUCK in notes, STRUCK_IN_PART in notes)
    return [_row(page, place, cells[place.id], kinds.get(place.id, "")) for place in reading.rows]


def _row(page: str, place: RowPlace, cells: Mapping[str, RowCell], kind: str) -> RegisterRow:
    zones = tuple(f"{page}/{place.id}.{column}" for column in cells)
    # Squeezed in between two others, it has borders that are not sure.
    doubtful = place.doubtful or INSERTED in place.notes
    return RegisterRow(page, place.id, (page,), cells, zones, doubtful, place.continues, place.notes, kind)


def join_rows(pages: Iterable[Sequence[RegisterRow]]) -> list[RegisterRow]:
    """Rows of pages in order; a continuation is joined to the last entry before it, or stays a doubtful row."""
    found: list[RegisterRow] = []
    for rows in pages:
        for row in rows:
            # A heading or sum at the foot of a page does not end the entry above it.
            last = next((n for n in range(len(found) - 1, -1, -1) if not _is_no_entry(found[n])), None)
            if row.continues and last is not None and not _is_no_entry(row):
                found[last] = _append_row(found[last], row)
            elif row.continues:
                found.append(replace(row, doubtful=True, notes=(*row.notes, CONTINUATION)))
            else:
                found.append(row)
    return found


def _is_no_entry(row: RegisterRow) -> bool:
    return row.kind in NO_ENTRY


def _append_row(row: RegisterRow, more: RegisterRow) -> RegisterRow:
    cells = dict(row.cells)
    for column, cell in more.cells.items():
        cells[column] = _merge_cells(cells[column], cell) if column in cells else cell
    return replace(
        row,
        pages=(*row.pages, *(p for p in more.pages if p not in row.pages)),
        cells=cells,
        zones=(*row.zones, *more.zones),
        doubtful=row.doubtful or more.doubtful,
    )


def _merge_cells(first: RowCell, second: RowCell) -> RowCell:
    """Two parts of a cell as one: both texts, with the lower confidence and that part's position for the image.

    A ditto mark with more text in the continuation must be decided by a person.
    """
    a, b = first.placed.value, second.placed.value
    # A blank part adds nothing, and must not draw the cell's confidence down.
    if b.blank:
        return first
    if a.blank:
        return second
    unsure = next((c for c in (first, second) if not is_sure(c.placed.value)), first)
    value = ZoneValue(
        raw=f"{a.raw}\n{b.raw}",
        value="\n".join(t for t in (text_of(a), text_of(b)) if t) or None,
        confidence=0.0 if first.is_ditto or second.is_ditto else min(a.confidence, b.confidence),
        box=unsure.placed.value.box,
        accept=max(a.accept, b.accept),
    )
    placed = PlacedValue(unsure.placed.page, unsure.placed.zone, value, ("continued",))
    is_struck = first.is_struck and second.is_struck
    is_mended = not is_struck and any((first.is_struck, first.is_mended, second.is_struck, second.is_mended))
    return RowCell(placed, is_struck=is_struck, is_mended=is_mended)


def is_sure(value: ZoneValue) -> bool:
    """Whether a cell needs no review."""
    return (bool(value.value) or value.blank) and value.confidence >= value.accept


def mark_doubtful(row: RegisterRow, settled: frozenset[str]) -> RegisterRow:
    """A row whose values need review, however confident, if the row is doubtful or the cell struck out.

    settled: "PAGE/ZONE" of cells settled by a person.
    """
    return replace(row, cells={column: _mark_doubtful_cell(row, cell, settled) for column, cell in row.cells.items()})


def _mark_doubtful_cell(row: RegisterRow, cell: RowCell, settled: frozenset[str]) -> RowCell:
    placed = cell.placed
    seen = {ROW_DOUBTFUL: row.doubtful, STRUCK: cell.is_struck, STRUCK_IN_PART: cell.is_mended}
    words = tuple(word for word, is_seen in seen.items() if is_seen)
    if not words or placed.value.blank or f"{placed.page}/{placed.zone}" in settled:
        return cell
    value = replace(placed.value, accept=NEVER)
    return replace(cell, placed=replace(placed, value=value, notes=(*placed.notes, *words)))


def join_lines(placed: PlacedValue, *, may_be_several: bool) -> PlacedValue:
    """A cell with its lines joined: line ends come from the column's width, not the writer.

    may_be_several: the cell may name several persons, one per line; it then needs review, unless they are numbered or
    it was typed.
    """
    value = placed.value
    lines = [line.strip() for line in (value.value or value.raw).splitlines() if line.strip()]
    # accept is 0 where a person typed the cell: then the line ends are meant.
    is_list = may_be_several and (not value.accept or all(_NUMBERED.match(line) for line in lines))
    if len(lines) < 2 or value.blank or is_list:
        return placed
    one_line = replace(value, value=" ".join(lines))
    if not may_be_several:
        return replace(placed, value=one_line)
    return replace(placed, value=replace(one_line, accept=NEVER), notes=(*placed.notes, LINES_JOINED))


def row_mark(reading: Reading, row: str) -> str:
    """Coarse position of a row on its page, to which decisions on its cells are bound.

    Rows may be numbered differently after rereading; half a row height further is another row. "" if missing.
    """
    found = next((r for r in reading.rows if r.id == row), None)
    if found is None or not found.boxes:
        return ""
    box = found.boxes[0]
    low, high = (box.x0, box.x1) if _is_on_its_side(reading) else (box.y0, box.y1)
    # A power of two from a quarter to half of the height, so that a row cut some pixels off mostly keeps its mark.
    step = max(8, 1 << max((high - low).bit_length() - 2, 0))
    return f"{(low + high) // 2 // step}/{step}"


def _is_on_its_side(reading: Reading) -> bool:
    """Whether rows lie beside each other on the scan, as on a page that was scanned on its side."""
    firsts = [row.boxes[0] for row in reading.rows if row.boxes]
    if not firsts:
        return False
    across, down = [box.x0 + box.x1 for box in firsts], [box.y0 + box.y1 for box in firsts]
    return max(across) - min(across) > max(down) - min(down)


def text_of(value: ZoneValue) -> str:
    """Text of a cell, "" if it is blank or the reading is meaningless."""
    return "" if value.blank or value.noise else value.value or value.raw
