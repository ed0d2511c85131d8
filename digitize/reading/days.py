"""The date of diary entries, which is above them and in no column: on its own line, or above the table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from digitize.reading.rows import DAY, RegisterRow, RowCell
from mappers.sources.values import PlacedValue, ZoneValue
from mappers.text.folding import fold_digits
from ocr.page import Around, Recognition
from ocr.registers.between import date_in, is_day

DAY_COLUMN = "day"
"""The name under which mappings find it."""
ABOVE = "above"
"""The zone of a page that holds what stands above its table."""
# A date that is misread still shows figures; a heading above the table shows none.
_LEAST_FIGURES = 2
_TIME = "time"
# "9.30", "09 : 30", "24.00", but no part of a longer number.
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-4])\s?[:.]\s?([0-5]\d)(?!\d)")
MOST_PAGES = 3
"""A day is believed so many pages further at most; behind them a person is asked."""


def day_above(around: Sequence[Around]) -> Around | None:
    """The date above a page's table: a date, else a note with digits; None without either."""
    # A page's number stands there, too, and is no day.
    notes = [a for a in around if a.where == ABOVE and a.number is None]
    dates = [a for a in notes if date_in(a.text)]
    if dates:
        return max(dates, key=lambda a: a.confidence)
    figures = {a: sum(map(str.isdecimal, a.text)) for a in notes}
    best = max(figures, key=lambda a: figures[a], default=None)
    return best if best is not None and figures[best] >= _LEAST_FIGURES else None


def day_zones(page: Recognition, accept: float) -> Mapping[str, ZoneValue]:
    """Dates on a page as zones: the one above its table, and "r03.day" for each row.

    accept: confidence from which a date may pass without review. Row dates are unread. The first one's box is the head
    of the page; the others have none, since an image of the rows around might show protected persons.
    """
    zones: dict[str, ZoneValue] = {}
    found = day_above(page.around)
    if found is not None:
        date = date_in(found.text)
        box = (found.box.x0, found.box.y0, found.box.x1, found.box.y1)
        zones[ABOVE] = ZoneValue(found.text, date or None, found.confidence if date else 0.0, box, accept=accept)
    for n, row in enumerate(page.rows):
        zones[day_zone(row.id)] = ZoneValue("", None, 0.0, None if n else _find_head(page), accept=accept)
    return zones


def _find_head(page: Recognition) -> tuple[int, int, int, int]:
    """What lies above the rows of a page, on its scan: x0, y0, x1, y1 in pixels."""
    boxes = [box for row in page.rows for box in row.boxes]
    width, height = page.width, page.height
    # At least one pixel: rows may begin at the very top, and a picture of nothing cannot be cut.
    match round(page.angle_deg / 90) % 4:
        case 1:
            return 0, 0, max(1, min((box.x0 for box in boxes), default=1)), height
        case 2:
            return 0, min(height - 1, max((box.y1 for box in boxes), default=height)), width, height
        case 3:
            return min(width - 1, max((box.x1 for box in boxes), default=width)), 0, width, height
        case _:
            return 0, 0, width, max(1, min((box.y0 for box in boxes), default=1))


def day_zone(row: str) -> str:
    """Zone of a row in which its date may be typed."""
    return f"{row}.{DAY_COLUMN}"


def add_days(rows: Sequence[RegisterRow], zones: Mapping[str, ZoneValue]) -> list[RegisterRow]:
    """Rows in order, record rows with the date they were written on.

    zones: "PAGE/ZONE" -> dates, as from `day_zones`, with people's decisions applied. A date above a table, on its own
    line, or typed for an entry applies to the entries below it. It is asked again at an entry if no date is known, if
    the clock goes back, and after an entry that ends with a date.
    """
    found: list[RegisterRow] = []
    day: PlacedValue | None = None
    page, clock, pages = "", "", 0
    for row in rows:
        if row.page != page:
            page, pages, above = row.page, pages + 1, zones.get(f"{row.page}/{ABOVE}")
            # An empty day is not carried over: on the next page it is asked at the entry again.
            day = day if _is_said(day) and pages <= MOST_PAGES else None
            if above is not None:
                day, clock, pages = PlacedValue(page, ABOVE, above), "", 0
        if row.kind == DAY:
            day, clock, pages = _find_date_cell(row), "", 0
        if row.reported:
            found.append(row)
            continue
        own = _find_own_day(row, zones)
        now = _clock(row)
        # HH:MM with two digits each compares as text.
        if day is None or _is_said(own) or (now and now < clock):
            day, clock, pages = own, "", 0
        found.append(_add_day(row, day) if day is not None else row)
        clock = now or clock
        if _ends_with_day(row):
            day = None
    return found


def _add_day(row: RegisterRow, day: PlacedValue) -> RegisterRow:
    """A row with its date, signed by whoever settled it."""
    zones = (*row.zones, f"{day.page}/{day.zone}")
    return replace(row, cells={**row.cells, DAY_COLUMN: RowCell(day)}, zones=zones)


def _find_own_day(row: RegisterRow, zones: Mapping[str, ZoneValue]) -> PlacedValue | None:
    zone = zones.get(f"{row.page}/{day_zone(row.id)}")
    return PlacedValue(row.page, day_zone(row.id), zone) if zone is not None else None


def _is_said(day: PlacedValue | None) -> bool:
    """Whether anything was read there, or typed for it."""
    return day is not None and bool(day.value.raw or day.value.value)


def _clock(row: RegisterRow) -> str:
    """Time of an entry as HH:MM, "" if unread."""
    cell = row.cells.get(_TIME)
    found = _CLOCK.search(fold_digits(cell.placed.value.value or "")) if cell is not None else None
    return f"{int(found[1]):02d}:{found[2]}" if found else ""


def _ends_with_day(row: RegisterRow) -> bool:
    """Whether the last line of a cell is only a date, which was read as part of the entry above it."""
    texts = (c.placed.value.value or c.placed.value.raw for c in row.cells.values())
    return any("\n" in t and is_day(t.splitlines()[-1]) for t in texts)


def _find_date_cell(row: RegisterRow) -> PlacedValue | None:
    """Cell of a row that holds a date."""
    cells = [c.placed for c in row.cells.values() if not c.placed.value.blank]
    return next((p for p in cells if date_in(p.value.value or p.value.raw)), None)
