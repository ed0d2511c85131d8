"""Content of a PostgreSQL target, hashed by the server, so that no rows are transferred."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import polars as pl
import psycopg
from psycopg import sql

from digitize.targets.comparing import (
    DIGITS,
    YEAR,
    Fold,
    HeldRecord,
    RecordGroup,
    Spelling,
    Station,
    as_json,
    respell,
)  # fmt: skip
from digitize.targets.postgres.tables import define_tables
from digitize.targets.rows import HASH, LINE, STATION
from mappers.schema import form_tables

_DIGEST = f"left(encode(sha256(convert_to({{}}, 'UTF8')), 'hex'), {DIGITS})"


def spell_rows(form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """See `Compares`: numbers, dates and times as the server prints them."""
    return {name: respell(frame, _spellings(name)) for name, frame in tables.items()}


@cache
def _spellings(table: str) -> Mapping[str, Spelling]:
    kinds = {name: _type(table, name) for name in define_tables()[table].columns if name not in (HASH, LINE)}
    made = {name: _spelling(kind) for name, kind in kinds.items()}
    return {name: spelling for name, spelling in made.items() if spelling is not None}


def _type(table: str, column: str) -> str:
    """Type of a column, without modifiers."""
    return define_tables()[table].columns[column].split()[0]


def _spelling(kind: str) -> Spelling | None:
    if kind.startswith("numeric"):
        # numeric(9,6) rounds what has more digits; without a number it keeps all.
        scale = int(kind.partition(",")[2].strip(" )")) if "," in kind else None
        return lambda texts: [_number(t, scale) for t in texts]
    if kind in ("bigint", "smallint", "integer"):
        return lambda texts: [str(int(t)) for t in texts]
    if kind.startswith("time") and not kind.startswith("timestamp"):
        return lambda texts: [f"{t}:00" for t in texts]
    return None


def _number(text: str, scale: int | None) -> str:
    value = Decimal(text)
    if scale is not None:
        value = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    plain = format(value, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def present(db: psycopg.Connection[Any], form: str) -> list[tuple[RecordGroup, str, int]]:
    """See `Compares`."""
    query = f"SELECT {_places(form)}, replace(load_id::text, '-', ''), count(*) FROM {form} t GROUP BY 1, 2, 3, 4, 5"
    return [(RecordGroup(*r[:4]), r[4], r[5]) for r in _run(db, query)]


def folds(db: psycopg.Connection[Any], form: str, stations: Sequence[Station]) -> dict[RecordGroup, Fold]:
    """See `Compares`; the server needs memory for one record and the list of groups."""
    query = f"""
        SELECT state, district, police_station, year, count(*), bit_xor(('x' || digest)::bit({DIGITS * 4}))::text
        FROM ({_records(db, form)} WHERE {_match_places(form, STATION)}) d GROUP BY 1, 2, 3, 4"""
    return {RecordGroup(*r[:4]): Fold(r[4], int(r[5], 2)) for r in _run(db, query, as_json(stations))}


def standing(
    db: psycopg.Connection[Any],
    form: str,
    groups: Sequence[RecordGroup],
    take: Callable[[list[HeldRecord]], object],
    at_once: int,
) -> None:
    """See `Compares`; rows stay on the server until requested."""
    _use_plain_dates(db)
    query = f"{_records(db, form)} WHERE {_match_places(form, (*STATION, YEAR))}"
    with db.cursor(name="digitize_standing") as cursor:
        cursor.execute(sql.SQL(query), (as_json(groups),))
        while rows := cursor.fetchmany(at_once):
            take([HeldRecord(r, RecordGroup(*place), load, digest) for r, *place, load, digest in rows])


def _records(db: psycopg.Connection[Any], form: str) -> str:
    """Query of record_id, STATION, YEAR, load_id and digest for the records `t` of a form."""
    text = _own_text(form) + "".join(f" || {_child_text(form, name)}" for name in _children(db, form))
    return (
        f"SELECT record_id, {_places(form)}, replace(load_id::text, '-', '') AS load_id, {_DIGEST.format(text)} "
        f"AS digest FROM {form} t"
    )


def _children(db: psycopg.Connection[Any], form: str) -> Iterator[str]:
    """Child tables that are not empty, by name; the others need no lookup per record."""
    for name in sorted(form_tables(form).keys() - {form}):
        if _run(db, f"SELECT EXISTS (SELECT 1 FROM {name})") == [(True,)]:
            yield name


def _own_text(form: str) -> str:
    names = sorted([*form_tables(form)[form].by_name, HASH])
    return _row(form, {n: f"replace(t.{HASH}::text, '-', '')" if n == HASH else _value(form, "t", n) for n in names})


def _child_text(form: str, name: str) -> str:
    row = _row(name, {n: _value(name, "c", n) for n in sorted(form_tables(form)[name].by_name)})
    rows = f"string_agg(chr(30) || c.{LINE}::text || chr(31) || {row}, '' ORDER BY c.{LINE})"
    return f"coalesce((SELECT {rows} FROM {name} c WHERE c.record_id = t.record_id), '')"


def _row(table: str, values: Mapping[str, str]) -> str:
    """A row as `row_texts` writes it: array_to_string skips nulls."""
    pieces = ", ".join([f"'{table}'", *(f"'{name}=' || {value}" for name, value in values.items())])
    return f"array_to_string(ARRAY[{pieces}], chr(31))"


def _value(table: str, alias: str, column: str) -> str:
    value = f'{alias}."{column}"'
    # 1.50 and 1.5 are the same sum of money.
    return f"trim_scale({value})::text" if _type(table, column).startswith("numeric") else f"{value}::text"


def _places(form: str) -> str:
    return ", ".join(f"{_place(form, name)} AS {name}" for name in (*STATION, YEAR))


def _place(form: str, name: str) -> str:
    return f"coalesce(t.{name}::text, '')" if name in form_tables(form)[form].by_name else "''"


def _match_places(form: str, names: Sequence[str]) -> str:
    """Whether record `t` belongs to one of the places given as JSON."""
    wanted_ = ", ".join(f"v ->> {n}" for n in range(len(names)))
    return f"({', '.join(_place(form, n) for n in names)}) IN (SELECT {wanted_} FROM jsonb_array_elements(%s::jsonb) v)"


def _run(db: psycopg.Connection[Any], query: str, *values: object) -> list[tuple[Any, ...]]:
    _use_plain_dates(db)
    return db.execute(sql.SQL(query), values).fetchall()


def _use_plain_dates(db: psycopg.Connection[Any]) -> None:
    # Of this transaction alone: a server may be set up to print dates in another order.
    db.execute("SET LOCAL datestyle TO ISO")
