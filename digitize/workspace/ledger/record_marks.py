"""What has to be looked at again when records, verdicts or decisions change; all of it inside `writing`."""

from __future__ import annotations

from collections.abc import Iterable

from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.marks import CHECK, COUNT, LOAD, MAP


def mark_changed(ledger: Ledger, unit: str, changed: Iterable[tuple[str, ...]]) -> None:
    """Records of a unit are new, others or gone. changed: of each, as it was and as it is, the batch, the group, and
    what else it is counted and checked by.
    """
    for batch, group, *_ in changed:
        ledger.mark_unit(COUNT, unit)
        ledger.mark(CHECK, group)
        ledger.mark(LOAD, batch)


def mark_checked(ledger: Ledger, records: Iterable[str]) -> None:
    """Records have a verdict."""
    for record in records:
        for row in ledger.rows("SELECT unit, batch FROM records WHERE record = ?", (record,)):
            ledger.mark_unit(COUNT, row["unit"])
            ledger.mark(LOAD, row["batch"])


def mark_batch(ledger: Ledger, batch: str) -> None:
    """Records of a batch are loaded, or no longer."""
    for row in ledger.rows("SELECT DISTINCT unit FROM records WHERE batch = ?", (batch,)):
        ledger.mark_unit(COUNT, row["unit"])


def mark_decided(ledger: Ledger, name: str) -> None:
    """A person settled something of a record, of a row that makes none (UNIT-r12), or of a page."""
    found = ledger.execute("SELECT unit FROM records WHERE record = ?", (name,)).fetchone()
    part = ledger.part_of(found["unit"] if found else name)
    if found is None and part.startswith("table:") and "-r" in name:
        part = ledger.part_of(name.rpartition("-r")[0])
    ledger.mark(MAP, part)
    ledger.mark(COUNT, part)
