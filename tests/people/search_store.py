"""A few cases in a target, loaded as rows: who is found in them, and who must not be."""

import polars as pl

from digitize.targets.rows import FormRows, RowBatch, with_hash
from digitize.targets.value_checks import REFUSED

_STATION = {"state": "wb", "district": "Howrah", "police_station": "Kalpanapur"}
FIRS = [
    {"record_id": "a-r1", **_STATION, "year": "2012", "fir_no": "12", "fir_date": "2012-03-04", "place": "Bada Bazar"},
    {"record_id": "b-r1", **_STATION, "year": "2013", "fir_no": "7", "fir_date": "2013-05-06", "place": "Mela Math"},
    {"record_id": "c-r1", **_STATION, "police_station": "Cuttack Sadar", "year": "2012", "fir_no": "3",
     "fir_date": "2012-09-09", "place": "Ghat"},
]  # fmt: skip
ACTS = [("a-r1", "IPC", "379"), ("b-r1", "IPC", "376"), ("c-r1", "IPC", "304A")]
PERSONS = [
    {"record_id": "a-r1", "line": 1, "role": "complainant", "name": "রাম কুমার দাস", "age": "50"},
    {"record_id": "a-r1", "line": 2, "role": "accused", "name": "मोहम्मद सलीम", "relative_name": "करीम", "age": "34"},
    {"record_id": "b-r1", "line": 1, "role": "victim", "name": "Savitri Mandal", "age": "30",
     "relative_name": "Gopal Mandal"},
    {"record_id": "b-r1", "line": 2, "role": "accused", "name": "Mohan Pal", "relative_name": "Hari Das", "age": "41"},
    {"record_id": "c-r1", "line": 1, "role": "accused", "name": "Harpreet Singh", "age": "22",
     "mobile": "9830012345"},
]  # fmt: skip
VEHICLES = [{"record_id": "a-r1", "line": 1, "registration_no": "WB02AB1234", "make": "hero", "chassis_no": "MBLHA10"}]
PROPERTY = [{"record_id": "c-r1", "line": 1, "description": "सोने की चेन, brass lamp", "category": "jewellery"}]
# The victim again, in the papers of the arrest: hidden there by what the FIR says.
ARRESTS = [{"record_id": "d-r1", **_STATION, "year": "2013", "fir_no": "7", "accused_code": "A1",
            "arrest_date": "2013-05-09"}]  # fmt: skip
ARRESTED = [{"record_id": "d-r1", "line": 1, "role": "witness", "name": "Savitri Mandal"}]


def _lines(rows):
    return pl.DataFrame(rows).with_columns(pl.col("line").cast(pl.Int32))


def batch(more=()):
    """All of it as one batch. more: further persons."""
    acts = _lines([{"record_id": r, "line": 1, "act": a, "section": s} for r, a, s in ACTS])
    firs = {"iif1": pl.DataFrame(FIRS), "iif1_acts": acts, "iif1_persons": _lines([*PERSONS, *more]),
            "iif1_vehicles": _lines(VEHICLES), "iif1_property": _lines(PROPERTY)}  # fmt: skip
    arrests = {"iif3": pl.DataFrame(ARRESTS), "iif3_persons": _lines(ARRESTED)}
    forms = {
        form: FormRows({**tables, form: with_hash(form, tables)}, pl.DataFrame(schema=REFUSED))
        for form, tables in (("iif1", firs), ("iif3", arrests))
    }
    return RowBatch("0" * 31 + "1", "books", forms)
