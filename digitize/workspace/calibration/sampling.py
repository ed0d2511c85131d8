"""Which pages and values are asked as a fair draw: by a keyed hash, so that nobody chooses, and a run may be repeated.

The key is the hash of the ledger's first event. It is another in every workspace, stands in no sheet, never changes,
and `ledger verify` covers it. So the draw is the same however often a run is interrupted, and no id holds a time.
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
    """The draw of one workspace. key: secret of the workspace; share: of the values that are asked, 0..1."""

    key: bytes
    share: float

    def place(self, *parts: str) -> float:
        """Where something stands in the draw, 0 <= place < 1, evenly spread and the same at every call."""
        digest = hmac.new(self.key, "\x1f".join(parts).encode("utf-8"), hashlib.sha256).digest()
        return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / _PARTS

    def is_audited(self, page: str, zone: str, times: float = 1.0) -> bool:
        """Whether this value is asked though it passed; times: so much more of its volume is asked than of others."""
        return self.place("value", page, zone) < self.share * times

    def turn(self, unit: str) -> float:
        """The turn of a page, or of a row of a register, among those that are asked."""
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
    """The volume that a page lies in, as it stands in the page's id."""
    return page.rpartition("-")[0]
