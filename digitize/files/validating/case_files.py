"""Errors per case file by impact, as counted by data quality contracts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from validators.policy.impact import Impact
from validators.rulebook.columns import RECORD
from validators.rulebook.given import CheckSettings

_ERRORS = ("review", "reject")


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """Records with all their rows, and their errors.

    An error is a field that a rule rejects or sends to review, counted once per row. with_errors: case files with any;
    beyond: with more errors than agreed; high, low: errors by impact.
    """

    count: int = 0
    with_errors: int = 0
    beyond: int = 0
    high: int = 0
    low: int = 0
    agreed_high: int = 0
    agreed_low: int = 2

    @property
    def error_rate(self) -> float:
        """Share of case files with an error; 0.0 if there are none."""
        return self.with_errors / self.count if self.count else 0.0

    def to_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {**asdict(self), "error_rate": round(self.error_rate, 6)}


class CaseCount:
    """Running counts over parts."""

    def __init__(self, form: str, settings: CheckSettings, impact: Impact) -> None:
        """Start empty."""
        self._high = sorted(impact.high_fields(form))
        self._errors = [code for code, word in settings.policy.items() if word in _ERRORS]
        self.made = CaseFiles(agreed_high=impact.agreed_high, agreed_low=impact.agreed_low)

    def add(self, records: pl.DataFrame | None, found: pl.DataFrame) -> None:
        """Count records, given all their findings."""
        if records is None or not records.height:
            return
        is_error = pl.col("code").is_in(self._errors) & (pl.col("field") != "record_id")
        fields = found.filter(is_error).select(RECORD, "table", "line", "field").unique()
        # Child rows without their record are in no case file.
        fields = fields.join(records.select(RECORD).unique(), on=RECORD, how="semi")
        is_high = pl.concat_str("table", pl.lit("."), "field").is_in(self._high)
        of_file = fields.group_by(RECORD).agg(is_high.sum().alias("high"), (~is_high).sum().alias("low"))
        beyond = (pl.col("high") > self.made.agreed_high) | (pl.col("low") > self.made.agreed_low)
        told = of_file.select(pl.len(), beyond.sum().alias("beyond"), pl.col("high", "low").sum()).row(0, named=True)
        now = self.made
        self.made = CaseFiles(
            count=now.count + records[RECORD].n_unique(),
            with_errors=now.with_errors + told["len"],
            beyond=now.beyond + told["beyond"],
            high=now.high + told["high"],
            low=now.low + told["low"],
            agreed_high=now.agreed_high,
            agreed_low=now.agreed_low,
        )
