"""The exchange tables of a target, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

from digitize.errors import OptionsError
from digitize.offices.keys import Key, known_keys
from digitize.offices.store_rows import KeyLine
from digitize.targets.base import Statement, Target
from digitize.targets.exchange_columns import EVENTS, KEYS, LINKS, PACKAGES, SENT, STATEMENTS

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class BookedPackage:
    """One row of the packages sent or received; see `digitize.targets.exchange_columns`."""

    way: str
    partner: str
    sequence: int
    pillar: str
    manifest: str
    previous: str
    base: str
    day: str
    file: str
    sha256: str
    counts: str
    answers: int = 0
    is_placed: int = 1
    operator: str = ""


_PACKAGE = ", ".join(f.name for f in fields(BookedPackage))


class ExchangeBook:
    """The exchange book of one target."""

    def __init__(self, target: Target) -> None:
        """Raises OptionsError for a target without an exchange book."""
        from digitize.targets.sqlite import SqliteTarget

        self.target = target
        self._is_sqlite = isinstance(target, SqliteTarget)
        self.one_of = "IN (SELECT value FROM json_each(?))" if self._is_sqlite else "= ANY(?)"
        if not self._is_sqlite:
            from digitize.targets.postgres.target import PostgresTarget

            # A state's own tables are a kind of it, with our book beside them.
            if type(target) is not PostgresTarget:
                raise OptionsError("Exchange needs a SQLite file, or a PostgreSQL database with our own tables.")

    def as_list(self, values: Sequence[Any]) -> object:
        """Values for `one_of`."""
        return json.dumps(list(values)) if self._is_sqlite else list(values)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of one statement."""
        return self.target.run(query, values)

    def packages(self, way: str = "", partner: str = "") -> list[BookedPackage]:
        """All packages, or those of one direction and partner, in order."""
        query = f"SELECT {_PACKAGE} FROM {PACKAGES} WHERE (? = '' OR way = ?) AND (? = '' OR partner = ?) "
        found = self.rows(query + "ORDER BY way, partner, sequence", way, way, partner, partner)
        return [BookedPackage(*row) for row in found]

    def last(self, way: str, partner: str) -> BookedPackage | None:
        """The newest package of a partner."""
        query = f"SELECT {_PACKAGE} FROM {PACKAGES} WHERE way = ? AND partner = ? ORDER BY sequence DESC LIMIT 1"
        found = self.rows(query, way, partner)
        return BookedPackage(*found[0]) if found else None

    def find_manifest(self, way: str, partner: str, manifest: str) -> BookedPackage | None:
        """Package with that manifest hash."""
        query = f"SELECT {_PACKAGE} FROM {PACKAGES} WHERE manifest = ? AND way = ? AND partner = ?"
        found = self.rows(query, manifest, way, partner)
        return BookedPackage(*found[0]) if found else None

    def find_sent(self, partner: str, kind: str, items: Sequence[str]) -> dict[str, str]:
        """Of these records what the partner holds: record -> hash, "" where it was told that it is no more."""
        query = f"SELECT item, content FROM {SENT} WHERE partner = ? AND kind = ? AND item {self.one_of}"
        return dict(self.rows(query, partner, kind, self.as_list(items)))

    def each_sent(self, partner: str, kind: str, sequence: int = 0) -> Iterator[list[tuple[str, str]]]:
        """Blocks of (record, hash) sent to the partner, in all packages or in one, in order of records."""
        last = ""
        query = (
            f"SELECT item, content FROM {SENT} WHERE partner = ? AND kind = ? AND item > ? "
            f"AND (? = 0 OR sequence = ?) ORDER BY item LIMIT {AT_ONCE}"
        )
        while found := self.rows(query, partner, kind, last, sequence, sequence):
            yield [(str(i), str(c)) for i, c in found]
            last = found[-1][0]

    def still_there(self, form: str, records: Sequence[str]) -> set[str]:
        """Records of these that exist."""
        query = f"SELECT record_id FROM {form} WHERE record_id {self.one_of}"
        return {r[0] for r in self.rows(query, self.as_list(records))}

    # The list of keys, as `digitize.offices.keys` wants it.

    def key_lines(self) -> list[KeyLine]:
        """See `KeyBook`."""
        found = self.rows(f"SELECT time, reporter, public, act, note FROM {KEYS} ORDER BY number")
        return [KeyLine(*row) for row in found]

    def insert_key(self, line: KeyLine) -> None:
        """See `KeyBook`."""
        self.target.run_all([numbered_insert(KEYS, {"time": line.at, **_without_at(line)})])

    @contextmanager
    def writing(self) -> Iterator[None]:
        """See `KeyBook`: each line is its own transaction."""
        yield

    def load_trusted_keys(self) -> dict[str, Key]:
        """Public key -> whose it is."""
        return known_keys(self)


def _without_at(line: KeyLine) -> dict[str, object]:
    plain: dict[str, object] = asdict(line)
    plain.pop("at")
    return plain


def insert_statement(table: str, row: Mapping[str, object]) -> Statement:
    """The statement that adds a row."""
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())


def numbered_insert(table: str, row: Mapping[str, object]) -> Statement:
    """Insert for a table with numbered rows; of two concurrent inserts one is refused."""
    marks = ", ".join("?" * len(row))
    query = f"INSERT INTO {table} (number, {', '.join(row)}) SELECT COALESCE(MAX(number), 0) + 1, {marks} FROM {table}"
    return query, tuple(row.values())


def upsert_statement(
    table: str, key: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> Statement:
    """The statement that adds rows, or changes those of the same key."""
    one = f"({', '.join('?' * len(columns))})"
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in key)
    query = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(rows))} "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}"
    )
    return query, [value for row in rows for value in row]


def blocks(rows: Iterable[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """Rows some at a time."""
    held: list[Any] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


__all__ = ["EVENTS", "LINKS", "PACKAGES", "SENT", "STATEMENTS", "BookedPackage", "ExchangeBook"]
