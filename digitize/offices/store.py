"""What an office received: one SQLite file that only grows. Triggers refuse changes, a chain of hashes tells."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from digitize.errors import LedgerError
from digitize.machine.sqlite_errors import plain_errors
from digitize.offices.refusal import Flag
from digitize.offices.shape import Snapshot

FORMAT = 2
_DDL = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, reporter TEXT NOT NULL, public TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('add', 'revoke')), note TEXT NOT NULL
);
CREATE TABLE received (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,
  reporter TEXT NOT NULL, as_on TEXT NOT NULL, verdict TEXT NOT NULL CHECK (verdict IN ('taken', 'refused')),
  flags TEXT NOT NULL, summary TEXT NOT NULL, body BLOB NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX received_by_day ON received (reporter, as_on) WHERE verdict = 'taken';
CREATE UNIQUE INDEX once ON received (sha256) WHERE verdict = 'taken';
CREATE INDEX received_by_hash ON received (sha256);
"""
_FROM_1 = """
DROP INDEX IF EXISTS one_a_day;
CREATE INDEX IF NOT EXISTS received_by_day ON received (reporter, as_on) WHERE verdict = 'taken';
UPDATE meta SET value = '2' WHERE key = 'format';
"""
"""Until format 1 there was one snapshot a day of each reporter; a corrected one stands beside it now."""
_GUARDS = "".join(
    f"CREATE TRIGGER {table}_{word} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;"
    for table in ("keys", "received")
    for word, act in (("stay", "UPDATE"), ("remain", "DELETE"))
)


@dataclass(frozen=True, slots=True)
class Received:
    """One file as it was judged. reporter, as_on: "" where a refused file did not surely say."""

    seq: int
    at: str
    file: str
    sha256: str
    reporter: str
    as_on: str
    verdict: str
    flags: tuple[Flag, ...]
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of the list of keys: who signs with which key from when, or does so no more."""

    at: str
    reporter: str
    public: str
    act: str
    note: str


class SnapshotStore:
    """Owns the connection to one file. Raises LedgerError when it is in use, damaged or newer, DiskFull."""

    def __init__(self, path: Path) -> None:
        """Open it; an empty one is made where there is none."""
        self.path = path
        with plain_errors(self.path, "digitize national verify, or state verify"):
            # Before connecting, which makes the file.
            is_new = not path.exists()
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            # What was answered with "taken" must be there after a power cut.
            self._db.execute("PRAGMA synchronous = FULL")
            if is_new:
                self._db.executescript(f"BEGIN;{_DDL}{_GUARDS}INSERT INTO meta VALUES ('format', '{FORMAT}');COMMIT;")
            found = self._db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        if found is None or int(found["value"]) > FORMAT:
            raise LedgerError(f"{path} was written by a newer version. Upgrade cctns-digitize.")
        if int(found["value"]) == 1:
            with plain_errors(self.path, "digitize national verify, or state verify"):
                self._db.executescript(f"BEGIN;{_FROM_1}COMMIT;")

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction."""
        with plain_errors(self.path, "digitize national verify, or state verify"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()

    def insert_key(self, line: KeyLine) -> None:
        """Add a line to the list of keys, which only grows."""
        values = (line.at, line.reporter, line.public, line.act, line.note)
        self._db.execute("INSERT INTO keys (at, reporter, public, act, note) VALUES (?, ?, ?, ?, ?)", values)

    def key_lines(self) -> list[KeyLine]:
        """The list of keys, oldest line first."""
        rows = self._db.execute("SELECT at, reporter, public, act, note FROM keys ORDER BY seq")
        return [KeyLine(*tuple(r)) for r in rows]

    def insert(
        self, file: str, sha256: str, snapshot: Snapshot | None, flags: Sequence[Flag], summary: dict[str, Any],
        body: bytes, *, is_taken: bool, reporter: str = "",
    ) -> None:  # fmt: skip
        """Keep a file and what was said of it. Of a refused one nothing is kept but its name, hash and reason."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        as_on = snapshot.as_on.isoformat() if snapshot else ""
        verdict = "taken" if is_taken else "refused"
        said = json.dumps([[f.code, f.text, f.said, dict(f.values)] for f in flags], ensure_ascii=False)
        parts = (at, file, sha256, reporter, as_on, verdict, said, json.dumps(summary, ensure_ascii=False))
        packed = zlib.compress(body, 3) if is_taken else b""
        # Of the packed bytes: they are what is kept, and verify need not unpack them.
        link = hashlib.sha256("\x1f".join((self._last_hash(), *parts)).encode("utf-8") + packed).hexdigest()
        self._db.execute(
            "INSERT INTO received (at, file, sha256, reporter, as_on, verdict, flags, summary, body, hash) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*parts, packed, link),
        )

    def newest(self, reporter: str, as_on: date | None = None) -> Received | None:
        """The newest snapshot taken of a reporter, on or before a day."""
        sql = (
            "SELECT * FROM received WHERE verdict = 'taken' AND reporter = ? AND as_on <= ? "
            "ORDER BY as_on DESC, seq DESC LIMIT 1"
        )
        # "9999" sorts behind every day.
        row = self._db.execute(sql, (reporter, as_on.isoformat() if as_on else "9999")).fetchone()
        return _received(row) if row else None

    def taken(self, as_on: date | None = None) -> list[Received]:
        """All that was taken, up to a day, by reporter and day; of one day in the order in which it came."""
        sql = "SELECT * FROM received WHERE verdict = 'taken' AND as_on <= ? ORDER BY reporter, as_on, seq"
        return [_received(r) for r in self._db.execute(sql, (as_on.isoformat() if as_on else "9999",))]

    def refused(self, day: date | None = None) -> list[Received]:
        """All that was refused up to a day (in UTC), newest first."""
        sql = "SELECT * FROM received WHERE verdict = 'refused' AND at < ? ORDER BY seq DESC"
        # Times are longer than days and sort behind them, so "before the next day" is the whole day.
        end = (day + timedelta(days=1)).isoformat() if day else "9999"
        return [_received(r) for r in self._db.execute(sql, (end,))]

    def has(self, sha256: str) -> bool:
        """Whether exactly that file was taken before."""
        sql = "SELECT 1 FROM received WHERE sha256 = ? AND verdict = 'taken'"
        return self._db.execute(sql, (sha256,)).fetchone() is not None

    def was_refused(self, sha256: str, file: str, flags: Sequence[Flag]) -> bool:
        """Whether that file was refused before for the same reason; it need not be told twice.

        sha256: "" of one that could not be read, which its name stands for.
        """
        sql = "SELECT flags FROM received WHERE sha256 = ? AND (sha256 <> '' OR file = ?) AND verdict = 'refused'"
        rows = self._db.execute(sql, (sha256, file))
        return [f.code for f in flags] in [[f[0] for f in json.loads(r["flags"])] for r in rows]

    def snapshot(self, seq: int) -> Snapshot:
        """The snapshot of a row that was taken."""
        row = self._db.execute("SELECT body FROM received WHERE seq = ?", (seq,)).fetchone()
        try:
            return Snapshot.model_validate_json(zlib.decompress(row["body"]))
        except (ValidationError, zlib.error) as e:
            raise LedgerError(f"{self.path}: row {seq} cannot be read by this version. Upgrade, or restore it.") from e

    def mark(self) -> str:
        """The hash of the whole history so far; "" at the beginning."""
        return self._last_hash()

    def verify(self) -> int:
        """Recompute the chain. Returns the number of rows; raises LedgerError naming the first that does not fit."""
        last, count = "", 0
        for r in self._db.execute("SELECT * FROM received ORDER BY seq"):
            parts = tuple(r[n] for n in ("at", "file", "sha256", "reporter", "as_on", "verdict", "flags", "summary"))
            last = hashlib.sha256("\x1f".join((last, *parts)).encode("utf-8") + r["body"]).hexdigest()
            count += 1
            if last != r["hash"]:
                raise LedgerError(f"{self.path}: row {r['seq']} was changed after it was written. Restore a backup.")
        return count

    def _last_hash(self) -> str:
        row = self._db.execute("SELECT hash FROM received ORDER BY seq DESC LIMIT 1").fetchone()
        return str(row["hash"]) if row else ""


def _received(row: sqlite3.Row) -> Received:
    flags = tuple(Flag(*parts) for parts in json.loads(row["flags"]))
    return Received(
        row["seq"], row["at"], row["file"], row["sha256"], row["reporter"], row["as_on"], row["verdict"], flags,
        json.loads(row["summary"]),
    )  # fmt: skip
