"""A state's database during a load: its tables hold the rows, our book knows which are ours."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import psycopg
from psycopg import sql

from digitize.errors import TargetRefused
from digitize.targets.base import HandChanges
from digitize.targets.flags import FLAGS
from digitize.targets.own_tables.catalogue import table_sql
from digitize.targets.own_tables.laying import Hindrance, ReadyRecord, make_ready
from digitize.targets.own_tables.reading import SLICE, Own, read_rows
from digitize.targets.own_tables.standing_rows import find_hand_changes
from digitize.targets.own_tables.writing import Keys, Writer, hindrance, is_whole
from digitize.targets.postgres.store import PostgresStore
from digitize.targets.rows import HASH, RECORD_ID, Kept, LoadBatch, RowBatch
from digitize.targets.to_records import records_of
from digitize.targets.value_checks import key_columns, typed_key
from mappers.schema import form_tables

_STATION = ("state", "district", "police_station", "year")
# What the book has of a record.
_OF_RECORD = ("laid_rows", "layout_gaps", "field_origin", FLAGS, "record_index")


class RecordsRefused(Exception):
    """The database refused records: everything done for the batch must be rolled back, and repeated without them."""

    def __init__(self, refused: Mapping[tuple[str, str], Hindrance]) -> None:
        """refused: by form and record."""
        super().__init__(f"{len(refused)} records")
        self.refused = refused


class OwnTablesStore(PostgresStore):
    """See `digitize.targets.undoing.Books`; inside a transaction set up by `connect.use`.

    reasons: (form, record) -> reason of a refusal. gaps: "table.column" -> values without a place.
    """

    def __init__(
        self,
        db: psycopg.Connection[Any],
        own: Own,
        reasons: Mapping[tuple[str, str], Hindrance] | None = None,
        known: Mapping[tuple[str, str], ReadyRecord] | None = None,
    ) -> None:
        """db: connected; own: existing tables; known: records laid out before."""
        super().__init__(db)
        self._own, self._reasons, self._known = own, reasons or {}, known or {}
        # Records whose rows stand until their other version takes their place: -> form and key.
        self._pending: dict[str, tuple[str, str | None]] = {}
        # Of these only the layout changed: they stay what their load wrote, and no version of them is older.
        self._relaid: set[str] = set()
        # By form and record: what their database refused. From the first on nothing more is written into the book.
        self._refused: dict[tuple[str, str], Hindrance] = {}
        self.gaps: Counter[str] = Counter()

    def compare_held(self, form: str, asked: pl.DataFrame) -> Mapping[str, bool]:
        """See `Store`. Records written by another layout count as different and are rewritten."""
        query = """SELECT a.record_id, i.row_hash = a.row_hash AND i.form = %s, i.layout = %s
                   FROM unnest(%s::text[], %s::uuid[]) a (record_id, row_hash) JOIN record_index i USING (record_id)"""
        ids, hashes = asked[RECORD_ID].to_list(), asked[HASH].to_list()
        found = self._db.execute(query, (form, self._own.key, ids, hashes)).fetchall()
        self._relaid |= {record for record, is_same, is_laid in found if is_same and not is_laid}
        return {record: is_same and is_laid for record, is_same, is_laid in found}

    def owners(self, form: str, keys: pl.DataFrame) -> Sequence[tuple[str, str]]:
        """See `Store`."""
        query = """SELECT a.record_id, i.record_id FROM unnest(%s::text[], %s::text[]) a (record_id, record_key)
                   JOIN record_index i USING (record_key) WHERE i.form = %s AND i.record_id <> a.record_id"""
        asked = joined_keys(form, keys)
        return [(a, b) for a, b in self._db.execute(query, (list(asked), list(asked.values()), form))]

    def list_held(self, batch: str) -> set[tuple[str, str]]:
        """See `Store`."""
        query = "SELECT form, record_id FROM record_index JOIN loads USING (load_id) WHERE batch = %s"
        return set(self._db.execute(query, (batch,)).fetchall())

    def list_written(self, load: str) -> Mapping[str, list[str]]:
        """Form -> records whose newest version a load wrote."""
        found: dict[str, list[str]] = {}
        for form, record in self._db.execute("SELECT form, record_id FROM record_index WHERE load_id = %s", (load,)):
            found.setdefault(form, []).append(record)
        return found

    def find_hand_changes(self, load: str, written: Mapping[str, Sequence[str]]) -> HandChanges:
        """See `Books`. The rows are compared with what the layout makes of the records in our book."""
        return find_hand_changes(self._db, self._own, load, written)

    def retire(self, form: str, records: Sequence[str], batch: LoadBatch, why: str) -> None:
        """See `Store`. The stored rows are kept with the old version, with all columns of the state."""
        older = [r for r in records if r not in self._relaid]
        self._db.execute(
            sql.SQL(
                "INSERT INTO record_history (record_id, form, load_id, row_hash, record, replaced_by, why) "
                "SELECT i.record_id, i.form, i.load_id, i.row_hash, i.record || jsonb_strip_nulls(jsonb_build_object("
                "'field_origin', (SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(o))) FROM field_origin o "
                "WHERE o.record_id = i.record_id), 'flags', (SELECT jsonb_agg(to_jsonb(f)) FROM flags f "
                "WHERE f.record_id = i.record_id), 'their_rows', jsonb_build_object({}))), %s, %s "
                "FROM record_index i WHERE i.record_id = ANY(%s)"
            ).format(self._their_rows()),
            (batch.id, why, older),
        )
        if why == "updated":
            self._wait(records)
        else:
            self._take_out(records)

    def _their_rows(self) -> sql.Composed:
        parts = [
            sql.SQL(
                "{0}, (SELECT jsonb_agg(to_jsonb(t) ORDER BY l.line, l.language) FROM laid_rows l JOIN {1} t ON {2} "
                "WHERE l.record_id = i.record_id AND l.table_name = {0})"
            ).format(sql.Literal(t.name), table_sql(self._own.names[t.name]), self._own.matches(t))
            for t in self._own.layout.file.tables
        ]
        return sql.SQL(", ").join(parts)

    def remove(self, form: str, records: Sequence[str]) -> None:
        """Remove records; those whose earlier version will be restored keep their rows until then."""
        query = """SELECT record_id, h.form, h.record -> h.form -> 0 FROM record_history h
                   JOIN record_index i USING (record_id) WHERE h.replaced_by = i.load_id AND i.record_id = ANY(%s)"""
        back = {r: (of, key_of_version(of, row)) for r, of, row in self._db.execute(query, (list(records),))}
        self._wait(sorted(back))
        # They come back load by load: whoever gets another key must not stand in the way of an earlier one.
        self._delete_or_refuse([r for r, key in back.items() if self._pending[r] != key])
        self._take_out([r for r in records if r not in back])

    def _wait(self, records: Sequence[str]) -> None:
        query = "SELECT record_id, form, record_key FROM record_index WHERE record_id = ANY(%s)"
        self._pending |= {r: (form, key) for r, form, key in self._db.execute(query, (list(records),))}
        # Their keys are free: two records may swap theirs.
        self._db.execute("UPDATE record_index SET record_key = NULL WHERE record_id = ANY(%s)", (list(records),))

    def _take_out(self, records: Sequence[str]) -> None:
        self._delete_or_refuse(records)
        self._forget(records)

    def _forget(self, records: Sequence[str]) -> None:
        for table in _OF_RECORD:
            query = sql.SQL("DELETE FROM {} WHERE record_id = ANY(%s)").format(sql.Identifier(table))
            self._db.execute(query, (list(records),))

    def _delete_or_refuse(self, records: Sequence[str]) -> None:
        try:
            self._delete_rows(records)
        except psycopg.Error as e:
            if is_whole(e):
                raise
            raise TargetRefused(
                f"records cannot be removed from the state's tables ({hindrance(e).where}); their rows may refer to "
                f"them. Nothing was changed."
            ) from None

    def _delete_rows(self, records: Sequence[str]) -> None:
        query = "SELECT DISTINCT form FROM record_index WHERE record_id = ANY(%s)"
        standing = read_rows(self._db, self._own, records)
        for (form,) in self._db.execute(query, (list(records),)).fetchall():
            Writer(self._db, self._own, form).delete(standing)

    def expect(self, form: str, coming: pl.DataFrame) -> None:
        """See `Store`. Rows of records that change key or form are deleted: updated in place they might collide."""
        asked = pl.Series(list(self._pending), dtype=pl.String).implode()
        moving = coming.filter(pl.col(RECORD_ID).is_in(asked)) if self._pending else coming.clear()
        keys = keys_of(form, moving)
        for record in moving[RECORD_ID]:
            if self._pending[record] == (form, keys.get(record)):
                continue
            try:
                with self._db.transaction():
                    self._delete_rows([record])
            except psycopg.Error as e:
                if is_whole(e):
                    raise
                self._refused[form, record] = hindrance(e)

    def insert(self, form: str, tables: Mapping[str, pl.DataFrame], batch: RowBatch) -> None:
        """See `Store`. Refusals by the database are reported by `finish`."""
        keys = keys_of(form, tables[form])
        ids = tables[form][RECORD_ID].to_list()
        for start in range(0, len(ids), SLICE):
            some = pl.col(RECORD_ID).is_in(ids[start : start + SLICE])
            self._insert(form, {n: f.filter(some) for n, f in tables.items()}, batch, keys)

    def flag(self, flags: pl.DataFrame, unchanged: Sequence[str], batch: RowBatch) -> None:
        """See `Store`."""
        # Flags stand beside what is in the book, which is not written on once something was refused.
        if not self._refused:
            super().flag(flags, unchanged, batch)

    def _insert(
        self,
        form: str,
        tables: Mapping[str, pl.DataFrame],
        batch: RowBatch,
        keys: Mapping[str, str],
    ) -> None:
        """Insert some records, without those already refused."""
        ids = tables[form][RECORD_ID].to_list()
        ready = {r: self._known[form, r] for r in ids if (form, r) in self._known}
        lacking = [r for r in ids if r not in ready]
        ready |= {r.id: make_ready(r, self._own) for r in records_of(form, tables, lacking, batch.batch)}
        found = {r.id: r.hindrances[0] for r in ready.values() if r.hindrances}
        there = read_rows(self._db, self._own, [r for r in ready if r in self._pending])
        good = [r for r in ready.values() if r.id not in found and (form, r.id) not in self._refused]
        written = Writer(self._db, self._own, form).write(good, there)
        found |= written.refused
        self._refused |= {(form, record): why for record, why in found.items()}
        if not self._refused:
            self._enter(form, tables, batch, ready, written.keys, keys)

    def _enter(
        self,
        form: str,
        tables: Mapping[str, pl.DataFrame],
        batch: RowBatch,
        ready: Mapping[str, ReadyRecord],
        written: Mapping[str, Keys],
        keys: Mapping[str, str],
    ) -> None:
        """Record the stored rows in the book."""
        loads = self._loads_of(ready, batch.id)
        ids = list(ready)
        self._forget(ids)
        wholes = _wholes(form, tables)
        index, rows, gaps = [], [], []
        for record in tables[form].iter_rows(named=True):
            id = record[RECORD_ID]
            index.append({
                "record_id": id, "form": form, "load_id": loads[id], "row_hash": record[HASH],
                **{n: record.get(n) for n in _STATION}, "record_key": keys.get(id), "layout": self._own.key,
                "record": json.dumps(wholes[id], ensure_ascii=False),
            })  # fmt: skip
            rows += [(id, *row, json.dumps(k)) for row, k in written[id].items()]
            gaps += [(id, m.row[0], m.column, m.path) for m in ready[id].gaps]
            self.gaps.update(f"{m.row[0]}.{m.column}" if m.column else m.row[0] for m in ready[id].gaps)
        self.copy("record_index", pl.DataFrame(index, schema=dict.fromkeys(index[0], pl.String)))
        laid_schema = {"record_id": pl.String, "table_name": pl.String, "line": pl.Int64, "language": pl.String}
        self.copy("laid_rows", pl.DataFrame(rows, schema={**laid_schema, "keys": pl.String}, orient="row"))
        names = ("record_id", "table_name", "column_name", "field")
        self.copy("layout_gaps", pl.DataFrame(gaps, schema=dict.fromkeys(names, pl.String), orient="row"))
        self.copy_origins(batch, set(ids))
        for id in ids:
            self._pending.pop(id, None)

    def _loads_of(self, records: Iterable[str], load: str) -> dict[str, str]:
        relaid = [r for r in records if r in self._relaid]
        query = "SELECT record_id, replace(load_id::text, '-', '') FROM record_index WHERE record_id = ANY(%s)"
        return dict.fromkeys(records, load) | dict(self._db.execute(query, (relaid,)).fetchall())

    def locate_refusal(self, kept: Kept) -> Kept:
        """A refused record, with the table and column that refused it."""
        reason = self._reasons.get((kept.form, kept.record_id))
        if reason is None:
            return kept
        findings = [
            {**f, "message": f"{f['message']} ({reason.where})"} if f["code"] == reason.code else f
            for f in kept.findings
        ]
        return replace(kept, findings=findings)

    def finish(self) -> None:
        """Delete rows waiting for another version that did not come. Raises RecordsRefused."""
        if self._refused:
            raise RecordsRefused(self._refused)
        if self._pending:
            self._take_out(sorted(self._pending))


def _wholes(form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Complete records for the history: table -> rows with a value."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name in [form, *(t for t in tables if t != form)]:
        for row in tables[name].drop(HASH, strict=False).iter_rows(named=True):
            cells = {n: v for n, v in row.items() if v is not None}
            if row[RECORD_ID] in found or name == form:
                found.setdefault(row[RECORD_ID], {}).setdefault(name, []).append(cells)
    return found


_KEY_END = "\x1f"


def keys_of(form: str, own: pl.DataFrame) -> dict[str, str]:
    """Keys of records that have one."""
    table = form_tables(form)[form]
    return joined_keys(form, typed_key(table, own)) if key_columns(table, own) else {}


def joined_keys(form: str, keys: pl.DataFrame) -> dict[str, str]:
    """Complete keys, as from `typed_key`, each as one text."""
    names = list(form_tables(form)[form].key)
    rows = keys.select(RECORD_ID, pl.concat_str(names, separator=_KEY_END))
    return dict(rows.iter_rows())


def key_of_version(form: str, row: Mapping[str, Any] | None) -> str | None:
    """Key of an old version, as from `joined_keys`; None if it has none."""
    table = form_tables(form)[form]
    parts = [(row or {}).get(name) for name in table.key]
    kinds = [table.by_name[name].kind for name in table.key]
    if not parts or None in parts:
        return None
    return _KEY_END.join(
        str(int(str(p))) if k in ("int", "year") else str(p) for p, k in zip(parts, kinds, strict=True)
    )
