"""The rules' own examples as records and rows, and rules asked of frames: what tests of rules share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from mappers.record import FieldValue, Record
from mappers.schema import form_tables
from validators.checking.check import check_records
from validators.checking.gather import Texts
from validators.checking.plan import Bound, ask
from validators.checking.rows import GAP, find_in_rows
from validators.checking.settings import make_settings
from validators.finding import Severity
from validators.rulebook.columns import COUNT, LINE, NUMBER, RECORD, TEXT
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import RECORD_ID, Rule, load_rules

EXAMPLE_DAY = date(2026, 1, 31)
_BESIDE = ("form", "page")
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
    """The records of an example; a record of another form names it as its "form", one of a scan its "page"."""
    return [
        replace(
            make_record(f"r{i}", {k: v for k, v in plain.items() if k not in _BESIDE}, plain.get("form", rule.form)),
            pages=tuple(plain[k] for k in ("page",) if k in plain),
        )
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


@dataclass(frozen=True, slots=True, order=True)
class RowFinding:
    """One rule's word on one cell of an import file. No value stands in it, so it may be logged.

    table: "iif1" or "iif1_acts". line: line in the file, the header is line 1. key: the row's record_id, "" without.
    """

    table: str
    line: int
    key: str
    field: str
    code: str
    severity: Severity
    message: str


def check_frames(
    form: str, frames: Mapping[str, pl.DataFrame], settings: CheckSettings, others: Mapping[str, Texts] | None = None
) -> list[RowFinding]:
    """What the rules say about the rows of an import file, by line.

    frames: table name -> what `text_frame` makes; columns that the schema has not are passed over, missing ones count
    as empty. others: form -> frames of records of other forms, which are compared with and not checked. Here E means
    what the policy says: there is no scan behind a row that a person could look at.
    """
    rows = find_in_rows(form, frames, settings, others).sort("table", "line", "key", "field", "code")
    messages = {code: made.english for code, made in {GAP: load_rules()[GAP], **load_rules(form)}.items()}
    return [
        RowFinding(table, line, key, field, code, settings.policy[code], messages[code])
        for table, line, key, field, code in rows.select("table", "line", "key", "field", "code").iter_rows()
    ]


def text_frame(lines: Sequence[int], keys: Sequence[str], columns: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Rows of a file as a text frame. lines: their lines in the file; keys: their record_id, "" where there is none.

    A row without an id is a record of its own.
    """
    ids = [key or f"\x00{line}" for key, line in zip(keys, lines, strict=True)]
    schema = {RECORD: pl.String, LINE: pl.Int64, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame({RECORD: ids, LINE: lines, **columns}, schema=schema)


def names_read(bound: Bound, settings: CheckSettings) -> set[str]:
    """What a rule reads, as its label names it: "fir_date", "parent.year", "acts", "acts.section", "iif1:fir_date"."""
    asked, gathers = ask(bound, settings)
    names = {_plain(n) for n in asked.meta.root_names()} - {g.name for g in gathers}
    for one in gathers:
        child = form_tables(one.link.form)[one.link.table].child
        names |= {
            f"{one.link.form}:" * bool(one.link.by) + f"{child}." * bool(child) + _plain(name)
            for name in one.value.meta.root_names()
        }
    return names


def _plain(name: str) -> str:
    return name.removeprefix(COUNT).removeprefix(TEXT).removeprefix(NUMBER)
