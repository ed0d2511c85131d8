"""How often may be asked: so many questions a minute, and numbers one after another ever more slowly."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock

from digitize.errors import OptionsError
from digitize.services.policy import PolicyTable, load_policy
from mappers.text.folding import fold_digits

_MINUTE_S = 60.0
_MOST_KEYS = 20_000
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


@dataclass
class _Numbers:
    """Numbers that were asked of one kind, newest last: (when, number). over: how many of them were one too many."""

    asked: deque[tuple[float, int]] = field(default_factory=deque)
    over: int = 0
    free_at: float = 0.0


class Rates:
    """Counts questions by account and by address; one for all that a server answers."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, policy: PolicyTable | None = None) -> None:
        """Nothing was asked yet."""
        self._clock, self._policy = clock, policy or load_policy()
        self._asked: dict[tuple[str, str], deque[float]] = {}
        self._numbers: dict[tuple[str, ...], _Numbers] = {}
        self._lock = Lock()

    def count(self, role: str, account: str, address: str) -> None:
        """One more question. Raises TooOften where account or address asked as often as they may in this minute.

        Counted whether or not anything is found, and before it is looked for.
        """
        rate, now = self._policy.rates[role], self._clock()
        with self._lock:
            piles = [(self._pile(("account", account), now), rate.account)]
            if address:
                piles.append((self._pile((f"address {role}", address), now), rate.address))
            waits = [pile[0] + _MINUTE_S - now for pile, most in piles if len(pile) >= most]
            if waits:
                raise TooOften(max(waits), is_enumeration=False)
            for pile, _ in piles:
                pile.append(now)

    def _pile(self, key: tuple[str, str], now: float) -> deque[float]:
        if len(self._asked) > _MOST_KEYS:
            self._asked = {k: p for k, p in self._asked.items() if p and now - p[-1] < _MINUTE_S}
        pile = self._asked.setdefault(key, deque())
        while pile and now - pile[0] >= _MINUTE_S:
            pile.popleft()
        return pile

    def count_number(self, role: str, account: str, service: str, given: Mapping[str, str]) -> bool:
        """One more number. Returns whether it is one of a row of them; raises TooOften while such a one must wait.

        Numbers are of one row where all else that was asked is the same, and each is near one before it.
        """
        if role not in self._policy.enumeration.roles:
            return False
        now, service = self._clock(), "fir" if service in _OF_FIRS else service
        with self._lock:
            return any([self._is_in_row((account, service, *key), number, now) for key, number in _numbers(given)])

    def _is_in_row(self, key: tuple[str, ...], number: int, now: float) -> bool:
        told = self._policy.enumeration
        if len(self._numbers) > _MOST_KEYS:
            self._numbers = {k: n for k, n in self._numbers.items() if now - n.asked[-1][0] < told.within_s}
        row = self._numbers.setdefault(key, _Numbers())
        if row.free_at > now:
            raise TooOften(row.free_at - now, is_enumeration=True)
        while row.asked and now - row.asked[0][0] >= told.within_s:
            row.asked.popleft()
        if not row.asked:
            row.over = 0
        row.asked.append((now, number))
        if _longest(sorted({n for _, n in row.asked}), told.near) < told.numbers:
            return False
        row.free_at = now + min(told.longest_wait_s, told.first_wait_s * 2 ** min(row.over, 20))
        row.over += 1
        return True


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
    folded = fold_digits(text).casefold()
    return folded if _DAY.fullmatch(folded) else "".join(c for c in folded if c.isalnum() or c in "?*")


def _longest(numbers: list[int], near: int) -> int:
    """How many of some numbers, in order, follow each other within a distance."""
    best = length = 0
    last: int | None = None
    for number in numbers:
        length = length + 1 if last is not None and number - last <= near else 1
        best, last = max(best, length), number
    return best
