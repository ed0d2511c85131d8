"""Leases on units, by the clock all writers share, and the fencing token that keeps late workers out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from digitize.errors import LeaseLost
from digitize.machine.system import is_dead
from digitize.workspace.ledger.transactions import LedgerFile

LEASE_SECONDS = 600.0  # more than the longest page takes; a dead owner on this machine is known at once
_AT_ONCE = 500


class Leases(LedgerFile):
    """The part of the ledger that leases work out."""

    _fence: frozenset[str] | None = None

    def claim(self, units: Iterable[str], step: str, owner: str) -> list[str]:
        """Lease units for a step; units leased by another living owner are left out of the result.

        A lease ends when its owner finishes or fails the unit, when it expires, or when the owner is known to have died
        on this machine.
        """
        asked = list(units)
        with self.writing():
            self._pending.flush()
            held = self._held_by_others(asked, step, owner)
            got = [unit for unit in asked if unit not in held]
            until = self._db.read_clock() + LEASE_SECONDS
            rows = [(unit, step, owner, until) for unit in dict.fromkeys(got)]
            self._db.insert_rows("leases", ("unit", "step", "owner", "until"), rows, replace=("unit", "step"))
        return got

    def renew(self, owner: str) -> None:
        """Extend all leases of an owner (heartbeat)."""
        with self.writing():
            self._db.execute(
                "UPDATE leases SET until = ? WHERE owner = ?", (self._db.read_clock() + LEASE_SECONDS, owner)
            )

    def release(self, owner: str) -> None:
        """Give back all leases of an owner."""
        with self.writing():
            self._db.execute("DELETE FROM leases WHERE owner = ?", (owner,))

    def list_leased(self, owner: str) -> frozenset[str]:
        """Units leased by an owner in any step, without those taken over by others."""
        return frozenset(r["unit"] for r in self.rows("SELECT unit FROM leases WHERE owner = ?", (owner,)))

    def is_taken_over(self, unit: str, owner: str) -> bool:
        """Whether another owner has leased a unit, in any step."""
        sql = "SELECT owner FROM leases WHERE unit = ? AND owner <> ? AND until > ?"
        return any(not is_dead(r["owner"]) for r in self.rows(sql, (unit, owner, self._db.read_clock())))

    def list_busy(self) -> frozenset[str]:
        """The units that living owners hold, in whatever step."""
        known = dict[str, bool]()
        rows = self.rows("SELECT unit, owner FROM leases WHERE until > ?", (self._db.read_clock(),))
        return frozenset(r["unit"] for r in rows if not _is_dead(r, known))

    @contextmanager
    def hold_fence(self, owner: str) -> Iterator[frozenset[str]]:
        """One transaction in which only units still leased by this owner can be finished or failed; yields them.

        Raises LeaseLost if none is left, and from `finish` and `fail` for a unit that is not among them: then the whole
        transaction is rolled back.
        """
        with self.writing():
            held = self.list_leased(owner)
            if not held:
                raise LeaseLost("The lease expired or was released; nothing was recorded.")
            self._pending.foresee(sorted(held))
            self._fence = held
            try:
                yield held
            finally:
                self._fence = None

    @contextmanager
    def writing_leased(self, unit: str, step: str, owner: str) -> Iterator[None]:
        """One transaction that writes the results of a unit. Raises LeaseLost, with nothing stored, unless the owner
        still has its lease.
        """
        with self.writing():
            sql = "SELECT 1 FROM leases WHERE unit = ? AND step = ? AND owner = ?"
            if not self.rows(sql, (unit, step, owner)):
                raise LeaseLost(f"{unit} now belongs to another worker; nothing of this transaction was recorded.")
            yield

    def _give_back(self, unit: str, step: str) -> None:
        """The end of a unit in a step. Raises LeaseLost behind a fence that the unit is not within."""
        if self._fence is not None and unit not in self._fence:
            raise LeaseLost(f"{unit} now belongs to another worker; nothing of this transaction was recorded.")
        self._pending.end_lease(unit, step)

    def _held_by_others(self, units: Sequence[str], step: str, owner: str) -> frozenset[str]:
        now, known, held = self._db.read_clock(), dict[str, bool](), set[str]()
        for i in range(0, len(units), _AT_ONCE):
            some = units[i : i + _AT_ONCE]
            sql = f"SELECT unit, owner, until FROM leases WHERE step = ? AND unit IN ({', '.join('?' * len(some))})"
            for r in self._db.execute(sql, (step, *some)).fetchall():
                if r["owner"] != owner and r["until"] > now and not _is_dead(r, known):
                    held.add(r["unit"])
        return frozenset(held)


def _is_dead(row: Any, known: dict[str, bool]) -> bool:
    """known: cache per owner, since one owner has thousands of leases."""
    if row["owner"] not in known:
        known[row["owner"]] = is_dead(row["owner"])
    return known[row["owner"]]
