"""The other row of a suspicion: which it is, how sure, and what agrees; keys and names of fields, never a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import polars as pl

from mappers.record import Record, RecordValues

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from validators.doubles.pairs import Suspects

# Between the rows that are equally sure, between a row's record and line, and before why.
_ROW, _PART, _WHY = "\x1e", "\x1f", "\x1d"
# More than so many equally sure ones are counted, not named.
_MOST = 16
# A line of a file stands in the lower bits; the upper ones are the number of its file.
_LINE = (1 << 40) - 1


def tell_other(
    suspects: Suspects, record: pl.Series, line: pl.Series, registers: NDArray[np.int32] | None = None
) -> pl.Series:
    """For each row the surest other one, as text for `plain_rows` and `plain_record`; null where none is suspected.

    record, line: RECORD and LINE of the rows. Where comparisons were left out in a register, each of its texts says so.
    registers: see `pairs.find_pairs`.
    """
    counts = (suspects.skipped,) if registers is None else suspects.skipped_by_register
    left_out = [f"; {n} comparisons left out" if n else "" for n in counts]
    of_row = [0] * len(record) if registers is None else registers.tolist()
    pairs = suspects.pairs
    both = pl.concat([pairs, pairs.rename({"left": "right", "right": "left"}).select(pairs.columns)])
    best = both.filter(pl.col("score") == pl.col("score").max().over("left"))
    texts: list[str | None] = [None] * len(record)
    if pairs.is_empty():
        return pl.Series(texts, dtype=pl.String)
    parts = pl.select(pl.concat_str(record.cast(pl.String), pl.lit(_PART), line.cast(pl.String))).to_series().to_list()
    for row, others, score, agrees in best.group_by("left").agg("right", pl.first("score", "agrees")).iter_rows():
        rows = _ROW.join([parts[i] for i in others]) if len(others) <= _MOST else str(len(others))
        texts[row] = f"{rows}{_WHY}{score:.2f}: {suspects.name_fields(agrees)}{left_out[of_row[row]]}"
    return pl.Series(texts, dtype=pl.String)


def other_row(record: pl.Expr, line: pl.Expr, why: str) -> pl.Expr:
    """One other row, as text for `plain_rows` and `plain_record`. record, line: its RECORD and LINE."""
    return pl.concat_str(record.cast(pl.String), pl.lit(_PART), line.cast(pl.String), pl.lit(_WHY + why))


def plain_rows(told: pl.Series) -> pl.Series:
    """What rows of files show: "wb-12, line 7, 0.97: name, relative_name"; the line is that in the file."""
    return pl.Series([_plain(text, lambda key: key, "line", 0) for text in told], dtype=pl.String)


def plain_record(told: str, records: Sequence[Record] | Sequence[RecordValues]) -> str:
    """What findings on records say: "(record wb-12, row 2, 0.97: name, relative_name)". records: those of the form."""
    return f"(record {_plain(told, lambda place: records[int(place)].id, 'row', 1)})"


def _plain(told: str, key_of: Callable[[str], str], word: str, first: int) -> str:
    """Of equally sure rows the one whose key comes first, so that the order of rows changes nothing."""
    rows, _, why = told.partition(_WHY)
    if _PART not in rows:
        return f"any of {rows} others, {why}"
    parts = (row.split(_PART) for row in rows.split(_ROW))
    key, line = min((key_of(record), int(line)) for record, line in parts)
    # A row of a file without an id has none to show.
    shown = [] if key.startswith("\x00") else [key]
    return ", ".join([*shown, f"{word} {(line & _LINE) + first}", why])
