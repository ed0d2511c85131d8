"""Random samples of pages and values by a keyed hash, so that nobody chooses, and a run is repeatable.

The key is the hash of the ledger's first event. It differs per workspace, is in no sheet, never changes, and is covered
by `ledger verify`. So the sample is the same however often a run is interrupted, and no id contains a time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from digitize.workspace.ledger import Ledger

_BITS = 53
MORE = 10.0
"""So many times the usual share is asked of a volume that may be bad."""
_PARTS = float(1 << _BITS)
# "r03.complainant": the column of a register's row; rows of other pages have others numbers, the column is the field.
_OF_ROW = re.compile(r"r\d+\.(.+)")


@dataclass(frozen=True, slots=True)
class Draw:
    """The sample of one workspace. key: its secret; share: of values to ask, 0..1."""

    key: bytes
    share: float

    def place(self, *parts: str) -> float:
        """Position in the sample, 0 <= place < 1, uniform and the same at every call."""
        digest = hmac.new(self.key, "\x1f".join(parts).encode("utf-8"), hashlib.sha256).digest()
        return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / _PARTS

    def is_audited(self, page: str, zone: str, times: float = 1.0) -> bool:
        """Whether a value that passed is audited; times: factor for its volume."""
        return self.place("value", page, zone) < self.share * times

    def turn(self, unit: str) -> float:
        """Position of a page or register row in the sampling order."""
        return self.place("page", unit)


def draw_of(ledger: Ledger, share: float) -> Draw:
    """The draw of a workspace."""
    row = ledger.execute("SELECT hash FROM events ORDER BY seq LIMIT 1").fetchone()
    return Draw(str(row["hash"]).encode("ascii") if row else b"", share)


def field_of(zone: str) -> str:
    """The field that a threshold is measured for: the zone, or of a register's row the column."""
    found = _OF_ROW.fullmatch(zone)
    return found[1] if found else zone


def book_of(page: str) -> str:
    """Volume of a page, from its id."""
    return page.rpartition("-")[0]
