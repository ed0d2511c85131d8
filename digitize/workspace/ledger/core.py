"""The Ledger object: one connection, transactions, events, results and leases."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from digitize.errors import LedgerError
from digitize.machine.sqlite_errors import plain_errors
from digitize.machine.system import is_dead
from digitize.workspace.ledger.schema import DDL, FORMAT
from digitize.workspace.ledger.state import FAILED, StepState

LEASE_SECONDS = 600.0  # more than the longest page takes; a dead owner on this machine is known at once
_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history; see `digitize.workspace.ledger.schema`."""

    seq: int
    at: str
    unit: str
    step: str
    outcome: str
    key: str
    detail: Mapping[str, Any]


class Ledger:
    """Owns the connection to one ledger file. Use it as a context manager, from one thread.

    Raises LedgerError when the file is in use, damaged or newer than this program, DiskFull when there is no room.
    """

    def __init__(self, path: Path) -> None:
        """Open an existing ledger."""
        if not path.is_file():
            raise LedgerError(
                f"{path} is missing. A workspace without its ledger cannot go on: restore it from a backup."
            )
        self.path = path
        self._depth = 0
        self._db = _connect(path)
        self._check_format()

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a new, empty ledger. Raises LedgerError when there is a file already."""
        if path.exists():
            raise LedgerError(f"{path} exists already.")
        db = _connect(path)
        with plain_errors(path, "digitize ledger verify"):
            # One transaction: killed in between, the file has no tables at all rather than some.
            db.executescript("BEGIN;" + DDL + f"INSERT INTO meta VALUES ('format', '{FORMAT}'); COMMIT;")
            db.close()
        return cls(path)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give the file back. What was committed stays, what was not is gone."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all that is written inside is kept together or not at all. Inner ones join the outer."""
        with plain_errors(self.path, "digitize ledger verify"):
            if self._depth == 0:
                # IMMEDIATE locks before anything is read: a last hash or lease then stays true until it is used.
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            # Ctrl-C as well must not leave half a transaction open.
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.rollback()
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.commit()

    def execute(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:
        """Run one statement with parameters; reading may be done outside `writing`."""
        with plain_errors(self.path, "digitize ledger verify"):
            return self._db.execute(sql, tuple(values))

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self.execute(sql, values).fetchall()

    def record_event(
        self, unit: str, step: str, outcome: str, *, key: str = "", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Write one event and fold it into `state`. A second "done" of one unit, step and key is refused."""
        with self.writing():
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            text = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True)
            # Read inside the transaction that writes: two processes can never chain to the same event.
            last = self._db.execute("SELECT hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
            link = _link(last["hash"] if last else _START, at, unit, step, outcome, key, text)
            seq = self._db.execute(
                "INSERT INTO events (at, unit, step, outcome, key, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (at, unit, step, outcome, key, text, link),
            ).lastrowid
            self._db.execute(
                "INSERT OR REPLACE INTO state (unit, step, key, outcome, detail, seq) VALUES (?, ?, ?, ?, ?, ?)",
                (unit, step, key, outcome, text, seq),
            )

    def finish(self, unit: str, step: str, key: str, result: Any, detail: Mapping[str, Any] | None = None) -> bool:
        """Keep a step's result and its "done" event in one transaction, and give the lease back.

        result: JSON types. Returns False, and keeps nothing new, when the work was finished under that key before.
        """
        with self.writing():
            # Before the look whether it was done: the lease is given back either way.
            self._db.execute("DELETE FROM leases WHERE unit = ? AND step = ?", (unit, step))
            if self.take_up(unit, step, key):
                return False
            data = zlib.compress(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), 6)
            self._db.execute("INSERT INTO results VALUES (?, ?, ?, ?)", (unit, step, key, data))
            self.record_event(unit, step, "done", key=key, detail=detail)
            return True

    def fail(self, unit: str, step: str, key: str, detail: Mapping[str, Any]) -> None:
        """Keep that a unit failed in a step, and give the lease back. detail: kind, message, retry."""
        with self.writing():
            self._db.execute("DELETE FROM leases WHERE unit = ? AND step = ?", (unit, step))
            self.record_event(unit, step, FAILED, key=key, detail=detail)

    def is_done(self, unit: str, step: str, key: str) -> bool:
        """Whether that work was finished under exactly that key."""
        sql = "SELECT 1 FROM events WHERE unit = ? AND step = ? AND key = ? AND outcome = 'done'"
        return self.execute(sql, (unit, step, key)).fetchone() is not None

    def take_up(self, unit: str, step: str, key: str) -> bool:
        """Whether the work was finished under that key, now or earlier; if earlier, it becomes the newest again.

        Inputs may come back to what they were: a list edited and edited back need not be worked through twice.
        """
        now = self.state(unit, step)
        if now and now.is_done_under(key):
            return True
        sql = "SELECT detail FROM events WHERE unit = ? AND step = ? AND key = ? AND outcome = 'done'"
        row = self.execute(sql, (unit, step, key)).fetchone()
        if row is None:
            return False
        # With the detail of when it was done: other steps read it (form, family), and it holds again.
        self.record_event(unit, step, "again", key=key, detail=json.loads(row["detail"]))
        return True

    def result(self, unit: str, step: str, key: str) -> Any:
        """What a finished step produced. Raises KeyError when it was not finished under that key."""
        row = self.execute(
            "SELECT data FROM results WHERE unit = ? AND step = ? AND key = ?", (unit, step, key)
        ).fetchone()
        if row is None:
            raise KeyError((unit, step, key))
        return json.loads(zlib.decompress(row["data"]))

    def state(self, unit: str, step: str) -> StepState | None:
        """Where a unit stands in a step, None when the step never touched it."""
        row = self.execute(
            "SELECT key, outcome, detail FROM state WHERE unit = ? AND step = ?", (unit, step)
        ).fetchone()
        return _state(row) if row else None

    def states(self, step: str) -> dict[str, StepState]:
        """Unit -> where it stands, for all units that a step ever touched."""
        rows = self.rows("SELECT unit, key, outcome, detail FROM state WHERE step = ?", (step,))
        return {r["unit"]: _state(r) for r in rows}

    def events(self, unit: str) -> list[Event]:
        """The history of one unit, oldest first."""
        rows = self.rows("SELECT * FROM events WHERE unit = ? ORDER BY seq", (unit,))
        return [
            Event(r["seq"], r["at"], r["unit"], r["step"], r["outcome"], r["key"], json.loads(r["detail"]))
            for r in rows
        ]

    def claim(self, units: Iterable[str], step: str, owner: str) -> list[str]:
        """Lease units for a step; those that another living owner holds are left out of the answer.

        A lease ends when its owner finishes or fails the unit, when its time is over, or when the owner is known to
        have died on this machine.
        """
        got = []
        # The time of day, not a monotonic clock: other processes compare it, on another machine as well.
        now = time.time()
        with self.writing():
            for unit in units:
                row = self._db.execute("SELECT owner, until FROM leases WHERE unit = ? AND step = ?", (unit, step))
                held = row.fetchone()
                if held and held["owner"] != owner and held["until"] > now and not is_dead(held["owner"]):
                    continue
                self._db.execute(
                    "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", (unit, step, owner, now + LEASE_SECONDS)
                )
                got.append(unit)
        return got

    def renew(self, owner: str) -> None:
        """Let all leases of an owner run on: it works and is heard of."""
        with self.writing():
            self._db.execute("UPDATE leases SET until = ? WHERE owner = ?", (time.time() + LEASE_SECONDS, owner))

    def release(self, owner: str) -> None:
        """Give back all leases of an owner."""
        with self.writing():
            self._db.execute("DELETE FROM leases WHERE owner = ?", (owner,))

    def root_hash(self) -> str:
        """The hash of the whole history so far."""
        row = self.execute("SELECT hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return str(row["hash"]) if row else _START

    def verify(self) -> int:
        """Check the file and recompute the chain of all events. Returns their number.

        Raises LedgerError naming the first event that does not fit.
        """
        # A damaged file can give wrong rows, so this comes before any row is believed.
        broken = self.execute("PRAGMA integrity_check").fetchone()[0]
        if broken != "ok":
            raise LedgerError(f"{self.path} is damaged ({broken}). Restore it from a backup.")
        last, count = _START, 0
        for r in self.execute("SELECT * FROM events ORDER BY seq"):
            last = _link(last, r["at"], r["unit"], r["step"], r["outcome"], r["key"], r["detail"])
            count += 1
            if last != r["hash"]:
                raise LedgerError(f"{self.path}: event {r['seq']} was changed after it was written. Restore a backup.")
        return count

    def _check_format(self) -> None:
        try:
            found = int(self.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()["value"])
        except (TypeError, ValueError) as e:
            raise LedgerError(f"{self.path} holds no ledger. Restore it from a backup.") from e
        if found > FORMAT:
            raise LedgerError(f"{self.path} was written by a newer version (format {found}). Upgrade cctns-digitize.")


def _connect(path: Path) -> sqlite3.Connection:
    with plain_errors(path, "digitize ledger verify"):
        # None: no transactions but our own; Python's driver would begin and end some by itself.
        db = sqlite3.connect(path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        # With less, a power cut in WAL could take back the last events, though what they tell of was done.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA busy_timeout = 30000")
        return db


def _state(row: sqlite3.Row) -> StepState:
    return StepState(row["key"], row["outcome"], json.loads(row["detail"]))


def _link(last: str, *parts: str) -> str:
    # A sign that stands in no part, so that moving a letter from one to the next changes the hash.
    return hashlib.sha256("\x1f".join((last, *parts)).encode("utf-8")).hexdigest()
