"""The twenty rules as bare polars would have them, from CSV files; run by benchmarks/parts/validate/command.py.

A process of its own, as a colleague would write it for these four tables: one lazy query a table that reads, casts and
counts. It tells counts alone: no line, no value, no message; a row that is torn is cut to its header.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

_NUMBER = r"^([0-9]+[A-Z]{0,3})"
_SEP = "\x1f"
_BEGAN, _ENDED = ("occurrence_from", "occurrence_time_from"), ("occurrence_to", "occurrence_time_to")
_HEARD, _FILED, _NOTED = ("info_date", "info_time"), ("fir_date", "fir_time"), ("gd_date", "gd_time")
_PAIRS = (_BEGAN, _ENDED, _HEARD, _FILED, _NOTED)
_KEY = ("state", "district", "police_station", "year", "fir_no")


def _at_least(late: tuple[str, str], early: tuple[str, str]) -> pl.Expr:
    later, sooner = (pl.col(f"{name}.date") for name in (late[0], early[0]))
    hours = (pl.col(f"{late[1]}.time") >= pl.col(f"{early[1]}.time")).fill_null(value=True)
    return (later > sooner) | ((later == sooner) & hours)


def _typed() -> list[pl.Expr]:
    dates = [pl.col(d).str.to_date("%Y-%m-%d", strict=False).alias(f"{d}.date") for d, _ in _PAIRS]
    times = [pl.col(t).str.to_time("%H:%M", strict=False).alias(f"{t}.time") for _, t in _PAIRS]
    return [*dates, *times]


def _fails(holds: pl.Expr) -> pl.Expr:
    """How many rows break it; what cannot be judged passes."""
    return (~holds).fill_null(value=False).sum()


def _of_firs(known: dict[str, Any], with_acts: pl.Series) -> dict[str, pl.Expr]:
    place = pl.concat_str("state", "district", separator=_SEP)
    states = sorted({state for state, _ in known["districts"]})
    covered = sorted({_SEP.join(one[:2]) for one in known["stations"]})
    station = pl.concat_str(place, "police_station", separator=_SEP)
    from_to = pl.col("info_date.date").dt.combine(pl.col("info_time.time")) - pl.col("occurrence_from.date").dt.combine(
        pl.col("occurrence_time_from.time")
    )
    days = (pl.col("info_date.date") - pl.col("occurrence_from.date")).dt.total_days()
    is_late = pl.coalesce(from_to > pl.duration(hours=24), (days - 1) * 24 >= 24)
    order = [_at_least(_HEARD, _BEGAN), _at_least(_FILED, _HEARD), _at_least(_FILED, _BEGAN)]
    year = pl.col("year").cast(pl.Int64, strict=False)
    dates = [_fails(pl.col(f"{d}.date").is_not_null() | pl.col(d).is_null()) for d, _ in _PAIRS]
    times = [_fails(pl.col(t).str.contains(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")) for _, t in _PAIRS]
    return {
        "F001": _fails(pl.col("state").is_in(states) & place.is_in([_SEP.join(one) for one in known["districts"]])),
        "F002": _fails(~place.is_in(covered) | station.is_in([_SEP.join(one) for one in known["stations"]])),
        "F004": _fails(year.is_between(1861, known["this_year"]).fill_null(value=False)),
        "F005": _fails(pl.col("fir_no").str.contains(r"^0*[1-9][0-9]*$")),
        "F008": pl.sum_horizontal(dates),
        "F011": pl.sum_horizontal(times),
        "F035": _fails(pl.col("property_value").str.contains(r"^[0-9]{1,18}(\.[0-9]+)?$")),
        "F038": _fails(pl.col("place_direction").is_in(known["directions"])),
        "X001": _fails(_at_least(_ENDED, _BEGAN)),
        "X002": _fails(pl.all_horizontal(link.fill_null(value=True) for link in order)),
        "X003": _fails(_at_least(_FILED, _NOTED)),
        "X005": _fails(~is_late),
        "L001": _fails(pl.col("record_id").is_in(with_acts.implode())),
        "R001": pl.struct(_KEY).is_duplicated().sum(),
    }


def _of_acts(known: dict[str, Any], ids: pl.Series) -> dict[str, pl.Expr]:
    number = pl.col("section").str.extract(_NUMBER)
    pairs = [f"{act}{_SEP}{one}" for act, numbers in known["sections"].items() for one in numbers]
    names, lasts = zip(*known["last_number"].items(), strict=True)
    last = pl.col("act").replace_strict(names, lasts, default=None, return_dtype=pl.Int64)
    is_listed = pl.concat_str("act", number, separator=_SEP).is_in(pairs) | ~pl.col("act").is_in(
        list(known["sections"])
    )
    in_range = number.str.extract(r"^([0-9]+)").cast(pl.Int64, strict=False).is_between(1, last)
    return {
        "L002": _fails(pl.col("act").is_in(known["acts"])),
        "L003": _fails(in_range & is_listed),
        "T019": _fails(pl.col("record_id").is_in(ids.implode())),
    }


def _of_persons(known: dict[str, Any], ids: pl.Series) -> dict[str, pl.Expr]:
    age = pl.col("age").cast(pl.Int64, strict=False)
    too_young = ((pl.col("role") == "complainant") & (age < 5)).fill_null(value=False)
    return {
        "F018": _fails(pl.col("sex").is_in(known["sexes"])),
        "F019": _fails(age.is_between(0, 120) & ~too_young),
        "X014": _fails(~((pl.col("role") == "accused") & (age < 7))),
        "T019": _fails(pl.col("record_id").is_in(ids.implode())),
    }


def main(place: Path) -> dict[str, int]:
    """The violations of each rule in the tables of a folder."""
    known = json.loads((place.parent / "facts.json").read_text(encoding="utf-8"))
    scan = {
        n: pl.scan_csv(place / f"{n}.csv", infer_schema=False, truncate_ragged_lines=True)
        for n in ("iif1", "iif1_acts", "iif1_persons", "iif1_property")
    }
    ids = scan["iif1"].select("record_id").collect()["record_id"]
    with_acts = scan["iif1_acts"].select("record_id").collect()["record_id"].unique()
    queries = [
        scan["iif1"].with_columns(_typed()).select(**_of_firs(known, with_acts)),
        scan["iif1_acts"].select(**_of_acts(known, ids)),
        scan["iif1_persons"].select(**_of_persons(known, ids)),
        scan["iif1_property"].select(T019=_fails(pl.col("record_id").is_in(ids.implode()))),
    ]
    counts: dict[str, int] = {}
    for made in pl.collect_all(queries):
        for code, count in made.row(0, named=True).items():
            counts[code] = counts.get(code, 0) + int(count)
    return counts


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
