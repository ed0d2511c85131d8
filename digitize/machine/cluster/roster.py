"""Roster of cluster workers: who is connected, and which jobs each may do."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digitize.machine.cluster.at_worker import WorkerSeen
from digitize.machine.cluster.fitness import Fitness, offers, unfit

FILES = "files"
"""What a job with files of the workspace asks of a worker: that it sees them."""
_AGAIN_S = 30.0
"""After so long a worker that could not be looked at is looked at again."""
log = logging.getLogger(__name__)


@dataclass
class _Member:
    threads: int
    offers: frozenset[str] | None = None
    reason: str = ""
    asked: Any = None
    until: float = 0.0
    has_key: bool = False

    @property
    def may_work(self) -> bool:
        return self.offers is not None and not self.reason


@dataclass
class Roster:
    """Workers by address. here: fingerprint of the sending machine."""

    here: Fitness
    has_store: bool
    _members: dict[str, _Member] = field(default_factory=dict)
    _has_news: bool = False

    @property
    def threads(self) -> int:
        """Threads of usable workers."""
        return sum(m.threads for m in self._members.values() if m.may_work)

    @property
    def may_record(self) -> bool:
        """Whether all usable workers hold the signing key and can reach the ledger."""
        return bool(self.threads) and all(m.has_key for m in self._members.values() if m.may_work)

    @property
    def is_waiting(self) -> bool:
        """Whether a worker is still being probed."""
        return any(m.offers is None and not m.reason for m in self._members.values())

    @property
    def is_known(self) -> bool:
        """Whether there are workers and all have been probed."""
        return bool(self._members) and not self.is_waiting

    def note(self, there: Mapping[str, int]) -> bool:
        """Update with the connected workers: address -> threads. Returns whether anything changed."""
        came, went = there.keys() - self._members.keys(), self._members.keys() - there.keys()
        for address in went:
            del self._members[address]
        for address in came:
            self._members[address] = _Member(there[address])
        return bool(came or went)

    def forget(self) -> None:
        """Forget all workers."""
        self._members.clear()

    def unknown(self) -> list[str]:
        """Workers to probe."""
        now = time.monotonic()
        return [a for a, m in self._members.items() if m.asked is None and m.offers is None and m.until <= now]

    def ask(self, address: str, future: Any) -> None:
        """Note that a worker is being probed."""
        self._members[address].asked = future

    def take_answers(self) -> list[str]:
        """Collect probe results. Returns messages for a person."""
        told = []
        for address, member in self._members.items():
            if member.asked is not None and member.asked.done():
                future, member.asked = member.asked, None
                self._settle(member, future)
                self._has_news = True
                if member.reason:
                    told.append(f"Worker {address} gets no work: {member.reason}.")
                elif lacks := self._lacks(member):
                    told.append(f"Worker {address} gets no pages in {', '.join(lacks)}: it lacks our models for them.")
        return told

    def take_news(self) -> bool:
        """Whether a worker was probed since the last call."""
        news, self._has_news = self._has_news, False
        return news

    def _settle(self, member: _Member, future: Any) -> None:
        if future.status != "finished":
            error = future.exception() if future.status == "error" else None
            if isinstance(error, ImportError):
                member.reason = "cctns-digitize is not installed there: pip install 'cctns-digitize[cluster]'"
            else:
                # It may have died at that moment.
                member.until = time.monotonic() + _AGAIN_S
                log.info("a worker could not be checked (%s)", type(error).__name__)
            return
        seen: WorkerSeen = future.result()
        member.reason = unfit(self.here, seen.fitness)
        member.has_key = seen.has_key
        has_files = seen.has_folder or self.has_store
        member.offers = offers(self.here, seen.fitness) | (frozenset({FILES}) if has_files else frozenset())

    def _lacks(self, member: _Member) -> list[str]:
        all_of_them = offers(self.here, self.here)
        return sorted(n.rpartition(" ")[2] for n in all_of_them - (member.offers or frozenset()))

    def fit_for(self, needs: frozenset[str]) -> list[str] | None:
        """Workers that may do such a job: None for all, [] for none."""
        fit = [a for a, m in self._members.items() if m.offers is not None and not m.reason and needs <= m.offers]
        return None if len(fit) == len(self._members) and fit else fit

    def has(self, address: str) -> bool:
        """Whether a worker is there."""
        return address in self._members

    def why_not(self, needs: frozenset[str] = frozenset()) -> str:
        """Why no worker may do such a job."""
        if not self._members:
            return "there are no workers. Start some: dask worker ADDRESS --nthreads 1"
        reasons = [
            f"{address}: {m.reason or _missing(needs, m.offers)}" for address, m in sorted(self._members.items())
        ]
        more = f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
        return "; ".join(reasons[:3]) + more


def _missing(needs: frozenset[str], offered: frozenset[str] | None) -> str:
    if offered is None:
        return "does not answer"
    lacks = sorted(needs - offered)
    if FILES in lacks:
        return "sees neither the workspace's folder nor a store; share the folder, or name a [store] in digitize.toml"
    return f"lacks the models for {', '.join(n.rpartition(' ')[2] for n in lacks)}; see there: digitize doctor"
