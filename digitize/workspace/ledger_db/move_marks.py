"""Marks in a ledger that is being or was moved, so that clients with an open connection stop writing.

`meta` has moving_to from before the copy, and moved_to when done. Every writing transaction checks both under the lock.
The new ledger has arriving_from until the move has ended.
"""

from __future__ import annotations

import json
from pathlib import Path

from digitize.errors import LedgerError
from digitize.workspace.ledger_db.address import LedgerAddress, Where

MOVING_TO, MOVED_TO, ARRIVING = "moving_to", "moved_to", "arriving"
MARKS = (MOVING_TO, MOVED_TO, ARRIVING)
MOVED = "SELECT key, value FROM meta WHERE key IN ('moving_to', 'moved_to') ORDER BY key"


def was_moved(ledger: str, key: str, value: str) -> LedgerError:
    """Error for clients that opened it before the move, or after an interrupted one."""
    if key == MOVED_TO:
        return LedgerError(f"{ledger} was moved to {value} meanwhile. Run the same command again: it continues there.")
    to = json.loads(value)["name"]
    return LedgerError(
        f"{ledger} is being moved to {to}; nothing can be written meanwhile. If the move was interrupted, run the "
        f"same `digitize ledger move` again to finish it, or with --to the present place to cancel it."
    )


def place_text(where: Where) -> str:
    """Address of a ledger in a mark; without a password, like all addresses."""
    if isinstance(where, Path):
        return json.dumps({"name": str(where), "file": where.name})
    return json.dumps({"name": str(where), "url": where.url, "schema": where.schema})


def parse_place(text: str, home: Path) -> Where | None:
    """Address from a mark; None if an older version wrote it. home: the workspace's folder."""
    held = json.loads(text) if text.startswith("{") else {}
    if "file" in held:
        return home / str(held["file"])
    return LedgerAddress(str(held["url"]), str(held["schema"]), home) if "url" in held else None
