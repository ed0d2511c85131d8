"""Dirty parts: which volumes and tables a step must visit because something changed, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from digitize.errors import OptionsError
from digitize.steps.inputs import changed_steps
from digitize.workspace.counting.counts_cache import iter_volume_counts
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import clear_marks, list_dirty, list_parts, newest_event
from digitize.workspace.run_context import RunContext
from mappers.text.folding import fold_key

OLDEST, GAIN, STATION = "oldest", "gain", "station"
_AGES = "SELECT volume, MIN(seq) AS first FROM scans WHERE volume IN ({}) GROUP BY volume"
_AT_ONCE = 500


class Due:
    """The dirty parts of a step. seq: newest event before the scan; later events are handled next time."""

    def __init__(self, ledger: Ledger, known: RunContext, step: str, *, is_dry: bool = False) -> None:
        """is_dry: changes outside the ledger were not recorded, so compare them here."""
        self._ledger, self._step = ledger, step
        self._seq = newest_event(ledger)
        everywhere = not ledger.is_current or (is_dry and bool(changed_steps(ledger, known, (step,))))
        self.parts = list_parts(ledger, step) if everywhere else list_dirty(ledger, step)

    def volumes(self, first: str = "") -> list[int]:
        """Dirty volumes, by number or in the order of --first."""
        found = sorted(int(p.partition(":")[2]) for p in self.parts if p.startswith("volume:"))
        return order_of(self._ledger, first, found) if first and found else found

    def settle(self, idle: Iterable[str]) -> None:
        """Clear the marks of parts with nothing to do."""
        if (parts := list(idle)) and self._ledger.can_write:
            clear_marks(self._ledger, self._step, parts, self._seq)


def parse_first(text: str) -> str:
    """Parse --first. Raises OptionsError for anything but "oldest", "gain" and "station NAME"."""
    word, _, name = text.strip().partition(" ")
    if text.strip() and word not in (OLDEST, GAIN) and not (word == STATION and name.strip()):
        raise OptionsError(f'--first must be "oldest", "gain" or "station NAME"; not "{text}"')
    return f"{word} {name.strip()}".strip()


def order_of(ledger: Ledger, first: str, volumes: list[int]) -> list[int]:
    """Sort volumes in that order; volumes it does not rank follow, by number."""
    word, _, name = first.partition(" ")
    key = _KEYS[word](ledger, volumes, name)
    return sorted(volumes, key=lambda volume: (key(volume), volume))


Key = Callable[[int], float]


def _by_age(ledger: Ledger, volumes: Sequence[int], _: str) -> Key:
    taken: dict[int, float] = {}
    for i in range(0, len(volumes), _AT_ONCE):
        some = volumes[i : i + _AT_ONCE]
        sql = _AGES.format(", ".join("?" * len(some)))
        taken |= {r["volume"]: float(r["first"]) for r in ledger.rows(sql, some)}
    return lambda volume: taken.get(volume, float("inf"))


def _by_gain(ledger: Ledger, volumes: Sequence[int], _: str) -> Key:
    """Upper bound of the gain per page: a new record, or fields that a person would otherwise review."""
    gain = {}
    for part, tally in iter_volume_counts(ledger, volumes):
        totals = tally.get("totals", {})
        if pages := totals.get("pages", 0):
            unread = totals.get("pages_waiting", 0) + totals.get("pages_failed", 0)
            gain[int(part.partition(":")[2])] = (_PAGE * unread + totals.get("open_fields", 0)) / pages
    return lambda volume: -gain.get(volume, 0.0)


_PAGE = 20.0
"""A page that was never read counts for so many open fields: about those of a form."""


def _by_station(ledger: Ledger, volumes: Sequence[int], name: str) -> Key:
    wanted = fold_key(name)
    has = set()
    for part, tally in iter_volume_counts(ledger, volumes):
        stations = tally.get("by", {}).get("station", {})
        if any(fold_key(station) == wanted for station in stations):
            has.add(int(part.partition(":")[2]))
    return lambda volume: 0.0 if volume in has else 1.0


_KEYS: Mapping[str, Callable[[Ledger, Sequence[int], str], Key]] = {
    OLDEST: _by_age, GAIN: _by_gain, STATION: _by_station,
}  # fmt: skip
