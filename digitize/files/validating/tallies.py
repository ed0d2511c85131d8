"""How many records there are by year and by station, and how many of them are rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from digitize.files.validating.report import Tally
from validators.rulebook.columns import RECORD

UNKNOWN = "?"


class FindingTallies:
    """Running counts over parts."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[str, Counter[str]] = {"year": Counter(), "station": Counter()}
        self._rejected: dict[str, Counter[str]] = {"year": Counter(), "station": Counter()}

    def add(self, records: pl.DataFrame | None, rejected: pl.Series) -> None:
        """Count records. rejected: ids of those that are, in any number."""
        if records is None or not records.height:
            return
        there = [c for c in ("year", "district", "police_station") if c in records.columns]
        rows = records.select(pl.col(RECORD).is_in(rejected.unique().implode()).alias("_no"), *there)
        places = [pl.col(c) for c in there if c != "year"]
        year = pl.col("year") if "year" in there else pl.lit(None, dtype=pl.String)
        rows = rows.select(
            "_no",
            pl.when(year.str.contains(r"^[0-9]{4}$")).then(year).fill_null(UNKNOWN).alias("year"),
            (pl.concat_str(places, separator=", ", ignore_nulls=True) if places else pl.lit("")).alias("station"),
        )
        for name in self._rows:
            for key, count, no in rows.group_by(name).agg(pl.len(), pl.col("_no").sum()).iter_rows():
                self._rows[name][key or UNKNOWN] += count
                self._rejected[name][key or UNKNOWN] += no

    def compute(self) -> tuple[Mapping[str, Tally], Mapping[str, Tally]]:
        """By year, and by "district, station", sorted by name."""
        return self._compute_one("year"), self._compute_one("station")

    def _compute_one(self, name: str) -> Mapping[str, Tally]:
        return {key: Tally(n, self._rejected[name][key]) for key, n in sorted(self._rows[name].items())}
