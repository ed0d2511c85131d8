"""Numbers that say nothing."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.rule import example, rule, tells


@rule("F990", slug="fir-number-is-zero", form="iif1", fields=("fir_no",))
@tells("W", en="The number of the FIR is zero.")
@example(passes={"fir_no": "12"}, fails={"fir_no": "0"})
def fir_number_counts_from_one(f: Fields) -> pl.Expr:
    """Our own addition: FIRs of a year are numbered from 1; a zero stands for a number that was not typed."""
    return f.fir_no > 0
