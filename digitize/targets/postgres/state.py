"""State of a target, and whether it can be loaded into."""

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
    """State of a target.

    version: of the tables, 0 if there are none; is_current: they are as this program creates them. unlike: differences
    from those created. made: their definition. rows: table -> approximate number of rows, for non-empty ones.
    catalogue: as they are now. masters: key of the rows in the master tables.
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
        """Differences from the created tables, for people."""
        return [d.text for d in self.unlike]


def check_target(address: DatabaseAddress) -> TargetState:
    """State of a reachable target. Raises TargetRefused if it is not."""
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
    """Raise TargetRefused unless the tables exist, in this version, unaltered."""
    state = read_state(db, address) if has_schema(db, address.schema) else TargetState()
    if amiss := what_is_amiss(state):
        raise TargetRefused(f"{address.name}: {amiss} Nothing was loaded.")


def what_is_amiss(state: TargetState) -> str:
    """Why a target cannot be loaded into, and the remedy; "" if it can."""
    if not state.version:
        return "there are no tables of a target here. Create them: digitize target init URL."
    if state.version > VERSION:
        return f"the tables have version {state.version}, but this program knows {VERSION}; use a newer program."
    if state.altered:
        more = f" and {len(state.altered) - 3} more" if len(state.altered) > 3 else ""
        return (
            f"someone altered the tables: {'; '.join(state.altered[:3])}{more}. See: digitize target check URL; to "
            f"accept deliberate changes: digitize target adopt URL."
        )
    if not state.is_current:
        return "the tables have an older schema. Upgrade them: digitize target init URL."
    return ""


def read_state(db: psycopg.Connection[Any], address: DatabaseAddress) -> TargetState:
    """State of a target, inside a transaction set up by `use`."""
    if db.execute("SELECT to_regclass(%s)", (_qualify(address.schema, "meta"),)).fetchone() == (None,):
        return TargetState()
    meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
    if not isinstance(meta.get("version"), int):
        raise TargetRefused(
            f"{address.name}: there is a table meta that does not belong to a target. Choose another --schema."
        )
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
    """Whether a schema of that name exists."""
    return db.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone() is not None


def _qualify(schema: str, table: str) -> str:
    return f'"{schema}"."{table}"'


def _rows(db: psycopg.Connection[Any], address: DatabaseAddress) -> dict[str, int]:
    """Row numbers from the server's statistics; counting millions of rows would take minutes."""
    query = "SELECT relname, n_live_tup FROM pg_stat_user_tables WHERE schemaname = %s AND n_live_tup > 0 ORDER BY 1"
    return dict(db.execute(query, (address.schema,)).fetchall())
