"""The rows of a register's page with all that pages beside it give them: rows joined, doubts, ditto marks, days.

The one way from cells to values: what `run` maps to records and what `extract` prints comes from here.
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
    """One page on its way to rows.

    zones: its cells, with people's decisions in them. settled: names of those that a person settled. kinds: row -> what
    a person says it is. days: what may be said of the days of its entries, as `day_zones` gives it; of a register
    without days, none. leaves_first: its first row belongs to a page that is not at hand.
    """

    page: str
    reading: Reading
    zones: Mapping[str, ZoneValue]
    settled: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, ZoneValue] | None = None
    leaves_first: bool = False

    def rows(self) -> list[RegisterRow]:
        """Its rows as they stand there."""
        rows = rows_on(self.page, self.reading, self.zones, self.settled, self.kinds)
        return rows[1:] if self.leaves_first else rows


def rows_of(pages: Sequence[PageOfRows], page: str, settled: frozenset[str] = frozenset()) -> list[RegisterRow]:
    """The rows that begin on one of some pages. pages: in order, with those that its rows need (see `neighbours`).

    settled: "PAGE/ZONE" of cells that a person settled.
    """
    # The order matters: a ditto mark says what the joined row above says, with that row's doubts.
    rows = resolve_dittos([mark_doubtful(row, settled) for row in join_rows(p.rows() for p in pages)])
    if any(p.days is not None for p in pages):
        days = {f"{p.page}/{name}": zone for p in pages if p.days is not None for name, zone in p.days.items()}
        rows = add_days(rows, days)
    return [row for row in rows if row.page == page]
