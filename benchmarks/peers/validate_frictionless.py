"""The twenty rules in the words of frictionless; run by benchmarks/parts/validate/peers.py.

Types, lists and patterns are those of its schema; what looks at several fields, rows or tables is a check of our own.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import frictionless
import polars as pl
from frictionless import Check, Checklist, Resource, Schema, errors

_NUMBER = re.compile(r"([0-9]+)[A-Z]{0,3}")
_BEGAN, _ENDED = ("occurrence_from", "occurrence_time_from"), ("occurrence_to", "occurrence_time_to")
_HEARD, _FILED, _NOTED = ("info_date", "info_time"), ("fir_date", "fir_time"), ("gd_date", "gd_time")
_KEY = ("state", "district", "police_station", "year", "fir_no")
_DATES = {name for pair in (_BEGAN, _ENDED, _HEARD, _FILED, _NOTED) for name in pair[:1]}
_TIMES = {name for pair in (_BEGAN, _ENDED, _HEARD, _FILED, _NOTED) for name in pair[1:]}


def _at_least(row: Any, late: tuple[str, str], early: tuple[str, str]) -> bool:
    """Whether a moment is not before another; true where it cannot be said."""
    a, b = row[late[0]], row[early[0]]
    if a is None or b is None or a > b:
        return True
    hours = row[late[1]], row[early[1]]
    return bool(a == b and (None in hours or hours[0] >= hours[1]))


def _is_late(row: Any) -> bool:
    day, begun = row["info_date"], row["occurrence_from"]
    if day is None or begun is None:
        return False
    hours = row["info_time"], row["occurrence_time_from"]
    if None in hours:
        return ((day - begun).days - 1) * 24 >= 24
    minutes = [60 * h.hour + h.minute for h in hours]
    return day - begun + timedelta(minutes=minutes[0] - minutes[1]) > timedelta(hours=24)


@attrs.define(kw_only=True, repr=False)
class OfFirs(Check):
    """The rules that look at several fields of an FIR, at its acts, or at other FIRs."""

    type = "of-firs"
    Errors = [errors.RowError, errors.TableError]
    known: dict[str, Any] = attrs.field(factory=dict)
    keys: dict[tuple[Any, ...], int] = attrs.field(factory=lambda: defaultdict(int))

    def validate_row(self, row: Any) -> Iterator[Any]:
        """One FIR."""
        for code, holds in self._holds(row):
            if not holds:
                yield errors.RowError.from_row(row, note=code)
        key = tuple(row[name] for name in _KEY)
        if None not in key:
            self.keys[key] += 1

    def _holds(self, row: Any) -> Iterator[tuple[str, bool]]:
        place, known = (row["state"], row["district"]), self.known
        yield "F001", row["state"] not in known["states"] or place in known["districts"]
        yield "F002", place not in known["covered"] or (*place, row["police_station"]) in known["stations"]
        yield "X001", _at_least(row, _ENDED, _BEGAN)
        order = ((_HEARD, _BEGAN), (_FILED, _HEARD), (_FILED, _BEGAN))
        yield "X002", all(_at_least(row, late, early) for late, early in order)
        yield "X003", _at_least(row, _FILED, _NOTED)
        yield "X005", not _is_late(row) or bool(row.get("delay_reason"))
        yield "L001", row["record_id"] in known["with_acts"]

    def validate_end(self) -> Iterator[Any]:
        """Keys that stood more than once."""
        for count in self.keys.values():
            for _ in range(count if count > 1 else 0):
                yield errors.TableError(note="R001")


@attrs.define(kw_only=True, repr=False)
class OfActs(Check):
    """The section is one of its act, and the row belongs to an FIR."""

    type = "of-acts"
    Errors = [errors.RowError]
    known: dict[str, Any] = attrs.field(factory=dict)

    def validate_row(self, row: Any) -> Iterator[Any]:
        """One act and section."""
        if row["record_id"] not in self.known["ids"]:
            yield errors.RowError.from_row(row, note="T019")
        found = _NUMBER.match(row["section"] or "")
        last = self.known["last_number"].get(row["act"])
        if found and last:
            listed = self.known["sections"].get(row["act"])
            if not 1 <= int(found[1]) <= last or (listed is not None and found[0] not in listed):
                yield errors.RowError.from_row(row, note="L003")


@attrs.define(kw_only=True, repr=False)
class OfPersons(Check):
    """Ages by role, and the row belongs to an FIR."""

    type = "of-persons"
    Errors = [errors.RowError]
    known: dict[str, Any] = attrs.field(factory=dict)

    def validate_row(self, row: Any) -> Iterator[Any]:
        """One person."""
        if row["record_id"] not in self.known["ids"]:
            yield errors.RowError.from_row(row, note="T019")
        age, role = row["age"], row["role"]
        if age is not None and (not 0 <= age <= 120 or (role == "complainant" and age < 5)):
            yield errors.RowError.from_row(row, note="F019")
        if age is not None and role == "accused" and age < 7:
            yield errors.RowError.from_row(row, note="X014")


def _field(name: str, known: dict[str, Any]) -> dict[str, Any]:
    """A column as frictionless describes it."""
    must, of_year = {"required": True}, {"minimum": 1861, "maximum": known["this_year"]}
    made: dict[str, dict[str, Any]] = {
        "state": {"type": "string", "constraints": {**must, "enum": known["states"]}},
        "district": {"type": "string", "constraints": must},
        "police_station": {"type": "string", "constraints": must},
        "year": {"type": "integer", "constraints": {**must, **of_year}},
        "fir_no": {"type": "integer", "constraints": {**must, "minimum": 1}},
        "property_value": {"type": "string", "constraints": {"pattern": r"[0-9]{1,18}(\.[0-9]+)?"}},
        "place_direction": {"type": "string", "constraints": {"enum": known["directions"]}},
        "act": {"type": "string", "constraints": {**must, "enum": known["acts"]}},
        "sex": {"type": "string", "constraints": {"enum": known["sexes"]}},
        "age": {"type": "integer"},
        **dict.fromkeys(_DATES, {"type": "date", "format": "%Y-%m-%d"}),
        **dict.fromkeys(_TIMES, {"type": "time", "format": "%H:%M"}),
    }
    return {"name": name, **made.get(name, {"type": "string"})}


_CODES = {
    **{"state": "F001", "district": "F001", "police_station": "F001", "year": "F004", "fir_no": "F005"},
    **{"property_value": "F035", "place_direction": "F038", "act": "L002", "sex": "F018", "age": "F046"},
    **dict.fromkeys(_DATES, "F008"),
    **dict.fromkeys(_TIMES, "F011"),
}


def main(place: Path) -> dict[str, Any]:
    """Check the tables in a folder."""
    frames = {n: pl.read_parquet(place / f"{n}.parquet") for n in ("iif1", "iif1_acts", "iif1_persons")}
    known = json.loads((place.parent / "facts.json").read_text(encoding="utf-8"))
    rows = {name: [f.columns, *(list(r) for r in f.iter_rows())] for name, f in frames.items()}
    begun = time.process_time()
    known["states"] = sorted({state for state, _ in known["districts"]})
    known["districts"] = {tuple(one) for one in known["districts"]}
    known["stations"] = {tuple(one) for one in known["stations"]}
    known["covered"] = {one[:2] for one in known["stations"]}
    known["sections"] = {act: set(numbers) for act, numbers in known["sections"].items()}
    known["ids"] = set(frames["iif1"]["record_id"])
    known["with_acts"] = set(frames["iif1_acts"]["record_id"])
    checks = {"iif1": OfFirs(known=known), "iif1_acts": OfActs(known=known), "iif1_persons": OfPersons(known=known)}
    counts: Counter[str] = Counter()
    for name, data in rows.items():
        schema = Schema.from_descriptor({"fields": [_field(n, known) for n in data[0]]})
        report = Resource(data=data, schema=schema).validate(Checklist(checks=[checks[name]]), limit_errors=10**9)
        for field, note in report.flatten(["fieldName", "note"]):
            counts[_CODES[field] if field else note] += 1
    spent = time.process_time() - begun
    total = sum(f.height for f in frames.values())
    return {"version": frictionless.__version__, "cpu_s": spent, "rows": total, "counts": counts}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
