"""A ledger connection: transactions and events; writes are watched, chained and signed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from digitize.errors import KeyUnusable, LedgerAway, LedgerError
from digitize.machine.signing import Signer, open_key
from digitize.workspace.ledger.chain import START
from digitize.workspace.ledger.dirty_parts import DirtyParts
from digitize.workspace.ledger.heads import Heads
from digitize.workspace.ledger.opening import open_engine, require_format
from digitize.workspace.ledger.pending import Pending, changed_entries
from digitize.workspace.ledger.schema import FORMAT
from digitize.workspace.ledger.upgrade import upgrade
from digitize.workspace.ledger_db import Row, RowSource, Where, home_of

T = TypeVar("T")
_TRIES = 3
_READS = ("SELECT", "WITH", "PRAGMA", "EXPLAIN")
# What a transaction holds back is written before a statement that may see it.
_OF_HISTORY = re.compile(r"\b(events|state|results|row_log|leases|history|standing|outputs|row_hashes)\b")


class LedgerFile:
    """Base of all parts of the ledger. Use it from one thread."""

    def __init__(self, where: Where, key: Path | None = None) -> None:
        """Open an existing ledger. key: signing key, if not the workspace's own."""
        self.path = where
        home = home_of(where)
        self._key = key or (home / "keys" / "site.pem" if home else None)
        self._depth = 0
        self._db = open_engine(where)
        self._format = require_format(self._db, where)
        self._held: Pending | None = None
        self._heads: Heads | None = None
        self._news = DirtyParts(self._db)

    def close(self) -> None:
        """Close the connection. Committed data stay, others are rolled back."""
        self._db.close()
        if self._heads is not None:
            self._heads.write_log(home_of(self.path))

    @property
    def can_write(self) -> bool:
        """Whether it was opened to be written; on a medium that cannot be, it is only read."""
        return self._db.can_write

    @property
    def is_current(self) -> bool:
        """Whether it has the current format; one of version 0.2.0 is upgraded on first write."""
        return self._format == FORMAT

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction: everything inside is stored together or not at all. Nested ones join the outer.

        Raises KeyUnusable if the site's key is missing.
        """
        with self._db.translate_errors():
            if self._depth == 0:
                self._prepare_writing()
                self._pending.forget()
                self._db.begin()
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._seal()
                    self._db.commit()
            # Ctrl-C as well must not leave half a transaction open.
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._forget()
                raise
            self._depth -= 1
            if self._depth == 0 and self._heads is not None:
                self._heads.keep()

    def settle(self, work: Callable[[], T]) -> T:
        """Result of `work`, which writes in its own transactions; repeated if the connection was lost meanwhile.

        Only for idempotent work: after a lost answer it is unknown whether a transaction was committed.
        """
        for _ in range(_TRIES - 1):
            try:
                return work()
            except LedgerAway:
                # Within a transaction its beginning is lost as well: whoever began it must begin again.
                if self._depth:
                    raise
        return work()

    def _forget(self) -> None:
        self._db.rollback()
        self._pending.forget()
        self._news.forget()
        if self._heads is not None:
            self._heads.forget()

    @property
    def _pending(self) -> Pending:
        assert self._held is not None, "rows are written inside `writing`"
        return self._held

    def _prepare_writing(self) -> None:
        """Setup needed only for writing: watch rows, load the key."""
        if self._held is not None:
            return
        # Between two keys nothing is signed: the old one holds no more, the new one is not in its place.
        following = self._key.with_name("next.pub") if self._key else None
        if following and following.exists() and following.read_text(encoding="ascii").strip() in self.public_keys():
            raise KeyUnusable(f"{self._key}: a change of keys was interrupted. Finish it: digitize keys rotate DIR")
        was_current = self.is_current
        if not was_current:
            upgrade(self._db)
        self._held = Pending(self._db)
        # A ledger outside of a workspace has no key; that of a workspace is never written unsigned.
        if (self._key and self._key.exists()) or self.public_keys():
            self._heads = Heads(self._db, self._signer())
        self._format = FORMAT
        if not was_current:
            with self.writing():
                self.record_event("ledger", "format", "note", detail={"format": FORMAT})
                self._cover_all()

    def _signer(self) -> Signer:
        if self._key is None:
            raise KeyUnusable(f"{self.path}: entries must be signed. Give the site's key: --key FILE")
        return open_key(self._key)

    def _cover_all(self) -> None:
        """Hash all rows written by an older program, so that changes are detected from now on."""
        for _ in self._pending.touch_all_rows():
            self._note_rows()

    def _seal(self) -> None:
        """Before the commit: rows without an event get one, and the newest event is signed."""
        self._pending.flush()
        if self._pending.has_untold_rows():
            self._note_rows()
        self._news.write_marks(self._pending.newest_event()[0])
        if self._pending.has_news and self._heads is not None:
            self._heads.sign(*self._pending.newest_event())

    def mark(self, what: str, part: str) -> None:
        """Mark a part dirty for a step, inside `writing`; see `digitize.workspace.ledger.dirty_parts`."""
        self._news.mark(what, part)

    def mark_unit(self, what: str, unit: str) -> None:
        """The same for the part of a unit."""
        self._news.mark_unit(what, unit)

    def part_of(self, unit: str) -> str:
        """Part of a page, a table or a part of a table."""
        return self._news.part_of(unit)

    def _note_rows(self) -> None:
        self.record_event("ledger", "rows", "note")
        self._pending.flush()

    def foresee(self, units: Sequence[str]) -> None:
        """Inside `writing`: prefetch the states of these units, for `state` or `finish` on each."""
        self._pending.foresee(units)

    def execute(self, sql: str, values: Iterable[Any] = ()) -> RowSource:
        """Run a statement with parameters; reads may be outside `writing`. For very many rows: `stream_rows`."""
        if self._depth == 0 and not sql.lstrip().upper().startswith(_READS):
            with self.writing():
                return self.execute(sql, values)
        with self._db.translate_errors():
            self._flush_before(sql)
            return self._db.execute(sql, tuple(values))

    def _flush_before(self, sql: str) -> None:
        """Flush the buffer if a statement may depend on it."""
        if self._depth and _OF_HISTORY.search(sql):
            self._pending.flush()
            if not sql.lstrip().upper().startswith(_READS):
                self._pending.forget_states()

    def stream_rows(self, sql: str, values: Iterable[Any] = ()) -> Iterator[Row]:
        """Stream the rows of a query in bounded memory; other queries may run meanwhile."""
        with self._db.translate_errors():
            self._flush_before(sql)
            yield from self._db.stream_rows(sql, tuple(values))

    def version(self) -> object:
        """A value that changes when others write; nearly free to query."""
        with self._db.translate_errors():
            return self._db.version()

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of these rows, inside `writing`."""
        with self.writing():
            self._flush_before(sql)
            self._db.executemany(sql, rows)

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[Row]:
        """All rows of a query."""
        return self.execute(sql, values).fetchall()

    def record_event(
        self, unit: str, step: str, outcome: str, *, key: str = "", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Write one event and update `state`.

        A second "done" of the same unit, step and key is refused, at the latest when the transaction ends.
        """
        with self.writing():
            at = datetime.fromtimestamp(self._db.read_clock(), UTC).isoformat(timespec="milliseconds")
            text = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True)
            self._pending.add(at, unit, step, outcome, key, text)
            self._news.note_event(unit, step, detail or {})

    def insert_row(self, view: str, values: Mapping[str, Any]) -> None:
        """Insert one row of a view, inside `writing`: views are not written by SQL."""
        with self.writing():
            self._pending.insert_rows(view, tuple(values), [tuple(values.values())])

    def narrow_rows(
        self, view: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Rows of a view as those of its table, inside `writing`: its columns, and the rows."""
        return self._pending.narrow_rows(view, columns, rows)

    def number(self, dictionary: str, text: str) -> int:
        """Number of a text in a dictionary (units, names), new if needed; inside `writing`."""
        return self._pending.numbers(dictionary, (text,))[text]

    def root_hash(self) -> str:
        """Hash of the whole history."""
        row = self.execute("SELECT hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return str(row["hash"]) if row else START

    def public_keys(self) -> list[str]:
        """The public keys that ever were this office's, the newest last."""
        rows = self.rows("SELECT key FROM events WHERE step IN ('init', 'keys') AND key <> '' ORDER BY seq")
        return [str(r["key"]) for r in rows]

    def require_intact(self, table: str, names: Iterable[str]) -> None:
        """Raise LedgerError naming the first of these entries that was changed by another program."""
        if not self.is_current:
            return  # nothing is known of its rows yet
        with self._db.translate_errors():
            self._flush_before("row_log")
            for name in changed_entries(self._db, table, names):
                raise LedgerError(
                    f"{self.path}: {name} in {table} was not written by the ledger; another program changed it. "
                    "See: digitize ledger verify DIR. Nothing more was done."
                )
