"""Reaching the database of a ledger: how long is waited for it, and what its errors mean."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from digitize.errors import DiskFull, LedgerAway, LedgerError
from digitize.targets.postgres.connect import is_passing, problem_of
from digitize.workspace.ledger_db.postgres_sql import PgRow, as_rows
from digitize.workspace.ledger_db.where import LedgerAddress

WAIT_SECONDS = 90.0
"""How long a database that was there before is waited for: longer than it takes to start again after a crash."""
_FIRST_SECONDS = 3.0
_LINK = {
    "connect_timeout": 10, "application_name": "digitize ledger", "client_encoding": "UTF8",
    # A cut cable is noticed within a minute on this side, and by the server as well (`_SETTINGS`).
    "keepalives": 1, "keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30000,
}  # fmt: skip
# The lock of a writer whose machine was cut off must end before others lose patience: 35 against 90 seconds.
# What is asked of a volume lies near together: by the server's usual price of an index it would rather go through all
# pages of the ledger than look 250 of them up. Nor is a lookup shared among workers, which take longer to begin than it
# takes, nor is a table of what was looked up made ready for the millions of rows that a LIMIT cuts off (from 14 on).
_SETTINGS = """
SET search_path TO {schema}, pg_temp; SET lock_timeout = '90s'; SET idle_in_transaction_session_timeout = '10min';
SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET jit = off;
SET random_page_cost = 1.1; SET max_parallel_workers_per_gather = 0; SET DateStyle TO ISO;
SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'enable_memoize'
"""
_IN_USE, _FULL, _REFUSED, _MISSING, _READ_ONLY = "55P03", "53100", "42501", ("42P01", "3F000", "3D000"), "25006"
_AGAIN = ("40001", "40P01", "25P03")

Link = psycopg.Connection[PgRow]


def connect(where: LedgerAddress, *, patience_s: float = _FIRST_SECONDS) -> Link:
    """A connection that commits what is in no transaction; the ledger's schema comes first in it.

    patience_s: how long a server that does not answer is waited for. Raises LedgerAway, LedgerError.
    """
    end, pause = time.monotonic() + patience_s, 0.1
    while True:
        try:
            with plain_errors(where):
                return _open_connection(where)
        except LedgerAway:
            if time.monotonic() + pause > end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 3.0)


def _open_connection(where: LedgerAddress) -> Link:
    # What the URL says goes before what is usual here.
    db = psycopg.connect(**{**_LINK, **conninfo_to_dict(where.url)}, autocommit=True, row_factory=as_rows)  # type: ignore[arg-type]
    if problem := problem_of(db):
        db.close()
        raise LedgerError(f"{where}: {problem}")
    # The schema's name is one of small letters, digits and underscores.
    db.execute(_SETTINGS.format(schema=where.schema).encode())
    return db


@contextmanager
def plain_errors(where: LedgerAddress) -> Iterator[None]:
    """Turn the driver's errors into ours, with the next step and without anything that may come from a row; a broken
    rule of the ledger's own stays what it is.
    """
    try:
        yield
    except psycopg.IntegrityError:
        raise
    except psycopg.Error as e:
        raise _translate_error(e, where) from None


def _translate_error(error: psycopg.Error, where: LedgerAddress) -> LedgerError:
    state = error.sqlstate or ""
    if state == _IN_USE:
        return LedgerError(f"{where} is in use by another program for long. Wait for it, then run this again.")
    if state == _FULL:
        return DiskFull(f"No room left on the disk of {where}. Make room there and run the same command again.")
    if state in _AGAIN or is_passing(error) or isinstance(error, psycopg.OperationalError):
        why = " ".join(_words(error).split())[:200]
        return LedgerAway(
            f"{where} does not answer ({why}). What was recorded is there. When the database runs, give the same "
            "command again."
        )
    if state == _REFUSED:
        return LedgerError(f"{where}: this role lacks a right ({_words(error)}). Have the owner grant it.")
    if state == _READ_ONLY:
        return LedgerError(f"{where} can only be read just now. Work on the database that is written.")
    if state in _MISSING:
        why = f"({_words(error)}). Was it moved? See [workspace] ledger in digitize.toml, and digitize ledger verify"
        return LedgerError(f"{where} is damaged or holds no ledger {why}")
    at = [p for p in (error.diag.table_name, error.diag.column_name, error.diag.constraint_name) if p]
    # Syntax and types name our own SQL; of all else the text may quote a row.
    said = _words(error) if state.startswith("42") else type(error).__name__
    return LedgerError(f"{where}: error {state} {said}{' at ' + ', '.join(at) if at else ''}")


def _words(error: Any) -> str:
    found: str = error.diag.message_primary or str(error)
    return found.splitlines()[0] if found else "no reason"
