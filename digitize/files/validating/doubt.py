"""Records whose rows cannot be counted because a refused row next to them may have been theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from digitize.files.validating.placing import GIVEN_LINE
from validators.rulebook.columns import LINE, RECORD

DOUBTFUL, TABLE = "_doubtful", "_table"
"""Among the parts' tables: RECORD and TABLE, for `placing.with_places`."""
_KEPT = "_kept"


class Neighbours:
    """Neighbouring records of refused rows, in a table that does not number its rows by a column `line`.

    Such rows are identified by file order. If one between them is broken, or names a missing record, the others may be
    shifted by one. It may belong to the record of the row before or after it.
    """

    def __init__(self, table: str, knows: Callable[[pl.Series], pl.Series]) -> None:
        """knows: whether each of these ids has a record."""
        self._table, self._knows = table, knows
        self._last: str | None = None
        self._is_open = False

    def find_neighbours(self, rows: pl.DataFrame, broken: Sequence[int]) -> pl.DataFrame:
        """Neighbours in the next rows of the file. rows: a text frame. broken: unreadable lines."""
        if GIVEN_LINE in rows.columns and (rows[GIVEN_LINE].fill_null("") != "").all():
            return self._list_ids(pl.Series([], dtype=pl.String))
        torn = pl.DataFrame({LINE: broken, RECORD: [None] * len(broken)}, schema={LINE: pl.Int64, RECORD: pl.String})
        there = rows.select(LINE, pl.when(self._knows(rows[RECORD])).then(RECORD).alias(RECORD))
        kept = pl.concat([there, torn]).sort(LINE).select(pl.col(RECORD).alias(_KEPT))
        sides = kept.with_columns(before=pl.col(_KEPT).forward_fill(), behind=pl.col(_KEPT).backward_fill())
        refused = sides.filter(pl.col(_KEPT).is_null())
        first = kept[_KEPT].drop_nulls().head(1)
        found = [refused["before"], refused["behind"], *([first] if self._is_open else [])]
        # What begins with a refused row touches the last one of the rows before.
        if refused["before"].null_count() and self._last is not None:
            found.append(pl.Series([self._last], dtype=pl.String))
        if len(kept):
            self._is_open = kept[_KEPT][-1] is None
            self._last = sides["before"][-1] or self._last
        return self._list_ids(pl.concat(found).drop_nulls().unique(maintain_order=True))

    def _list_ids(self, ids: pl.Series) -> pl.DataFrame:
        return pl.DataFrame({RECORD: ids}).with_columns(pl.lit(self._table).alias(TABLE))
