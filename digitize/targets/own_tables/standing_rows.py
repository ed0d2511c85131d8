"""Rows of our records in a state's tables, and rows expected from a source, in the same shape.

The shape is that of the state's tables, one per language, with our record and line, so that every column filled by the
layout is compared. A column with the key of another row has the position of that row instead, since the database
assigns the key. Station and year are those of our book.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import psycopg
from psycopg import sql

from digitize.targets.base import HandChanges
from digitize.targets.comparing import YEAR, Fold, HeldRecord, RecordGroup, Station, as_json, record_digests
from digitize.targets.own_tables.catalogue import table_sql
from digitize.targets.own_tables.laying import make_ready
from digitize.targets.own_tables.reading import SLICE, Own, read_rows
from digitize.targets.rows import LINE, RECORD_ID, STATION
from digitize.targets.to_records import records_of
from digitize.targets.undoing import version_tables
from mappers.layouts.back import read_back
from mappers.layouts.model import LayoutTable
from mappers.layouts.own import OwnRow

_LANGUAGE = "language"
_PLACES = ", ".join(f"coalesce({name}, '') AS {name}" for name in (*STATION, YEAR))


def laid_tables(form: str, tables: Mapping[str, pl.DataFrame], own: Own, gaps: Counter[str]) -> dict[str, pl.DataFrame]:
    """Source rows as they would be stored. gaps: counts "table.column" of values without a place."""
    whole = tables[form]
    rows: dict[str, list[tuple[object, ...]]] = {t.name: [] for t in own.layout.tables_of(form)}
    names = {t.name: list(t.columns) for t in own.layout.tables_of(form)}
    for start in range(0, whole.height, SLICE):
        for record in records_of(form, tables, whole[RECORD_ID][start : start + SLICE].to_list(), ""):
            ready = make_ready(record, own)
            gaps.update(f"{m.row[0]}.{m.column}" if m.column else m.row[0] for m in ready.gaps)
            for row in ready.rows:
                rows[row.id[0]].append((record.id, row.id[1], row.id[2], *_cells(row, names[row.id[0]])))
    made = {form: whole.select(RECORD_ID, *(n for n in (*STATION, YEAR) if n in whole.columns))}
    for table in own.layout.tables_of(form):
        made |= _by_language(table, pl.DataFrame(rows[table.name], schema=_schema(table), orient="row"), own)
    return made


def present(db: psycopg.Connection[Any], form: str) -> list[tuple[RecordGroup, str, int]]:
    """See `digitize.targets.comparing.Compares`; from the book, since rows are examined station by station."""
    query = f"""SELECT {_PLACES}, replace(load_id::text, '-', ''), count(*) FROM record_index WHERE form = %s
                GROUP BY 1, 2, 3, 4, 5"""
    return [(RecordGroup(*r[:4]), r[4], r[5]) for r in db.execute(sql.SQL(query), (form,))]


def folds(db: psycopg.Connection[Any], own: Own, form: str, stations: Sequence[Station]) -> dict[RecordGroup, Fold]:
    """See `Compares`; some records are in memory at a time, and the list of groups."""
    found: dict[RecordGroup, Fold] = {}
    for index, held in _iter_held(db, own, form, STATION, as_json(stations), SLICE):
        # A group of which no row is left is nothing, whatever the book counts.
        found |= {at: Fold() for at in map(_group, index) if at not in found}
        for one in held:
            found[one.group] = found[one.group].and_one(one.digest)
    return found


def standing(
    db: psycopg.Connection[Any],
    own: Own,
    form: str,
    groups: Sequence[RecordGroup],
    take: Callable[[list[HeldRecord]], object],
    at_once: int,
) -> None:
    """See `Compares`."""
    for _, held in _iter_held(db, own, form, (*STATION, YEAR), as_json(groups), min(at_once, SLICE)):
        take(held)


def flat_rows(
    db: psycopg.Connection[Any], own: Own, form: str, after: str
) -> tuple[list[str], dict[str, list[dict[str, Any]]]]:
    """The next records after an id, with their stored content as flat rows of our tables."""
    query = sql.SQL("SELECT record_id FROM record_index WHERE form = %s AND record_id > %s ORDER BY 1 LIMIT {}")
    ids = [r for (r,) in db.execute(query.format(sql.Literal(SLICE)), (form, after))]
    found: dict[str, list[dict[str, Any]]] = {}
    for record, rows in sorted(read_rows(db, own, ids).items()):
        for table, flat in read_back(form, record, rows, own.layout, own.masters).items():
            found.setdefault(table, []).extend(flat)
    return ids, found


def find_hand_changes(db: psycopg.Connection[Any], own: Own, load: str, forms: Iterable[str]) -> HandChanges:
    """Records of a load whose rows are not those that the layout makes of the records in our book."""
    changed: list[str] = []
    removed: list[str] = []
    uncompared = 0
    query = f"""SELECT record_id, {_PLACES}, replace(row_hash::text, '-', ''), record, layout FROM record_index
                WHERE load_id = %s AND form = %s AND record_id > %s ORDER BY 1 LIMIT {SLICE}"""
    for form in forms:
        last = ""
        while index := db.execute(sql.SQL(query), (load, form, last)).fetchall():
            last = index[-1][0]
            # Rows of another layout are no longer what this one would write.
            ours = [row for row in index if row[7] == own.key]
            uncompared += len(index) - len(ours)
            if not ours:
                continue
            tables = version_tables(form, [(row[5], row[6]) for row in ours])
            written = _digests(form, laid_tables(form, tables, own, Counter()))
            now = _digests(form, _standing_tables(db, own, form, ours))
            removed += sorted(written.keys() - now.keys())
            changed += sorted(record for record, digest in now.items() if written[record] != digest)
    return HandChanges(tuple(changed), tuple(removed), (), len(removed), 0, uncompared)


def _digests(form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    return dict(record_digests(form, tables).select(RECORD_ID, "digest").iter_rows())


def _iter_held(
    db: psycopg.Connection[Any], own: Own, form: str, names: Sequence[str], places: str, at_once: int
) -> Iterator[tuple[list[tuple[str, ...]], list[HeldRecord]]]:
    """Records of some places, a number at a time: from the book, and those with a stored row."""
    among = ", ".join(f"coalesce({name}, '')" for name in names)
    wanted = ", ".join(f"v ->> {n}" for n in range(len(names)))
    query = f"""SELECT record_id, {_PLACES}, replace(load_id::text, '-', '') FROM record_index
                WHERE form = %s AND ({among}) IN (SELECT {wanted} FROM jsonb_array_elements(%s::jsonb) v)"""
    with db.cursor(name="digitize_standing") as cursor:
        cursor.execute(sql.SQL(query), (form, places))
        while index := cursor.fetchmany(at_once):
            loads = {row[0]: row[5] for row in index}
            digests = record_digests(form, _standing_tables(db, own, form, index))
            yield index, [HeldRecord(r, RecordGroup(*at), loads[r], digest) for r, *at, digest in digests.iter_rows()]


def _group(row: Sequence[str]) -> RecordGroup:
    return RecordGroup(*row[1:5])


def _standing_tables(
    db: psycopg.Connection[Any], own: Own, form: str, index: Sequence[Sequence[str]]
) -> dict[str, pl.DataFrame]:
    """Stored rows of records, in the shape of `laid_tables`; records without any row are omitted."""
    ids = [row[0] for row in index]
    read = {t.name: _read(db, own, t, ids) for t in own.layout.tables_of(form)}
    found = {name: _with_places(own, form, name, read) for name in read}
    there = pl.concat([frame.select(RECORD_ID) for frame in read.values()]).unique()
    schema = dict.fromkeys((RECORD_ID, *STATION, YEAR), pl.String)
    book = pl.DataFrame([row[:5] for row in index], schema=schema, orient="row")
    # An empty place and none are the same here, as they are in the groups.
    book = book.with_columns(pl.col(n).replace("", None) for n in (*STATION, YEAR))
    made = {form: book.join(there, on=RECORD_ID, how="semi")}
    for table in own.layout.tables_of(form):
        made |= _by_language(table, found[table.name], own)
    return made


def _read(db: psycopg.Connection[Any], own: Own, table: LayoutTable, ids: Sequence[str]) -> pl.DataFrame:
    """Rows of a table with their first key, as `_key`."""
    columns = [sql.SQL("t.{}::text").format(sql.Identifier(n)) for n in (*table.columns, table.key[0])]
    query = sql.SQL(
        "SELECT l.record_id, l.line, l.language, {} FROM laid_rows l JOIN {} t ON {} "
        "WHERE l.table_name = %s AND l.record_id = ANY(%s)"
    ).format(sql.SQL(", ").join(columns), table_sql(own.names[table.name]), own.matches(table))
    rows = db.execute(query, (table.name, list(ids))).fetchall()
    return pl.DataFrame(rows, schema={**_schema(table), "_key": pl.String}, orient="row")


def _with_places(own: Own, form: str, name: str, read: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows of a table, with each key of another row of the record replaced by its position."""
    (table,) = (t for t in own.layout.tables_of(form) if t.name == name)
    found = read[name]
    for column, said in table.columns.items():
        if not said.key_of:
            continue
        tied = read[said.key_of].select(
            RECORD_ID, _key=pl.col("_key"), _place=pl.format("{} {}", pl.col(LINE), pl.col(_LANGUAGE))
        )
        own_name = _their_column(column)
        found = found.join(tied, left_on=[RECORD_ID, own_name], right_on=[RECORD_ID, "_key"], how="left")
        # A key of no row of this record is told as it stands.
        odd = pl.concat_str(pl.lit("key "), pl.col(own_name))
        found = found.with_columns(pl.coalesce("_place", odd).alias(own_name)).drop("_place")
    return found.drop("_key")


def _by_language(table: LayoutTable, frame: pl.DataFrame, own: Own) -> dict[str, pl.DataFrame]:
    languages = list(own.layout.languages) if table.per_language else [""]
    # With a point, which no form has in its name.
    parts = {f"{table.name}.{one}": frame.filter(pl.col(_LANGUAGE) == one).drop(_LANGUAGE) for one in languages}
    return {name: part for name, part in parts.items() if part.height}


def _schema(table: LayoutTable) -> dict[str, type[pl.DataType]]:
    texts = dict.fromkeys(map(_their_column, table.columns), pl.String)
    return {RECORD_ID: pl.String, LINE: pl.Int64, _LANGUAGE: pl.String, **texts}


def _their_column(column: str) -> str:
    """A column of the state, which may have the same name as one of ours."""
    return f"={column}"


def _cells(row: OwnRow, names: Sequence[str]) -> list[str | None]:
    ties = {column: f"{tie[1]} {tie[2]}" for column, tie in row.ties.items()}
    return [ties.get(name, row.values[name]) for name in names]
