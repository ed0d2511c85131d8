"""Which values of a series stray from its order: those that the fewest corrections would mend."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import partial

import polars as pl


def keeps_order(book: Sequence[pl.Expr], place: pl.Expr, value: pl.Expr, *, slack: int = 0) -> pl.Expr:
    """Whether a row's value fits among those of its book, whose rows stand by place; null without place or value.

    Of each book the longest series without a step back is taken for right. A row outside of it strays where it is more
    than slack below the one before it in that series, or above the one after it. So one stray value is one stray row,
    not a finding on every row behind it. slack: in days for dates.
    """
    parts = [pl.struct(*book).hash().alias("book")]
    parts += [e.to_physical().cast(pl.Int64).alias(name) for name, e in (("place", place), ("value", value))]
    kept = pl.struct(parts).map_batches(partial(_keep_ordered, slack=slack), return_dtype=pl.Boolean)
    return pl.when(place.is_not_null() & value.is_not_null()).then(kept)


def _keep_ordered(rows: pl.Series, slack: int) -> pl.Series:
    frame = rows.struct.unnest().with_row_index("row")
    known = frame.drop_nulls(["place", "value"]).sort("book", "place", "value", "row")
    # Nearly all books are in order, and that is seen without looking at single rows.
    back = (pl.col("value").cum_max() - pl.col("value")).max().over("book") > slack
    strays = [row for book in known.filter(back).partition_by("book") for row in _strays(book, slack)]
    return (~frame["row"].is_in(strays)).alias(rows.name)


def _strays(book: pl.DataFrame, slack: int) -> Iterator[int]:
    values, rows = book["value"].to_list(), book["row"].to_list()
    kept = longest_in_order(values)
    before: int | None = None
    nexts = iter(sorted(kept))
    after = next(nexts, None)
    for at, value in enumerate(values):
        if at == after:
            before, after = at, next(nexts, None)
        elif (before is not None and values[before] - value > slack) or (
            after is not None and value - values[after] > slack
        ):
            yield rows[at]


def longest_in_order(values: Sequence[int]) -> set[int]:
    """The places of a longest series without a step back; of two equally long ones that which begins earlier.

    Taken from the end, so that of two values that contradict each other the first one is believed.
    """
    heads: list[int] = []  # the negated value at the head of the best series of each length
    places: list[int] = []
    behind: list[int] = [-1] * len(values)
    for at in range(len(values) - 1, -1, -1):
        length = bisect_right(heads, -values[at])
        behind[at] = places[length - 1] if length else -1
        heads[length : length + 1] = [-values[at]]
        places[length : length + 1] = [at]
    found: set[int] = set()
    at = places[-1] if places else -1
    while at >= 0:
        found.add(at)
        at = behind[at]
    return found
