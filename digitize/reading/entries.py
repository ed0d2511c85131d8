"""Rows of a register page with the context of neighbouring pages: joined rows, doubts, ditto marks, dates.

The only way from cells to values, used both by `run` for records and by `extract` for output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digitize.reading.days import add_days
from digitize.reading.ditto import resolve_dittos
from digitize.reading.rows import RegisterRow, join_rows, mark_doubtful, rows_on
from mappers.sources.values import ZoneValue
from ocr.page import Reading


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """One page being converted to rows.

    zones: its cells with people's decisions applied. settled: names of settled cells. kinds: row -> row type set by a
    person. days: dates of its entries, as from `day_zones`; empty for a register without dates. leaves_first: its first
    row belongs to a page that is not available.
    """

    page: str
    reading: Reading
    zones: Mapping[str, ZoneValue]
    settled: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, ZoneValue] | None = None
    leaves_first: bool = False

    def rows(self) -> list[RegisterRow]:
        """Its rows as on the page."""
        rows = rows_on(self.page, self.reading, self.zones, self.settled, self.kinds)
        return rows[1:] if self.leaves_first else rows


def rows_of(pages: Sequence[PageOfRows], page: str, settled: frozenset[str] = frozenset()) -> list[RegisterRow]:
    """Rows that start on one of the pages. pages: in order, including those its rows depend on (see `neighbours`).

    settled: "PAGE/ZONE" of cells settled by a person.
    """
    # The order matters: a ditto mark says what the joined row above says, with that row's doubts.
    rows = resolve_dittos([mark_doubtful(row, settled) for row in join_rows(p.rows() for p in pages)])
    if any(p.days is not None for p in pages):
        days = {f"{p.page}/{name}": zone for p in pages if p.days is not None for name, zone in p.days.items()}
        rows = add_days(rows, days)
    return [row for row in rows if row.page == page]
