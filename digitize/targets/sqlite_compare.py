"""Content of a SQLite target, read record by record and hashed here: SQLite has no hash function."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import islice

import polars as pl

from digitize.targets.comparing import (
    YEAR,
    Fold,
    HeldRecord,
    RecordGroup,
    Spelling,
    Station,
    as_json,
    respell,
    text_digest,
)  # fmt: skip
from digitize.targets.rows import HASH, LINE, STATION
from mappers.schema import form_tables

_NOWHERE = RecordGroup("", "", "", "")


def spell_rows(db: sqlite3.Connection, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """See `Compares`: numbers as SQLite stores and prints them, in columns of their type."""
    return {name: respell(frame, _spellings(db, name)) for name, frame in tables.items()}


def _spellings(db: sqlite3.Connection, table: str) -> dict[str, Spelling]:
    kinds = {str(r[1]): str(r[2]) for r in db.execute(f"PRAGMA table_info({table})")}
    return {name: partial(_as_kept, kind) for name, kind in kinds.items() if kind != "TEXT" and name != LINE}


def _as_kept(kind: str, texts: list[str]) -> list[str]:
    """Values that a column type makes of texts, computed by SQLite itself, which has its own rounding."""
    with closing(sqlite3.connect(":memory:")) as scratch:
        scratch.execute(f"CREATE TABLE kept (value {kind})")
        scratch.executemany("INSERT INTO kept VALUES (?)", ((t,) for t in texts))
        return [r[0] for r in scratch.execute("SELECT CAST(value AS TEXT) FROM kept ORDER BY rowid")]


def present(db: sqlite3.Connection, form: str) -> list[tuple[RecordGroup, str, int]]:
    """See `Compares`; rows without a record form a separate group, without a load."""
    query = f"SELECT {_places(form)}, coalesce(i.load_id, ''), count(*) FROM {_with_index(form)} GROUP BY 1, 2, 3, 4, 5"
    found = [(RecordGroup(*r[:4]), str(r[4]), int(r[5])) for r in map(tuple, db.execute(query))]
    orphans = sum(1 for _ in _orphans(db, form))
    return [*found, (_NOWHERE, "", orphans)] if orphans else found


def folds(db: sqlite3.Connection, form: str, stations: Sequence[Station]) -> dict[RecordGroup, Fold]:
    """See `Compares`; one record is in memory at a time, and the list of groups."""
    found: dict[RecordGroup, Fold] = {}
    for one in _records(db, form, STATION, as_json(stations), has_nowhere=_NOWHERE.station in stations):
        found[one.group] = found.get(one.group, Fold()).and_one(one.digest)
    return found


def standing(
    db: sqlite3.Connection,
    form: str,
    groups: Sequence[RecordGroup],
    take: Callable[[list[HeldRecord]], object],
    at_once: int,
) -> None:
    """See `Compares`."""
    found = _records(db, form, (*STATION, YEAR), as_json(groups), has_nowhere=_NOWHERE in groups)
    while some := list(islice(found, at_once)):
        take(some)


def _records(
    db: sqlite3.Connection, form: str, names: Sequence[str], places: str, *, has_nowhere: bool
) -> Iterator[HeldRecord]:
    text = _own_text(form) + "".join(f" || {_child_text(form, n)}" for n in sorted(form_tables(form).keys() - {form}))
    wanted = ", ".join(f"value ->> {n}" for n in range(len(names)))
    among = f"({', '.join(_place(form, n) for n in names)}) IN (SELECT {wanted} FROM json_each(?))"
    query = f"""SELECT t.record_id, {_places(form)}, coalesce(i.load_id, ''), {text} FROM {_with_index(form)}
                WHERE {among}"""
    for record, *place, load, whole in db.execute(query, (places,)):
        yield HeldRecord(str(record), RecordGroup(*place), str(load), text_digest(str(whole)))
    if has_nowhere:
        yield from _orphans(db, form)


def _orphans(db: sqlite3.Connection, form: str) -> Iterator[HeldRecord]:
    """Child rows without a record, as left by manual deletes: no key forbids it here."""
    one = "SELECT record_id FROM {0} c WHERE NOT EXISTS (SELECT 1 FROM {1} t WHERE t.record_id = c.record_id)"
    parts = [one.format(name, form) for name in form_tables(form) if name != form]
    for (record,) in db.execute(" UNION ".join(parts)):
        yield HeldRecord(str(record), _NOWHERE, "", text_digest("rows of no record"))


def _with_index(form: str) -> str:
    # Left: a record that somebody put in by hand stands in no index.
    return f"{form} t LEFT JOIN record_index i ON i.record_id = t.record_id AND i.form = '{form}'"


def _own_text(form: str) -> str:
    names = sorted([*form_tables(form)[form].by_name, HASH])
    return _row(form, {n: f"i.{HASH}" if n == HASH else f't."{n}"' for n in names})


def _child_text(form: str, name: str) -> str:
    row = _row(name, {n: f'c."{n}"' for n in sorted(form_tables(form)[name].by_name)})
    rows = f"SELECT char(30) || c.{LINE} || char(31) || {row} AS x FROM {name} c WHERE c.record_id = t.record_id"
    return f"coalesce((SELECT group_concat(x, '') FROM ({rows} ORDER BY c.{LINE})), '')"


def _row(table: str, values: Mapping[str, str]) -> str:
    """A row as `row_texts` writes it."""
    pieces = [f"coalesce(char(31) || '{name}=' || CAST({value} AS TEXT), '')" for name, value in values.items()]
    return " || ".join([f"'{table}'", *pieces])


def _places(form: str) -> str:
    return ", ".join(_place(form, name) for name in (*STATION, YEAR))


def _place(form: str, name: str) -> str:
    return f"coalesce(CAST(t.{name} AS TEXT), '')" if name in form_tables(form)[form].by_name else "''"
