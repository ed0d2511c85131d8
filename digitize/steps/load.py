"""Load: clean records into the target, one batch one transaction, with a signed receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import chain

from digitize.errors import TargetRefused
from digitize.files.loading.signed import receipt_text, write_receipt
from digitize.machine.progress import Progress
from digitize.machine.signing import sign
from digitize.machine.work_keys import work_key
from digitize.targets.base import Load, Receipt, Target
from digitize.targets.deliveries import enter_delivery
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.marked import newest_event
from digitize.workspace.ledger.purges import is_emptied_batch
from digitize.workspace.ledger.records import Records

_RECEIPT = """
  INSERT INTO receipts (load, at, batch, target, data, signature) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (load) DO UPDATE SET at = excluded.at, batch = excluded.batch, target = excluded.target,
    data = excluded.data, signature = excluded.signature
"""
LOAD_VERSION = "1"


def plan(ledger: Ledger, known: Known, batches: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """(batch, key) of every batch of which a checked record changed since it was last loaded into this target.

    batches: those in which something may be due; None: all.
    """
    todos = []
    for batch in [b.batch for b in Catalogue(ledger).batches()] if batches is None else batches:
        sql = "SELECT record, hash, verdict FROM records WHERE batch = ? ORDER BY record"
        # The verdict, too: a record that a person settled may be as it was and is loaded only now.
        rows = [f"{r['record']}:{r['hash']}:{r['verdict']}" for r in ledger.each(sql, (batch,))]
        key = work_key("load", LOAD_VERSION, known.target_name, batch, *rows)
        now = ledger.state(batch, "load")
        # A batch that was loaded and has no record any more is loaded once more, so that the target loses them, too.
        # What was purged is in the target, and would be taken for withdrawn there.
        if (rows or now) and not (now and now.is_done_under(key)) and not is_emptied_batch(ledger, batch):
            todos.append((batch, key))
    return todos


def load_batches(
    ledger: Ledger, known: Known, target: Target, todos: Sequence[tuple[str, str]], progress: Progress
) -> list[Receipt]:
    """Load all batches of the plan. Raises TargetRefused; batches loaded before it stay loaded."""
    receipts = []
    if todos:
        progress.start("load", len(todos))
    for batch, key in todos:
        if ledger.claim([batch], "load", known.owner):
            try:
                receipts.append(_load(ledger, known, target, _delivered(ledger, known, target, batch, key)))
            except TargetRefused as e:
                ledger.record_event(batch, "load", "failed", key=key, detail={"kind": "refused", "message": str(e)})
                raise
        progress.advance()
    return receipts


def load_of(ledger: Ledger, batch: str, key: str) -> Load:
    """The batch as the target takes it. Raises LedgerError where another program changed one of its records."""
    records = Records(ledger)
    rows = ledger.rows("SELECT record FROM records WHERE batch = ?", (batch,))
    # A verdict that was changed behind the rules' back would be loaded without a word.
    ledger.require_intact("records", (r["record"] for r in rows))
    clean, rejects, noted, held = [], [], [], 0
    for s in records.of_batch(batch):
        if s.verdict == "clean":
            clean.append(s.record)
            noted += records.findings(s.record.id)
        elif s.verdict == "reject":
            rejects.append((s.record, records.findings(s.record.id)))
        else:
            held += 1
    return Load(key, batch, clean, rejects, held, noted)


def _delivered(ledger: Ledger, known: Known, target: Target, batch: str, key: str) -> Load:
    """The batch, with its place in the order of deliveries: what the ledger says now is newer than all before it."""
    from digitize.files.loading.settings import plain_settings

    load = load_of(ledger, batch, key)
    if target.done(key, batch):
        return load
    # The newest event, for a batch may come to be what it was two loads before: that is newer, not the same again.
    seq = newest_event(ledger)
    input = work_key("workspace", key, str(seq))
    return replace(load, source={"input": input, **enter_delivery(target, input, plain_settings(known.check_settings))})


def _load(ledger: Ledger, known: Known, target: Target, load: Load) -> Receipt:
    # The target before the ledger: killed in between, the same load comes again, and the target knows its id.
    receipt = target.load(load)
    data = receipt_text(asdict(receipt), known.target_name)
    signature = sign(known.place.key, data.encode("utf-8"))
    with ledger.writing():
        Records(ledger).set_loaded(load.batch, load.id)
        ledger.execute(
            _RECEIPT,
            (load.id, datetime.now(UTC).isoformat(timespec="seconds"), load.batch, known.target_name, data, signature),
        )
        ledger.finish(load.batch, "load", load.id, asdict(receipt), {"loaded": len(load.clean), "held": load.held})
    return receipt


def write_receipts(ledger: Ledger, known: Known, batches: Sequence[str] | None = None) -> None:
    """Write the receipts of the ledger that are not on the disk yet, those of a run that was killed among them.

    batches: of these alone; None: of all.
    """
    sql = "SELECT data, signature FROM receipts"
    found = [ledger.each(sql)] if batches is None else (ledger.each(f"{sql} WHERE batch = ?", (b,)) for b in batches)
    for row in chain.from_iterable(found):
        write_receipt(known.place.folder, row["data"], row["signature"])
