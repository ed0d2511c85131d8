"""The rules' own examples, as records and rows; run as tests and shown in explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from mappers.record import FieldValue, Record
from mappers.schema import form_tables
from validators.checking.check import check_frames, check_records
from validators.checking.settings import make_settings
from validators.rulebook.columns import LINE, RECORD
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import RECORD_ID, Rule

EXAMPLE_DAY = date(2026, 1, 31)
EXAMPLE_STATIONS = (("wb", "Bidhannagar City Police", "Lake Town"), ("wb", "Howrah", "Bally"))


def example_settings() -> CheckSettings:
    """Settings under which the examples are meant."""
    return make_settings(
        EXAMPLE_DAY,
        stations=EXAMPLE_STATIONS,
        profile="register-only",
        years=(1950, 2026),
        beats=[(*EXAMPLE_STATIONS[1], "4")],
    )


def codes_of(rule: Rule, example: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> set[str]:
    """The codes that checking one of a rule's examples yields."""
    examples = [example] if isinstance(example, Mapping) else list(example)
    if rule.fields == (RECORD_ID,) or RECORD_ID in getattr(rule.fields, "names", ()):
        return {f.code for f in check_frames(rule.form, _frames(rule.form, examples), example_settings())}
    return {f.code for f in check_records(_records(rule, examples), example_settings())}


def _records(rule: Rule, examples: Sequence[Mapping[str, Any]]) -> list[Record]:
    """The records of an example; a record of another form names it as its "form"."""
    return [
        make_record(f"r{i}", {k: v for k, v in plain.items() if k != "form"}, plain.get("form", rule.form))
        for i, plain in enumerate(examples)
    ]


def make_record(record_id: str, plain: Mapping[str, Any], form: str = "iif1") -> Record:
    """A record of plain values, surely read.

    plain: field -> text, (raw, value) or (raw, value, note); child name -> rows of the same kind.
    """
    children = {t.child for t in form_tables(form).values()} - {""}
    return Record(
        id=record_id,
        form=form,
        fields=_cells({name: v for name, v in plain.items() if name not in children}),
        children={name: tuple(_cells(row) for row in plain.get(name, ())) for name in sorted(children)},
    )


def _cells(row: Mapping[str, Any]) -> dict[str, FieldValue]:
    return {name: _cell(v) for name, v in row.items()}


def _cell(value: str | tuple[str, str | None] | tuple[str, str | None, str] | None) -> FieldValue:
    raw, text, *notes = value if isinstance(value, tuple) else (value or "", value)
    return FieldValue(raw=raw or "", value=text, blank=not raw, notes=tuple(n for n in notes if n))


def _frames(form: str, examples: Sequence[Mapping[str, Any]]) -> dict[str, pl.DataFrame]:
    frames = {}
    for table in form_tables(form).values():
        rows = [r for e in examples for r in (e.get(table.child, ()) if table.child else [e])]
        names = [c.name for c in table.columns]
        data: dict[str, list[Any]] = {n: [r.get(n) for r in rows] for n in names}
        lines = list(range(2, len(rows) + 2))
        schema = {RECORD: pl.String, LINE: pl.Int64, **dict.fromkeys(names, pl.String)}
        frames[table.name] = pl.DataFrame({RECORD: [r[RECORD_ID] for r in rows], LINE: lines, **data}, schema=schema)
    return frames
