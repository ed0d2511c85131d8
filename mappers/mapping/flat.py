"""Mapped sources as the columns of the flat layout: one list of values a field, no records made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from mappers.mapping.answers import SaidRow, SourceAnswers
from mappers.mapping.mapped import Mapped, says_anything
from mappers.schema import form_tables

RECORD_ID, LINE = "record_id", "line"


class Doubt(NamedTuple):
    """A value that a person should look at: not understood, or below the confidence from which it may pass."""

    record_id: str
    table: str
    line: str
    field: str
    said: SourceAnswers


@dataclass
class FlatColumns:
    """Tables of the flat layout, column by column, all columns of a table equally long.

    tables: table -> column -> values.
    """

    tables: dict[str, dict[str, list[str | None]]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)


def flat_columns(mapped: Mapped, ids: Sequence[str]) -> FlatColumns:
    """What sources make, as columns. ids: of their records. Fields that no rule or constant fills have no column."""
    out = FlatColumns()
    form = mapped.mapping.form
    own: dict[str, list[str | None]] = {RECORD_ID: list(ids)}
    for name, values in mapped.fields.items():
        own[name] = [None if v is None else v.value for v in values]
        out.doubts += [Doubt(ids[at], form, "", name, v) for at, v in _doubtful(values)]
    out.tables[form] = own
    names = {t.child: t.name for t in form_tables(form).values() if t.child}
    for child in dict.fromkeys(row.child for row in mapped.mapping.rows.values()):
        _child(mapped, child, names[child], ids, out)
    return out


def _child(mapped: Mapped, child: str, table: str, ids: Sequence[str], out: FlatColumns) -> None:
    """The rows of one child table, of all kinds of row that fill it."""
    kinds = [
        (mapped.constants(k), mapped.rows[k])
        for k, row in mapped.mapping.rows.items() if row.child == child and k in mapped.rows
    ]  # fmt: skip
    rows: list[SaidRow] = []
    owners: list[str | None] = []
    lines: list[str | None] = []
    for at, record_id in enumerate(ids):
        line = 0
        for constants, answers in kinds:
            for row in answers[at]:
                if says_anything(row):
                    line += 1
                    rows.append({**constants, **row})
                    owners.append(record_id)
                    lines.append(str(line))
    if not rows:
        return
    columns: dict[str, list[str | None]] = {RECORD_ID: owners, LINE: lines}
    for name in dict.fromkeys(chain.from_iterable(rows)):
        said = [row.get(name) for row in rows]
        columns[name] = [None if v is None else v.value for v in said]
        out.doubts += [Doubt(owners[at] or "", table, lines[at] or "", name, v) for at, v in _doubtful(said)]
    out.tables[table] = columns


def _doubtful(values: Sequence[SourceAnswers | None]) -> list[tuple[int, SourceAnswers]]:
    """The values that are not sure, with their places."""
    # Most have a value and no bar to pass, and need no closer look.
    unlike = [(at, v) for at, v in enumerate(values) if v is not None and (v.value is None or v.accept)]
    return [(at, v) for at, v in unlike if not v.is_sure()]


def left_over(mapped: Mapped, also: Sequence[Mapped] = ()) -> dict[str, int]:
    """Column -> cells with text that nothing took and the mapping does not ignore; of parts, "TABLE.COLUMN".

    also: what else was made of the same sources; it takes cells of those of which it makes a record.
    """
    counts: dict[str, int] = {}
    for name, where in mapped.left.items():
        if name in mapped.mapping.ignored:
            continue
        stored = mapped.sources.columns[name]
        left = [s for at, s in enumerate(stored) if s is not None and (where is None or where[at])
                and not any(o.takes(name, at) and o.is_needed(at) for o in also)]  # fmt: skip
        _count(counts, name, sum(bool(c.text.strip()) for c in mapped.sources.open(name, left)))
    for of_head in mapped.of_parts:
        for name, texts in of_head.items():
            _count(counts, name, len(texts))
    return counts


def _count(counts: dict[str, int], name: str, number: int) -> None:
    if number:
        counts[name] = counts.get(name, 0) + number


def add_counts(into: dict[str, int], more: Mapping[str, int]) -> None:
    """Add the counts of one lot of sources to those of all."""
    for name, number in more.items():
        _count(into, name, number)
