"""Counters shared by several processes: one small file in a workspace, without anybody's name.

Counters are not records. They live for minutes, so nothing is synced to disk; if they cannot be stored, that is
reported.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock

from digitize.errors import NotCounted
from digitize.machine.system import sync_file

NAME = "counts.sqlite"
_FORMAT, _SECRET = 1, 32
_WAIT_S = 2.0
"""A file that another process holds for longer is held by none of ours: each of them takes a tenth of a millisecond."""
_TABLES = """
CREATE TABLE IF NOT EXISTS piles (key BLOB PRIMARY KEY, asked INTEGER NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS times (key BLOB, place INTEGER, at REAL NOT NULL, PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS number_rows (
  key BLOB PRIMARY KEY, asked TEXT NOT NULL, over INTEGER NOT NULL, free_at REAL NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrong (key BLOB PRIMARY KEY, times INTEGER NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
"""


class RateCounters:
    """Counters of a workspace, or of this process only; thread-safe."""

    def __init__(self, folder: Path | None = None) -> None:
        """folder: holds the file and the secret for hashing keys, created if missing; None: in memory only.

        Nothing is opened yet.
        """
        self._file = folder / NAME if folder else None
        self._lock, self._depth = RLock(), 0
        self._db: sqlite3.Connection | None = None
        self._inode = 0
        self._secret = secrets.token_bytes(_SECRET)

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Lock the tables against other processes and threads; re-entrant.

        Changes are kept even if one of our errors ends the block: a refusal counts. Raises NotCounted if the tables
        cannot be read or written.
        """
        with self._lock:
            if self._depth:
                yield self._open()
                return
            try:
                db = self._begin_transaction()
            except (sqlite3.Error, OSError) as e:
                self._drop()
                raise self._explain(e) from None
            self._depth = 1
            try:
                yield db
            except sqlite3.Error as e:
                self._drop()
                raise self._explain(e) from None
            finally:
                self._depth = 0
                self._commit()

    def key(self, *parts: object) -> bytes:
        """Hashed key stored instead of a name or an address; call it within `changing`."""
        text = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._secret, digest_size=16).digest()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._drop()

    def _begin_transaction(self) -> sqlite3.Connection:
        # Whoever puts a damaged file away must not leave others counting in it.
        if self._db is not None and self._file is not None and self._number() != self._inode:
            self._drop()
        db = self._open()
        db.execute("BEGIN IMMEDIATE")
        return db

    def _commit(self) -> None:
        if self._db is None:
            return
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error as e:
            self._drop()
            raise self._explain(e) from None

    def _number(self) -> int:
        try:
            return self._file.stat().st_ino if self._file else 0
        except FileNotFoundError:
            return -1

    def _open(self) -> sqlite3.Connection:
        if self._db is not None:
            return self._db
        where = ":memory:"
        if self._file is not None:
            self._secret = _secret_of(self._file.with_suffix(".key"))
            _make_private(self._file)
            self._inode, where = self._number(), str(self._file)
        self._db = db = sqlite3.connect(where, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
        # In WAL, NORMAL waits for the disk once in a thousand pages; a machine without power leaves a sound file.
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] not in (0, _FORMAT):
            raise sqlite3.DatabaseError("made by another version")
        for statement in _TABLES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {_FORMAT}")
        db.execute("COMMIT")
        return db

    def _drop(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()

    def _explain(self, error: Exception) -> NotCounted:
        return NotCounted(
            f"{self._file}: rate limiting is unavailable ({error}). Check its disk and its owner. If it is damaged: "
            f"stop the servers, and delete all files counts.* next to it; counting starts again."
        )


def _secret_of(path: Path) -> bytes:
    """Secret of a workspace, created if missing. Raises OSError."""
    if not path.exists():
        part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
        _make_private(part)
        try:
            part.write_bytes(secrets.token_bytes(_SECRET))
            # An empty one, after a power cut, would let nobody in.
            sync_file(part)
            # Of two that make one at a time, the first one's holds for both.
            with suppress(FileExistsError):
                os.link(part, path)
        finally:
            part.unlink()
    found = path.read_bytes()
    if len(found) != _SECRET:
        raise OSError(f"{path.name} is not a secret")
    return found


def _make_private(path: Path) -> None:
    """Create an empty file if missing, private to the owner, or to the group that may write its folder."""
    is_group = path.parent.stat().st_mode & stat.S_IWGRP
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o660 if is_group else 0o600))
