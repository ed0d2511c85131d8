"""A PostgreSQL database during a load; rows are sent by COPY."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

import polars as pl
import psycopg
from psycopg import sql

from digitize.targets.base import HandChanges
from digitize.targets.flags import FLAGS
from digitize.targets.hand_changes import HandChangeFinder, slices
from digitize.targets.postgres import search_fill
from digitize.targets.postgres.copying import SLICE, copy_text
from digitize.targets.postgres.locks import lock_quarantine
from digitize.targets.postgres.tables import BOOKS, TYPES
from digitize.targets.rows import HASH, LINE, ORIGIN, RECORD_ID, LoadBatch, RowBatch
from mappers.schema import Table, form_tables, load_schemas
from mappers.schema.links import named_first

# Of a key: state, district, station and year. A book in which nothing is held needs no look at its numbers.
_BOOK = 4
_ORIGIN_TYPES: Mapping[str, type[pl.DataType]] = {
    **dict.fromkeys(ORIGIN, pl.String), "confidence": pl.Float64, "source_row": pl.Int64,
}  # fmt: skip


class PostgresStore:
    """See `digitize.targets.undoing.Books`; inside a transaction set up by `connect.use`.

    freezes: rows of forms go into tables emptied by this transaction, and can be frozen.
    """

    freezes = False
    order = "seq"
    among = "= ANY(?)"

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        """db: connected."""
        self._db = db

    def compare_held(self, form: str, asked: pl.DataFrame) -> Mapping[str, bool]:
        """See `Store`. Ids are sent as arrays, so no temporary table is needed."""
        if not self._has_rows(form):
            return {}
        query = sql.SQL(
            "SELECT a.record_id, t.row_hash = a.row_hash FROM unnest(%s::text[], %s::uuid[]) a (record_id, row_hash) "
            "JOIN {} t USING (record_id)"
        ).format(sql.Identifier(form))
        found = self._db.execute(query, _values(asked.select(RECORD_ID, HASH)))
        return dict(found.fetchall())

    def owners(self, form: str, keys: pl.DataFrame) -> Sequence[tuple[str, str]]:
        """See `Store`; keys are looked up in the unique index, for books (station and year) that are not empty."""
        table = form_tables(form)[form]
        if not self._has_rows(form):
            return []
        book = list(table.key[:_BOOK])
        books = keys.select(book).unique()
        query = sql.SQL("SELECT a.* FROM {} WHERE EXISTS (SELECT 1 FROM {} t WHERE {})").format(
            _rows_as_table(books), sql.Identifier(form), _same_key(table, book)
        )
        held = self._db.execute(query, _values(books)).fetchall()
        some = keys.join(pl.DataFrame(held, schema=books.schema, orient="row"), on=book, how="semi")
        query = sql.SQL(
            "SELECT a.record_id, t.record_id FROM {} JOIN {} t ON {} WHERE t.record_id <> a.record_id"
        ).format(_rows_as_table(some), sql.Identifier(form), _same_key(table, table.key))
        return [(a, b) for a, b in self._db.execute(query, _values(some))] if some.height else []

    def _has_rows(self, table: str) -> bool:
        query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(table))
        return self._db.execute(query).fetchone() == (True,)

    def list_held(self, batch: str) -> set[tuple[str, str]]:
        """See `Store`."""
        one = "SELECT {}, o.record_id FROM {} o JOIN loads l USING (load_id) WHERE l.batch = %(batch)s"
        parts = [sql.SQL(one).format(sql.Literal(form), sql.Identifier(form)) for form in load_schemas()]
        return {(f, r) for f, r in self._db.execute(sql.SQL(" UNION ALL ").join(parts), {"batch": batch})}

    def expect(self, form: str, coming: pl.DataFrame) -> None:
        """See `Store`; nothing to do."""

    def retire(self, form: str, records: Sequence[str], batch: LoadBatch, why: str) -> None:
        """See `Store`."""
        tables = [t for t in (*form_tables(form), "field_origin", FLAGS) if self._has_rows(t)]
        rows = [
            sql.SQL(
                "{0}, (SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(c))) FROM {1} c WHERE c.record_id = t.record_id)"
            ).format(sql.Literal(name), sql.Identifier(name))
            for name in tables
        ]
        query = sql.SQL(
            "INSERT INTO record_history (record_id, form, load_id, row_hash, record, replaced_by, why) "
            "SELECT t.record_id, {}, t.load_id, t.row_hash, jsonb_strip_nulls(jsonb_build_object({})), %s, %s "
            "FROM {} t WHERE t.record_id = ANY(%s)"
        ).format(sql.Literal(form), sql.SQL(", ").join(rows), sql.Identifier(form))
        self._db.execute(query, (batch.id, why, list(records)))
        self.remove(form, records)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one internal statement; ? is a placeholder for a value."""
        # None of this program's statements has another ? in it, or a per cent sign.
        done = self._db.execute(query.replace("?", "%s"), tuple(values))
        # fetchall raises where a statement gives no rows.
        return done.fetchall() if done.description else []

    def list_written(self, load: str) -> Mapping[str, list[str]]:
        """Form -> records whose newest version a load wrote."""
        one = "SELECT {}, record_id FROM {} WHERE load_id = %(load)s"
        parts = [sql.SQL(one).format(sql.Literal(form), sql.Identifier(form)) for form in load_schemas()]
        found: dict[str, list[str]] = {}
        for form, record in self._db.execute(sql.SQL(" UNION ALL ").join(parts), {"load": load}):
            found.setdefault(form, []).append(record)
        return found

    def find_hand_changes(self, load: str, written: Mapping[str, Sequence[str]]) -> HandChanges:
        """See `Books`."""
        # The server may be set up to print days in another order.
        self._db.execute("SET LOCAL datestyle TO ISO")
        found = HandChangeFinder()
        taken_out = "SELECT DISTINCT record_id FROM upgrade_findings WHERE state = 'taken out'"
        upgraded = {r for (r,) in self.rows(taken_out)}
        for form, records in written.items():
            for some in slices([r for r in records if r not in upgraded]):
                tables = {name: self._read_texts(name, table, some) for name, table in form_tables(form).items()}
                there = {name: frame for name, frame in tables.items() if name == form or frame.height}
                found.add(form, there, self._read_hashes(form, some))
        skipped = sum(len(upgraded.intersection(records)) for records in written.values())
        more = self._count_missing(load, written, set(found.changed))
        return replace(more, changed=tuple(found.changed), uncompared=found.uncompared + skipped)

    def _read_hashes(self, form: str, records: Sequence[str]) -> pl.DataFrame:
        query = f"SELECT record_id, replace({HASH}::text, '-', '') FROM {form} WHERE record_id = ANY(?)"
        return pl.DataFrame(
            self.rows(query, [records]), schema=dict.fromkeys((RECORD_ID, HASH), pl.String), orient="row"
        )

    def _read_texts(self, name: str, table: Table, records: Sequence[str]) -> pl.DataFrame:
        """Rows of some records, in order, with all values as the texts that were sent."""
        if table.child and not self._has_rows(name):
            return pl.DataFrame()
        keys = [RECORD_ID, *([LINE] if table.child else [])]
        # A time was sent without its seconds.
        one = {c.name: f"regexp_replace({c.name}::text, ':00$', '')" for c in table.columns if c.kind == "time"}
        values = ", ".join(one.get(n, f'"{n}"::text') for n in table.by_name)
        key = ", ".join(keys)
        query = f"SELECT {key}, {values} FROM {name} WHERE record_id = ANY(?) ORDER BY {key}"
        names = dict.fromkeys((*keys, *table.by_name), pl.String) | ({LINE: pl.Int64} if table.child else {})
        return pl.DataFrame(self.rows(query, [records]), schema=names, orient="row")

    def _count_missing(self, load: str, written: Mapping[str, Sequence[str]], changed: Set[str]) -> HandChanges:
        """Records that were deleted, or put in under the load's id; the load itself says only how many it wrote."""
        receipt = self.rows("SELECT receipt FROM loads WHERE load_id = ?", [load])[0][0]
        less = receipt["inserted"] + receipt["updated"] - sum(map(len, written.values()))
        if less > 0:
            left = self.rows("SELECT DISTINCT record_id FROM flags WHERE load_id = ?", [load])
            left += self.rows("SELECT DISTINCT record_id FROM field_origin") if len(left) < less else []
            there = set(self._list_ids())
            gone = sorted({r for (r,) in left} - there)
            # Of another number they may be of other loads.
            return HandChanges(removed=tuple(gone) if len(gone) == less else (), removed_count=less)
        # Where records stood before, a load that came again after others has more than it wrote the last time.
        if less == 0 or receipt["unchanged"]:
            return HandChanges()
        own = {f: self.rows(f"SELECT record_id, xmin::text FROM {f} WHERE load_id = ?", [load]) for f in written}
        usual = {f: Counter(x for _, x in rows).most_common(1)[0][0] for f, rows in own.items()}
        odd = sorted(r for f, rows in own.items() for r, x in rows if x != usual[f] and r not in changed)
        return HandChanges(added=tuple(odd) if len(odd) == -less else (), added_count=-less)

    def _list_ids(self) -> list[str]:
        parts = " UNION ALL ".join(f"SELECT record_id FROM {form}" for form in load_schemas())
        return [r for (r,) in self.rows(parts)]

    def hold_others(self) -> None:
        """Wait until no load is being written, and block others until the transaction ends."""
        # The weakest lock that keeps out every writer of loads, and another undoing; readers go on.
        self._db.execute("LOCK TABLE loads IN SHARE ROW EXCLUSIVE MODE")

    def remove(self, form: str, records: Sequence[str]) -> None:
        """Delete records without keeping a version."""
        # Rows that point to others first, those of the form itself last.
        for name in ("field_origin", FLAGS, *reversed(named_first(form))):
            query = sql.SQL("DELETE FROM {} WHERE record_id = ANY(%s)").format(sql.Identifier(name))
            self._db.execute(query, (list(records),))
        search_fill.take_out(self._db, records)

    def insert(self, form: str, tables: Mapping[str, pl.DataFrame], batch: RowBatch) -> None:
        """See `Store`."""
        own = tables[form].with_columns(load_id=pl.lit(batch.id))
        for name in named_first(form):
            if name in tables:
                self.copy(name, own if name == form else tables[name])
        search_fill.write_searched(self._db, form, tables)
        if batch.origins:
            self.copy_origins(batch, set(own[RECORD_ID]))

    def copy_origins(self, batch: RowBatch, taken: Set[str]) -> None:
        """Send the origins of loaded records of a batch."""
        rows = [o for o in batch.origins if o[0] in taken]
        self.copy("field_origin", pl.DataFrame(rows, schema=_ORIGIN_TYPES, orient="row"))

    def copy(self, name: str, frame: pl.DataFrame) -> None:
        """Send rows; empty columns are not sent. Null and empty text stay distinct."""
        if not frame.height:
            return
        counts = frame.null_count().row(0)
        names = [n for n, nulls in zip(frame.columns, counts, strict=True) if nulls < frame.height]
        rows = frame.select(names)
        query = sql.SQL("COPY {} ({}) FROM STDIN (FREEZE {})").format(
            sql.Identifier(name),
            sql.SQL(", ").join(sql.Identifier(n) for n in names),
            sql.SQL("on" if self.freezes and name not in BOOKS else "off"),  # the books were not emptied
        )
        with self._db.cursor() as cursor, cursor.copy(query) as copy:
            for start in range(0, rows.height, SLICE):
                copy.write(copy_text(rows[start : start + SLICE]))

    def as_list(self, values: Sequence[Any]) -> object:
        """See `digitize.targets.quarantine_store.Quarantine`."""
        return list(values)

    def hold_quarantine(self) -> None:
        """See `digitize.targets.quarantine_store.Quarantine`."""
        lock_quarantine(self._db)

    def put_rejects(self, rows: Sequence[Mapping[str, object]]) -> None:
        """See `digitize.targets.quarantine_store.Quarantine`."""
        if rows:
            self.copy("rejects", pl.DataFrame(rows, infer_schema_length=None))

    def flag(self, flags: pl.DataFrame, unchanged: Sequence[str], batch: RowBatch) -> None:
        """See `Store`."""
        if unchanged and self._has_rows(FLAGS):
            self._db.execute(f"DELETE FROM {FLAGS} WHERE record_id = ANY(%s)", (list(unchanged),))
        self.copy(FLAGS, flags.with_columns(load_id=pl.lit(batch.id)))


def _rows_as_table(rows: pl.DataFrame) -> sql.Composed:
    """Rows of texts as a table `a` in a query; `_values` are its values."""
    arrays = sql.SQL(", ").join([sql.SQL("%s::text[]")] * rows.width)
    return sql.SQL("unnest({}) a ({})").format(arrays, sql.SQL(", ").join(map(sql.Identifier, rows.columns)))


def _values(rows: pl.DataFrame) -> list[str]:
    """Each column as the text of an array; psycopg would build it value by value."""
    return [_array(rows[name]) for name in rows.columns]


def _array(values: pl.Series) -> str:
    quoted = values.str.replace_all("\\", r"\\", literal=True).str.replace_all('"', r"\"", literal=True)
    # Each in quotes: a bare NULL, or a bracket, would mean something else.
    return '{"' + '","'.join(quoted) + '"}' if values.len() else "{}"


def _same_key(table: Table, names: Sequence[str]) -> sql.Composed:
    """Whether key columns of the target rows `t` equal those of `a`."""
    kinds = {n: sql.SQL(TYPES.get(table.by_name[n].kind, "text")) for n in names}
    parts = [sql.SQL("t.{0} = a.{0}::{1}").format(sql.Identifier(n), kind) for n, kind in kinds.items()]
    return sql.SQL(" AND ").join(parts)
