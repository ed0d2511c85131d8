"""Load: clean records into the target, one transaction per batch, with a signed receipt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain

from digitize.errors import TargetRefused
from digitize.files.loading.signed_receipts import receipt_text, remove_receipt, write_receipt
from digitize.files.loading.undo import note_standing
from digitize.machine.progress import Progress
from digitize.machine.signing import sign
from digitize.machine.work_keys import work_key, work_key_of
from digitize.targets.base import Load, Receipt, Target
from digitize.targets.deliveries import enter_delivery
from digitize.targets.folder import FolderTarget
from digitize.targets.from_records import as_batch
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.dirty_parts import FREED, clear_marks, list_dirty, newest_event
from digitize.workspace.ledger.purges import is_emptied_batch
from digitize.workspace.ledger.records import Records
from digitize.workspace.load_batches import PART, batch_to_load
from digitize.workspace.run_context import RunContext

_RECEIPT = """
  INSERT INTO receipts (load, at, batch, target, data, signature) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (load) DO UPDATE SET at = excluded.at, batch = excluded.batch, target = excluded.target,
    data = excluded.data, signature = excluded.signature
"""
LOAD_VERSION = "1"


def plan(ledger: Ledger, known: RunContext, batches: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """(batch, key) of every batch with a checked record that changed since its last load into this target.

    batches: candidates, None for all.
    """
    todos = []
    for batch in [b.batch for b in Catalogue(ledger).batches()] if batches is None else batches:
        key = _content_key(ledger, known, batch)
        rows = ledger.rows("SELECT 1 FROM records WHERE batch = ? LIMIT 1", (batch,))
        now = ledger.state(batch, "load")
        # A batch that was loaded and has no record any more is loaded once more, so that the target loses them, too.
        # What was purged is in the target, and would be taken for withdrawn there.
        is_same = now is not None and (now.is_done_under(key) or (now.is_done and now.detail.get("content") == key))
        if (rows or now) and not is_same and not is_emptied_batch(ledger, batch):
            todos.append((batch, key))
    return todos


def _content_key(ledger: Ledger, known: RunContext, batch: str) -> str:
    return work_key_of(chain(("load", LOAD_VERSION, known.target_name, batch), _contents(ledger, batch)))


def _contents(ledger: Ledger, batch: str) -> Iterator[str]:
    sql = "SELECT record, hash, verdict FROM records WHERE batch = ? ORDER BY record"
    # The verdict, too: a record that a person settled may be as it was and is loaded only now.
    return (f"{r['record']}:{r['hash']}:{r['verdict']}" for r in ledger.stream_rows(sql, (batch,)))


def load_batches(
    ledger: Ledger, known: RunContext, target: Target, todos: Sequence[tuple[str, str]], progress: Progress,
    contents: Mapping[str, str] | None = None,
) -> list[Receipt]:  # fmt: skip
    """Load all batches of the plan. contents: key -> the plan's key of the same content, if different.

    Raises TargetRefused; batches loaded before stay loaded.
    """
    receipts = []
    if todos:
        progress.start("load", len(todos))
    for batch, key in todos:
        if ledger.claim([batch], "load", known.owner):
            try:
                receipts.append(_load(ledger, known, target, batch, key, (contents or {}).get(key, key)))
            except TargetRefused as e:
                ledger.record_event(batch, "load", "failed", key=key, detail={"kind": "refused", "message": str(e)})
                raise
        progress.advance()
    return receipts


def may_have_room(ledger: Ledger) -> bool:
    """Whether a batch released record numbers since the last retry of refused records."""
    return bool(list_dirty(ledger, FREED))


def load_all(
    ledger: Ledger, known: RunContext, target: Target, todos: Sequence[tuple[str, str]], progress: Progress
) -> list[Receipt]:
    """Load the plan, then retry batches with refused records whose numbers are free now. Raises TargetRefused."""
    receipts = load_batches(ledger, known, target, todos, progress)
    return receipts + _load_into_room(ledger, known, target, progress)


def _load_into_room(ledger: Ledger, known: RunContext, target: Target, progress: Progress) -> list[Receipt]:
    """Retry batches with a refused record whose number another batch has released.

    The record may belong to an earlier batch than the one that released it. Raises TargetRefused.
    """
    receipts: list[Receipt] = []
    while freed := list_dirty(ledger, FREED):
        seq = newest_event(ledger)
        refused = [batch for batch, now in ledger.states("load").items() if now.detail.get("refused")]
        contents = {b: _content_key(ledger, known, b) for b in refused if _has_room(ledger, target, b)}
        todos = [(b, work_key("freed", content, str(seq))) for b, content in contents.items()]
        of_keys = {key: contents[b] for b, key in todos}
        receipts += (some := load_batches(ledger, known, target, todos, progress, of_keys))
        if len(some) < len(todos):
            # What another program holds is due when that is done: the marks stay.
            break
        clear_marks(ledger, FREED, freed, seq)
    return receipts


def _has_room(ledger: Ledger, target: Target, batch: str) -> bool:
    """Whether the target would now accept a clean record it refused; only those records are tried."""
    sql = "SELECT DISTINCT record_id FROM rejects WHERE batch = ? AND state = 'open' ORDER BY record_id"
    waiting = [str(record) for (record,) in target.run(sql, (batch,))]
    for i in range(0, len(waiting), PART):
        found = Records(ledger).each_of(waiting[i : i + PART])
        some = [s.record for s in found if s.record.batch == batch and s.verdict == "clean"]
        tried = target.take(as_batch(Load(work_key("room", batch), f"{batch} room", some, [], 0)), dry_run=True)
        if tried.inserted or tried.updated:
            return True
    return False


def try_batch(ledger: Ledger, known: RunContext, target: Target, batch: str, key: str) -> Receipt:
    """Trial load of a batch: what would happen, without changing anything."""
    with batch_to_load(ledger, batch, key, known.place.folder) as rows:
        return target.take(rows, dry_run=True)


def _load(ledger: Ledger, known: RunContext, target: Target, batch: str, key: str, content: str) -> Receipt:
    # The target before the ledger: killed in between, the same load comes again, and the target knows its id.
    receipt = target.find_done(key, batch)
    if receipt is None:
        source = _delivery(ledger, known, target, key)
        with batch_to_load(ledger, batch, key, known.place.folder, source) as rows:
            receipt = target.take(rows)
    data = receipt_text(asdict(receipt), known.target_name)
    signature = sign(known.place.key, data.encode("utf-8"))
    loaded = receipt.inserted + receipt.updated + receipt.unchanged
    refused = _count(ledger, batch) - loaded
    # Before the ledger has the new one: killed here, the next run writes what the ledger says then.
    remove_receipt(known.place.folder, batch, receipt.load)
    with ledger.writing():
        Records(ledger).set_loaded(batch, receipt.load)
        if refused and isinstance(target, FolderTarget):
            refused = 0  # it answers no queries, and what it refuses never has room later
        elif refused:
            # Clean here, and not in the target: it must not count as loaded.
            note_standing(ledger, target, batch)
        ledger.execute(
            _RECEIPT,
            (receipt.load, datetime.now(UTC).isoformat(timespec="seconds"), batch, known.target_name, data, signature),
        )
        detail = {
            "loaded": loaded, "held": receipt.held, "refused": refused,
            "left": receipt.withdrawn + receipt.updated, "content": content,
        }  # fmt: skip
        if not ledger.finish(batch, "load", receipt.load, asdict(receipt), detail):
            # What became of it may be other than when it was so before.
            ledger.record_event(batch, "load", "again", key=receipt.load, detail=detail)
    return receipt


def _count(ledger: Ledger, batch: str) -> int:
    sql = "SELECT COUNT(*) AS n FROM records WHERE batch = ? AND verdict = 'clean'"
    return int(ledger.rows(sql, (batch,))[0]["n"])


def _delivery(ledger: Ledger, known: RunContext, target: Target, key: str) -> dict[str, object]:
    """Source of a load and its place in the order of deliveries: the ledger's current state is newer than all
    others.
    """
    from digitize.files.loading.settings import plain_settings

    # The newest event, for a batch may come to be what it was two loads before: that is newer, not the same again.
    seq = newest_event(ledger)
    input = work_key("workspace", key, str(seq))
    return {"input": input, **enter_delivery(target, input, plain_settings(known.check_settings))}


def write_receipts(ledger: Ledger, known: RunContext, batches: Sequence[str] | None = None) -> None:
    """Write receipts that are in the ledger but not on disk, including those of a killed run.

    batches: only these, None for all.
    """
    sql = "SELECT data, signature FROM receipts"
    found = (
        [ledger.stream_rows(sql)]
        if batches is None
        else (ledger.stream_rows(f"{sql} WHERE batch = ?", (b,)) for b in batches)
    )
    for row in chain.from_iterable(found):
        write_receipt(known.place.folder, row["data"], row["signature"])
