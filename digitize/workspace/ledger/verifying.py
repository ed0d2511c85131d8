"""Verify the ledger against what was written: every event, row and signed head; differences are named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from digitize.workspace.ledger.chain import START, Entry, entry_hashes, link, rows_digest
from digitize.workspace.ledger.heads import LOG, SignedHead, heads_in, heads_in_file
from digitize.workspace.ledger.restored import Restored, restored_in
from digitize.workspace.ledger.schema import DDL, FORMAT, NEWEST_NUMBERS
from digitize.workspace.ledger.worker_keys import STEP, WorkerKeys
from digitize.workspace.ledger_db import LedgerEngine, Row
from digitize.workspace.ledger_db.narrow import CODES, MADE, base_of, logged_name, ref_of, written_name
from digitize.workspace.ledger_db.watched_tables import COVERED

UNREADABLE = "the rest"
"""Where a change is when a table or a view is gone."""
_AT_ONCE = 1_000
_RESTORE = "restore an earlier backup: digitize ledger restore DIR FILE"
_ASK = "ask the office above for its heads, and compare: digitize ledger verify DIR --heads FILE"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. where: table and entry, event or file; mend: the next step.

    is_remark: noteworthy but possibly harmless; not counted in the exit code.
    """

    where: str
    what: str
    mend: str = _RESTORE
    is_remark: bool = False

    def line(self) -> str:
        """For people."""
        return f"{self.where} {self.what}; {self.mend}." if self.mend else f"{self.where} {self.what}."

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


def find_changes(db: LedgerEngine, home: Path | None, outside: Path | None = None) -> Iterator[Change]:
    """All differences of a ledger in this format.

    home: workspace folder with the log of heads. outside: file of heads held by another office.
    """
    # A damaged file can give wrong rows, so this comes before any row is believed.
    if broken := db.damage():
        yield Change("the file", f"is damaged ({broken})")
        return
    if _format(db) < FORMAT:
        yield Change(
            "the rows", "are not protected yet (format 1)", "any command that writes starts this", is_remark=True
        )
        yield from _Chain(db, has_rows=False).changes()
        return
    is_there = True
    for where, what, mend in db.differences(DDL):
        yield Change(where, what, mend or _RESTORE)
        is_there = is_there and not (what == "is gone" and where.startswith(("table ", "view ")))
    if not is_there:
        yield Change(UNREADABLE, "cannot be read without it, so nothing more was checked")
        return
    chain = _Chain(db)
    yield from chain.changes()
    yield from _check_rows(db)
    yield from _check_states(db)
    yield from _check_heads(db, chain, home, outside)


def _format(db: LedgerEngine) -> int:
    return int(db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0])


class _Chain:
    """Recomputes the event chain; afterwards it knows the hash of each event."""

    def __init__(self, db: LedgerEngine, *, has_rows: bool = True) -> None:
        self._db, self._has_rows = db, has_rows
        self.last, self.count = START, 0
        self.keys: list[tuple[int, str]] = []
        """From which event on which public key signs."""
        self.workers = WorkerKeys()

    def changes(self) -> Iterator[Change]:
        logged = self._group_logged() if self._has_rows else iter(())
        waiting = next(logged, None)
        before = ""
        for r in self._db.stream_rows("SELECT * FROM events ORDER BY seq"):
            while waiting and waiting[0] < r["seq"]:
                yield Change(f"row_log {waiting[0]}", "belongs to no event")
                waiting = next(logged, None)
            entries: list[Entry] = []
            if waiting and waiting[0] == r["seq"]:
                entries, waiting = waiting[1], next(logged, None)
            yield from self._check_event(r, rows_digest(entries), before)
            before = r["at"] if isinstance(r["at"], str) else before
        while waiting:
            yield Change(f"row_log {waiting[0]}", "belongs to no event; the event was cut off")
            waiting = next(logged, None)

    def _check_event(self, r: Row, rows: str, before: str) -> Iterator[Change]:
        where = f"event {r['seq']} ({r['step']} of {r['unit']})"
        texts = (r["at"], r["unit"], r["step"], r["outcome"], r["key"], r["detail"])
        if not all(isinstance(t, str) for t in (*texts, r["hash"])):
            yield Change(where, "has a text that is missing or invalid; not done by this program")
            self.last, self.count = str(r["hash"]), r["seq"]
            return
        own = link(self.last, texts, rows)
        if own != r["hash"]:
            yield Change(where, "was changed after it was written, or an earlier one was removed")
        if r["at"] < before:
            text = f"was written at {r['at']}, before the event before it ({before})"
            yield Change(where, text, "check whether the clock was wrong", is_remark=True)
        # Go on from what stands there: otherwise every later event would be named for the fault of one.
        self.last, self.count = r["hash"], r["seq"]
        if r["step"] == "init" and not self.keys:
            self.keys.append((0, r["key"]))
        elif r["step"] == "keys" and r["outcome"] == "note":
            self.keys.append((r["seq"], r["key"]))
        elif r["step"] == STEP and own == r["hash"]:
            self.workers.note(r["seq"], r["key"], json.loads(r["detail"]))

    def _group_logged(self) -> Iterator[tuple[int, list[Entry]]]:
        seq, entries = -1, list[Entry]()
        for r in self._db.stream_rows("SELECT seq, tbl, key, hash FROM row_log ORDER BY seq"):
            if r["seq"] != seq and entries:
                yield seq, entries
                entries = []
            seq = r["seq"]
            # What nobody knows the name of was written by somebody else, and gives another digest.
            entries.append((str(r["tbl"]), str(r["key"]), _as_bytes(r["hash"])))
        if entries:
            yield seq, entries

    def may_sign(self, head: SignedHead) -> bool:
        """Whether that key could sign for the office then; at a key change both old and new."""
        holders = [public for since, public in self.keys if since <= head.seq]
        later = [public for since, public in self.keys if since == head.seq]
        before = [public for since, public in self.keys if since < head.seq]
        office = {*holders[-1:], *later, *(before[-1:] if later else ())}
        return head.public in office or self.workers.may_sign(head.public, head.seq)


def _check_rows(db: LedgerEngine) -> Iterator[Change]:
    """Every entry must be as last written, and none may exist that was never written."""
    for table in COVERED:
        newest = _logged_rows(db, table)
        for some in _split_lots(_last_of_each(newest)):
            now = entry_hashes(db, table, some)
            for key, (content, seq) in some.items():
                if now[key] != content:
                    word = "is gone" if not now[key] else "came back" if not content else "was changed"
                    yield Change(f"{table} {_format_name(key)}", f"{word} after event {seq}; not done by this program")
        for (name,) in _unlogged_rows(db, table):
            yield Change(f"{table} {_format_name(str(name))}", "was added; not by this program")


def _logged_rows(db: LedgerEngine, table: str) -> Iterator[Row]:
    """key, hash, seq of a table's entries in the row log, grouped by entry, newest last."""
    # In the order of the table itself, so that millions need not be sorted.
    key = f"COALESCE({logged_name(db.dialect, 'w', table)}, 'no. ' || CAST(w.ref AS TEXT))"
    kept = "SELECT ref, seq, hash FROM row_hashes WHERE tbl = ?"
    if table == "results":
        kept += f" UNION ALL SELECT m.seq, m.seq, m.made FROM history m WHERE {MADE.format('m')}"
    sql = f"SELECT {key} AS key, w.hash AS hash, w.seq AS seq FROM ({kept}) w ORDER BY w.ref, w.seq"
    yield from db.stream_rows(sql, (CODES[table],))


def _unlogged_rows(db: LedgerEngine, table: str) -> Iterator[Row]:
    """Entries missing in the row log."""
    name = f"COALESCE({written_name(db.dialect, table, 'b')}, 'of no name')"
    sql = f"""SELECT DISTINCT {name} AS name FROM {base_of(table)} b
              WHERE NOT EXISTS (SELECT 1 FROM row_hashes w WHERE w.tbl = ? AND w.ref = {ref_of(table, "b")})"""
    if table == "results":
        sql += f" AND NOT EXISTS (SELECT 1 FROM history m WHERE m.seq = b.seq AND {MADE.format('m')})"
    yield from db.stream_rows(sql, (CODES[table],))


def _last_of_each(rows: Iterable[Row]) -> Iterator[tuple[str, bytes, int]]:
    """Of rows of key, hash, seq in this order: the last of each key."""
    for _, own in groupby(rows, key=lambda r: str(r["key"])):
        *_, last = own
        yield str(last["key"]), _as_bytes(last["hash"]), last["seq"]


def _as_bytes(content: Any) -> bytes:
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else bytes(content)


def _split_lots(entries: Iterable[tuple[str, bytes, int]]) -> Iterator[dict[str, tuple[bytes, int]]]:
    entries = iter(entries)
    while some := {key: (content, seq) for key, content, seq in islice(entries, _AT_ONCE)}:
        yield some


def _check_states(db: LedgerEngine) -> Iterator[Change]:
    """The state of each unit must be its newest event."""
    held = "SELECT step, unit, seq, outcome FROM standing"
    mend = "rebuild it from the history: digitize ledger recount DIR"
    named = """SELECT COALESCE(u.name, CAST(d.unit AS TEXT)), COALESCE(s.name, CAST(d.step AS TEXT)) FROM ({}) d
      LEFT JOIN units u ON u.id = d.unit LEFT JOIN names s ON s.id = d.step"""
    for unit, step in db.stream_rows(named.format(f"{held} EXCEPT {NEWEST_NUMBERS}")):
        yield Change(f"state {unit} {step}", "does not match the newest event", mend)
    gone = "SELECT DISTINCT step, unit FROM history EXCEPT SELECT step, unit FROM standing"
    for unit, step in db.stream_rows(named.format(gone)):
        yield Change(f"state {unit} {step}", "is gone", mend)


def _check_heads(db: LedgerEngine, chain: _Chain, home: Path | None, outside: Path | None) -> Iterator[Change]:
    """Every signature must be genuine and belong to this history, and the newest to its end."""
    own = list(heads_in(db))
    newest = max((h.seq for h in own), default=None)
    log, restored = home / LOG if home else None, list(restored_in(db))
    for head in own:
        yield from _check_signature(chain, f"head of event {head.seq}", head)
        yield from _check_head(db, f"head of event {head.seq}", head, [])
    for file in (f for f in (log, outside) if f is not None):
        for line, head_or_text in enumerate(heads_in_file(file), 1):
            where = f"{file.name}:{line}"
            if isinstance(head_or_text, str):
                yield Change(where, "is not a head", _ASK)
                continue
            # What another office holds came to it in a signed snapshot, and has no signature of its own.
            if file == log:
                yield from _check_signature(chain, where, head_or_text)
            yield from _check_head(db, where, head_or_text, restored if file == log else [])
    signed = sorted((h.seq, h.public) for h in own)
    for seq in chain.workers.not_by_office(signed, {public for _, public in chain.keys}):
        yield Change(f"event {seq}", "says which keys may sign, but was not written by the office", _ASK)
    if newest is not None and newest < chain.count:
        text = "are not signed, so this program did not add them"
        yield Change(f"events {newest + 1} to {chain.count}", text, _ASK)
    elif newest is None and chain.keys:
        yield Change("the history", "has no signed head", _ASK)
    if newest is not None and log is not None and not log.is_file():
        yield Change(LOG, "is missing next to the ledger", _ASK)


def _check_signature(chain: _Chain, where: str, head: SignedHead) -> Iterator[Change]:
    if not head.is_genuine:
        yield Change(where, "is not signed with the key that it names", _ASK)
    elif not chain.may_sign(head):
        yield Change(where, f"is signed by {head.public[:16]}, which is not this office's key", _ASK)


def _check_head(db: LedgerEngine, where: str, head: SignedHead, restored: Sequence[Restored]) -> Iterator[Change]:
    """restored: times when heads in the file may have been lost legitimately."""
    found = db.execute("SELECT hash FROM events WHERE seq = ?", (head.seq,)).fetchone()
    if found is not None and found["hash"] == head.hash:
        return
    when = next((r for r in restored if r.events < head.seq <= r.reached and head.at < r.at), None)
    if when is not None:
        text = f"includes event {head.seq}, which was lost when a backup was restored on {when.at[:10]} ({when.reason})"
        yield Change(where, text, "", is_remark=True)
    elif found is None:
        yield Change(where, f"includes event {head.seq}, which is cut off", _ASK)
    else:
        yield Change(where, "belongs to another history than this one", _ASK)


def _format_name(name: str) -> str:
    return name.replace("\x1f", " ")
