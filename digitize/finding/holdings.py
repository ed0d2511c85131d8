"""What a target holds at all: how many records, since when, and how many were brought to it and wait outside."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from digitize.targets.base import Target

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
        """For whoever may not know of a single record that it is there: numbers of two digits, rounded down."""
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
    """The holdings of a target with our own tables, counted once a minute."""

    _held: tuple[float, StoreHoldings] | None = None

    def __init__(self, target: Target) -> None:
        """target: open."""
        super().__init__(target)  # type: ignore[call-arg]  # beside others of its kind
        self._loaded_from = target

    def holdings(self) -> StoreHoldings:
        """See `HoldsRecords`."""
        now = time.monotonic()
        if self._held is None or now - self._held[0] > _KEPT_S:
            self._held = now, _counted(self._loaded_from)
        return self._held[1]


def _counted(target: Target) -> StoreHoldings:
    newest: dict[str, Mapping[str, int]] = {}
    day = ""
    # From what each load was told at its end: counting the records themselves takes seconds where there are millions.
    for batch, receipt, at in target.run("SELECT batch, receipt, at FROM loads WHERE state = 'loaded' ORDER BY at"):
        newest[batch] = json.loads(receipt) if isinstance(receipt, str) else receipt
        day = str(at)[:10]
    loaded, waiting = (
        sum(told.get(name, 0) for told in newest.values() for name in names)
        for names in (("inserted", "updated", "unchanged"), ("held", "rejected"))
    )
    return StoreHoldings(loaded, waiting, day)


def _rounded(number: int) -> int:
    unit = int(10 ** max(0, len(str(number)) - 2))
    return number // unit * unit
