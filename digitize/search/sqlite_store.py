"""Search in a SQLite target, by its full-text index."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any, ClassVar

from digitize.machine.file_systems import network_share
from digitize.search.store_queries import COLUMNS, FoundRow, RowFilter, StoreAsks, Term, Tokens
from digitize.targets.base import Statement
from digitize.targets.search_rows import ROWS, WORDS
from digitize.targets.sqlite_search import INDEX

Write = Callable[[Sequence[Statement]], None]
_LOGS: dict[str, TogetherLog] = {}


class _Waiting:
    """A row waiting to be written, and its result."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.is_done = False
        self.error: Exception | None = None


class TogetherLog:
    """Log of one file. Rows added while another thread writes are committed together."""

    def __init__(self) -> None:
        """Start empty."""
        self._asking, self._writing = Lock(), Lock()
        self._waiting: list[_Waiting] = []

    def add(self, statement: Statement, write: Write) -> None:
        """Commit a statement durably before returning. write: all or none, in this thread.

        Raises what write raises, for each statement in its group.
        """
        own = _Waiting(statement)
        with self._asking:
            self._waiting.append(own)
        with self._writing:
            if not own.is_done:
                with self._asking:
                    some, self._waiting = self._waiting, []
                try:
                    write([one.statement for one in some])
                except Exception as e:
                    for one in some:
                        one.error = e
                finally:
                    for one in some:
                        one.is_done = True
        if own.error is not None:
            raise own.error


def log_of(file: str) -> TogetherLog:
    """The log of a file, shared in this process."""
    return _LOGS.setdefault(file, TogetherLog())


_PARTS = 4
"""Of the index; each is looked into for every key, so that twelve take thrice as long."""
_PAGES = 2000
"""Pages of the index that are written in one transaction, so that loads and other searches go on between."""


class SqliteSearch(StoreAsks):
    """See `SearchStore`."""

    one_of = "IN (SELECT value FROM json_each(?))"
    turns: ClassVar = BoundedSemaphore(2)

    def keep(self, entry: Mapping[str, object]) -> None:
        """See `SearchStore`; batched with rows of other threads, since each commit waits for the disk."""
        log_of(self._target.name).add(self.build_log_insert(entry), self._target.run_all)

    def near_words(self, kind: str, keys: Sequence[Sequence[str]]) -> list[list[tuple[str, str]]]:
        """See `SearchStore`."""
        # A word stands there once, under one key: none need be left out for standing there twice.
        query = f"SELECT said, lang FROM {WORDS} WHERE near {self.one_of} AND kind = ?"
        return [self._target.run(query, (self.as_list(some), kind)) for some in keys]

    def put_in_order(self) -> None:
        """See `SearchStore`: each load leaves index segments, which are merged in steps."""
        ((parts,),) = self._target.run(f"SELECT COUNT(DISTINCT segid) FROM {INDEX}_idx")
        if parts <= _PARTS:
            return
        merge = f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('merge', ?)"
        # Another one who writes for long: it is found all the same, and put in order another time.
        with suppress(sqlite3.OperationalError):
            # A number below zero takes all parts, whatever their sizes; the next ones go on with these.
            done, pages = -2, -_PAGES
            while (now := self._changes()) - done >= 2:
                done = now
                self._target.run(merge, (pages,))
                pages = _PAGES

    def share(self, *, is_shared: bool) -> None:
        """See `SearchStore`: in WAL mode readers and writers do not block each other.

        It leaves an extra file after the last connection closes, so it is switched off again.
        """
        # Such a log does not work over a network.
        if is_shared and network_share(Path(self._target.name)):
            return
        # Where others are at the file it stays as it is, and is searched all the same.
        with suppress(sqlite3.OperationalError):
            self._target.run(f"PRAGMA journal_mode = {'WAL' if is_shared else 'TRUNCATE'}")

    def _changes(self) -> int:
        return int(self._target.run("SELECT total_changes()")[0][0])

    def as_list(self, values: Sequence[Any]) -> object:
        """See `StoreAsks`."""
        return json.dumps(list(values))

    def words_like(self, kind: str, pattern: str, most: int) -> list[tuple[str, str]]:
        """See `SearchStore`."""
        query = f"SELECT said, lang FROM {WORDS} WHERE spelt GLOB ? AND kind = ? LIMIT ?"
        return [(a, b) for a, b in self._target.run(query, (pattern, kind, most))]

    def rows(self, terms: Sequence[Term], wanted: RowFilter, most: int) -> list[FoundRow]:
        """See `SearchStore`."""
        parts, values = self.conditions(wanted)
        for tokens in wanted.of_record:
            parts.append(
                f"s.record_id IN (SELECT r.record_id FROM search_index i JOIN {ROWS} r ON r.row_id = i.rowid "
                "WHERE i.search_index MATCH ? AND r.kind = 'r')"
            )
            values.append(_any_of(tokens))
        match = _matching(terms)
        query = (
            f"SELECT {COLUMNS} FROM search_index x JOIN {ROWS} s ON s.row_id = x.rowid "
            f"WHERE x.search_index MATCH ? AND {' AND '.join(parts)} LIMIT ?"
        )
        return [FoundRow(*r) for r in self._target.run(query, (match, *values, most))]

    def records(self, tokens: Tokens, names: Sequence[str]) -> list[tuple[str, str]]:
        """See `SearchStore`."""
        found: dict[str, str] = {}
        if tokens:
            query = (
                f"SELECT s.record_id, s.form FROM search_index x JOIN {ROWS} s ON s.row_id = x.rowid "
                "WHERE x.search_index MATCH ? AND s.kind = 'r'"
            )
            found |= dict(self._target.run(query, (_any_of(tokens),)))
        return sorted((found | self.find_by_name(names)).items())


def _any_of(tokens: Tokens) -> str:
    """Any of the tokens, in full-text syntax."""
    return f"({' OR '.join(f'{t & 0xFFFFFFFF:x}' for t in sorted(tokens))})"


def _matching(terms: Sequence[Term]) -> str:
    """All tokens of any term. Common prefixes are factored out, since each key costs a lookup."""
    behind: dict[Tokens, list[Term]] = {}
    for term in terms:
        behind.setdefault(term[0], []).append(term[1:])
    # A term that ends here needs nothing more, whatever others go on.
    return " OR ".join(
        _any_of(first) if not all(rest) else f"({_any_of(first)} AND ({_matching(rest)}))"
        for first, rest in behind.items()
    )
