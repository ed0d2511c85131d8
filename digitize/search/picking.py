"""Rows of one form by days and codes, nearest days first, in pages: for services that compare descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from digitize.targets.base import Target
from mappers.schema import form_tables

_AT_ONCE = 4000


@dataclass(frozen=True, slots=True)
class Pick:
    """Which rows and fields to read. form, child: the table; own, columns: fields of the record and of the row.

    day: record field that orders them; days: from and to, ISO, "" for open; None for records without it. newest_first:
    latest day first. of_record, of_row: field -> allowed values, including "" if empty is allowed. roles: of the row,
    () for all. between: numeric row field -> from and to; empty is allowed.
    """

    form: str
    child: str
    own: tuple[str, ...]
    columns: tuple[str, ...]
    day: str
    days: tuple[str, str] | None = ("", "")
    newest_first: bool = True
    of_record: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of_row: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    between: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def check(self) -> None:
        """Raise KeyError for a field that the form's tables lack: names are put into the query unquoted."""
        tables = {t.child: t.by_name for t in form_tables(self.form).values()}
        for child, names in (
            ("", (*self.own, self.day, *self.of_record)),
            (self.child, (*self.columns, *self.of_row, *self.between)),
        ):
            for name in names:
                tables[child][name]


class PickedRow(NamedTuple):
    """One row. day: ISO, "" if empty. own, values: texts in field order, None for empty ones."""

    record: str
    line: int
    day: str
    own: tuple[str | None, ...]
    values: tuple[str | None, ...]


Place = tuple[str, str, int]
"""Day, record and line of the last row that was read."""


class PicksRows(Protocol):
    """A store that reads rows by days and codes."""

    def pick(self, wanted: Pick, after: Place | None, most: int) -> list[PickedRow]:
        """Next rows of a form after the last one read, up to a limit; see `each_row`."""
        ...


class PickedRows:
    """The same of a target, in both databases alike."""

    def __init__(self, target: Target) -> None:
        """target: open."""
        self._target = target

    def pick(self, wanted: Pick, after: Place | None, most: int) -> list[PickedRow]:
        """See `PicksRows`."""
        query, values = pick_query(wanted, after, most)
        return as_rows(wanted, self._target.run(query, values))


def pick_query(wanted: Pick, after: Place | None, most: int) -> tuple[str, list[object]]:
    """The query for the next rows, with ? for values; the same for both databases. Raises KeyError, as `Pick.check`."""
    wanted.check()
    child = next(name for name, t in form_tables(wanted.form).items() if t.child == wanted.child)
    day, sign, way = f"r.{wanted.day}", "<" if wanted.newest_first else ">", "DESC" if wanted.newest_first else "ASC"
    parts, values = _conditions(wanted)
    if after is not None:
        keys = "r.record_id, c.line" if wanted.days is None else f"{day}, r.record_id, c.line"
        last = after[1:] if wanted.days is None else after
        parts.append(f"({keys}) {sign} ({', '.join('?' * len(last))})")
        values += last
        if wanted.days is not None:
            # Said once more by itself: a plain bound is what every planner begins an index scan at.
            parts.append(f"{day} {sign}= ?")
            values.append(after[0])
    names = [f"r.{n}" for n in (wanted.day, *wanted.own)] + [f"c.{n}" for n in wanted.columns]
    order = ", ".join(f"{k} {way}" for k in ([day] if wanted.days is not None else []) + ["r.record_id", "c.line"])
    query = (
        f"SELECT r.record_id, c.line, {', '.join(names)} FROM {wanted.form} r "
        f"JOIN {child} c ON c.record_id = r.record_id WHERE {' AND '.join(parts)} ORDER BY {order} LIMIT ?"
    )
    return query, [*values, most]


def _conditions(wanted: Pick) -> tuple[list[str], list[object]]:
    day = f"r.{wanted.day}"
    parts: list[str] = [f"{day} IS NULL" if wanted.days is None else f"{day} IS NOT NULL"]
    values: list[object] = []
    for sign, bound in zip((">=", "<="), wanted.days or (), strict=False):
        if bound:
            parts.append(f"{day} {sign} ?")
            values.append(bound)
    for letter, which in (("r", wanted.of_record), ("c", wanted.of_row)):
        for name, some in which.items():
            told = [value for value in some if value]
            is_one = [f"{letter}.{name} IN ({', '.join('?' * len(told))})"] if told else []
            parts.append(f"({' OR '.join([*is_one, *([f'{letter}.{name} IS NULL'] if '' in some else [])])})")
            values += told
    for name, bounds in wanted.between.items():
        parts.append(f"(c.{name} IS NULL OR c.{name} BETWEEN ? AND ?)")
        values += bounds
    if wanted.roles:
        parts.append(f"c.role IN ({', '.join('?' * len(wanted.roles))})")
        values += wanted.roles
    return parts, values


def as_rows(wanted: Pick, found: Sequence[Sequence[Any]]) -> list[PickedRow]:
    """Database rows as texts."""
    own = 3 + len(wanted.own)
    return [
        PickedRow(str(r[0]), int(r[1]), _text(r[2]) or "", tuple(map(_text, r[3:own])), tuple(map(_text, r[own:])))
        for r in found
    ]


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def each_row(store: PicksRows, wanted: Pick, most: int) -> Iterator[PickedRow]:
    """All rows up to a limit, a few thousand in memory at once; those without a day come last."""
    for one in (wanted, replace(wanted, days=None)) if wanted.days is not None else (wanted,):
        after: Place | None = None
        while most > 0 and (found := store.pick(one, after, min(most, _AT_ONCE))):
            yield from found
            most -= len(found)
            after = (found[-1].day, found[-1].record, found[-1].line)
            if len(found) < _AT_ONCE:
                break
