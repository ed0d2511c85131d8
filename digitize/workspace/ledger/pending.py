"""Write buffer for the events of a transaction: one statement for many events.

A lot of fifty pages takes some ten database round trips instead of some hundreds; each event still has its own hash, of
the previous one and of the rows written with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from digitize.workspace.ledger.chain import START, Entry, content_hash, entry_hash, entry_hashes, link, rows_digest
from digitize.workspace.ledger.state import StepState, step_state
from digitize.workspace.ledger_db import LedgerEngine
from digitize.workspace.ledger_db.narrow import BASES, CODES, NARROW, Dictionary
from digitize.workspace.ledger_db.watched_tables import COVERED, NUMBERS, SEPARATOR, entry_name

_MOST_TOUCHED = 20_000
_MOST_EVENTS = 400
_HASHED_AT_ONCE = 1_000
_EVENT = ("seq", "at", "unit", "step", "outcome", "key", "detail", "hash", "made")
_STATE = ("unit", "step", "outcome", "seq")
# From one step to the next in the order of the key: of names a ledger of 80,000 volumes has 250,000.
_STEPS = """WITH RECURSIVE met(id) AS (SELECT MIN(step) FROM standing UNION ALL
  SELECT (SELECT MIN(step) FROM standing WHERE step > met.id) FROM met WHERE met.id IS NOT NULL)
  SELECT n.name FROM names n WHERE n.id IN (SELECT id FROM met)"""
Name = tuple[str, str]
"""A table, and the name of an entry in it."""


@dataclass(slots=True)
class _Event:
    """texts: at, unit, step, outcome, key, detail. names: of the rows written with it."""

    texts: tuple[str, str, str, str, str, str]
    names: set[Name] = field(default_factory=set)


class Pending:
    """Buffered events of one transaction at a time, on one connection; the database reports written rows."""

    def __init__(self, db: LedgerEngine) -> None:
        """Watch all tables that count."""
        self._db = db
        self._words = Dictionary(db)
        db.touched = set()
        db.watch()
        self.forget()

    def forget(self) -> None:
        """The transaction begins, or was rolled back."""
        self._events: list[_Event] = []
        self._results: dict[str, tuple[str, str, str, bytes]] = {}
        self._ended: list[tuple[str, str]] = []
        self._states: dict[tuple[str, str], StepState | None] = {}
        self._foreseen: set[str] = set()
        self._words.forget()
        self._db.touched.clear()
        self._db.written.clear()
        self.newest: tuple[int, str, str] | None = None
        """Number, time and hash of the newest event, where it was read or written in this transaction."""
        self.has_news = False

    def add(self, at: str, unit: str, step: str, outcome: str, key: str, detail: str) -> None:
        """Add an event, with the rows written since the previous one."""
        event = _Event((at, unit, step, outcome, key, detail), set(self._db.touched))
        self._db.touched.clear()
        if (name := SEPARATOR.join((unit, step, key))) in self._results:
            event.names.add(("results", name))
        self._events.append(event)
        self._states[unit, step] = step_state(key, outcome, detail)
        if len(self._events) >= _MOST_EVENTS:
            self.flush()

    def add_result(self, unit: str, step: str, key: str, data: bytes) -> None:
        """Result of a step; its event follows."""
        self._results[SEPARATOR.join((unit, step, key))] = (unit, step, key, data)

    def end_lease(self, unit: str, step: str) -> None:
        """Give a unit back."""
        self._ended.append((unit, step))

    def foresee(self, units: Sequence[str]) -> None:
        """Prefetch the state of these units; valid until the transaction ends."""
        self.flush()
        for i in range(0, len(units), _HASHED_AT_ONCE):
            some = units[i : i + _HASHED_AT_ONCE]
            marks = ", ".join("?" * len(some))
            # Of all steps, by the key that the table has.
            sql = (
                f"""SELECT unit, step, key, outcome, detail FROM state WHERE unit IN ({marks}) AND step IN ({_STEPS})"""
            )
            for r in self._db.execute(sql, some).fetchall():
                self._states[r["unit"], r["step"]] = step_state(r["key"], r["outcome"], r["detail"])
        self._foreseen.update(units)

    def state(self, unit: str, step: str) -> StepState | None:
        """State of a unit, including buffered events."""
        if (unit, step) not in self._states and unit not in self._foreseen:
            # What waits is known above: nothing need be written before this is asked.
            sql = "SELECT key, outcome, detail FROM state WHERE unit = ? AND step = ?"
            row = self._db.execute(sql, (unit, step)).fetchone()
            self._states[unit, step] = step_state(*row) if row else None
        return self._states.get((unit, step))

    def forget_states(self) -> None:
        """Invalidate cached states after a direct write to `state`."""
        self._states.clear()
        self._foreseen.clear()

    def flush(self) -> None:
        """Write the buffer; afterwards any statement sees it."""
        if self._ended:
            self._db.take_out("leases", ("unit", "step"), self._ended)
            self._ended = []
        if not self._events:
            return
        events, results, self._events, self._results = self._events, self._results, [], {}
        self._db.settle()
        hashes = {("results", name): content_hash(values) for name, values in results.items()}
        # What came late was written since the last event, or is told only now.
        events[-1].names |= self._db.touched - hashes.keys()
        self._db.touched.clear()
        hashes |= self._hash_rows({name for e in events for name in e.names} - hashes.keys())
        self._chain(events, hashes, results)

    def _hash_rows(self, names: Set[Name]) -> dict[Name, bytes]:
        written, self._db.written = self._db.written, {}
        found = {name: content_hash(written[name]) for name in names if name in written}
        for table, own in groupby(sorted(names - found.keys()), key=lambda name: name[0]):
            keys = [key for _, key in own]
            for i in range(0, len(keys), _HASHED_AT_ONCE):
                some = entry_hashes(self._db, table, keys[i : i + _HASHED_AT_ONCE])
                found.update({(table, key): content for key, content in some.items()})
        return found

    def _chain(
        self, events: Sequence[_Event], hashes: dict[Name, bytes], results: dict[str, tuple[str, str, str, bytes]]
    ) -> None:
        seq, _, last = self.newest_event()
        rows, log, states, own = [], [], {}, dict[str, int]()
        for event in events:
            entries: list[Entry] = [(table, key, hashes[table, key]) for table, key in sorted(event.names)]
            digest = rows_digest(entries)
            seq, last = seq + 1, link(last, event.texts, digest)
            _, unit, step, outcome, key, _ = event.texts
            states[unit, step] = (unit, step, outcome, seq)
            made = b""
            if outcome == "done" and (name := SEPARATOR.join((unit, step, key))) in results:
                # With the event itself, where it takes a row less.
                own[name], made = seq, hashes["results", name]
                entries.remove(("results", name, made))
            # The hash covers the digest, and the log of rows says it again: it is not kept a third time.
            rows.append((seq, *event.texts, last, made))
            log += [(table, key, seq, content) for table, key, content in entries]
        self.insert_rows("events", _EVENT, rows)
        if own:
            self._db.insert_rows(
                "outputs", ("seq", "data"), [(number, results[name][3]) for name, number in own.items()]
            )
            # Of these the log tells already.
            self._db.settle()
            self._db.touched.difference_update(("results", name) for name in own)
        self._log(log, own)
        self.insert_rows("state", _STATE, list(states.values()), replace=("unit", "step"))
        self.newest, self.has_news = (seq, events[-1].texts[0], last), True

    def _log(self, entries: Sequence[tuple[str, str, int, bytes]], own: dict[str, int]) -> None:
        """Write the row log. own: name of a new result -> its event."""
        refs: dict[Name, int] = {("results", name): event for name, event in own.items()}
        for table, some in groupby(sorted({e[:2] for e in entries} - refs.keys()), key=lambda name: name[0]):
            numbers = self._words.refs(table, names := [key for _, key in some])
            refs.update(((table, name), numbers[name]) for name in names)
        rows = [(CODES[table], refs[table, key], seq, content) for table, key, seq, content in entries]
        self._db.insert_rows("row_hashes", ("tbl", "ref", "seq", "hash"), rows)

    def insert_rows(
        self, view: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, replace: Sequence[str] = ()
    ) -> None:
        """Insert rows of a view into its table. replace: the key of rows that are there and take these."""
        if rows:
            targets, made = self.narrow_rows(view, columns, rows)
            own = NARROW[view].columns
            self._db.insert_rows(BASES[view], targets, made, replace=[own[c][0] for c in replace])

    def narrow_rows(
        self, view: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Rows of a view as those of its table: its columns, and the rows."""
        return self._words.rows(view, columns, rows)

    def numbers(self, dictionary: str, texts: Iterable[str]) -> dict[str, int]:
        """Text -> number in a dictionary (units, names)."""
        return self._words.numbers(dictionary, set(texts))

    def newest_event(self) -> tuple[int, str, str]:
        """Number, time and hash of the newest written event; (0, "", 64 zeros) if there is none.

        Read once per transaction: nobody else writes until it ends.
        """
        if self.newest is None:
            row = self._db.execute("SELECT seq, at, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
            self.newest = tuple(row) if row else (0, "", START)
        return self.newest

    def has_untold_rows(self) -> bool:
        """Whether rows were written without an event."""
        self._db.settle()
        return bool(self._db.touched)

    def touch_all_rows(self) -> Iterator[None]:
        """Touch every row there is, and stop each time when some thousands are waiting for an event."""
        for table in COVERED:
            for row in self._db.stream_rows(f"SELECT DISTINCT {entry_name(table)} FROM {table}"):
                self._db.touched.add((table, row[0]))
                if len(self._db.touched) >= _MOST_TOUCHED:
                    yield
        yield


# By the numbers themselves: the view would have to name every row of the log.
_NEWEST_HASH = """SELECT hash FROM row_hashes WHERE tbl = {} AND ref = (SELECT id FROM units WHERE name = ?)
  ORDER BY seq DESC LIMIT 1"""


def changed_entries(db: LedgerEngine, table: str, keys: Iterable[str]) -> Iterator[str]:
    """Names whose current content differs from what the ledger wrote last."""
    is_named = COVERED[table][0] not in NUMBERS and table != "results"
    newest = "SELECT hash FROM row_log WHERE tbl = ? AND key = ? ORDER BY seq DESC LIMIT 1"
    for key in keys:
        # The table's number stands in the statement: an index of records alone is taken for it.
        asked = (_NEWEST_HASH.format(CODES[table]), (key,)) if is_named else (newest, (table, key))
        row = db.execute(*asked).fetchone()
        if (row[0] if row else b"") != entry_hash(db, table, key):
            yield key
