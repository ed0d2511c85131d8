"""The twenty rules in the words of pandera, over polars frames; run by benchmarks/parts/validate/peers.py."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pandera
import pandera.polars as pa
import polars as pl

_NUMBER = r"^([0-9]+[A-Z]{0,3})"
_SEP = "\x1f"
_BEGAN, _ENDED = ("occurrence_from", "occurrence_time_from"), ("occurrence_to", "occurrence_time_to")
_HEARD, _FILED, _NOTED = ("info_date", "info_time"), ("fir_date", "fir_time"), ("gd_date", "gd_time")
_KEY = ["state", "district", "police_station", "year", "fir_no"]


def _date(name: str) -> pl.Expr:
    return pl.col(name).str.to_date("%Y-%m-%d", strict=False)


def _time(name: str) -> pl.Expr:
    return pl.col(name).str.to_time("%H:%M", strict=False)


def _at_least(late: tuple[str, str], early: tuple[str, str]) -> pl.Expr:
    hours = (_time(late[1]) >= _time(early[1])).fill_null(value=True)
    return (_date(late[0]) > _date(early[0])) | ((_date(late[0]) == _date(early[0])) & hours)


def _of_rows(code: str, holds: pl.Expr) -> Any:
    """A check of whole rows; what cannot be judged passes."""
    return pa.Check(lambda data: data.lazyframe.select(holds.fill_null(value=True)), name=code)


def _of_column(code: str, holds: Any) -> Any:
    return pa.Check(lambda data: data.lazyframe.select(holds(pl.col(data.key)).fill_null(value=True)), name=code)


def schemas(known: dict[str, Any], ids: pl.Series, with_acts: pl.Series) -> dict[str, Any]:
    """Table name -> its schema."""
    text = {"dtype": pl.String, "nullable": True}
    dates = {
        name: pa.Column(
            checks=_of_column("F008", lambda c: c.str.to_date("%Y-%m-%d", strict=False).is_not_null() | c.is_null()),
            **text,
        )
        for name, _ in (_BEGAN, _ENDED, _HEARD, _FILED, _NOTED)
    }
    times = {
        name: pa.Column(checks=pa.Check.str_matches(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", name="F011"), **text)
        for _, name in (_BEGAN, _ENDED, _HEARD, _FILED, _NOTED)
    }
    whole = {"dtype": pl.String, "nullable": False}
    states = sorted({state for state, _ in known["districts"]})
    districts = [_SEP.join(one) for one in known["districts"]]
    covered = sorted({_SEP.join(one[:2]) for one in known["stations"]})
    stations = [_SEP.join(one) for one in known["stations"]]
    place = pl.concat_str("state", "district", separator=_SEP)
    late = _date("info_date").dt.combine(_time("info_time")) - _date("occurrence_from").dt.combine(
        _time("occurrence_time_from")
    )
    days = (_date("info_date") - _date("occurrence_from")).dt.total_days()
    is_late = pl.coalesce(late > pl.duration(hours=24), (days - 1) * 24 >= 24)
    reason = pl.col("delay_reason").is_not_null() if "delay_reason" in known["columns"] else pl.lit(value=False)
    order = [_at_least(_HEARD, _BEGAN), _at_least(_FILED, _HEARD), _at_least(_FILED, _BEGAN)]
    firs = pa.DataFrameSchema(
        {
            "state": pa.Column(checks=pa.Check.isin(states, name="F001"), **whole),
            "district": pa.Column(**whole),
            "police_station": pa.Column(**whole),
            "year": pa.Column(
                checks=_of_column(
                    "F004",
                    lambda c: (
                        c.cast(pl.Int64, strict=False).is_between(1861, known["this_year"]).fill_null(value=False)
                    ),
                ),
                **whole,
            ),
            "fir_no": pa.Column(checks=pa.Check.str_matches(r"^0*[1-9][0-9]*$", name="F005"), **whole),
            "property_value": pa.Column(checks=pa.Check.str_matches(r"^[0-9]{1,18}(\.[0-9]+)?$", name="F035"), **text),
            "place_direction": pa.Column(checks=pa.Check.isin(known["directions"], name="F038"), **text),
            **dates,
            **times,
        },
        checks=[
            _of_rows("F001", ~pl.col("state").is_in(states) | place.is_in(districts)),
            _of_rows(
                "F002", ~place.is_in(covered) | pl.concat_str(place, "police_station", separator=_SEP).is_in(stations)
            ),
            _of_rows("X001", _at_least(_ENDED, _BEGAN)),
            _of_rows("X002", pl.all_horizontal(link.fill_null(value=True) for link in order)),
            _of_rows("X003", _at_least(_FILED, _NOTED)),
            _of_rows("X005", ~is_late | reason),
            _of_rows("L001", pl.col("record_id").is_in(with_acts.implode())),
        ],
        unique=_KEY,
    )
    number = pl.col("section").str.extract(_NUMBER)
    pairs = [f"{act}{_SEP}{one}" for act, numbers in known["sections"].items() for one in numbers]
    last = pl.col("act").replace_strict(
        list(known["last_number"]), list(known["last_number"].values()), default=None, return_dtype=pl.Int64
    )
    is_listed = pl.concat_str("act", number, separator=_SEP).is_in(pairs) | ~pl.col("act").is_in(
        list(known["sections"])
    )
    in_range = number.str.extract(r"^([0-9]+)").cast(pl.Int64, strict=False).is_between(1, last)
    here = _of_column("T019", lambda c: c.is_in(ids.implode()))
    acts = pa.DataFrameSchema(
        {
            "record_id": pa.Column(checks=here, **whole),
            "act": pa.Column(checks=pa.Check.isin(known["acts"], name="L002"), **whole),
            "section": pa.Column(**text),
        },
        checks=[_of_rows("L003", in_range & is_listed)],
    )
    age = pl.col("age").cast(pl.Int64, strict=False)
    persons = pa.DataFrameSchema(
        {
            "record_id": pa.Column(checks=here, **whole),
            "sex": pa.Column(checks=pa.Check.isin(known["sexes"], name="F018"), **text),
        },
        checks=[
            _of_rows(
                "F019", age.is_between(0, 120) & ~((pl.col("role") == "complainant") & (age < 5)).fill_null(value=False)
            ),
            _of_rows("X014", ~((pl.col("role") == "accused") & (age < 7))),
        ],
    )
    return {"iif1": firs, "iif1_acts": acts, "iif1_persons": persons}


_OTHERS = {"multiple_fields_uniqueness": "R001"}
_MISSING = {
    "state": "F001",
    "district": "F001",
    "police_station": "F001",
    "year": "F004",
    "fir_no": "F005",
    "act": "L002",
}


def main(place: Path) -> dict[str, Any]:
    """Check the tables in a folder."""
    frames = {n: pl.read_parquet(place / f"{n}.parquet") for n in ("iif1", "iif1_acts", "iif1_persons")}
    known = json.loads((place.parent / "facts.json").read_text(encoding="utf-8"))
    known["columns"] = frames["iif1"].columns
    begun = time.process_time()
    counts: Counter[str] = Counter()
    made = schemas(known, frames["iif1"]["record_id"], frames["iif1_acts"]["record_id"].unique())
    for name, schema in made.items():
        try:
            schema.validate(frames[name], lazy=True)
        except pa.errors.SchemaErrors as e:
            for check, column, n in e.failure_cases.group_by("check", "column").len().iter_rows():
                counts[_code(check, column)] += n
    spent = time.process_time() - begun
    return {
        "version": pandera.__version__,
        "cpu_s": spent,
        "rows": sum(f.height for f in frames.values()),
        "counts": counts,
    }


def _code(check: str, column: str | None) -> str:
    for name, code in _BUILT_IN.items():
        if check.startswith(name[1]) and column == name[0]:
            return code
    return _MISSING[str(column)] if check == "not_nullable" else _OTHERS.get(check, check)


# Checks of its own bear their own words whatever they are called.
_BUILT_IN = {
    ("state", "isin"): "F001",
    ("fir_no", "str_matches"): "F005",
    ("property_value", "str_matches"): "F035",
    ("place_direction", "isin"): "F038",
    ("act", "isin"): "L002",
    ("sex", "isin"): "F018",
    **{(name, "str_matches"): "F011" for _, name in (_BEGAN, _ENDED, _HEARD, _FILED, _NOTED)},
}

if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
