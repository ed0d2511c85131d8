"""What a target holds: number of records, newest load, and number waiting outside."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from digitize.targets.base import Target
from mappers.schema import load_schemas

_KEPT_S = 60.0
_WAITING = """SELECT COUNT(DISTINCT CASE r.record_id WHEN '' THEN r.source_row ELSE r.record_id END) FROM rejects r
  WHERE r.form = ? AND r.state IN ('open', 'corrected') AND r.settled_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM {} f WHERE f.record_id = r.record_id)"""


@dataclass(frozen=True, slots=True)
class StoreHoldings:
    """records: loaded ones. waiting: not loaded because they need review or a rule rejects them; counted once across
    batches, and not if loaded. loaded: day of the newest load, ISO; "" if none.
    """

    records: int
    waiting: int
    loaded: str

    def round_down(self) -> StoreHoldings:
        """For roles that may not learn of a single record: rounded down to two digits at most."""
        return StoreHoldings(_round_number(self.records), _round_number(self.waiting), self.loaded)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types; keys are an interface."""
        return {"records": self.records, "waiting": self.waiting, "loaded": self.loaded}


class HoldsRecords(Protocol):
    """A store that reports its holdings."""

    def holdings(self) -> StoreHoldings:
        """How many records there are, and how many wait outside. Raises TargetRefused."""
        ...


class HeldRecords:
    """Holdings of a target with our own tables, checked once a minute and recounted after loads."""

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
            loads = self._loaded_from.run("SELECT batch, receipt, at, state, source FROM loads ORDER BY at")
            same = self._held[1] if self._held is not None and loads == self._loads else None
            self._held, self._loads = (now, same or _count_holdings(self._loaded_from, loads)), loads
        return self._held[1]


def _count_holdings(target: Target, loads: Sequence[Sequence[Any]]) -> StoreHoldings:
    held: dict[str, int] = {}
    day = ""
    for batch, receipt, at, state, source in loads:
        if state == "loaded":
            # What a workspace holds back stays there, and is in one of its batches; of files it is in the quarantine.
            held[batch] = 0 if "files" in _plain(source) else _plain(receipt).get("held", 0)
            day = str(at)[:10]
    # Not by receipts: a record that two batches brought is in those of both.
    forms = list(load_schemas())
    records = sum(target.run(f"SELECT COUNT(*) FROM {form}")[0][0] for form in forms)
    waiting = sum(target.run(_WAITING.format(form), [form])[0][0] for form in forms)
    return StoreHoldings(records, waiting + sum(held.values()), day)


def _plain(told: Any) -> Mapping[str, Any]:
    """JSON as SQLite gives it back, as text, or PostgreSQL, as an object."""
    made: Mapping[str, Any] = json.loads(told) if isinstance(told, str) else told
    return made


def _round_number(number: int) -> int:
    # Tens at least: of a small target, too, one record more or less does not show each time.
    unit = int(10 ** max(1, len(str(number)) - 2))
    return number // unit * unit
