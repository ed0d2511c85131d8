"""Quarantine of a target during a load: one entry per source row, closed when that row is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from digitize.targets.rows import Kept, LoadBatch, json_text
from digitize.targets.source_rows import source_row

OPEN, CORRECTED, REPLAYED, DROPPED = "open", "corrected", "replayed", "dropped"
SETTLED, UNDONE = "settled", "undone"
# Values in one statement: a state's quarantine is looked through without being in memory as a whole.
_AT_ONCE = 20_000


class Quarantine(Protocol):
    """Operations needed from a database. among: SQL for "is one of", with ? for the result of `listed`."""

    among: str

    def as_list(self, values: Sequence[Any]) -> object:
        """Values as one value of a statement."""
        ...

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement; ? is a placeholder for a value."""
        ...

    def hold_quarantine(self) -> None:
        """Wait until nobody else writes to the quarantine, and block others until the transaction ends."""
        ...

    def put_rejects(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rejects; column -> value."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    id: int
    state: str
    word: str
    findings: str
    settled_by: str


class RejectKeeper:
    """Stores the refused records of a batch, some at a time; then settles entries of an earlier load that are not in
    this one.

    A row already waiting gets the present findings and stays the same entry with its trail; so does one that a person
    dropped or replayed, which is not asked for again.
    """

    def __init__(self, batch: LoadBatch, store: Quarantine) -> None:
        """store: inside the transaction of the load."""
        self._batch, self._store = batch, store
        self._names: set[str] = set()

    def add(self, kept: Sequence[Kept]) -> None:
        """Store some records."""
        rows = {k.row or source_row(k.form, k.record, f"{k.file}:{k.line}"): k for k in kept}
        if not rows:
            return
        if not self._names:
            self._hold()
        found = _entries(self._store, list(rows))
        self._store.put_rejects([_row(name, k, self._batch) for name, k in rows.items() if name not in found])
        for name in rows.keys() & found.keys():
            _refresh(self._store, found[name], name, rows[name], self._batch)
        self._names |= rows.keys()

    def close(self) -> set[str]:
        """Settle entries that no longer wait. Returns the names of all stored rows."""
        if not self._names:
            if not self._store.rows("SELECT 1 FROM rejects WHERE state = 'open' LIMIT 1"):
                return set()
            self._hold()
        query = "SELECT reject_id, source_row FROM rejects WHERE batch = ? AND state = 'open'"
        waiting = self._store.rows(query, [self._batch.batch])
        _settle(self._store, [id for id, name in waiting if name not in self._names], self._batch)
        return self._names

    def _hold(self) -> None:
        self._store.hold_quarantine()
        _name_older(self._store)


def close_loaded(
    form: str,
    standing: pl.Series,
    refused: Sequence[str],
    kept: set[str],
    batch: LoadBatch,
    store: Quarantine,
    named: Callable[[Sequence[str]], set[str]],
) -> None:
    """Close entries of records delivered again.

    standing: ids of records of the batch now stored in the target; refused: the others. kept: names of the rows just
    stored. named: names of the rows of stored records. An entry of the same delivery is closed if exactly its row was
    loaded, as under other rules. Corrected entries wait on, and `replay` will say that they were overtaken.
    """
    query = "SELECT 1 FROM rejects WHERE form = ? AND state IN ('open', 'corrected') AND settled_by IS NULL AND "
    other = "(delivery < ? OR (delivery = ? AND settings <> ?)) LIMIT 1"
    if not store.rows(query + other, [form, batch.delivery, batch.delivery, batch.settings]):
        return
    store.hold_quarantine()
    earlier: list[int] = []
    same: list[tuple[int, str, str]] = []
    asked = pl.concat([standing, pl.Series(standing.name, refused, pl.String)])
    for start in range(0, asked.len(), _AT_ONCE):
        query = f"""SELECT reject_id, record_id, source_row, delivery, state FROM rejects WHERE form = ?
                    AND state IN ('open', 'corrected') AND settled_by IS NULL AND delivery <= ?
                    AND record_id {store.among}"""
        some = store.as_list(asked.slice(start, _AT_ONCE).to_list())
        for id, record, name, delivery, state in store.rows(query, [form, batch.delivery, some]):
            if name not in kept and delivery < batch.delivery:
                earlier.append(id)
            elif name not in kept and state == OPEN:
                same.append((id, record, name))
    held = set(standing.filter(standing.is_in([record for _, record, _ in same]))) if same else set()
    same = [entry for entry in same if entry[1] in held]
    if same:
        loaded = named([record for _, record, _ in same])
        earlier += [id for id, _, name in same if name in loaded]
    _settle(store, earlier, batch)


def kept_id(k: Kept) -> str:
    """Record id as in its entry: without characters that no database stores."""
    return k.record_id.replace("\x00", "").encode("utf-8", "replace").decode()


def _row(name: str, k: Kept, batch: LoadBatch) -> dict[str, object]:
    return {
        "load_id": batch.id,
        "batch": batch.batch,
        "form": k.form,
        "record_id": kept_id(k),
        "word": k.word,
        "file": k.file,
        "line": k.line,
        "record": json_text(k.record),
        "findings": json_text(list(k.findings)),
        "source_row": name,
        "delivery": batch.delivery,
        "settings": batch.settings,
    }


def _entries(store: Quarantine, names: Sequence[str]) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for start in range(0, len(names), _AT_ONCE):
        query = f"""SELECT source_row, reject_id, state, word, CAST(findings AS text), settled_by FROM rejects
                    WHERE source_row {store.among} ORDER BY reject_id"""
        for name, id, state, word, findings, by in store.rows(query, [store.as_list(names[start : start + _AT_ONCE])]):
            found.setdefault(name, _Entry(id, state, word, findings, str(by or "").replace("-", "")))
    return found


def _refresh(store: Quarantine, entry: _Entry, name: str, k: Kept, batch: LoadBatch) -> None:
    """Update an entry for its row, which was refused again."""
    is_back = entry.state == UNDONE or (entry.state == SETTLED and _came_later(store, entry, batch))
    if is_back:
        # As if it came for the first time, since the load that brought it counts no more.
        changed = _row(name, k, batch) | {"state": OPEN, "settled_by": None}
        # A correction of it stays; the newest delivery is set below.
        del changed["record"], changed["delivery"]
    elif entry.state == OPEN or batch.replays:
        now = _row(name, k, batch)
        if entry.findings == now["findings"] and entry.word == k.word and not batch.replays:
            changed = {"settings": batch.settings}
        else:
            changed = {n: now[n] for n in ("word", "findings", "settings")} | {"state": OPEN}
    else:
        return
    if batch.replays:
        changed.pop("settings", None)  # those of the load that refused it
    sets = ", ".join(f"{n} = ?" for n in changed)
    query = f"UPDATE rejects SET {sets}, delivery = CASE WHEN delivery < ? THEN ? ELSE delivery END WHERE reject_id = ?"
    store.rows(query, [*changed.values(), batch.delivery, batch.delivery, entry.id])


def _came_later(store: Quarantine, entry: _Entry, batch: LoadBatch) -> bool:
    """Whether this delivery is later than the one that settled an entry."""
    if not entry.settled_by:
        return True
    rows = store.rows("SELECT CAST(source AS text) FROM loads WHERE load_id = ?", [entry.settled_by])
    return bool(rows) and batch.delivery > int(json.loads(rows[0][0]).get("delivery", 0))


def _settle(store: Quarantine, ids: Sequence[int], batch: LoadBatch) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        query = f"""UPDATE rejects SET settled_by = ?, state = CASE state WHEN 'open' THEN 'settled' ELSE state END
                    WHERE reject_id {store.among}"""
        store.rows(query, [batch.id, store.as_list(ids[start : start + _AT_ONCE])])


def _name_older(store: Quarantine) -> None:
    """Name the rows of entries from an earlier version, and merge entries of the same row."""
    query = """SELECT reject_id, form, CAST(record AS text), file, line, state FROM rejects WHERE source_row = ''
               ORDER BY reject_id LIMIT 5000"""
    while older := store.rows(query):
        named = {
            id: source_row(form, json.loads(record), f"{file}:{line}") for id, form, record, file, line, _ in older
        }
        known = {name: e.id for name, e in _entries(store, list(set(named.values()))).items()}
        for id, *_, state in older:
            first = known.setdefault(named[id], id)
            step = [{"did": "settled", "same_row_as": first}]
            is_double = first != id and state == OPEN
            # What people did to a double stands in its trail; only one that nobody touched gives way.
            store.rows("UPDATE rejects SET source_row = ? WHERE reject_id = ?", [named[id], id])
            if is_double:
                done = (
                    "UPDATE rejects SET state = 'settled', trail = ? WHERE reject_id = ? AND CAST(trail AS text) = '[]'"
                )
                store.rows(done, [json.dumps(step), id])
