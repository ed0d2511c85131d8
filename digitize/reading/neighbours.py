"""Dependencies between register pages: rows that continue, and how far up ditto marks refer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from digitize.reading.days import DAY_COLUMN, MOST_PAGES
from digitize.reading.rows import DAY, DITTO, NO_ENTRY, RECORD, STRUCK, no_entry
from ocr.page import Around, Decided, Reading, RowPlace

Facts = Mapping[str, Any]
"""What page_facts says of a page, as JSON types: a ledger keeps it."""


@dataclass(frozen=True, slots=True)
class NeededPages:
    """Pages that the rows of one page depend on.

    top: first page to which ditto marks in its first row may refer; itself if none. end: after the last page on which
    its last row continues. is_joined: its first row continues a row of the page before.
    """

    top: int
    end: int
    is_joined: bool


def find_needed_pages(facts: Sequence[Facts], at: int) -> NeededPages:
    """Pages one of them depends on. facts: of consecutive pages of one register, in order."""
    needed, top = set(facts[at]["ditto"]), at
    while needed and top > 0:
        top -= 1
        # A page on which no row begins says nothing of its own: its cells belong to a row further up.
        needed &= set(facts[top]["through"]) if _has_own(facts[top]) else needed
        if at - top >= MOST_PAGES:
            # As in with_days: further up no day is believed.
            needed.discard(DAY_COLUMN)
    joins = at > 0 and bool(facts[at]["continues"])
    end = at + 1
    # One row may go on over several pages, as long as none of them begins another.
    while (end == at + 1 or not _has_own(facts[end - 1])) and end < len(facts) and facts[end]["continues"]:
        end += 1
    return NeededPages(top, end if _has_own(facts[at]) or not joins else at + 1, joins)


def _has_own(facts: Facts) -> bool:
    """Whether a row begins on a page."""
    return int(facts["rows"]) > (1 if facts["continues"] else 0)


def page_numbers(around: Sequence[Around]) -> list[int]:
    """Numbers on a page, two for a spread, from the left."""
    return [a.number for a in sorted(around, key=lambda a: a.box.x0) if a.number is not None]


def make_page_facts(
    reading: Reading,
    kinds: Mapping[str, str] = MappingProxyType({}),
    *,
    has_days: bool = False,
    is_day_above: bool = False,
) -> dict[str, Any]:
    """Facts that neighbouring pages need.

    kinds: row -> row type set by a person. Returned are rows: their number; continues: whether the first one started on
    the page before; ditto: columns whose first cell is a ditto mark; and through: those with nothing else. The date
    above entries counts as a ditto column until one is written (has_days; is_day_above the table).
    """
    cells: dict[str, dict[str, Decided]] = {row.id: {} for row in reading.rows}
    for name, cell in reading.zones.items():
        row, _, column = name.partition(".")
        cells[row][column] = cell
    marks: dict[str, list[bool]] = {}
    seen = {place.id: _kind(place, cells[place.id], kinds) for place in reading.rows}
    for place in reading.rows:
        if seen[place.id] == RECORD and not place.continues:
            for column, cell in cells[place.id].items():
                marks.setdefault(column, []).append(DITTO in cell.notes)
    if has_days:
        marks[DAY_COLUMN] = _day_marks([seen[p.id] for p in reading.rows if not p.continues], is_day_above=is_day_above)
    first = next(iter(reading.rows), None)
    return {
        "rows": len(reading.rows),
        "continues": first is not None and first.continues and seen[first.id] not in NO_ENTRY,
        "ditto": sorted(column for column, found in marks.items() if found and found[0]),
        "through": sorted(column for column, found in marks.items() if all(found)),
    }


def _day_marks(kinds: Sequence[str], *, is_day_above: bool) -> list[bool]:
    """For each entry whether its day is that of the page before. kinds: of the rows that begin on a page, in order."""
    found, is_known = [], is_day_above
    for kind in kinds:
        is_known = is_known or kind == DAY
        if kind == RECORD:
            found.append(not is_known)
    # A page without entries passes the day before on, unless it gives one itself.
    return found or [not is_known]


def _kind(place: RowPlace, cells: Mapping[str, Decided], kinds: Mapping[str, str]) -> str:
    """Type of a row, of ROW_KINDS: set by a person, else as recognised."""
    written = [cell for cell in cells.values() if not cell.blank]
    is_struck = bool(written) and all(STRUCK in cell.notes for cell in written)
    return kinds.get(place.id) or no_entry(place.notes) or (STRUCK if is_struck else RECORD)
