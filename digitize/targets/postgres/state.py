"""What is there of a target, and whether it can be loaded into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from digitize.errors import TargetRefused
from digitize.targets.kind import Patience
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.catalogue import Catalogue, Difference, differences, read_catalogue
from digitize.targets.postgres.connect import connect, refusal, use
from digitize.targets.postgres.definition import Definition, from_plain, migrate
from digitize.targets.postgres.tables import VERSION, define_tables


@dataclass(frozen=True, slots=True)
class TargetState:
    """What is there. version: of the tables, 0 where there are none; is_current: they are what this program makes.

    unlike: in what they differ from those that were made. made: their definition. rows: table -> about how many rows,
    of those that have any. catalogue: how they are now. masters: key of the rows in the master tables.
    """

    version: int = 0
    is_current: bool = False
    unlike: Sequence[Difference] = ()
    made: Definition = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=dict)
    masters: str = ""

    @property
    def altered(self) -> Sequence[str]:
        """In what the tables differ from those that were made, for people."""
        return [d.text for d in self.unlike]


def check_target(address: DatabaseAddress) -> TargetState:
    """What is there, of a target that is reached. Raises TargetRefused when it is not."""
    with connect(address) as db:
        try:
            with db.transaction():
                if not has_schema(db, address.schema):
                    return TargetState()
                use(db, address, Patience())
                return replace(read_state(db, address), rows=_rows(db, address))
        except psycopg.Error as e:
            raise refusal(e, address) from None


def require_current(db: psycopg.Connection[Any], address: DatabaseAddress) -> None:
    """Raise TargetRefused unless the tables are there, of this version, and as they were made."""
    state = read_state(db, address) if has_schema(db, address.schema) else TargetState()
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
        return (
            f"someone altered the tables: {'; '.join(state.altered[:3])}{more}. See: digitize target check URL; "
            "what was done on purpose: digitize target adopt URL"
        )
    if not state.is_current:
        return "the tables are of an older schema. Bring them up to date: digitize target init URL"
    return ""


def read_state(db: psycopg.Connection[Any], address: DatabaseAddress) -> TargetState:
    """What is there, inside a transaction that `use` has set up."""
    if db.execute("SELECT to_regclass(%s)", (_qualify(address.schema, "meta"),)).fetchone() == (None,):
        return TargetState()
    meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
    if not isinstance(meta.get("version"), int):
        raise TargetRefused(f"{address.name}: there is a table meta that is not a target's. Choose another --schema.")
    # What a newer program wrote into meta may not be readable here.
    if meta["version"] > VERSION:
        return TargetState(meta["version"])
    found, definition = read_catalogue(db, address.schema), from_plain(meta["definition"])
    is_current = meta["version"] == VERSION and not any(migrate(definition, define_tables()))
    unlike = differences(meta["catalogue"], found, definition)
    return TargetState(
        meta["version"], is_current, unlike, definition, catalogue=found, masters=meta.get("masters", "")
    )


def has_schema(db: psycopg.Connection[Any], schema: str) -> bool:
    """Whether there is a schema of that name."""
    return db.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone() is not None


def _qualify(schema: str, table: str) -> str:
    return f'"{schema}"."{table}"'


def _rows(db: psycopg.Connection[Any], address: DatabaseAddress) -> dict[str, int]:
    """What the server's statistics say; counting millions of rows would take minutes."""
    query = "SELECT relname, n_live_tup FROM pg_stat_user_tables WHERE schemaname = %s AND n_live_tup > 0 ORDER BY 1"
    return dict(db.execute(query, (address.schema,)).fetchall())
