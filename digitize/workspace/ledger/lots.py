"""Work in lots, for many machines on one ledger: claim a lot, send heartbeats, record it, release it.

Each lot has its own fencing token. Its results are written only while the token is valid in the leases, in the same
transaction: a worker that was silent too long, and whose units were taken over, can neither finish nor overwrite them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from digitize.errors import LeaseLost
from digitize.machine.system import process_name
from digitize.workspace.ledger.core import Ledger

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of a step with the key under which it will be finished; key "" if not known yet."""

    unit: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """Leased work. token: the lease owner: machine, process, its start, and the number of the lot."""

    step: str
    token: str
    works: tuple[Work, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Units in the order offered."""
        return tuple(w.unit for w in self.works)


class Lots:
    """Lots of one step from one ledger; used from one thread, as the ledger is."""

    def __init__(self, ledger: Ledger, step: str) -> None:
        """step: under which units are leased."""
        self._ledger, self._step = ledger, step

    def claim(self, offered: Iterable[Work], size: int) -> Lot | None:
        """Lease the first offered works that are free and unfinished, at most size of them.

        None if there are none. offered is read lazily: a plan of millions may be a generator.
        """
        token = f"{process_name()}#{secrets.token_hex(8)}"
        source, got = iter(offered), list[Work]()
        while len(got) < size and (some := list(islice(source, size - len(got)))):
            with self._ledger.writing():
                # What another machine finished since the plan was made is not done again.
                self._ledger.foresee([w.unit for w in some if w.key])
                due = {w.unit: w for w in some if not (w.key and self._is_settled(w))}
                got += [due[unit] for unit in self._ledger.claim(due, self._step, token)]
        return Lot(self._step, token, tuple(got)) if got else None

    def _is_settled(self, work: Work) -> bool:
        now = self._ledger.state(work.unit, self._step)
        return now is not None and now.is_settled_under(work.key)

    def renew(self, lot: Lot) -> frozenset[str]:
        """Heartbeat of a lot. Returns the units still leased.

        At least every few minutes (LEASE_SECONDS). Raises LeaseLost if all of it was taken over: stop working on it.
        """
        with self._ledger.hold_fence(lot.token) as held:
            self._ledger.renew(lot.token)
            return held

    def record(self, lot: Lot, write: Callable[[frozenset[str]], T]) -> T:
        """Run write(leased units) in one transaction behind the fence; results, "done" and head are stored together.

        write: calls `ledger.finish` and `ledger.fail`, for these units only. It may be called again if the connection
        was lost, so it must only write. Raises LeaseLost, with nothing stored.
        """

        def behind_the_fence() -> T:
            with self._ledger.hold_fence(lot.token) as held:
                return write(held)

        return self._ledger.settle(behind_the_fence)

    def take_over(self, lot: Lot) -> Lot:
        """Take over a lot claimed for this process by another, or started by a worker that is gone.

        It gets a token of this process, so that its former worker is fenced off. Raises LeaseLost if nothing is left of
        it.
        """
        name = lot.token.partition("#")[2].partition(".")[0]
        token = f"{process_name()}#{name}.{secrets.token_hex(4)}"
        with self._ledger.writing():
            sql = "UPDATE leases SET owner = ? WHERE step = ? AND (owner LIKE ? OR owner LIKE ?)"
            self._ledger.execute(sql, (token, self._step, f"%#{name}", f"%#{name}.%"))
            held = self._ledger.list_leased(token)
            if not held:
                raise LeaseLost("This lot no longer exists: it was finished, released or taken over.")
            self._ledger.renew(token)
        return Lot(lot.step, token, tuple(w for w in lot.works if w.unit in held))

    def give_back(self, lot: Lot) -> None:
        """Release what is left of the lot. No effect if it was taken over."""
        self._ledger.release(lot.token)


__all__ = ["LeaseLost", "Lot", "Lots", "Work"]
