"""Columns of loaded records from which search rows can be rebuilt."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from digitize.targets.rows import LINE, RECORD_ID
from digitize.targets.search_marks import MARKS, THING_WORDS, TOLD_IN
from digitize.targets.search_rows import CHILDREN, DAYS, NAMES, RELATIVES
from mappers.schema import form_tables


def searched_columns(form: str) -> dict[str, list[str]]:
    """Table -> columns used for search rows, including id and line."""
    things = ("make", "model", "colour", *MARKS, *THING_WORDS, "identification_no", "number")
    own = ("fir_no", "fir_reg_num", "police_station", "district", "year", "place", "legacy_key", *DAYS, *TOLD_IN)
    linked = ("linked_fir_police_station", "linked_fir_year", "linked_fir_no")
    others = ("section", "act", "key", "address", "phone", "mobile", *NAMES, *RELATIVES)
    born = ("birth_date", "birth_year", "age", "age_from", "age_to")
    found: dict[str, list[str]] = {}
    for name, table in form_tables(form).items():
        if table.child in CHILDREN or not table.child:
            wanted = (*others, *born, *things) if table.child else (*own, *linked, *things)
            found[name] = [RECORD_ID, *([LINE] if table.child else []), *(n for n in wanted if table.column(n))]
    return found


def text_frame(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Database rows in the form `search_rows` expects: texts, and lines as numbers."""
    made = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
    return pl.DataFrame(
        {n: v if n == LINE else [None if x is None else str(x) for x in v] for n, v in made.items()},
        schema={n: pl.Int64 if n == LINE else pl.String for n in columns},
    )
