"""Rows that lack search fields: counted by station, and listed a few thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from digitize.errors import OptionsError
from digitize.targets.base import Target
from mappers.schema import form_tables

_AT_ONCE = 5000
STATION = ("state", "district", "police_station")


@dataclass(frozen=True, slots=True)
class Lack:
    """A required value that may be in any of some fields. one_of: of the row; of_record: of its record."""

    one_of: tuple[str, ...]
    of_record: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedRows:
    """Rows of a form: child "" for the records themselves; roles: of persons, () for all."""

    form: str
    child: str
    roles: tuple[str, ...] = ()


class StationCount(NamedTuple):
    """Rows of one station. found: complete ones; lacking: number of rows per missing value."""

    station: tuple[str, str, str]
    rows: int
    found: int
    lacking: tuple[int, ...]


class LackingRow(NamedTuple):
    """An incomplete row. line: 0 for a record; lacking: indexes of missing values."""

    record: str
    line: int
    station: tuple[str, str, str]
    lacking: tuple[int, ...]


class CountsRows(Protocol):
    """A store that can count and list rows by missing values."""

    def count_filled(self, kind: LoadedRows, lacks: Sequence[Lack]) -> list[StationCount]:
        """Per station in order: number of rows of a kind, and number per value present."""
        ...

    def lacking(self, kind: LoadedRows, lacks: Sequence[Lack], after: tuple[str, int]) -> list[LackingRow]:
        """Next rows with missing values, by record and line; see `each_lacking`."""
        ...


class CountedRows:
    """The same of a target, in both databases alike."""

    def __init__(self, target: Target) -> None:
        """target: open, with our own tables."""
        self._target = target

    def count_filled(self, kind: LoadedRows, lacks: Sequence[Lack]) -> list[StationCount]:
        """See `CountsRows`."""
        says = [_says(kind, one) for one in lacks]
        sums = [f"SUM(CASE WHEN {' AND '.join(says)} THEN 1 ELSE 0 END)"]
        sums += [f"SUM(CASE WHEN {one} THEN 0 ELSE 1 END)" for one in says]
        keys = [f"r.{name}" for name in STATION]
        where, values = _roles(kind)
        query = (
            f"SELECT {', '.join(keys)}, COUNT(*), {', '.join(sums)} FROM {_tables(kind)}{where} "
            f"GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}"
        )
        return [
            StationCount(_station(r), int(r[3]), int(r[4] or 0), tuple(int(n or 0) for n in r[5:]))
            for r in self._target.run(query, values)
        ]

    def lacking(self, kind: LoadedRows, lacks: Sequence[Lack], after: tuple[str, int]) -> list[LackingRow]:
        """See `CountsRows`."""
        says = [_says(kind, one) for one in lacks]
        line = "c.line" if kind.child else "0"
        where, values = _roles(kind)
        behind = "(r.record_id, c.line) > (?, ?)" if kind.child else "r.record_id > ?"
        where += f"{' AND' if where else ' WHERE'} {behind} AND NOT ({' AND '.join(says)})"
        values += after if kind.child else after[:1]
        flags = [f"CASE WHEN {one} THEN 0 ELSE 1 END" for one in says]
        order = "r.record_id, c.line" if kind.child else "r.record_id"
        query = (
            f"SELECT {', '.join(f'r.{n}' for n in STATION)}, r.record_id, {line}, {', '.join(flags)} "
            f"FROM {_tables(kind)}{where} ORDER BY {order} LIMIT {_AT_ONCE}"
        )
        return [
            LackingRow(str(r[3]), int(r[4]), _station(r), tuple(n for n, flag in enumerate(r[5:]) if flag))
            for r in self._target.run(query, values)
        ]


def open_counts(target: Target) -> CountsRows:
    """The rows of a target that is open; no keys to search by are needed. Raises OptionsError for another target."""
    from digitize.targets.postgres.target import PostgresTarget
    from digitize.targets.sqlite import SqliteTarget

    if not isinstance(target, SqliteTarget) and type(target) is not PostgresTarget:
        raise OptionsError(
            "Only rows of a SQLite file, or of a PostgreSQL database with our own tables, can be counted."
        )
    return CountedRows(target)


def each_lacking(store: CountsRows, kind: LoadedRows, lacks: Sequence[Lack]) -> Iterator[LackingRow]:
    """All rows with missing values, some thousand in memory at once."""
    after = ("", 0)
    while found := store.lacking(kind, lacks, after):
        yield from found
        after = (found[-1].record, found[-1].line)
        if len(found) < _AT_ONCE:
            return


def _tables(kind: LoadedRows) -> str:
    if not kind.child:
        return f"{kind.form} r"
    child = next(name for name, t in form_tables(kind.form).items() if t.child == kind.child)
    return f"{kind.form} r JOIN {child} c ON c.record_id = r.record_id"


def _says(kind: LoadedRows, lack: Lack) -> str:
    """Whether one of the fields is filled. Raises KeyError if the tables have none of them."""
    tables = {t.child: t.by_name for t in form_tables(kind.form).values()}
    letter = "c" if kind.child else "r"
    known = [f"{letter}.{n}" for n in lack.one_of if n in tables[kind.child]]
    known += [f"r.{n}" for n in lack.of_record if n in tables[""]]
    if not known:
        raise KeyError(f"{kind.form}: none of {', '.join((*lack.one_of, *lack.of_record))}")
    return f"({' OR '.join(f'{n} IS NOT NULL' for n in known)})"


def _roles(kind: LoadedRows) -> tuple[str, list[object]]:
    if not kind.roles:
        return "", []
    return f" WHERE c.role IN ({', '.join('?' * len(kind.roles))})", list(kind.roles)


def _station(row: Sequence[Any]) -> tuple[str, str, str]:
    return str(row[0] or ""), str(row[1] or ""), str(row[2] or "")
