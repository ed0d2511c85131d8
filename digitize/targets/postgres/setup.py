"""Making a target's tables and bringing them up to date; the rights of the role that loads; whether all is in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from digitize.errors import TargetRefused
from digitize.targets.kind import Patience
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.catalogue import differences, read_catalogue
from digitize.targets.postgres.connect import connect, refusal, use
from digitize.targets.postgres.definition import Definition, Statement, from_plain, migrate
from digitize.targets.postgres.tables import VERSION, wanted

_LOCK = 0x44544749  # of `target init`: two at once would trip over each other


@dataclass(frozen=True, slots=True)
class TargetState:
    """What is there. version: of the tables, 0 where there are none; is_current: they are what this program makes.

    altered: in what they differ from those that were made. made: their definition. rows: table -> about how many rows,
    of those that have any.
    """

    version: int = 0
    is_current: bool = False
    altered: Sequence[str] = ()
    made: Definition = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)


def init_target(address: DatabaseAddress, loader: str = "", *, dry_run: bool = False) -> list[str]:
    """Make the tables, or bring older ones up to date, in one transaction. Returns the statements, in order.

    loader: the role that is to load; it gets the rights it needs and no more, and must be there. Raises TargetRefused,
    and then nothing was changed.
    """
    done: list[str] = []
    with connect(address) as db:
        try:
            with db.transaction(force_rollback=dry_run):
                db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                # Each is run before the next is worked out: later ones look at what is there by then.
                for statement in _statements(db, address, loader):
                    db.execute(statement)
                    done.append(statement.as_string(db))
                if done:
                    _write_meta(db, address)
        except psycopg.Error as e:
            raise refusal(e, address) from None
    return done


def _statements(db: psycopg.Connection[Any], address: DatabaseAddress, loader: str) -> Iterator[Statement]:
    schema = sql.Identifier(address.schema)
    if not _has_schema(db, address.schema):
        yield sql.SQL("CREATE SCHEMA {}").format(schema)
    use(db, address, Patience())
    state = read_state(db, address)
    if state.altered or state.version > VERSION:
        raise TargetRefused(f"{address.name}: {what_is_amiss(state)} Nothing was changed.")
    yield from migrate(state.made, wanted())
    if loader:
        if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (loader,)).fetchone():
            raise TargetRefused(
                f"{address.name}: there is no role {loader}. Make it: CREATE ROLE {loader} LOGIN; its password is set "
                f"with \\password {loader}. Nothing was changed."
            )
        yield from grants(address, loader, str(db.info.dbname))


def grants(address: DatabaseAddress, loader: str, database: str) -> Iterator[Statement]:
    """The rights of the role that loads: rows of these tables, nothing else."""
    role, schema = sql.Identifier(loader), sql.Identifier(address.schema)
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), role)
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role)
    for name, table in wanted().items():
        rights = "SELECT" if table.owner_only else "SELECT, INSERT, UPDATE, DELETE"
        yield sql.SQL(f"GRANT {rights} ON {{}}.{{}} TO {{}}").format(schema, sql.Identifier(name), role)


def _write_meta(db: psycopg.Connection[Any], address: DatabaseAddress) -> None:
    rows: Mapping[str, Any] = {
        "version": VERSION,
        "definition": {name: table.as_plain() for name, table in wanted().items()},
        "catalogue": read_catalogue(db, address.schema),
        "server": db.info.server_version // 10000,
    }
    for key, value in rows.items():
        db.execute(
            "INSERT INTO meta VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, Jsonb(value)),
        )


def check_target(address: DatabaseAddress) -> TargetState:
    """What is there, of a target that is reached. Raises TargetRefused when it is not."""
    with connect(address) as db:
        try:
            with db.transaction():
                if not _has_schema(db, address.schema):
                    return TargetState()
                use(db, address, Patience())
                return replace(read_state(db, address), rows=_rows(db, address))
        except psycopg.Error as e:
            raise refusal(e, address) from None


def require_current(db: psycopg.Connection[Any], address: DatabaseAddress) -> None:
    """Raise TargetRefused unless the tables are there, of this version, and as they were made."""
    state = read_state(db, address) if _has_schema(db, address.schema) else TargetState()
    if amiss := what_is_amiss(state):
        raise TargetRefused(f"{address.name}: {amiss} Nothing was loaded.")


def what_is_amiss(state: TargetState) -> str:
    """Why a target cannot be loaded into, and what to do; "" when it can."""
    if not state.version:
        return "there are no tables of a target here. Make them: digitize target init URL"
    if state.version > VERSION:
        return f"the tables are of version {state.version}, this program knows {VERSION}; use a newer program."
    if state.altered:
        more = f" and {len(state.altered) - 3} more" if len(state.altered) > 3 else ""
        return f"someone altered the tables: {'; '.join(state.altered[:3])}{more}. See: digitize target check URL"
    if not state.is_current:
        return "the tables are of an older schema. Bring them up to date: digitize target init URL"
    return ""


def read_state(db: psycopg.Connection[Any], address: DatabaseAddress) -> TargetState:
    """What is there, inside a transaction that `use` has set up."""
    if db.execute("SELECT to_regclass(%s)", (_qualified(address.schema, "meta"),)).fetchone() == (None,):
        return TargetState()
    meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
    if not isinstance(meta.get("version"), int):
        raise TargetRefused(f"{address.name}: there is a table meta that is not a target's. Choose another --schema.")
    # What a newer program wrote into meta may not be readable here.
    if meta["version"] > VERSION:
        return TargetState(meta["version"])
    found = read_catalogue(db, address.schema)
    made, same_server = meta["catalogue"], meta["server"] == db.info.server_version // 10000
    if not same_server:  # another version of PostgreSQL describes the same things in other words
        made, found = _names_only(made), _names_only(found)
    definition = from_plain(meta["definition"])
    is_current = meta["version"] == VERSION and not any(migrate(definition, wanted()))
    return TargetState(meta["version"], is_current, differences(made, found), definition)


def _names_only(catalogue: Mapping[str, Any]) -> dict[str, Any]:
    return {
        table: {kind: {n: t if kind == "columns" else "" for n, t in of.items()} for kind, of in kinds.items()}
        for table, kinds in catalogue.items()
    }


def _has_schema(db: psycopg.Connection[Any], schema: str) -> bool:
    return db.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone() is not None


def _qualified(schema: str, table: str) -> str:
    return f'"{schema}"."{table}"'


def _rows(db: psycopg.Connection[Any], address: DatabaseAddress) -> dict[str, int]:
    """What the server's statistics say; counting millions of rows would take minutes."""
    query = "SELECT relname, n_live_tup FROM pg_stat_user_tables WHERE schemaname = %s AND n_live_tup > 0 ORDER BY 1"
    return dict(db.execute(query, (address.schema,)).fetchall())
