"""How often may be asked: so many questions a minute, and numbers one after another ever more slowly."""

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
"""Services that tell of an FIR by its number: one row of numbers."""


class TooOften(OptionsError):
    """A question that must wait. wait_s: seconds until it may be asked; is_enumeration: numbers one after another."""

    def __init__(self, wait_s: float, *, is_enumeration: bool) -> None:
        """Say how long."""
        super().__init__(f"Too many questions. Ask again in {int(wait_s) + 1} seconds.")
        self.wait_s, self.is_enumeration = wait_s, is_enumeration


class Rates:
    """Counts questions by account and by address: one for all that ask of a workspace, in whichever process."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        policy: PolicyTable | None = None,
        counts: RateCounters | None = None,
    ) -> None:
        """clock: the same for all processes of this machine, so not one that people set. counts: of the workspace; of
        this process alone, with nothing asked yet, if not given.
        """
        self._clock, self._policy = clock, policy or load_policy()
        self._counts = counts or RateCounters()
        self._tidied, self._told = clock(), float("-inf")

    def count(self, role: str, account: str, address: str) -> None:
        """One more question. Raises TooOften where account or address asked as often as they may in this minute, and
        NotCounted where the public cannot be counted.

        Counted whether or not anything is found, and before it is looked for.
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
        """One more number. Returns whether it is one of a row of them; raises TooOften while such a one must wait, and
        NotCounted as `count` does.

        Numbers are of one row where all else that was asked is the same, and each is near one before it.
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
        """Count for a role: who is no public is answered where counting fails, which is told in the log."""
        try:
            yield
        except NotCounted as e:
            # Once a minute: whoever looks after the machine should find it, and other lines, too.
            if not _is_within(self._told, self._clock(), _MINUTE_S):
                self._told = self._clock()
                logging.getLogger(__name__).error("%s", e)
            if role == PUBLIC:
                raise NotCounted("Questions cannot be counted just now, so that none of the public is answered.") from e

    def _tidy(self, db: Connection, now: float) -> None:
        """Forget what counts no more; once in some minutes."""
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
    """The rates by which commands count, together with the servers of a workspace; None where there is none."""
    return Rates(counts=RateCounters(workspace / "keys")) if workspace is not None else None


class _Pile:
    """The times of the last questions of one key, in a ring: the place of a new one is that of the oldest."""

    def __init__(self, db: Connection, key: bytes, held: int) -> None:
        """held: how many times are kept."""
        self._db, self._key, self._held = db, key, held
        found = db.execute("SELECT asked FROM piles WHERE key = ?", (key,)).fetchone()
        self._asked: int = found[0] if found else 0

    def wait_s(self, most: int, now: float) -> float:
        """Seconds until one more is not too many within a minute; 0 or less where it is none now."""
        place = (self._key, (self._asked - most) % self._held)
        found = self._db.execute("SELECT at FROM times WHERE key = ? AND place = ?", place).fetchone()
        is_full = self._asked >= most and found is not None and _is_within(found[0], now, _MINUTE_S)
        return found[0] + _MINUTE_S - now if is_full else 0.0

    def add(self, now: float) -> None:
        """One more."""
        values = (self._key, self._asked % self._held, now)
        self._db.execute("INSERT OR REPLACE INTO times VALUES (?, ?, ?)", values)
        self._db.execute("INSERT OR REPLACE INTO piles VALUES (?, ?, ?)", (self._key, self._asked + 1, now))


def _is_within(at: float, now: float, seconds: float) -> bool:
    """Whether a time counts still. One that lies far ahead is of a machine that was started anew since."""
    return abs(now - at) < seconds


def _numbers(given: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each number that stands in what was asked, with all else that was: 12 of "12/2012", with "#/2012".

    Of FIRs and vehicles only station and year count beside it: all else could be made up anew for each number.
    """
    plain = {name: _plain(text) for name, text in sorted(given.items())}
    for name, text in plain.items():
        others = {n: t for n, t in plain.items() if name not in _ONE_BY_ONE or n in ("station", "year")}
        for found in _DIGITS.finditer(text):
            rest: dict[str, str] = {**others, name: f"{text[: found.start()]}#{text[found.end() :]}"}
            yield tuple(f"{n}={t}" for n, t in rest.items()), int(found.group())


def _plain(text: str) -> str:
    """A text without the signs that may stand in it or not; days stay as they are."""
    folded = fold_written(text).casefold()
    return folded if _DAY.fullmatch(folded) else "".join(c for c in folded if c.isalnum() or c in "?*")


def _longest(numbers: list[int], near: int) -> int:
    """How many of some numbers, in order, follow each other within a distance."""
    best = length = 0
    last: int | None = None
    for number in numbers:
        length = length + 1 if last is not None and number - last <= near else 1
        best, last = max(best, length), number
    return best
