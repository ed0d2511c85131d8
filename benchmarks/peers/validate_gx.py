"""The twenty rules in the words of Great Expectations, over pandas; run by benchmarks/parts/validate/peers.py.

Lists, patterns and uniqueness are expectations of its own. For what looks at several fields or tables it has none: such
a rule is worked out as a column of true and false, which is then expected to be true.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as ex
import pandas as pd
import polars as pl

_BEGAN, _ENDED = ("occurrence_from", "occurrence_time_from"), ("occurrence_to", "occurrence_time_to")
_HEARD, _FILED, _NOTED = ("info_date", "info_time"), ("fir_date", "fir_time"), ("gd_date", "gd_time")
_PAIRS = (_BEGAN, _ENDED, _HEARD, _FILED, _NOTED)
_KEY = ["state", "district", "police_station", "year", "fir_no"]
Frame = Any


def _moments(firs: Frame) -> dict[tuple[str, str], tuple[Any, Any]]:
    return {
        (date, hour): (
            pd.to_datetime(firs[date], format="%Y-%m-%d", errors="coerce"),
            pd.to_datetime(firs[hour], format="%H:%M", errors="coerce"),
        )
        for date, hour in _PAIRS
    }


def _at_least(late: tuple[Any, Any], early: tuple[Any, Any]) -> Any:
    """Whether a moment is not before another; true where it cannot be said."""
    unknown = late[0].isna() | early[0].isna()
    hours = late[1].isna() | early[1].isna() | (late[1] >= early[1])
    return unknown | (late[0] > early[0]) | ((late[0] == early[0]) & hours)


def _with_firs(firs: Frame, known: dict[str, Any], with_acts: set[str]) -> Frame:
    at = _moments(firs)
    states = {state for state, _ in known["districts"]}
    place = firs["state"] + "\x1f" + firs["district"]
    covered = {"\x1f".join(one[:2]) for one in known["stations"]}
    station = place + "\x1f" + firs["police_station"]
    (day, hour), (begun, from_hour) = at[_HEARD], at[_BEGAN]
    exact = (day + (hour - hour.dt.normalize())) - (begun + (from_hour - from_hour.dt.normalize()))
    late = (exact > pd.Timedelta(hours=24)).where(exact.notna(), ((day - begun).dt.days - 1) * 24 >= 24)
    reason = firs["delay_reason"].notna() if "delay_reason" in firs else False
    order = ((_HEARD, _BEGAN), (_FILED, _HEARD), (_FILED, _BEGAN))
    chain = [_at_least(at[a], at[b]) for a, b in order]
    return firs.assign(
        F001_district=~firs["state"].isin(states) | place.isin({"\x1f".join(one) for one in known["districts"]}),
        F002=~place.isin(covered) | station.isin({"\x1f".join(one) for one in known["stations"]}),
        F004_range=pd.to_numeric(firs["year"], errors="coerce").between(1861, known["this_year"]),
        X001=_at_least(at[_ENDED], at[_BEGAN]),
        X002=chain[0] & chain[1] & chain[2],
        X003=_at_least(at[_FILED], at[_NOTED]),
        X005=~late | reason,
        L001=firs["record_id"].isin(with_acts),
    )


def _with_acts(acts: Frame, known: dict[str, Any], ids: set[str]) -> Frame:
    number = acts["section"].str.extract(r"^([0-9]+[A-Z]{0,3})", expand=False)
    value = pd.to_numeric(number.str.extract(r"^([0-9]+)", expand=False), errors="coerce")
    last = acts["act"].map(known["last_number"])
    pairs = {f"{act}\x1f{one}" for act, numbers in known["sections"].items() for one in numbers}
    is_listed = (acts["act"] + "\x1f" + number).isin(pairs) | ~acts["act"].isin(known["sections"])
    holds = (value.isna() | last.isna()) | ((value >= 1) & (value <= last) & is_listed)
    return acts.assign(L003=holds, T019=acts["record_id"].isin(ids))


def _with_persons(persons: Frame, ids: set[str]) -> Frame:
    age = pd.to_numeric(persons["age"], errors="coerce")
    too_young = (persons["role"] == "complainant") & (age < 5)
    return persons.assign(
        F019=age.isna() | (age.between(0, 120) & ~too_young),
        X014=~((persons["role"] == "accused") & (age < 7)),
        T019=persons["record_id"].isin(ids),
    )


def _in(code: str, column: str, values: list[Any]) -> Any:
    return ex.ExpectColumnValuesToBeInSet(column=column, value_set=values, meta={"rule": code})


def _is_true(*columns: str) -> list[Any]:
    return [_in(column.partition("_")[0], column, [True]) for column in columns]


def _there(code: str, *columns: str) -> list[Any]:
    return [ex.ExpectColumnValuesToNotBeNull(column=column, meta={"rule": code}) for column in columns]


def _like(code: str, column: str, pattern: str) -> Any:
    return ex.ExpectColumnValuesToMatchRegex(column=column, regex=pattern, meta={"rule": code})


def _expectations(known: dict[str, Any]) -> dict[str, list[Any]]:
    states = sorted({state for state, _ in known["districts"]})
    of_time = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
    dates = [
        ex.ExpectColumnValuesToMatchStrftimeFormat(column=date, strftime_format="%Y-%m-%d", meta={"rule": "F008"})
        for date, _ in _PAIRS
    ]
    unique = ex.ExpectCompoundColumnsToBeUnique(column_list=_KEY, meta={"rule": "R001"})
    return {
        "iif1": [
            *_there("F001", "state", "district", "police_station"),
            *_there("F005", "fir_no"),
            _in("F001", "state", states),
            _like("F005", "fir_no", r"^0*[1-9][0-9]*$"),
            _like("F035", "property_value", r"^[0-9]{1,18}(\.[0-9]+)?$"),
            _in("F038", "place_direction", known["directions"]),
            *dates,
            *(_like("F011", hour, of_time) for _, hour in _PAIRS),
            *_is_true("F001_district", "F002", "F004_range", "X001", "X002", "X003", "X005", "L001"),
            unique,
        ],
        "iif1_acts": [*_there("L002", "act"), _in("L002", "act", known["acts"]), *_is_true("L003", "T019")],
        "iif1_persons": [_in("F018", "sex", known["sexes"]), *_is_true("F019", "X014", "T019")],
    }


def main(place: Path) -> dict[str, Any]:
    """Check the tables in a folder."""
    read = {n: pl.read_parquet(place / f"{n}.parquet") for n in ("iif1", "iif1_acts", "iif1_persons")}
    frames = {n: pd.DataFrame({c: pd.Series(f[c].to_list(), dtype="str") for c in f.columns}) for n, f in read.items()}
    known = json.loads((place.parent / "facts.json").read_text(encoding="utf-8"))
    begun = time.process_time()
    ids, with_acts = set(frames["iif1"]["record_id"]), set(frames["iif1_acts"]["record_id"])
    made = {
        "iif1": _with_firs(frames["iif1"], known, with_acts),
        "iif1_acts": _with_acts(frames["iif1_acts"], known, ids),
        "iif1_persons": _with_persons(frames["iif1_persons"], ids),
    }
    counts: Counter[str] = Counter()
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("tables")
    for name, expectations in _expectations(known).items():
        asset = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
        batch = asset.get_batch(batch_parameters={"dataframe": made[name]})
        suite = gx.ExpectationSuite(name=name, expectations=expectations)
        for one in batch.validate(suite, result_format="COMPLETE").results:
            if one.exception_info.get("raised_exception"):
                raise RuntimeError(f"{one.expectation_config.meta}: {one.exception_info}")
            counts[one.expectation_config.meta["rule"]] += one.result["unexpected_count"]
    spent = time.process_time() - begun
    total = sum(f.height for f in read.values())
    return {"version": gx.__version__, "cpu_s": spent, "rows": total, "counts": {k: n for k, n in counts.items() if n}}


if __name__ == "__main__":
    # Its bars of progress would be counted as time.
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        told = main(Path(sys.argv[1]))
    print(json.dumps(told))
