"""The counts of parts for the snapshot as the ledger keeps them: only what changed since is folded anew."""

from __future__ import annotations

import hashlib
import json

from digitize import __version__
from digitize.offices.fold_part import VERSION, PartFold, fold_part
from digitize.offices.lists import Gazetteer
from digitize.offices.shape import DEFINITIONS
from digitize.workspace.counting.kept import SNAPSHOT_PREFIX
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.marked import all_parts, is_marking, marked, newest_event, settle
from digitize.workspace.ledger.marks import SNAPSHOT

_AT_ONCE = 50
_ONE = "SELECT data FROM tallies WHERE part = ?"
_PARTS = "SELECT part FROM tallies WHERE part >= ? AND part < ?"
_PUT = "INSERT INTO tallies (part, data) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET data = excluded.data"


def fold_parts(ledger: Ledger, gazetteer: Gazetteer, *, keeps: bool = False) -> PartFold:
    """All parts added up. keeps: what is folded is kept in the ledger, if that can be written, in few transactions.

    Memory: one part at a time, and the counts of all stations and books.
    """
    return _Kept(ledger, gazetteer, keeps=keeps).fold()


class _Kept:
    def __init__(self, ledger: Ledger, gazetteer: Gazetteer, *, keeps: bool) -> None:
        self._ledger, self._gazetteer = ledger, gazetteer
        self._basis = _basis(gazetteer)
        self._has_marks = is_marking(ledger)
        self._keeps = keeps and self._has_marks and ledger.can_write
        self._new: list[tuple[str, str]] = []

    def fold(self) -> PartFold:
        """Add up."""
        whole = PartFold()
        changed = set(marked(self._ledger, SNAPSHOT)) if self._has_marks else set()
        kept = self._parts() if self._has_marks else set()
        # Before anything is looked at: what is written meanwhile stays marked.
        self._seq = newest_event(self._ledger)
        for part in sorted({*all_parts(self._ledger, SNAPSHOT), *kept, *changed}):
            text = self._text_of(part) if part in kept and part not in changed else ""
            if not text:
                text = fold_part(self._ledger, part, self._gazetteer).as_text()
                self._new.append((part, text))
                if len(self._new) >= _AT_ONCE:
                    self._keep()
            whole.add(json.loads(text))
        self._keep()
        return whole

    def _parts(self) -> set[str]:
        ends = SNAPSHOT_PREFIX, SNAPSHOT_PREFIX[:-1] + ";"
        return {r["part"].removeprefix(SNAPSHOT_PREFIX) for r in self._ledger.each(_PARTS, ends)}

    def _text_of(self, part: str) -> str:
        """As it is kept; "" where that was folded with other lists or by another version."""
        row = self._ledger.execute(_ONE, (SNAPSHOT_PREFIX + part,)).fetchone()
        basis, _, text = row["data"].partition(" ") if row else ("", "", "")
        return str(text) if basis == self._basis else ""

    def _keep(self) -> None:
        if self._new and self._keeps:
            with self._ledger.writing():
                rows = [(SNAPSHOT_PREFIX + part, f"{self._basis} {text}") for part, text in self._new]
                self._ledger.execute_many(_PUT, rows)
                settle(self._ledger, SNAPSHOT, [part for part, _ in self._new], self._seq)
        self._new.clear()


def _basis(gazetteer: Gazetteer) -> str:
    """What counts depend on beside the ledger."""
    return hashlib.sha256(f"{__version__} {VERSION} {DEFINITIONS} {gazetteer.as_text()}".encode()).hexdigest()[:16]
