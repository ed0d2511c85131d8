"""The Ledger object: one connection, transactions, events, results and leases."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from digitize.errors import LedgerError
from digitize.workspace.ledger.dirty_parts import MARK_ALL
from digitize.workspace.ledger.heads import SignedHead, heads_in
from digitize.workspace.ledger.leases import Leases
from digitize.workspace.ledger.opening import connect
from digitize.workspace.ledger.schema import DDL, FORMAT, NEWEST_NUMBERS
from digitize.workspace.ledger.state import FAILED, StepState, step_state
from digitize.workspace.ledger_db import LedgerAddress, Where, home_of
from digitize.workspace.ledger_db.sqlite import script

if TYPE_CHECKING:
    from digitize.workspace.ledger.verifying import Change


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the history; see `digitize.workspace.ledger.schema`."""

    seq: int
    at: str
    unit: str
    step: str
    outcome: str
    key: str
    detail: Mapping[str, Any]


class Ledger(Leases):
    """Connection to one ledger. Use it as a context manager, from one thread.

    Raises LedgerError if the file is in use, damaged or newer than this program, DiskFull if there is no room.
    """

    @classmethod
    def create(cls, path: Where) -> Self:
        """Create an empty ledger. Raises LedgerError if there is one already."""
        if isinstance(path, LedgerAddress):
            from digitize.workspace.ledger_db import postgres

            postgres.create(path, DDL, FORMAT)
            return cls(path)
        if path.exists():
            raise LedgerError(f"{path} exists already.")
        db = connect(path)
        with db.translate_errors():
            # One transaction: killed in between, the file has no tables at all rather than some.
            db.executescript("BEGIN;" + script(DDL) + f"INSERT INTO meta VALUES ('format', '{FORMAT}'); COMMIT;")
            db.close()
        return cls(path)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close."""
        self.close()

    def finish(self, unit: str, step: str, key: str, result: Any, detail: Mapping[str, Any] | None = None) -> bool:
        """Store a step's result and its "done" event in one transaction, and release the lease.

        result: JSON types. Returns False, and stores nothing, if the work was already finished under that key.
        """
        with self.writing():
            # Before the look whether it was done: the lease is given back either way.
            self._give_back(unit, step)
            if self.take_up(unit, step, key):
                return False
            data = zlib.compress(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), 6)
            self._pending.add_result(unit, step, key, data)
            self.record_event(unit, step, "done", key=key, detail=detail)
            return True

    def fail(self, unit: str, step: str, key: str, detail: Mapping[str, Any]) -> None:
        """Keep that a unit failed in a step, and give the lease back. detail: kind, message, retry."""
        with self.writing():
            self._give_back(unit, step)
            self.record_event(unit, step, FAILED, key=key, detail=detail)

    def is_done(self, unit: str, step: str, key: str) -> bool:
        """Whether that work was finished under exactly that key."""
        sql = "SELECT 1 FROM events WHERE unit = ? AND step = ? AND key = ? AND outcome = 'done'"
        return self.execute(sql, (unit, step, key)).fetchone() is not None

    def take_up(self, unit: str, step: str, key: str) -> bool:
        """Whether the work was ever finished under that key; an earlier result becomes the newest again.

        Inputs may return to an earlier state: a list edited and edited back need not be processed twice.
        """
        now = self.state(unit, step)
        # Without any event there is none that says it was done.
        if now is None or now.is_done_under(key):
            return now is not None
        sql = "SELECT detail FROM events WHERE unit = ? AND step = ? AND key = ? AND outcome = 'done'"
        row = self.execute(sql, (unit, step, key)).fetchone()
        if row is None:
            return False
        # With the detail of when it was done: other steps read it (form, family), and it holds again.
        self.record_event(unit, step, "again", key=key, detail=json.loads(row["detail"]))
        return True

    def result(self, unit: str, step: str, key: str) -> Any:
        """Result of a finished step. Raises KeyError if it was not finished under that key."""
        row = self.execute(
            "SELECT data FROM results WHERE unit = ? AND step = ? AND key = ?", (unit, step, key)
        ).fetchone()
        if row is None:
            raise KeyError((unit, step, key))
        return json.loads(zlib.decompress(row["data"]))

    def state(self, unit: str, step: str) -> StepState | None:
        """State of a unit in a step, None if the step never touched it."""
        if self._depth:
            return self._pending.state(unit, step)
        row = self.execute(
            "SELECT key, outcome, detail FROM state WHERE unit = ? AND step = ?", (unit, step)
        ).fetchone()
        return step_state(*row) if row else None

    def states(self, step: str) -> dict[str, StepState]:
        """Unit -> state, for all units a step ever touched."""
        rows = self.rows("SELECT unit, key, outcome, detail FROM state WHERE step = ?", (step,))
        return {r["unit"]: step_state(r["key"], r["outcome"], r["detail"]) for r in rows}

    def events(self, unit: str) -> list[Event]:
        """History of one unit, oldest first."""
        rows = self.rows("SELECT * FROM events WHERE unit = ? ORDER BY seq", (unit,))
        return [
            Event(r["seq"], r["at"], r["unit"], r["step"], r["outcome"], r["key"], json.loads(r["detail"]))
            for r in rows
        ]

    def changes(self, heads: Path | None = None) -> Iterator[Change]:
        """Everything in the ledger that was tampered with. heads: file of heads held by another office."""
        from digitize.workspace.ledger.verifying import find_changes

        with self._db.translate_errors():
            yield from find_changes(self._db, home_of(self.path), heads)

    def verify(self) -> int:
        """The number of events. Raises LedgerError naming the first things that are not as they were written."""
        amiss = [change.line() for change in self.changes() if not change.is_remark]
        if amiss:
            more = f" And {len(amiss) - 3} more: digitize ledger verify DIR" if len(amiss) > 3 else ""
            raise LedgerError(f"{self.path}: {' '.join(amiss[:3])}{more}")
        return self.count_events()

    def count_events(self) -> int:
        """How many events there are."""
        return int(
            self.execute(f"SELECT COUNT(*) AS n FROM {'history' if self.is_current else 'events'}").fetchone()["n"]
        )

    def heads(self) -> list[SignedHead]:
        """Signed head of every command, oldest first; none in a ledger of an older format."""
        return list(heads_in(self._db)) if self.is_current else []

    def recount(self) -> int:
        """Rebuild `state` from the events, and mark all counts and steps dirty.

        Returns the number of units and steps.
        """
        with self.writing():
            self.execute("DELETE FROM standing")
            self.execute(f"INSERT INTO standing (step, unit, seq, outcome) {NEWEST_NUMBERS}")
            self.execute("DELETE FROM tallies")
            for statement in MARK_ALL.values():
                self.execute(statement)
            self.record_event("ledger", "recount", "note")
        return int(self.execute("SELECT COUNT(*) AS n FROM state").fetchone()["n"])
