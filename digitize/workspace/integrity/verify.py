"""Verify everything in a workspace against what was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import DigitizeError
from digitize.machine.progress import Progress
from digitize.machine.signing import is_signed
from digitize.workspace.counting.counts_cache import find_differing_counts
from digitize.workspace.integrity.originals import Fixity, check_originals, list_purges, missing_originals
from digitize.workspace.integrity.settings import settings_changes
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.verifying import UNREADABLE, Change
from digitize.workspace.place import Place
from digitize.workspace.target import open_place_target


@dataclass(frozen=True, slots=True)
class VerifyScope:
    """How thorough to be. originals: share of their bytes to hash, 0: existence only.

    heads: file of heads held by another office. asks_target: compare the target's load history.
    """

    originals: float = 0.0
    heads: Path | None = None
    asks_target: bool = True


def find_workspace_changes(ledger: Ledger, place: Place, look: VerifyScope, progress: Progress) -> Iterator[Change]:
    """All differences of a workspace."""
    broken = amiss = False
    for change in ledger.changes(look.heads):
        broken, amiss = broken or change.where in ("the file", UNREADABLE), amiss or not change.is_remark
        yield change
    # What a damaged file says of other things is worth nothing, and one without a table says nothing.
    if broken:
        return
    # Of rows that were changed the counts are others, too: what is amiss is said already.
    if not amiss and ledger.is_current:
        for part in find_differing_counts(ledger):
            yield Change(f"counts of {part}", "do not match its rows", "count again: digitize ledger recount DIR")
    yield from settings_changes(ledger, place)
    yield from _check_receipts(ledger, place)
    yield from list_purges(ledger)
    if look.asks_target:
        yield from _check_target(ledger, place)
    if look.originals:
        yield from check_originals(ledger, place, look.originals, progress, Fixity(), keeps=ledger.can_write)
    else:
        yield from missing_originals(ledger, place)


def find_newest_event(ledger: Ledger, found: Iterable[Change]) -> tuple[int, str]:
    """Number of events, and the newest one's hash; 0 and "" for a ledger that is unreadable according to `found`."""
    if any(c.where == UNREADABLE for c in found):
        return 0, ""
    return ledger.count_events(), ledger.root_hash()


def _check_receipts(ledger: Ledger, place: Place) -> Iterator[Change]:
    """Every receipt must be signed by a key of this office."""
    keys = ledger.public_keys()
    for row in ledger.rows("SELECT load, batch, data, signature FROM receipts ORDER BY batch, load"):
        name = f"receipt {row['batch']} ({row['load'][:12]})"
        if not any(is_signed(key, row["data"].encode("utf-8"), row["signature"]) for key in keys):
            yield Change(name, "is not signed by this office")
        file = place.folder / "receipts" / f"{row['batch']}-{row['load'][:12]}.json"
        if file.is_file() and not _says(file, row["data"], row["signature"]):
            yield Change(f"receipts/{file.name}", "differs from the ledger's", "remove it: a run writes it again")


def _says(file: Path, data: str, signature: str) -> bool:
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
        return bool(whole["receipt"] == json.loads(data) and whole["signature"] == signature)
    except (ValueError, KeyError, TypeError):
        return False


def _check_target(ledger: Ledger, place: Place) -> Iterator[Change]:
    """The newest load of each batch must be in the target's load history."""
    # By the events, since two loads may be of one second; one that was taken back is not asked for.
    newest = """SELECT r.batch, r.load FROM state s JOIN receipts r ON r.load = s.key AND r.batch = s.unit
                WHERE s.step = 'load' AND s.outcome IN ('done', 'again') AND r.target = ? ORDER BY r.batch"""
    loading = place.options.load
    rows = ledger.rows(newest, (f"{loading.target} {loading.layout}".rstrip(),))
    if not rows:
        return
    try:
        target = open_place_target(place)
    except DigitizeError as e:
        yield Change("the target", f"could not be queried ({e})", "run again when it is available", is_remark=True)
        return
    try:
        for row in rows:
            if target.find_done(row["load"], row["batch"]) is None:
                what = "does not match the target for this batch: it was undone there, or another program loaded data"
                yield Change(f"load {row['load'][:12]} of {row['batch']}", what, "compare: digitize reconcile DIR")
    finally:
        target.close()
