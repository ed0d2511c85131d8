"""The ledger's file: one connection, transactions, events; what is written is watched, chained and signed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digitize.errors import KeyUnusable, LedgerError
from digitize.machine.signing import open_key
from digitize.machine.sqlite_errors import plain_errors
from digitize.workspace.ledger.chain import START, link, rows_digest
from digitize.workspace.ledger.covering import Covering, changed_entries
from digitize.workspace.ledger.heads import Heads
from digitize.workspace.ledger.marks import News
from digitize.workspace.ledger.opening import connect, is_writable, require_format
from digitize.workspace.ledger.schema import FORMAT, WATCHED
from digitize.workspace.ledger.upgrade import upgrade

_READS = ("SELECT", "WITH", "PRAGMA", "EXPLAIN")


class LedgerFile:
    """What every part of the ledger stands on. Use it from one thread."""

    def __init__(self, path: Path, key: Path | None = None) -> None:
        """Open an existing ledger. key: what signs it, if not the workspace's own."""
        if not path.is_file():
            raise LedgerError(
                f"{path} is missing. A workspace without its ledger cannot go on. "
                "Put a backup in its place: digitize ledger restore DIR FILE"
            )
        self.path = path
        self._key = key or path.parent / "keys" / "site.pem"
        self._depth = 0
        self._db = connect(path)
        self._is_still = not is_writable(path)
        self._format = require_format(self._db, path)
        self._covering: Covering | None = None
        self._heads: Heads | None = None
        self._news = News(self._db)
        self._has_news = False

    def close(self) -> None:
        """Give the file back. What was committed stays, what was not is gone."""
        self._db.close()
        if self._heads is not None:
            self._heads.write_log(self.path)

    @property
    def can_write(self) -> bool:
        """Whether the file was opened to be written; on a medium that cannot be, it is only read."""
        return not self._is_still

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all that is written inside is kept together or not at all. Inner ones join the outer.

        Raises KeyUnusable when the site's key is not there to sign what is written.
        """
        with plain_errors(self.path, "digitize ledger verify"):
            if self._depth == 0:
                self._prepare_writing()
                # IMMEDIATE locks before anything is read: a last hash or lease then stays true until it is used.
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._seal()
            # Ctrl-C as well must not leave half a transaction open.
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.rollback()
                    self._cover.forget()
                    self._news.forget()
                    self._has_news = False
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.commit()

    @property
    def _cover(self) -> Covering:
        assert self._covering is not None, "rows are written inside `writing`"
        return self._covering

    def _prepare_writing(self) -> None:
        """What a ledger that is only looked at does not need: rows are watched, and the key is at hand."""
        if self._covering is not None:
            return
        # Between two keys nothing is signed: the old one holds no more, the new one is not in its place.
        following = self._key.with_name("next.pub")
        if following.exists() and following.read_text(encoding="ascii").strip() in self.public_keys():
            raise KeyUnusable(f"{self._key}: a change of keys was interrupted. Finish it: digitize keys rotate DIR")
        before = self._format
        if before < FORMAT:
            upgrade(self._db, self.path)
        self._covering = Covering(self._db)
        # A ledger outside of a workspace has no key; that of a workspace is never written unsigned.
        if self._key.exists() or self.public_keys():
            self._heads = Heads(self._db, open_key(self._key))
        self._format = FORMAT
        if before < FORMAT:
            with self.writing():
                self.record_event("ledger", "format", "note", detail={"format": FORMAT})
                if before < WATCHED:
                    self._cover_all()

    def _cover_all(self) -> None:
        """Take the hash of every row that an older program wrote: from now on a change is seen."""
        for _ in self._cover.everything():
            self._note_rows()

    def _seal(self) -> None:
        """Before the commit: rows that no event tells of get one, and the newest event is signed."""
        if not self._cover.is_empty:
            self._note_rows()
        self._news.keep()
        if self._has_news and self._heads is not None:
            self._heads.sign()
        self._has_news = False

    def mark(self, what: str, part: str) -> None:
        """Have a step look at a part again, inside `writing`; see `digitize.workspace.ledger.marks`."""
        self._news.mark(what, part)

    def part_of(self, unit: str) -> str:
        """The part in which a page, a table or a part of a table stands."""
        return self._news.part_of(unit)

    def _note_rows(self) -> None:
        self.record_event("ledger", "rows", "note")

    def execute(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:
        """Run one statement with parameters; reading may be done outside `writing`."""
        if self._depth == 0 and not sql.lstrip().upper().startswith(_READS):
            with self.writing():
                return self.execute(sql, values)
        with plain_errors(self.path, "digitize ledger verify"):
            return self._db.execute(sql, tuple(values))

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of these rows, inside `writing`."""
        with self.writing():
            self._db.executemany(sql, rows)

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self.execute(sql, values).fetchall()

    def record_event(
        self, unit: str, step: str, outcome: str, *, key: str = "", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Write one event and fold it into `state`. A second "done" of one unit, step and key is refused."""
        with self.writing():
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            text = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True)
            # Read inside the transaction that writes: two processes can never chain to the same event.
            last = self._db.execute("SELECT hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
            entries = self._cover.take()
            rows = rows_digest(entries)
            event = (at, unit, step, outcome, key, text)
            own = link(last["hash"] if last else START, event, rows)
            seq = self._db.execute(
                "INSERT INTO events (at, unit, step, outcome, key, detail, hash, rows) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                # The hash covers it, and the log of rows says it again: a second copy would be kept of each event.
                (*event, own, ""),
            ).lastrowid
            log = ((table, name, seq, content) for table, name, content in entries)
            self._db.executemany("INSERT INTO row_log VALUES (?, ?, ?, ?)", log)
            self._has_news = True
            self._news.note_event(unit, step, outcome, detail or {})
            self._db.execute(
                "INSERT OR REPLACE INTO state (unit, step, key, outcome, detail, seq) VALUES (?, ?, ?, ?, ?, ?)",
                (unit, step, key, outcome, text, seq),
            )

    def root_hash(self) -> str:
        """The hash of the whole history so far."""
        row = self.execute("SELECT hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return str(row["hash"]) if row else START

    def public_keys(self) -> list[str]:
        """The public keys that ever were this office's, the newest last."""
        rows = self.rows("SELECT key FROM events WHERE step IN ('init', 'keys') AND key <> '' ORDER BY seq")
        return [str(r["key"]) for r in rows]

    def require_intact(self, table: str, names: Iterable[str]) -> None:
        """Raise LedgerError naming the first of these entries that was changed by another program."""
        if self._format < WATCHED:
            return  # nothing is known of its rows yet
        with plain_errors(self.path, "digitize ledger verify"):
            for name in changed_entries(self._db, table, names):
                raise LedgerError(
                    f"{self.path}: {name} in {table} is not what the ledger wrote; another program changed it. "
                    "See: digitize ledger verify DIR. Nothing more was done."
                )
