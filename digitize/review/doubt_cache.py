"""Cache of the question order per part, used while nothing is measured.

A place on paper is in one volume, so an answer only makes questions of the same volume cheaper: merging the parts, each
in its own order, cheapest next one first, gives the overall order.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from digitize import __version__
from digitize.machine.work_keys import plain_hash
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.decisions.order import records_by_value
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import SHEET, list_parts
from digitize.workspace.ledger.part_cache import PartCache

_VERSION = "1"
"""Raised when the same records come in another order."""
_Turn = tuple[float, str]
"""The keys that a record takes when its turn comes, and the record."""


class DoubtCache:
    """All records in review or rejected. Memory: the next one of each part, and those taken."""

    def __init__(self, ledger: Ledger, *, keeps: bool = False) -> None:
        """keeps: store new results in the ledger, if it is writable."""
        self._ledger = ledger
        basis = plain_hash([__version__, _VERSION, "doubts"])[:16]
        self._parts = PartCache(ledger, SHEET, basis, partial(fold_doubts, ledger), keeps=keeps)
        self._firsts = lru_cache(maxsize=64)(lambda part: dict(self._read_line(part, 2)))

    def iterate_in_order(self, parts: list[str] | None = None) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Records of some parts (all by default), best to ask first; with each the first records of shared places in
        its part.
        """
        found = list_parts(self._ledger, SHEET) if parts is None else parts
        heads = [(part, first) for part in found if (first := self._read_line(part, 0))]
        self._parts.flush()
        # No part is sorted by keys, for an answer makes others cheaper: what is merged is always the next of each.
        for _, record, part in heapq.merge(*(self._iterate_part(part, first) for part, first in heads)):
            yield record, self._firsts(part)

    def _iterate_part(self, part: str, first: _Turn) -> Iterator[tuple[float, str, str]]:
        yield (*first, part)
        # The others are fetched only when the first was taken: of most parts it never is.
        yield from ((keys, record, part) for keys, record in self._read_line(part, 1)[1:])

    def _read_line(self, part: str, number: int) -> Any:
        return json.loads(self._parts.get(part).split("\n")[number])


def fold_doubts(ledger: Ledger, part: str) -> str:
    """Waiting records of one part, as three lines of JSON: the next record, all of them in order, shared places."""
    order, first = records_by_value(ledger, (where_of(part), values_of(part)))
    return "\n".join(json.dumps(own, separators=(",", ":")) for own in (order[:1] and order[0], order, first))
