"""Search rows in a PostgreSQL target: written with each load, and filled for earlier loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import psycopg
from psycopg import sql

from digitize.targets.kind import Patience
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.connect import connect, refusal, use
from digitize.targets.postgres.copying import SLICE, copy_text
from digitize.targets.search_columns import searched_columns, text_frame
from digitize.targets.search_making import search_rows
from digitize.targets.search_rows import COLUMNS, FILLED_BY, MARK, ROWS, WORDS, SearchRows
from mappers.schema import load_schemas

_AT_ONCE = 5000
_WAITING, _LEAST_WAITING = "4MB", "64kB"
_LOCK = "LOCK TABLE loads IN SHARE ROW EXCLUSIVE MODE"
_FILLED = "SELECT value #>> '{}' FROM meta WHERE key = %s"


def write_searched(db: psycopg.Connection[Any], form: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write search rows of inserted records in the open transaction; nothing if search is not enabled."""
    if is_wanted(db):
        _write(db, search_rows(form, tables))


def take_out(db: psycopg.Connection[Any], records: Sequence[str]) -> None:
    """Delete search rows of records. Words stay: other records may have them."""
    db.execute(f"DELETE FROM {ROWS} WHERE record_id = ANY(%s)", (list(records),))


def is_wanted(db: psycopg.Connection[Any]) -> bool:
    """Whether the owner enabled search for this target: its keys take most of the time of a load."""
    return db.execute(_FILLED, (MARK,)).fetchone() is not None


def is_filled(db: psycopg.Connection[Any]) -> bool:
    """Whether search rows of all records exist, with the keys of this program version."""
    return db.execute(_FILLED, (MARK,)).fetchone() == (FILLED_BY,)


def fill(address: DatabaseAddress) -> int:
    """Create search rows of records loaded before there were any, or with other keys; returns their number.

    Some thousand records per transaction, so that loads can continue; if interrupted, it resumes. Raises TargetRefused.
    """
    count = 0
    with connect(address) as db:
        try:
            with db.transaction():
                use(db, address, Patience())
                # Of two that begin at once the later one would take out words that the other has put in.
                db.execute(_LOCK)
                if is_filled(db):
                    return 0
                _begin(db)
            for form in load_schemas():
                last = ""
                while (found := _fill_some(db, address, form, last))[0]:
                    count, last = count + found[0], found[1]
            with db.transaction():
                use(db, address, Patience())
                _mark(db, FILLED_BY)
        except psycopg.Error as e:
            raise refusal(e, address) from None
    return count


def _begin(db: psycopg.Connection[Any]) -> None:
    begun = f"filling {FILLED_BY}"
    if db.execute(_FILLED, (MARK,)).fetchone() != (begun,):
        db.execute(f"DELETE FROM {ROWS}")
        db.execute(f"DELETE FROM {WORDS}")
        _mark(db, begun)


def _mark(db: psycopg.Connection[Any], text: str) -> None:
    put_in = "INSERT INTO meta VALUES (%s, to_jsonb(%s::text)) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    db.execute(put_in, (MARK, text))


def _fill_some(db: psycopg.Connection[Any], address: DatabaseAddress, form: str, last: str) -> tuple[int, str]:
    """Some records of a form after the last one; returns how many were examined, and the last of them."""
    with db.transaction():
        use(db, address, Patience())
        # A load that takes a record out meanwhile would leave its rows behind.
        db.execute(_LOCK)
        query = sql.SQL(
            "SELECT record_id, NOT EXISTS (SELECT 1 FROM {} s WHERE s.record_id = f.record_id) FROM {} f "
            "WHERE record_id > %s ORDER BY record_id LIMIT %s"
        ).format(sql.Identifier(ROWS), sql.Identifier(form))
        found = db.execute(query, (last, _AT_ONCE)).fetchall()
        wanted = [r for r, is_lacking in found if is_lacking]
        if wanted:
            _write(db, search_rows(form, _read(db, form, wanted)))
        return len(found), found[-1][0] if found else last


def _read(db: psycopg.Connection[Any], form: str, records: Sequence[str]) -> dict[str, pl.DataFrame]:
    tables = {}
    for name, columns in searched_columns(form).items():
        query = sql.SQL("SELECT {} FROM {} WHERE record_id = ANY(%s)").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(name)
        )
        tables[name] = text_frame(columns, db.execute(query, (list(records),)).fetchall())
    return tables


def _write(db: psycopg.Connection[Any], made: SearchRows) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(ROWS), names)
    numbers = pl.col("tokens").list.eval(pl.element().cast(pl.String)).list.join(",")
    rows = made.all_rows().with_columns(tokens=pl.concat_str(pl.lit("{"), numbers, pl.lit("}")))
    # Keys are put into the index sorted, 4 MB at a time, which takes a third of the time. With the last row none may
    # be left waiting: each look-up would have to go through them.
    for some, waiting in ((rows[:-1], _WAITING), (rows[-1:], _LEAST_WAITING)):
        db.execute("SELECT set_config('gin_pending_list_limit', %s, true)", (waiting,))
        with db.cursor() as cursor, cursor.copy(query) as copy:
            for start in range(0, some.height, SLICE):
                copy.write(copy_text(some[start : start + SLICE]))
    words = made.all_words()
    if words:
        # Those that are not there; a word that another load brings at this moment stands twice, which does no harm.
        db.execute(
            f"INSERT INTO {WORDS} SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) "
            f"u (kind, said, lang, near, spelt) WHERE NOT EXISTS (SELECT 1 FROM {WORDS} w "
            "WHERE w.said = u.said AND w.kind = u.kind AND w.lang = u.lang)",
            [list(column) for column in zip(*words, strict=True)],
        )
