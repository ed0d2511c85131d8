"""Rate limits: queries per minute, and increasing delays for consecutive numbers."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection

from digitize.errors import NotCounted, OptionsError
from digitize.machine.rate_limit_db import RateCounters
from digitize.services.policy import PUBLIC, PolicyTable, load_policy
from mappers.text.folding import fold_written

_MINUTE_S = 60.0
_TIDY_S = 300.0
_DIGITS = re.compile(r"[0-9]{1,9}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ONE_BY_ONE = frozenset({"number", "registration", "chassis", "engine"})
_OF_FIRS = frozenset({"fir-status", "fir-copy"})
"""Services that find an FIR by number: they share one number sequence."""


class TooOften(OptionsError):
    """A query that must wait. wait_s: seconds until it is allowed; is_enumeration: consecutive numbers."""

    def __init__(self, wait_s: float, *, is_enumeration: bool) -> None:
        """Create the message with the waiting time."""
        super().__init__(f"Too many queries. Try again in {int(wait_s) + 1} seconds.")
        self.wait_s, self.is_enumeration = wait_s, is_enumeration


class Rates:
    """Counts queries by account and address: one instance for all queries of a workspace, in any process."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        policy: PolicyTable | None = None,
        counts: RateCounters | None = None,
    ) -> None:
        """clock: shared by all processes of this machine, so not the wall clock.

        counts: of the workspace; by default of this process only, empty.
        """
        self._clock, self._policy = clock, policy or load_policy()
        self._counts = counts or RateCounters()
        self._tidied, self._told = clock(), float("-inf")

    def count(self, role: str, account: str, address: str) -> None:
        """Count a query.

        Raises TooOften if account or address has reached the limit of this minute, and NotCounted if a public query
        cannot be counted. Counted before the lookup, whatever it finds.
        """
        rates = self._policy.rates
        # Police ask more often: one pile must hold what any role may ask of it.
        kept = [("account", account, rates[role].account, max(rate.account for rate in rates.values()))]
        if address:
            kept.append((f"address {role}", address, rates[role].address, rates[role].address))
        with self._count_for(role), self._counts.changing() as db:
            now = self._clock()
            self._tidy(db, now)
            piles = [(_Pile(db, self._counts.key(kind, who, held), held), most) for kind, who, most, held in kept]
            waits = [wait for pile, most in piles if (wait := pile.wait_s(most, now)) > 0]
            if waits:
                raise TooOften(max(waits), is_enumeration=False)
            for pile, _ in piles:
                pile.add(now)

    def count_number(self, role: str, account: str, service: str, given: Mapping[str, str]) -> bool:
        """Count a number; returns whether it belongs to a sequence.

        Raises TooOften while a sequence must wait, and NotCounted as `count` does. Numbers form a sequence if the rest
        of the query is equal and each is close to an earlier one.
        """
        if role not in self._policy.enumeration.roles:
            return False
        service = "fir" if service in _OF_FIRS else service
        with self._count_for(role), self._counts.changing() as db:
            now = self._clock()
            return any([self._is_in_row(db, (account, service, *key), n, now) for key, n in _numbers(given)])
        return False

    def _is_in_row(self, db: Connection, parts: tuple[str, ...], number: int, now: float) -> bool:
        told, key = self._policy.enumeration, self._counts.key("numbers", *parts)
        found = db.execute("SELECT asked, over, free_at FROM number_rows WHERE key = ?", (key,)).fetchone()
        asked, over, free_at = (json.loads(found[0]), *found[1:]) if found else ([], 0, 0.0)
        if now < free_at <= now + told.longest_wait_s:
            raise TooOften(free_at - now, is_enumeration=True)
        asked = [[at, n] for at, n in asked if _is_within(at, now, told.within_s)]
        over = over if asked else 0
        # How far numbers are from each other counts; which they are need not stand there.
        asked.append([now, number + int.from_bytes(key[:4])])
        is_row = _longest(sorted({n for _, n in asked}), told.near) >= told.numbers
        if is_row:
            free_at = now + min(told.longest_wait_s, told.first_wait_s * 2 ** min(over, 20))
            over += 1
        values = (key, json.dumps(asked), over, free_at, now)
        db.execute("INSERT OR REPLACE INTO number_rows VALUES (?, ?, ?, ?, ?)", values)
        return is_row

    @contextmanager
    def _count_for(self, role: str) -> Iterator[None]:
        """Count for a role: other roles than the public are answered if counting fails, with a log entry."""
        try:
            yield
        except NotCounted as e:
            # Once a minute: whoever looks after the machine should find it, and other lines, too.
            if not _is_within(self._told, self._clock(), _MINUTE_S):
                self._told = self._clock()
                logging.getLogger(__name__).error("%s", e)
            if role == PUBLIC:
                raise NotCounted("Rate limiting is unavailable; queries of the public are refused.") from e

    def _tidy(self, db: Connection, now: float) -> None:
        """Delete expired counts, once every few minutes."""
        if now - self._tidied < _TIDY_S:
            return
        self._tidied = now
        # Times ahead of now are of a machine that was started anew since.
        old, ahead = now - _MINUTE_S, now + _MINUTE_S
        idle = "SELECT key FROM piles WHERE at <= ? OR at > ?"
        db.execute(f"DELETE FROM times WHERE key IN ({idle})", (old, ahead))
        db.execute("DELETE FROM piles WHERE at <= ? OR at > ?", (old, ahead))
        told = self._policy.enumeration
        query = "DELETE FROM number_rows WHERE (at <= ? AND free_at <= ?) OR at > ?"
        db.execute(query, (now - told.within_s, now, now + told.within_s))


def workspace_rates(workspace: Path | None) -> Rates | None:
    """Rate limits shared by commands and servers of a workspace; None without one."""
    return Rates(counts=RateCounters(workspace / "keys")) if workspace is not None else None


class _Pile:
    """Ring buffer of the latest query times of one key."""

    def __init__(self, db: Connection, key: bytes, held: int) -> None:
        """held: number of times kept."""
        self._db, self._key, self._held = db, key, held
        found = db.execute("SELECT asked FROM piles WHERE key = ?", (key,)).fetchone()
        self._asked: int = found[0] if found else 0

    def wait_s(self, most: int, now: float) -> float:
        """Seconds until another query is allowed within the minute; 0 or less if now."""
        place = (self._key, (self._asked - most) % self._held)
        found = self._db.execute("SELECT at FROM times WHERE key = ? AND place = ?", place).fetchone()
        is_full = self._asked >= most and found is not None and _is_within(found[0], now, _MINUTE_S)
        return found[0] + _MINUTE_S - now if is_full else 0.0

    def add(self, now: float) -> None:
        """Add a query."""
        values = (self._key, self._asked % self._held, now)
        self._db.execute("INSERT OR REPLACE INTO times VALUES (?, ?, ?)", values)
        self._db.execute("INSERT OR REPLACE INTO piles VALUES (?, ?, ?)", (self._key, self._asked + 1, now))


def _is_within(at: float, now: float, seconds: float) -> bool:
    """Whether a time still counts. A time far in the future is from before a restart of the machine."""
    return abs(now - at) < seconds


def _numbers(given: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each number in the query with the rest of it: 12 of "12/2012", with "#/2012".

    For FIRs and vehicles only station and year count as the rest: anything else could be varied for each number.
    """
    plain = {name: _plain(text) for name, text in sorted(given.items())}
    for name, text in plain.items():
        others = {n: t for n, t in plain.items() if name not in _ONE_BY_ONE or n in ("station", "year")}
        for found in _DIGITS.finditer(text):
            rest: dict[str, str] = {**others, name: f"{text[: found.start()]}#{text[found.end() :]}"}
            yield tuple(f"{n}={t}" for n, t in rest.items()), int(found.group())


def _plain(text: str) -> str:
    """A text without optional characters; dates stay."""
    folded = fold_written(text).casefold()
    return folded if _DAY.fullmatch(folded) else "".join(c for c in folded if c.isalnum() or c in "?*")


def _longest(numbers: list[int], near: int) -> int:
    """Length of the longest run of numbers, in order, within a distance of each other."""
    best = length = 0
    last: int | None = None
    for number in numbers:
        length = length + 1 if last is not None and number - last <= near else 1
        best, last = max(best, length), number
    return best
