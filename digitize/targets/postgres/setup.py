"""Create and upgrade the tables of a target, and grant rights to the loading role."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import sql

from digitize.errors import TargetRefused
from digitize.targets.kind import Patience
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.connect import connect, refusal, use
from digitize.targets.postgres.definition import Statement, migrate
from digitize.targets.postgres.masters import fill_masters
from digitize.targets.postgres.meta import masters_key, write_filled, write_meta
from digitize.targets.postgres.search_fill import fill, is_wanted
from digitize.targets.postgres.state import TargetState, check_target, has_schema, read_state, what_is_amiss
from digitize.targets.postgres.tables import VERSION, define_tables
from digitize.targets.postgres.upgrade import Upgrade, prove_again
from digitize.targets.postgres.views import FIR_OF, drop_view, make_views

__all__ = ["check_target", "grants", "init_target", "script", "what_is_amiss"]
log = logging.getLogger(__name__)
_LOCK = 0x44544749  # of `target init`: two at once would trip over each other
Tell = Callable[[str], None]


def init_target(
    address: DatabaseAddress,
    loader: str = "",
    *,
    dry_run: bool = False,
    take_out: bool = False,
    search: bool = False,
    tell: Tell = lambda text: None,
) -> list[str]:
    """Create the tables, or upgrade older ones, in one transaction; returns the statements in order.

    loader: the loading role; it must exist and gets only the rights it needs. take_out: values that a new column type
    cannot hold are moved to the findings table. search: build search keys, now and at every load from then on. tell: is
    told of rows that violate a newer version. Raises TargetRefused, and then nothing was changed.
    """
    done: list[str] = []
    with connect(address) as db:
        try:
            with db.transaction(force_rollback=dry_run):
                db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                # Each is run before the next is worked out: later ones look at what is there by then.
                for statement in _statements(db, address, loader, tell, take_out):
                    db.execute(statement)
                    done.append(statement.as_string(db))
        except psycopg.Error as e:
            raise refusal(e, address) from None
    if not dry_run:
        _fill(address, search)
    return done


def _fill(address: DatabaseAddress, search: bool) -> None:
    with connect(address) as db:
        try:
            with db.transaction():
                use(db, address, Patience())
                search = search or is_wanted(db)
        except psycopg.Error as e:
            raise refusal(e, address) from None
    if search and (filled := fill(address)):
        log.info("%d records that were loaded before can now be searched", filled)


def script(schema: str, loader: str = "", *, search: bool = False) -> str:
    """Everything that `init_target` does in an empty database, as a psql script, without a connection."""
    name = sql.Identifier(schema)
    statements: list[sql.Composable] = [
        sql.SQL("BEGIN"),
        sql.SQL("SELECT pg_advisory_xact_lock({})").format(sql.Literal(_LOCK)),
        sql.SQL("CREATE SCHEMA {}").format(name),
        sql.SQL("SET LOCAL search_path TO {}, pg_temp").format(name),
        *migrate({}, define_tables()), *fill_masters(), *make_views(), *write_meta(schema),
        *([write_filled()] if search else ()), *(grants(schema, loader) if loader else ()),
        sql.SQL("COMMIT"),
    ]  # fmt: skip
    lines = (f"{s.as_string(None)};\n" for s in statements)
    return "\\set ON_ERROR_STOP on\nSET client_encoding TO 'UTF8';\n" + "".join(lines)


def _statements(
    db: psycopg.Connection[Any], address: DatabaseAddress, loader: str, tell: Tell, take_out: bool
) -> Iterator[Statement]:
    is_new = not has_schema(db, address.schema)
    if is_new:
        yield sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(address.schema))
    use(db, address, Patience())
    state = read_state(db, address)
    if state.unlike or state.version > VERSION:
        raise TargetRefused(f"{address.name}: {what_is_amiss(state)} Nothing was changed.")
    if state.version:
        require_owner(db, address)
    changed = False
    for statement in _changes(db, address, state, Upgrade(db, address, define_tables(), tell, takes_out=take_out)):
        changed = True
        yield statement
    if changed:
        yield from write_meta(address.schema)
    if loader:
        _require_role(db, address, loader)
        yield from grants(address.schema, loader)


def _changes(
    db: psycopg.Connection[Any], address: DatabaseAddress, state: TargetState, rows: Upgrade
) -> Iterator[Statement]:
    if not state.is_current:
        if state.version:
            yield drop_view()
        yield from migrate(state.made, define_tables(), rows)
    if state.masters != masters_key():
        yield from fill_masters()
    if db.execute("SELECT to_regclass(%s)", (FIR_OF,)).fetchone() == (None,):
        yield from make_views()
    if state.is_current:
        yield from prove_again(db, define_tables(), state.catalogue)


def require_owner(db: psycopg.Connection[Any], address: DatabaseAddress) -> None:
    """Raise TargetRefused if the role does not own the tables: for others, a grant is only a warning."""
    query = """SELECT pg_get_userbyid(relowner) FROM pg_class
               WHERE oid = 'meta'::regclass AND NOT pg_has_role(relowner, 'USAGE')"""
    if owner := db.execute(query).fetchone():
        raise TargetRefused(
            f"{address.name}: the tables belong to {owner[0]}; this role must be owner to change them. Run the "
            f"command as {owner[0]}. Nothing was changed."
        )


def _require_role(db: psycopg.Connection[Any], address: DatabaseAddress, loader: str) -> None:
    if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (loader,)).fetchone():
        raise TargetRefused(
            f"{address.name}: there is no role {loader}. Create it: CREATE ROLE {loader} LOGIN; its password is set "
            f"with \\password {loader}. Nothing was changed."
        )


def grants(schema: str, loader: str) -> Iterator[Statement]:
    """Rights of the loading role: rows of these tables, nothing else."""
    role, inside = sql.Identifier(loader), sql.Identifier(schema)
    # The name of the database is not known where the statements are only printed.
    words = "BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), {}); END"
    yield sql.SQL("DO {}").format(sql.Literal(sql.SQL(words).format(sql.Literal(loader)).as_string(None)))
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(inside, role)
    for name, table in define_tables().items():
        rights = "SELECT" if table.owner_only else "SELECT, INSERT"
        rights += "" if table.owner_only or table.append_only else ", UPDATE, DELETE"
        yield sql.SQL(f"GRANT {rights} ON {{}}.{{}} TO {{}}").format(inside, sql.Identifier(name), role)
    yield sql.SQL("GRANT SELECT ON {}.{} TO {}").format(inside, sql.Identifier(FIR_OF), role)
