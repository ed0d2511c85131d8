"""What a target holds at all: how many records, since when, and how many were brought to it and wait outside."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from digitize.targets.base import Target
from mappers.schema import load_schemas

_KEPT_S = 60.0


@dataclass(frozen=True, slots=True)
class StoreHoldings:
    """records: all that are loaded. waiting: those that the newest load of each batch read and left out, since a person
    has to look or a rule rejects them. loaded: the day of the newest load, ISO; "" where there was none.
    """

    records: int
    waiting: int
    loaded: str

    def rounded(self) -> StoreHoldings:
        """For whoever may not know of a single record that it is there: two digits at most, rounded down."""
        return StoreHoldings(_rounded(self.records), _rounded(self.waiting), self.loaded)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types; keys are an interface."""
        return {"records": self.records, "waiting": self.waiting, "loaded": self.loaded}


class HoldsRecords(Protocol):
    """A store that can say what it holds."""

    def holdings(self) -> StoreHoldings:
        """How many records there are, and how many wait outside. Raises TargetRefused."""
        ...


class HeldRecords:
    """The holdings of a target with our own tables, looked at once a minute and counted anew after loads."""

    _held: tuple[float, StoreHoldings] | None = None
    _loads: Sequence[Sequence[Any]] | None = None

    def __init__(self, target: Target) -> None:
        """target: open."""
        super().__init__(target)  # type: ignore[call-arg]  # beside others of its kind
        self._loaded_from = target

    def holdings(self) -> StoreHoldings:
        """See `HoldsRecords`."""
        now = time.monotonic()
        if self._held is None or now - self._held[0] > _KEPT_S:
            # Read before it is counted: what is loaded between is counted again the next time.
            loads = self._loaded_from.run("SELECT batch, receipt, at, state FROM loads ORDER BY at")
            same = self._held[1] if self._held is not None and loads == self._loads else None
            self._held, self._loads = (now, same or _counted(self._loaded_from, loads)), loads
        return self._held[1]


def _counted(target: Target, loads: Sequence[Sequence[Any]]) -> StoreHoldings:
    newest: dict[str, Mapping[str, int]] = {}
    day = ""
    for batch, receipt, at, state in loads:
        if state == "loaded":
            newest[batch] = json.loads(receipt) if isinstance(receipt, str) else receipt
            day = str(at)[:10]
    # Not by receipts: a record that two batches brought is in those of both.
    records = sum(target.run(f"SELECT COUNT(*) FROM {form}")[0][0] for form in load_schemas())
    waiting = sum(told.get(name, 0) for told in newest.values() for name in ("held", "rejected"))
    return StoreHoldings(records, waiting, day)


def _rounded(number: int) -> int:
    # Tens at least: of a small target, too, one record more or less does not show each time.
    unit = int(10 ** max(1, len(str(number)) - 2))
    return number // unit * unit
