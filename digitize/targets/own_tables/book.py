"""Our books for a state's tables: those of every target, and which of the state's rows are ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from digitize.errors import TargetRefused
from digitize.machine.work_keys import plain_hash
from digitize.targets.kind import SCHEMA, Patience
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.catalogue import read_catalogue
from digitize.targets.postgres.connect import connect, refusal, use
from digitize.targets.postgres.definition import Definition, Statement, TableDef, migrate
from digitize.targets.postgres.state import read_state
from digitize.targets.postgres.tables import BOOKS, VERSION, define_tables
from mappers.layouts import TableLayout, bind_layout
from mappers.layouts.model import LayoutFile

BOOK_SCHEMA = "cctns_book"
_LOCK = 0x44544749  # as `target init` takes
_ID = 'text COLLATE "C" NOT NULL'
_OWN: Definition = {
    "record_index": TableDef(
        {
            **{"record_id": _ID, "form": "text NOT NULL", "load_id": "uuid NOT NULL", "row_hash": "uuid NOT NULL"},
            **{"state": "text", "district": "text", "police_station": "text", "year": "text", "record_key": "text"},
            **{"layout": "text NOT NULL", "record": "jsonb NOT NULL"},
            "at": "timestamptz NOT NULL DEFAULT now()",
        },
        {
            "record_index_pkey": "PRIMARY KEY (record_id)",
            "record_index_loaded": "FOREIGN KEY (load_id) REFERENCES loads (load_id)",
        },
        {
            "record_index_load": "(load_id)",
            "record_index_station": "(police_station, form)",
            "record_index_key": "UNIQUE (record_key, form)",
        },
        {
            "": "The records that stand in the tables of the state, each whole, in our own fields.",
            "row_hash": "Hash of the whole record.",
            "record_key": "Station, year and number, which no two records share.",
            "layout": "Hash of the layout by which it was written.",
        },
    ),
    "laid_rows": TableDef(
        {
            **{"record_id": _ID, "table_name": "text NOT NULL", "line": "integer NOT NULL"},
            **{"language": "text NOT NULL DEFAULT ''", "keys": "jsonb NOT NULL"},
        },
        {"laid_rows_pkey": "PRIMARY KEY (record_id, table_name, line, language)"},
        comments={
            "": "Which rows in the tables of the state are ours; all others are never touched.",
            "keys": "Values of the key columns, in the order of the layout.",
        },
    ),
    "layout_gaps": TableDef(
        {**{"record_id": _ID, "table_name": "text NOT NULL", "column_name": "text NOT NULL", "field": "text NOT NULL"}},
        {},
        {"layout_gaps_record": "(record_id)"},
        {"": "Values that have no place in the tables of the state: no code, or no row."},
    ),
}


def book_tables() -> Definition:
    """All tables of a book: those of every target, and those for a state's own tables."""
    books = {name: table for name, table in define_tables().items() if name in BOOKS}
    return {
        name: replace(table, constraints=_keep_inner_constraints(table, books)) for name, table in books.items()
    } | dict(_OWN)


def _keep_inner_constraints(table: TableDef, books: Definition) -> dict[str, str]:
    """Constraints of a table without foreign keys to tables that a book lacks: the records are elsewhere."""
    named = {name: body.partition(" REFERENCES ")[2].partition(" ")[0] for name, body in table.constraints.items()}
    return {name: body for name, body in table.constraints.items() if not named[name] or named[name] in books}


def layout_key(layout: TableLayout) -> str:
    """Hash of the content of a layout."""
    return plain_hash(_plain(layout))


def book_address(address: DatabaseAddress) -> DatabaseAddress:
    """Address of the book; it has its own schema, so the canonical tables may exist next to it."""
    return DatabaseAddress(address.url, BOOK_SCHEMA) if address.schema == SCHEMA else address


def init_book(address: DatabaseAddress, layout: TableLayout, loader: str = "", *, dry_run: bool = False) -> list[str]:
    """Create the book, or upgrade it to the layout, in one transaction; returns the statements in order.

    The state's tables are not touched. Raises TargetRefused, and then nothing was changed.
    """
    done: list[str] = []
    with connect(address) as db:
        try:
            with db.transaction(force_rollback=dry_run):
                db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                for statement in _statements(db, address, layout, loader):
                    db.execute(statement)
                    done.append(statement.as_string(db))
                # WrittenRows even where no table changed: the layout may have.
                _write_meta(db, address, layout)
        except psycopg.Error as e:
            raise refusal(e, address) from None
    return done


def _statements(
    db: psycopg.Connection[Any], address: DatabaseAddress, layout: TableLayout, loader: str
) -> Iterator[Statement]:
    schema = sql.Identifier(address.schema)
    if not db.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (address.schema,)).fetchone():
        yield sql.SQL("CREATE SCHEMA {}").format(schema)
    use(db, address, Patience())
    state = read_state(db, address)
    before = _layout_in(db, address) if state.version else None
    if state.version and before is None:
        raise TargetRefused(
            f"{address.name}: this schema has the tables of a target, not a book. Choose another --schema."
        )
    if before is not None and before.id != layout.id:
        raise TargetRefused(f"{address.name}: this book belongs to layout {before.id}. Choose another --schema.")
    if state.altered or state.version > VERSION:
        raise TargetRefused(f"{address.name}: {_amiss(state.version, state.altered)} Nothing was changed.")
    yield from migrate(state.made, book_tables())
    if loader:
        if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (loader,)).fetchone():
            raise TargetRefused(f"{address.name}: there is no role {loader}. Nothing was changed.")
        yield from _grants(address, loader)


def _grants(address: DatabaseAddress, loader: str) -> Iterator[Statement]:
    role, schema = sql.Identifier(loader), sql.Identifier(address.schema)
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role)
    for name, table in book_tables().items():
        rights = "SELECT" if table.owner_only else "SELECT, INSERT, UPDATE, DELETE"
        yield sql.SQL(f"GRANT {rights} ON {{}}.{{}} TO {{}}").format(schema, sql.Identifier(name), role)


def _plain(layout: TableLayout) -> dict[str, Any]:
    return layout.file.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _write_meta(db: psycopg.Connection[Any], address: DatabaseAddress, layout: TableLayout) -> None:
    rows: dict[str, Any] = {
        "version": VERSION,
        "definition": {name: table.as_plain() for name, table in book_tables().items()},
        "catalogue": read_catalogue(db, address.schema),
        "server": db.info.server_version // 10000,
        # As a text: jsonb would give the columns back in another order.
        "layout": json.dumps(_plain(layout), ensure_ascii=False),
    }
    for key, value in rows.items():
        query = "INSERT INTO meta VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        db.execute(query, (key, Jsonb(value)))


def find_layout_in(db: psycopg.Connection[Any], address: DatabaseAddress) -> TableLayout | None:
    """Layout of the book in a schema, None if there is no book."""
    query = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'meta'"
    if not db.execute(query, (address.schema,)).fetchone():
        return None
    use(db, address, Patience())
    return _layout_in(db, address)


def _layout_in(db: psycopg.Connection[Any], address: DatabaseAddress) -> TableLayout | None:
    row = db.execute("SELECT value FROM meta WHERE key = 'layout'").fetchone()
    if row is None:
        return None
    try:
        return bind_layout(f"{address.schema}.meta", LayoutFile.model_validate(json.loads(row[0])))
    except ValidationError:
        raise TargetRefused(
            f"{address.name}: the layout in this book was written by a newer program; use that."
        ) from None


def require_book(db: psycopg.Connection[Any], address: DatabaseAddress, layout: TableLayout | None) -> TableLayout:
    """Layout of a valid book; layout: the one named by a command, which must be the same.

    Raises TargetRefused with the remedy.
    """
    found = find_layout_in(db, address)
    if found is None:
        what = "there is no book for the state's tables. Create it: digitize target init URL --layout FILE."
        raise TargetRefused(f"{address.name}: {what}")
    if layout is not None and layout_key(layout) != layout_key(found):
        what = "this book has another layout. If the new one is right: digitize target init URL --layout FILE."
        raise TargetRefused(f"{address.name}: {what} Nothing was loaded.")
    state = read_state(db, address)
    is_old = state.version < VERSION or any(migrate(state.made, book_tables()))
    if state.altered or state.version > VERSION or is_old:
        raise TargetRefused(f"{address.name}: {_amiss(state.version, state.altered)} Nothing was loaded.")
    return found


def _amiss(version: int, altered: Any) -> str:
    if version > VERSION:
        return f"the book has version {version}, but this program knows {VERSION}; use a newer program."
    if altered:
        return f"someone altered the book: {'; '.join(list(altered)[:3])}."
    return "the book has an older version. Upgrade it: digitize target init URL --layout FILE."
