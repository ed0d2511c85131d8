"""Connect to a PostgreSQL server: allowed URLs, timeouts, and the meaning of its errors."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from digitize.errors import TargetRefused
from digitize.targets.kind import Patience
from digitize.targets.postgres.address import DatabaseAddress

OLDEST = 15
# Without it libpq waits for a server that is not there as long as the network lets it.
CONNECT_SECONDS = 10
# Nothing in these messages comes from a row: connections, rights, resources, and a server that goes away.
_TELLING = ("08", "28", "3D", "42501", "25006", "53", "57", "55")
_WORDS = {
    "53100": "The server's disk is full. Make room there, and run the same command again.",
    "42501": "The owner can grant it: digitize target init URL --loader ROLE.",
    "25006": "The database is read-only.",
    "55P03": "Another program held a lock for too long; run the same command again.",
    "57014": "The server took too long; see --statement-seconds.",
}
# Serialization failure, deadlock, lock not got in time, a row that somebody else was quicker to put in, too many
# connections, a server that stops or starts.
_AGAIN = ("40001", "40P01", "55P03", "23505", "53300", "57P01", "57P02", "57P03", "57P05")


# What libpq says, without a code, of a server that is there and will answer soon. The server's own words may be in
# another language, and then the first connection is not tried again.
_STARTING = (
    "starting up", "shutting down", "recovery mode", "not yet accepting", "closed the connection", "too many clients",
    "connection slots",
)  # fmt: skip
_REFUSED = "Connection refused"
# Some 3 seconds: a server that is started again listens by then, and who mistyped a port is told soon.
_REFUSED_TRIES, _ALL = 4, 1000


class NotReached(TargetRefused):
    """No connection. first_tries: number of attempts worthwhile if there has been none yet."""

    def __init__(self, refused: TargetRefused, first_tries: int) -> None:
        super().__init__(*refused.args)
        self.first_tries = first_tries


def _first_tries(error: psycopg.Error) -> int:
    if error.sqlstate:
        return _ALL if is_passing(error) else 1
    if _REFUSED in str(error):
        return _REFUSED_TRIES
    return _ALL if any(words in str(error) for words in _STARTING) else 1


def connect(address: DatabaseAddress) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a connection with autocommit outside transactions.

    Raises NotReached if there is none, TargetRefused if the server is too old or not in UTF-8.
    """
    try:
        db = psycopg.connect(
            address.url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="digitize",
            client_encoding="UTF8",
        )
    except psycopg.Error as e:
        raise NotReached(refusal(e, address), _first_tries(e)) from None
    if problem := problem_of(db):
        db.close()
        raise TargetRefused(f"{address.name}: {problem} Nothing was loaded.")
    return db


def problem_of(db: psycopg.Connection[Any]) -> str:
    """Why a server cannot be used, for targets and ledgers alike; "" if it can."""
    if db.info.server_version < OLDEST * 10000:
        return f"the server is PostgreSQL {db.info.server_version // 10000}; {OLDEST} or later is needed."
    if db.info.parameter_status("server_encoding") != "UTF8":
        return "the database is not in UTF-8, so Indian scripts would be lost. Create one with ENCODING 'UTF8'."
    return ""


def use(db: psycopg.Connection[Any], address: DatabaseAddress, patience: Patience) -> None:
    """Set up the open transaction: search path and timeouts. They end with it."""
    # pg_temp goes last: unless it is named it comes first, and a temporary table could stand in for one of ours.
    names = sql.SQL("SET LOCAL search_path TO {}, pg_temp").format(sql.Identifier(address.schema))
    db.execute(names)
    for name, seconds in (("lock_timeout", patience.lock_seconds), ("statement_timeout", patience.statement_seconds)):
        # SET takes no values. true: for this transaction alone.
        db.execute("SELECT set_config(%s, %s, true)", (name, f"{int(seconds * 1000)}ms"))


def is_passing(error: psycopg.Error) -> bool:
    """Whether a retry may succeed a little later."""
    if error.sqlstate:
        return error.sqlstate in _AGAIN or error.sqlstate.startswith("08")
    # No state: the server did not answer at all.
    return isinstance(error, psycopg.OperationalError)


def refusal(error: psycopg.Error, address: DatabaseAddress) -> TargetRefused:
    """Text of a server error, without any row values."""
    state, said = error.sqlstate or "", error.diag.message_primary or str(error).strip()
    parts = [p for p in (error.diag.table_name, error.diag.column_name, error.diag.constraint_name) if p]
    if not state or state.startswith(_TELLING):
        what = " ".join(said.split())
    else:
        what = f"error {state} {type(error).__name__}" + (f" at {', '.join(parts)}" if parts else "")
    words = _WORDS.get(state, "")
    return TargetRefused(f"{address.name}: {what}. {words}{' ' if words else ''}Nothing was changed.")
